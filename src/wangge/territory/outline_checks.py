"""Reading one outline: broken, swapped, in metres, or in another datum. Pure: shapes in, problems out."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from wangge.kernel.datum import to_wgs84_many
from wangge.territory import wording
from wangge.territory.geometry import parts
from wangge.territory.rules import Problems, look_swapped, off_earth

REASONS = {
    "Self-intersection": "边线自相交",
    "Ring Self-intersection": "环在一点上自相交",
    "Too few points in geometry component": "点数太少",
    "Hole lies outside shell": "洞在外环之外",
    "Holes are nested": "洞套着洞",
    "Interior is disconnected": "内部不连通",
    "Nested shells": "外环互相嵌套",
    "Duplicate Rings": "环重复",
    "Invalid Coordinate": "坐标无效",
    "Ring is not closed": "环未闭合",
}
NOT_AREA = ("应为面（Polygon 或 MultiPolygon）", "it should be a Polygon or MultiPolygon")
EMPTY = ("图形是空的", "it is empty")


def read_outline(
    shape: Any,
    why: tuple[str, str] | None,
    *,
    row: int | None,
    datum: str,
    repair: bool,
    problems: Problems,
    called: str = "",
) -> Any:
    """Return the outline in WGS-84, valid; None, with the problem noted, where that cannot be.

    Rule: TE-6.
    """
    if why is None and shape.geom_type not in {"Polygon", "MultiPolygon"}:
        why = NOT_AREA
    elif why is None and shape.is_empty:
        why = EMPTY
    if why is not None:
        problems.add(wording.BAD_SHAPE, row, "geometry", called, why_zh=why[0], why_en=why[1])
        return None
    if not check_places(shapely.get_coordinates(shape), row=row, column="geometry", problems=problems):
        return None
    moved = shapely.transform(shape, lambda xy: to_wgs84_many(xy, datum))
    return moved if shapely.is_valid(moved) else _mend(moved, row, repair, problems, called)


def check_places(points: Any, *, row: int | None, column: str, problems: Problems) -> bool:
    """Return whether all points are places, longitude first; note the first one that is not. Rule: TE-6."""
    for kind, wrong in ((wording.SWAPPED, look_swapped(points)), (wording.OFF_EARTH, off_earth(points))):
        if wrong.any():
            x, y = points[int(np.argmax(wrong))]
            problems.add(kind, row, column, f"{x:g}, {y:g}")
            return False
    return True


def _mend(shape: Any, row: int | None, repair: bool, problems: Problems, called: str) -> Any:
    reason = shapely.is_valid_reason(shape)
    name = reason.partition("[")[0]
    why_zh = REASONS.get(name, name)
    mended = parts(shapely.make_valid(shape)) if repair else []
    if not mended:
        problems.add(wording.BAD_SHAPE, row, "geometry", called, why_zh=why_zh, why_en=reason)
        return None
    problems.add(wording.REPAIRED, row, "geometry", called, why_en=reason)
    return mended[0] if len(mended) == 1 else shapely.multipolygons(mended)
