"""Where the rows of a file lie: outlines to points, points to grids, orphans to the nearest street."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from wangge.kernel.datum import to_wgs84_many
from wangge.territory import queries as territory
from wangge.territory.rules import Problems, fits_better, look_swapped, off_earth, path_of
from wangge.territory.services import areas_m2, check_places, read_outline
from wangge.venues import wording
from wangge.venues.row_reading import Draft, RowReader, VenueRecord
from wangge.venues.rules import agree, read_number
from wangge.venues.schemas import VenueImport

ENOUGH = 20  # points from which a share says something about the datum


@dataclass(slots=True)
class Place:
    grid_path: str
    is_orphan: bool = False
    nearest_path: str | None = None
    nearest_m: float | None = None


@dataclass(slots=True)
class Placer:
    """Finds the grids of a file's rows inside the territory it claims."""

    options: VenueImport
    at: datetime
    reader: RowReader
    problems: Problems
    located: int = 0
    astray: int = 0
    orphans: int = 0
    astray_otherwise: int = 0
    column: str = "geometry"  # where the file says the place
    names: dict[str, str] = field(default_factory=dict)
    divisions: dict[str, bool] = field(default_factory=dict)

    @property
    def other_datum(self) -> str:
        return "wgs84" if self.options.datum == "gcj02" else "gcj02"

    def points_of(self, records: Sequence[VenueRecord], drafts: Sequence[Draft]) -> NDArray[np.float64]:
        """Return the points as the file gives them, NaN where there is none; an outline gives its area.

        Rule: VE-3.
        """
        points = np.full((len(records), 2), np.nan)
        shapes = np.array([record.shape for record in records], dtype=object)
        outlined = [i for i, r in enumerate(records) if r.shape is not None or r.why is not None]
        if not outlined:
            self.column = "、".join(self.reader.columns.get(name, name) for name in ("lon", "lat"))
        else:
            self._from_shapes(records, drafts, shapes, outlined, points)
        for i, record in enumerate(records):
            if record.shape is None and record.why is None:
                points[i] = self._from_columns(record)
        known = ~np.isnan(points[:, 0])
        wrong = known & (look_swapped(points) | off_earth(points))
        for i in np.flatnonzero(wrong).tolist():
            check_places(points[i : i + 1], row=records[i].row, column=self.column, problems=self.problems)
        points[wrong] = np.nan
        return points

    def _from_columns(self, record: VenueRecord) -> tuple[float, float]:
        try:
            lon, lat = (read_number(record.values.get(name), -1e12, 1e12) for name in ("lon", "lat"))
        except ValueError:
            lon = lat = None
        if lon is None or lat is None:
            given = f"{record.values.get('lon')}, {record.values.get('lat')}"
            why = {"why_zh": f"“{given}”不是数字", "why_en": f"“{given}” is not two numbers"}
            self.problems.add(wording.NO_POSITION, record.row, self.column, given, **why)
            return np.nan, np.nan
        return lon, lat

    def _from_shapes(
        self,
        records: Sequence[VenueRecord],
        drafts: Sequence[Draft],
        shapes: NDArray[np.object_],
        outlined: list[int],
        points: NDArray[np.float64],
    ) -> None:
        """Sound shapes go in bulk; each other one is read by itself, to say what is wrong with it."""
        some = np.array(outlined)
        kinds = shapely.get_type_id(shapes[some])
        is_area = (kinds == 3) | (kinds == 6)
        empty = shapely.is_empty(shapes[some])
        sound = is_area & shapely.is_valid(shapes[some]) & ~empty
        for i in some[~sound & ((kinds != 0) | empty)].tolist():
            shapes[i] = read_outline(
                shapes[i], records[i].why, row=records[i].row, datum="wgs84",
                repair=self.options.repair, problems=self.problems,
            )  # fmt: skip
        held = np.array(
            [i for i in outlined if shapes[i] is not None and not shapely.is_empty(shapes[i])], dtype=int
        )
        if not len(held):
            return
        points[held] = shapely.get_coordinates(shapely.point_on_surface(shapes[held]))
        areas = held[shapely.get_dimensions(shapes[held]) == 2]
        for i, m2 in zip(areas.tolist(), areas_m2(shapes[areas]), strict=True):
            if drafts[i].area_m2 is None:
                drafts[i].area_m2 = round(float(m2), 1)

    def places_of(self, drafts: Sequence[Draft], raw: NDArray[np.float64]) -> list[Place | None]:
        """Return where each row lies, None where it must not be loaded. Sets the drafts' WGS-84 positions.

        Rule: VE-4.
        """
        known = np.flatnonzero(~np.isnan(raw[:, 0]))
        places: list[Place | None] = [None] * len(drafts)
        if not len(known):
            return places
        points = to_wgs84_many(raw[known], self.options.datum)
        found = self._inside(points)
        self.located += len(known)
        for i, (lon, lat), path in zip(known.tolist(), points.tolist(), found, strict=True):
            drafts[i].lon, drafts[i].lat = lon, lat
            places[i] = Place(path) if path else None
        lost = [n for n, path in enumerate(found) if path is None]
        if lost:
            self.astray += len(lost)
            self._place_orphans(drafts, places, known[lost], points[lost])
        otherwise = self._inside(to_wgs84_many(raw[known], self.other_datum))
        self.astray_otherwise += otherwise.count(None)
        self._check_divisions(drafts, places)
        return places

    def _inside(self, points: NDArray[np.float64]) -> list[str | None]:
        """A grid outside the claimed territory is none: nobody's venue moves into a neighbour's grid."""
        found = territory.locate_many(points, self.options.layer, self.at)
        return [path if path and path.startswith(self.options.territory) else None for path in found]

    def _place_orphans(
        self, drafts: Sequence[Draft], places: list[Place | None], lost: Any, points: NDArray[np.float64]
    ) -> None:
        options = self.options
        nearest = territory.nearest_many(points, options.layer, self.at, options.territory)
        self._learn_names({pair[0] for pair in nearest if pair})
        for i, pair in zip(lost.tolist(), nearest, strict=True):
            if pair is None:
                if not self.problems.is_bad(None):
                    self.problems.add(wording.NO_GRIDS, None, None, options.territory, layer=options.layer)
                continue
            path, metres = pair
            facts = {"place": self.names[path], "metres": f"{metres:,.0f}", "territory": options.territory}
            position = f"{drafts[i].lon:.6f}, {drafts[i].lat:.6f}"
            if metres > options.max_distance_m:
                limit = f"{options.max_distance_m:,.0f}"
                self.problems.add(wording.OUTSIDE, drafts[i].row, self.column, position, limit=limit, **facts)
            else:
                self.problems.add(wording.ORPHAN, drafts[i].row, self.column, position, **facts)
                places[i] = Place(options.territory, True, path, round(metres, 1))
                self.orphans += 1

    def _learn_names(self, paths: set[str]) -> None:
        missing = paths - self.names.keys()
        if missing:
            found = territory.names_of(missing)
            self.names |= {path: found.get(path, path) for path in missing}

    def _check_divisions(self, drafts: Sequence[Draft], places: Sequence[Place | None]) -> None:
        """Rule: VE-4."""
        given = {draft.division_code for draft in drafts if draft.division_code} - self.divisions.keys()
        if given:
            self.divisions |= dict.fromkeys(given, False)
            self.divisions |= dict.fromkeys(territory.known_codes(given), True)
        self._learn_names({p.grid_path for d, p in zip(drafts, places, strict=True) if p and d.division_code})
        for draft, place in zip(drafts, places, strict=True):
            code = draft.division_code
            if not code:
                continue
            if not self.divisions[code]:
                self.reader.note(wording.NO_DIVISION, draft.row, "division_code", code)
            elif place and not agree(path_of(code), place.grid_path):
                name = self.names[place.grid_path]
                self.reader.note(
                    wording.WRONG_DIVISION, draft.row, "division_code", code, place=name, path=place.grid_path
                )

    def finish(self) -> None:
        """Say so if another datum fits much better. Rule: TE-7."""
        if self.located < ENOUGH:
            return
        share, other = self.astray / self.located, self.astray_otherwise / self.located
        if fits_better(share, other):
            self.problems.add(
                wording.DATUM, None, None, self.options.datum,
                datum=self.options.datum, other=self.other_datum,
                misfit_pct=f"{share * 100:.1f}", other_pct=f"{other * 100:.1f}",
            )  # fmt: skip
