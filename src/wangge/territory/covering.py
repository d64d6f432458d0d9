"""The coverage check as a person asks for it: the caller's grids, counted and drawn."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import shapely

from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.territory import coverage, queries
from wangge.territory.models import Division, Grid, Layer
from wangge.territory.schemas import CoverageOut, FeatureCollection


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
    kind = Layer.objects.filter(code=layer).first()
    return CoverageOut(
        layer=layer,
        grids=found.grids,
        gaps=len(found.gaps),
        gap_m2=sum(m2 for _, m2 in found.gaps),
        overlaps=len(found.overlaps),
        overlap_m2=sum(m2 for _, m2, _, _ in found.overlaps),
        orphans=_count_without_parent(names),
        invalid=[names[path] for path in found.invalid],
        is_whole=kind is None or kind.is_whole,
        may_overlap=kind is not None and kind.may_overlap,
        shapes=_drawn(found, names),
    )


def _count_without_parent(paths: Iterable[str]) -> int:
    """A grid hangs under a division or a coarser grid; one that does not is reached by nobody's scope."""
    above = {path: path[: path.rindex(".", 0, -1) + 1] if path.count(".") > 1 else "" for path in paths}
    wanted = {path for path in above.values() if path}
    known = set(
        Division.objects.filter(path__in=wanted, ended_at__isnull=True).values_list("path", flat=True)
    )
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
