"""Grids from a file: matched to divisions, checked against each other, loaded whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import shapely
from django.db import transaction

from wangge.kernel import audit, staging
from wangge.kernel.actor import Actor
from wangge.kernel.datum import to_wgs84_many
from wangge.kernel.errors import NotVisible
from wangge.kernel.ids import new_id
from wangge.kernel.paths import ancestors, is_within
from wangge.territory import wording
from wangge.territory.coverage import overlaps
from wangge.territory.division_import import Undo
from wangge.territory.geometry import areas_m2
from wangge.territory.grid_matching import Matcher
from wangge.territory.models import Grid
from wangge.territory.outline_checks import read_outline
from wangge.territory.queries import read_shapes
from wangge.territory.rules import Problems, fits_better, leaves
from wangge.territory.schemas import GridImport, ImportProblem, ImportReport

SLIVER_M2 = 0.5  # smaller is rounding: not worth a line
MOSTLY = 0.5  # a grid lies in its parent if more than this share does


class GridFeature(NamedTuple):
    """One grid of a file. A `path` says where it belongs; else `name` or `code` is matched to a division."""

    name: str
    shape: Any
    code: str = ""
    row: int | None = None
    path: str = ""
    tier: str = ""
    households: int | None = None
    why: tuple[str, str] | None = None  # why the shape could not be read


@dataclass(slots=True)
class Candidate:
    """A grid that was read: where it belongs, its outline in WGS-84, and as the file gave it."""

    row: int
    feature: GridFeature
    path: str
    shape: Any


def import_grids(
    features: Iterable[GridFeature],
    *,
    options: GridImport,
    actor: Actor,
    at: datetime,
    file_name: str = "",
    problems: Problems | None = None,
) -> ImportReport:
    """Add grids, and replace those whose outline changed; with any error nothing is loaded.

    A changed outline ends the old row at `at` and begins a new one: last year's figures stay right.
    Raises: NotYourRole; NotVisible if `options.within` lies outside the caller's scope.
    Rule:   TE-3 to TE-7, TE-10.
    """
    actor.check_can("territory.write")
    if not is_within(options.within, actor.scope):
        raise NotVisible
    problems = problems or Problems()
    report = ImportReport(
        kind="grids", file_name=file_name, rows=0, created=0, updated=0, unchanged=0,
        loaded=False, problems=[], problem_count=0,
    )  # fmt: skip
    try:
        with transaction.atomic():
            staging.lock_name(f"territory.grids:{options.layer}")
            candidates = _read(features, options, report, problems)
            _compare(candidates, options, at, problems)
            if problems.error_count:
                raise Undo
            _merge(candidates, options, report, at)
            if options.dry_run:
                raise Undo
            if report.created or report.updated:
                detail = {"created": report.created, "updated": report.updated, "file": file_name}
                entry = (
                    "territory.import_grids",
                    "layer",
                    options.layer,
                    detail | {"within": options.within},
                )
                audit.record([entry], actor=actor, at=at)
            report.loaded = True
    except Undo:
        pass
    report.problems = [ImportProblem(**asdict(problem)) for problem in problems.listed()]
    report.problem_count = problems.count
    return report


def _read(
    features: Iterable[GridFeature], options: GridImport, report: ImportReport, problems: Problems
) -> list[Candidate]:
    matcher = Matcher(options.within, options.matches, problems)
    rows: dict[str, int] = {}
    candidates = []
    for number, feature in enumerate(features, 1):
        row = feature.row or number
        report.rows += 1
        shape = read_outline(
            feature.shape,
            feature.why,
            row=row,
            datum=options.datum,
            repair=options.repair,
            problems=problems,
            called=feature.code or feature.name,
        )
        if not feature.name or len(feature.name) > 64:
            problems.add(wording.NO_NAME, row, "name", feature.name)
        path = feature.path or matcher.match(row, feature.name, feature.code, options.match_by)
        if path is None:
            continue
        if not path.startswith(options.within):
            problems.add(wording.NOT_WITHIN, row, "path", feature.name, path=path, within=options.within)
        elif path in rows:
            problems.add(wording.SAME_GRID, row, options.match_by, feature.name, other=rows[path], path=path)
        elif shape is not None:
            candidates.append(Candidate(row, feature, path, shape))
        rows.setdefault(path, row)
    matcher.finish()
    if not report.rows:
        problems.add(wording.EMPTY, None)
    return candidates


def _compare(candidates: Sequence[Candidate], options: GridImport, at: datetime, problems: Problems) -> None:
    if not candidates:
        return
    paths = {c.path for c in candidates}
    bounds = shapely.total_bounds(np.array([c.shape for c in candidates], dtype=object))
    near = Grid.objects.valid_at(at).filter(
        min_lon__lte=bounds[2], max_lon__gte=bounds[0], min_lat__lte=bounds[3], max_lat__gte=bounds[1]
    )
    standing = [g for g in near if g.layer == options.layer and g.path not in paths]
    _check_overlaps(candidates, standing, options.overlap_m2, problems)
    above = {path for c in candidates for path in ancestors(c.path)}
    known = {g.path: g for g in sorted(near, key=lambda g: g.layer == options.layer) if g.path in above}
    _check_outlines(candidates, known, options, problems)


def _check_overlaps(
    candidates: Sequence[Candidate], standing: Sequence[Grid], limit_m2: float, problems: Problems
) -> None:
    """Rule: TE-5."""
    finest = leaves([g.path for g in standing])
    standing = [g for g, is_leaf in zip(standing, finest, strict=True) if is_leaf]
    paths = [c.path for c in candidates] + [g.path for g in standing]
    shapes = [*(c.shape for c in candidates), *read_shapes(g.shape_wkb for g in standing)]
    by_path = {c.path: c for c in candidates}
    names = {g.path: g.name for g in standing}
    for _, m2, one, other in overlaps(paths, np.array(shapes, dtype=object), SLIVER_M2):
        if one not in by_path and other not in by_path:
            continue
        mine, theirs = (other, one) if other in by_path else (one, other)
        rival = by_path.get(theirs)
        where = (f"第 {rival.row} 行", f"row {rival.row}") if rival else ("已在系统中", "already loaded")
        kind = wording.OVERLAP if m2 > limit_m2 else wording.SLIVER
        problems.add(
            kind, by_path[mine].row, "geometry", by_path[mine].feature.name,
            other=rival.feature.name if rival else names[theirs],
            where_zh=where[0], where_en=where[1], m2=f"{m2:,.1f}",
        )  # fmt: skip


def _check_outlines(
    candidates: Sequence[Candidate], known: dict[str, Grid], options: GridImport, problems: Problems
) -> None:
    """Compare with what is known of the place: a shift of half a kilometre is another datum. Rule: TE-7."""
    for c in candidates:
        path = next((p for p in reversed(ancestors(c.path)) if p in known), None)
        if path is None:
            continue
        outline = read_shapes([known[path].shape_wkb])[0]
        misfit = _misfit(c.shape, outline, path == c.path)
        other_misfit, other = min(
            (_misfit(_as_if(c.feature.shape, datum), outline, path == c.path), datum)
            for datum in ("wgs84", "gcj02", "bd09")
            if _told_by(datum) != _told_by(options.datum)
        )
        if fits_better(misfit, other_misfit):
            problems.add(
                wording.WRONG_DATUM, c.row, "geometry", c.feature.name, datum=options.datum, other=other,
                misfit_pct=f"{misfit * 100:.1f}", other_pct=f"{other_misfit * 100:.1f}",
            )  # fmt: skip
        elif path != c.path and misfit > MOSTLY:
            share = f"{misfit * 100:.0f}"
            problems.add(
                wording.OUTSIDE, c.row, "geometry", c.feature.name, parent=known[path].name, share_pct=share
            )


def _told_by(datum: str) -> str:
    """Return the datum by which it can be told from others: CGCS2000 lies on WGS-84."""
    return "wgs84" if datum == "cgcs2000" else datum


def _as_if(shape: Any, datum: str) -> Any:
    return shapely.make_valid(shapely.transform(shape, lambda xy: to_wgs84_many(xy, datum)))


def _misfit(shape: Any, outline: Any, is_same: bool) -> float:
    """Return the share of a grid outside its parent, or how little two outlines of one grid agree."""
    shared = shapely.intersection(shape, outline).area
    whole = shapely.union(shape, outline).area if is_same else shape.area
    return float(1 - shared / whole) if whole else 0.0


def _merge(candidates: Sequence[Candidate], options: GridImport, report: ImportReport, at: datetime) -> None:
    """Rule: TE-10."""
    standing = {
        grid.path: grid
        for grid in Grid.objects.select_for_update().filter(
            layer=options.layer, valid_to__isnull=True, path__in=[c.path for c in candidates]
        )
    }
    shapes = np.array([c.shape for c in candidates], dtype=object)
    rows = [
        _row(c, options, at, float(m2))
        for c, m2 in zip(candidates, areas_m2(shapes) if len(shapes) else [], strict=True)
    ]
    new, ended, changed = [], [], []
    for row in rows:
        old = standing.get(row.path)
        if old is None:
            new.append(row)
            report.created += 1
            continue
        same_shape = bytes(old.shape_wkb) == bytes(row.shape_wkb)
        if same_shape and all(getattr(old, name) == getattr(row, name) for name in WORDS):
            report.unchanged += 1
            continue
        report.updated += 1
        if same_shape or old.valid_from >= at:
            row.id, row.valid_from = old.id, old.valid_from
            changed.append(row)
        else:
            ended.append(old.pk)
            new.append(row)
    Grid.objects.filter(pk__in=ended).update(valid_to=at)
    Grid.objects.bulk_update(changed, [*WORDS, *OUTLINE], batch_size=1_000)
    Grid.objects.bulk_create(new, batch_size=1_000)


WORDS = ("code", "name", "tier", "households")
OUTLINE = ("shape_wkb", "min_lon", "min_lat", "max_lon", "max_lat", "area_m2")


def _row(candidate: Candidate, options: GridImport, at: datetime, area_m2: float) -> Grid:
    west, south, east, north = candidate.shape.bounds
    return Grid(
        id=new_id(),
        layer=options.layer,
        path=candidate.path,
        code=candidate.path.replace(".", ""),
        name=candidate.feature.name,
        tier=candidate.feature.tier or options.tier,
        shape_wkb=shapely.to_wkb(candidate.shape),
        min_lon=west,
        min_lat=south,
        max_lon=east,
        max_lat=north,
        area_m2=area_m2,
        households=candidate.feature.households,
        valid_from=at,
        valid_to=None,
    )
