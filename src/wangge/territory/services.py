"""Writes of the territory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import IO, Any, NamedTuple

import shapely
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.kernel.paths import check_closed
from wangge.territory import coverage, queries
from wangge.territory.division_import import DivisionRow, import_divisions
from wangge.territory.file_reading import Table, read_divisions, read_grids
from wangge.territory.geometry import areas_m2
from wangge.territory.grid_import import GridFeature, import_grids
from wangge.territory.models import Division, Duty, Grid, GridMember
from wangge.territory.outline_checks import check_places, read_outline
from wangge.territory.rules import Problems
from wangge.territory.schemas import (
    CoverageOut,
    DivisionImport,
    FeatureCollection,
    GridImport,
    ImportReport,
)

__all__ = [
    "Appointment",
    "DivisionRow",
    "GridFeature",
    "Table",
    "appoint_members",
    "areas_m2",
    "check_coverage",
    "check_places",
    "import_division_upload",
    "import_divisions",
    "import_grid_upload",
    "import_grids",
    "read_divisions",
    "read_grids",
    "read_outline",
]


def import_division_upload(
    file: UploadedFile[Any], options: DivisionImport, *, actor: Actor, at: datetime
) -> ImportReport:
    """Import an uploaded table. Raises: as import_divisions; Unreadable for a file that cannot be read."""
    actor.check_can("territory.write")
    problems = Problems()
    table = Table(_opened(file), file.name or "")
    return import_divisions(
        read_divisions([table], options.code_column, options.name_column, problems),
        actor=actor,
        at=at,
        file_name=table.name,
        dry_run=options.dry_run,
        problems=problems,
    )


def import_grid_upload(
    file: UploadedFile[Any], options: GridImport, *, actor: Actor, at: datetime
) -> ImportReport:
    """Import an uploaded GeoJSON. Raises: as import_grids; Unreadable for a file that cannot be read."""
    actor.check_can("territory.write")
    problems = Problems()
    return import_grids(
        read_grids(_opened(file), options, problems),
        options=options,
        actor=actor,
        at=at,
        file_name=file.name or "",
        problems=problems,
    )


def _opened(file: UploadedFile[Any]) -> IO[bytes]:
    if file.file is None:
        raise ValueError("an upload without a file")
    opened: IO[bytes] = file.file
    return opened


class Appointment(NamedTuple):
    """Somebody covers a grid from a day on."""

    path: str
    user_id: int
    layer: str = "comprehensive"
    duty: str = Duty.PRIMARY


@transaction.atomic
def appoint_members(
    appointments: Sequence[Appointment], *, actor: Actor, starts_on: date, at: datetime
) -> int:
    """Let people cover grids; a new primary member ends the former one's time. Returns how many are new.

    Raises: NotYourRole; NotVisible for a grid outside the caller's scope.
    Rule:   TE-9 (WH-07: one primary member a grid).
    """
    actor.check_can("territory.write")
    for one in appointments:
        if not actor.covers(check_closed(one.path)):
            raise NotVisible
    wanted = {(one.layer, one.path): one.user_id for one in appointments if one.duty == Duty.PRIMARY}
    held = GridMember.objects.select_for_update().filter(
        path__in={path for _, path in wanted}, duty=Duty.PRIMARY, ends_on__isnull=True
    )
    standing = {(member.layer, member.path): member for member in held}
    ended = [m.pk for key, m in standing.items() if key in wanted and m.user_id != wanted[key]]
    GridMember.objects.filter(pk__in=ended).update(ends_on=starts_on)
    new = [one for one in appointments if not _stands(one, standing)]
    GridMember.objects.bulk_create(
        GridMember(path=one.path, layer=one.layer, user_id=one.user_id, duty=one.duty, starts_on=starts_on)
        for one in new
    )
    audit.record(
        (("territory.appoint", "grid", one.path, {"user": one.user_id, "duty": one.duty}) for one in new),
        actor=actor,
        at=at,
    )
    return len(new)


def _stands(one: Appointment, standing: dict[tuple[str, str], GridMember]) -> bool:
    member = standing.get((one.layer, one.path))
    return one.duty == Duty.PRIMARY and member is not None and member.user_id == one.user_id


def check_coverage(actor: Actor, layer: str, *, at: datetime) -> CoverageOut:
    """Return gaps, overlaps, grids without a parent and broken polygons of the caller's grids, with shapes.

    Raises: NotVisible if the caller sees no grid of the layer.
    Rule:   TE-5.
    """
    actor.check_can(queries.READ)
    grids = Grid.objects.visible_to(actor).filter(layer=layer).valid_at(at).order_by("path")
    rows = list(grids.values_list("path", "name", "shape_wkb"))
    if not rows:
        raise NotVisible
    names = {path: name for path, name, _ in rows}
    found = coverage.measure(list(names), queries.read_shapes(wkb for _, _, wkb in rows))
    return CoverageOut(
        layer=layer,
        grids=found.grids,
        gaps=len(found.gaps),
        gap_m2=sum(m2 for _, m2 in found.gaps),
        overlaps=len(found.overlaps),
        overlap_m2=sum(m2 for _, m2, _, _ in found.overlaps),
        orphans=_count_without_parent(names),
        invalid=[names[path] for path in found.invalid],
        shapes=_drawn(found, names),
    )


def _count_without_parent(paths: Iterable[str]) -> int:
    """A grid hangs under a division or a coarser grid; one that does not is reached by nobody's scope."""
    above = {path: path[: path.rindex(".", 0, -1) + 1] if path.count(".") > 1 else "" for path in paths}
    wanted = {path for path in above.values() if path}
    known = set(Division.objects.filter(path__in=wanted).values_list("path", flat=True))
    known |= set(Grid.objects.filter(path__in=wanted).values_list("path", flat=True))
    return sum(bool(parent) and parent not in known for parent in above.values())


def _drawn(found: coverage.Coverage, names: dict[str, str]) -> FeatureCollection:
    drawn: list[tuple[Any, dict[str, Any]]] = [(s, {"kind": "gap", "m2": m2}) for s, m2 in found.gaps]
    for shape, m2, one, other in found.overlaps:
        drawn.append((shape, {"kind": "overlap", "m2": m2, "between": [names[one], names[other]]}))
    drawn += [(shape, {"kind": "edge"}) for shape in found.edges]
    shown = drawn[: queries.SHOWN_SHAPES]
    return FeatureCollection(
        features=[
            {"type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)), "properties": properties}
            for shape, properties in shown
        ],
        is_complete=len(shown) == len(drawn),
    )
