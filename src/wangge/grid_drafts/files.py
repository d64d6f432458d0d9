"""Buildings, communities, roads and earlier drafts from files, and a draft as a file. WGS-84 inside."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import IO, Any, NamedTuple

import numpy as np
import shapely

from wangge.grid_drafts.drafting import Draft, Kept
from wangge.grid_drafts.plots import Buildings
from wangge.grid_drafts.rules import households_of
from wangge.kernel.datum import to_wgs84_many
from wangge.kernel.errors import Unreadable
from wangge.kernel.map_files import open_features
from wangge.territory.rules import closed
from wangge.territory.services import Outline, areas_m2

DIGITS = 3  # of the number of a grid in its code (domain 2.13)


class Columns(NamedTuple):
    """What a file of buildings calls its properties, and how households are estimated where it has none."""

    households: str = "households"
    height_m: str = "height"
    storey_m: float = 3.0
    gross_m2_a_household: float = 100.0


class Register(NamedTuple):
    """Buildings that were read; `estimated` from footprint × height, `low` of them without a height."""

    buildings: Buildings
    estimated: int
    low: int


def read_buildings(stream: IO[bytes], name: str, datum: str, columns: Columns) -> Register:
    """Return the buildings of a file. Raises: Unreadable for one without measures. Rule: GD-6."""
    features = list(open_features(stream, name))
    shapes = _shapes([(feature.row, feature.shape) for feature in features], datum)
    given = np.array([_number(feature.properties.get(columns.households)) for feature in features])
    heights = np.array([_number(feature.properties.get(columns.height_m)) for feature in features])
    areas = areas_m2(shapes)
    is_unknown = np.isnan(given)
    if bad := np.flatnonzero(is_unknown & (areas <= 0)).tolist():
        row, called = features[bad[0]].row, columns.households
        why_zh = f"第 {row} 行既没有户数（{called}），也没有楼的轮廓"
        raise _unreadable("buildings", why_zh, f"row {row} has no {called} and no outline")
    storey_m, gross_m2 = columns.storey_m, columns.gross_m2_a_household
    guessed = households_of(areas, np.nan_to_num(heights), storey_m=storey_m, gross_m2_a_household=gross_m2)
    households = np.where(is_unknown, guessed, np.nan_to_num(given)).astype(np.int64)
    points = shapely.get_coordinates(shapely.point_on_surface(shapes))
    low = int((is_unknown & np.isnan(heights)).sum())
    return Register(Buildings(points, households), int(is_unknown.sum()), low)


def read_outlines(stream: IO[bytes], name: str, datum: str, within: str, code_column: str) -> list[Outline]:
    """Return the communities of a file, by path. A code that is no whole path hangs below `within`.

    Raises: Unreadable for one without a shape or a code.
    """
    found: dict[str, Outline] = {}
    for feature in open_features(stream, name):
        code = str(feature.properties.get(code_column) or "")
        path = _path(code, within, feature.row)
        if path in found:
            raise _unreadable("communities", f"代码“{code}”出现两次", f"the code {code} stands twice")
        shape = _shapes([(feature.row, feature.shape)], datum)[0]
        found[path] = Outline(path, str(feature.properties.get("name") or code), shape)
    return [found[path] for path in sorted(found)]


def read_lines(stream: IO[bytes], name: str, datum: str) -> list[Any]:
    """Return the lines of a file of main roads."""
    shapes = _shapes([(feature.row, feature.shape) for feature in open_features(stream, name)], datum)
    parts = shapely.get_parts(shapely.get_parts(shapes))
    return [one for one in parts if one.geom_type == "LineString"]


def read_draft(stream: IO[bytes], name: str, outlines: Sequence[Outline]) -> list[Kept]:
    """Return the grids of an earlier draft, in WGS-84, that lie in the communities. Raises: Unreadable."""
    number_of = {outline.path: n for n, outline in enumerate(outlines)}
    kept = []
    for feature in open_features(stream, name):
        community, _, number = str(feature.properties.get("path") or "").rstrip(".").rpartition(".")
        if feature.shape is None or not number.isdecimal():
            row = feature.row
            raise _unreadable("keep", f"第 {row} 行不是草案中的网格", f"row {row} is no grid of a draft")
        if (at := number_of.get(f"{community}.")) is not None:
            kept.append(Kept(at, int(number), feature.shape))
    return kept


def write_draft(outlines: Sequence[Outline], drafts: Sequence[Draft]) -> Iterable[str]:
    """Yield the draft as GeoJSON that `wangge import grids --match-by path` takes, a line a grid."""
    yield '{"type":"FeatureCollection","features":['
    comma = ""
    for outline, draft in zip(outlines, drafts, strict=True):
        for part in draft.parts:
            code = f"{part.number:0{DIGITS}}"
            words = {
                "path": f"{outline.path}{code}.",
                "name": f"{outline.name}{code}"[-64:],
                "households": part.households,
                "buildings": part.buildings,
                "area_m2": round(part.area_m2),
                "compactness": round(part.compactness, 3),
                "misses": part.misses,
                "is_contiguous": part.is_contiguous,
            }
            said, shape = json.dumps(words, ensure_ascii=False), shapely.to_geojson(part.shape)
            yield f'{comma}\n{{"type":"Feature","properties":{said},"geometry":{shape}}}'
            comma = ","
    yield "\n]}\n"


def _path(code: str, within: str, row: int) -> str:
    try:
        if "." in code or not within:
            return closed(code)
        if code.isalnum():
            return f"{within}{code}."
    except ValueError:
        pass
    raise _unreadable(
        "communities", f"第 {row} 行的代码“{code}”不是区划代码", f"row {row}: {code!r} is no code"
    )


def _unreadable(field: str, why_zh: str, why_en: str) -> Unreadable:
    return Unreadable(field=field, why_zh=why_zh, why_en=why_en)


def _shapes(given: Sequence[tuple[int, Any]], datum: str) -> Any:
    lost = next((row for row, shape in given if shape is None or shape.is_empty), None)
    if lost is not None:
        raise _unreadable("file", f"第 {lost} 行没有可读的图形", f"row {lost} has no readable shape")
    shapes = np.array([shape for _, shape in given], dtype=object)
    return shapely.transform(shapes, lambda xy: to_wgs84_many(xy, datum)) if len(shapes) else shapes


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return float("nan")
    return number if number >= 0 else float("nan")
