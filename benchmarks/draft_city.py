"""How long does a whole city take to be drafted, and how good is it?

Question  Are all grids contiguous, how many lie inside 300–500 households where the community allows it, does
          none cross a border, and how few households move when little has changed?
Data      200,000 buildings in 400 crooked communities (as in draft_grids); the twin's city of Dongguan's
          size, 1.73 M buildings in 594 communities, street by street; nobody's real cities. With `--files` a
          folder that holds `nanshan_buildings.geojson` and `shenzhen_streets.geojson`: real ones, drafted
          again after one building in a hundred is gone and one in a hundred has twice the households.
          Households of the last two are estimated from footprint × height.
Peer      None on a whole city; draft_grids compares with GerryChain on one community.
Command   python -m benchmarks.draft_city [--small] [--files FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from benchmarks.draft_grids import whole_city  # isort: split

from wangge.grid_drafts import files
from wangge.grid_drafts.figures import Figures, sum_up
from wangge.grid_drafts.services import Bounds, Buildings, Draft, Kept, Proposal, draft_grids, households_of
from wangge.kernel.paths import parent
from wangge.territory.services import areas_m2
from wangge.twin import big_city
from wangge.twin.city import GridSeed, draw_city

RESULT = Path(__file__).parent / "results" / "draft_city.json"
BOUNDS = Bounds(300, 500)
SEED = 7
STREET = 4  # parts of the path of a street


def told(figures: Figures, seconds: float, drafts: list[Draft], outlines: np.ndarray) -> dict[str, Any]:
    """Return what a result says of a draft."""
    return {
        "communities": figures.communities,
        "grids": figures.grids,
        "buildings": figures.buildings,
        "households": figures.households,
        "contiguous_share": figures.contiguous / max(1, figures.grids),
        "inside": figures.inside,
        "inside_share_where_possible": round(figures.possible_share or 0.0, 4),
        "grids_where_possible": figures.possible,
        "compactness_median": round(figures.compactness_median, 3),
        "compactness_lowest": round(figures.compactness_lowest, 3),
        "mean_deviation": round(figures.deviation, 4),
        "across_a_border_m2": beyond_m2(drafts, outlines),
        "seconds": round(seconds, 1),
    }


def beyond_m2(drafts: list[Draft], outlines: np.ndarray) -> float:
    """Return the largest area that a grid has outside its community."""
    shapes = [part.shape for draft in drafts for part in draft.parts]
    mine = [outline for draft, outline in zip(drafts, outlines, strict=True) for _ in draft.parts]
    outside = shapely.difference(np.array(shapes, dtype=object), np.array(mine, dtype=object))
    return round(float(areas_m2(outside).max()), 3)


def twin_city(most_streets: int | None = None) -> dict[str, Any]:
    """Draft the twin's city street by street, as a city would; households are estimated."""
    chosen = big_city.profile("dongguan")
    city = draw_city(chosen.spec, seed=SEED)
    pairs = zip(city.grids, big_city.houses_by_grid(city, chosen), strict=True)
    drafts: list[Draft] = []
    shapes: list[Any] = []
    seconds, places = 0.0, 0

    def street_of(pair: tuple[GridSeed, big_city.Houses]) -> str:
        return ".".join(pair[0].path.split(".")[:STREET])

    for n, (_, members) in enumerate(groupby(pairs, key=street_of)):
        if most_streets is not None and n >= most_streets:
            break
        rows = list(members)
        by_community = groupby(rows, key=lambda pair: parent(pair[0].path))
        outlines = np.array(
            [shapely.union_all([grid.polygon for grid, _ in some]) for _, some in by_community], dtype=object
        )
        points = np.concatenate([houses.points for _, houses in rows])
        area = np.concatenate([houses.footprint_m2 for _, houses in rows])
        height = np.concatenate([houses.storeys for _, houses in rows]) * big_city.STOREY_M
        households = households_of(area, height, storey_m=3.0, gross_m2_a_household=100.0)
        start = time.perf_counter()
        found = draft_grids(outlines, Buildings(points, households), BOUNDS)
        seconds += time.perf_counter() - start
        places += len(points)
        drafts += found.drafts
        shapes += outlines.tolist()
    figures = sum_up(Proposal(drafts, 0, 0), BOUNDS)
    result = told(figures, seconds, drafts, np.array(shapes, dtype=object))
    return result | {
        "buildings_a_second": round(places / seconds),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        "households_are": "estimated from footprint × storeys ÷ 100 m²",
    }


def real_file(folder: Path) -> dict[str, Any]:
    """Draft the buildings of a file inside the streets of another, then again after small changes."""
    with (folder / "nanshan_buildings.geojson").open("rb") as stream:
        register = files.read_buildings(stream, "b.geojson", "wgs84", files.Columns())
    with (folder / "shenzhen_streets.geojson").open("rb") as stream:
        outlines = files.read_outlines(stream, "s.geojson", "wgs84", "44.03.", "code")
    shapes = np.array([one.shape for one in outlines], dtype=object)
    there = np.unique(
        shapely.STRtree(shapes).query(shapely.points(register.buildings.points), "intersects")[1]
    )
    shapes = shapes[there]
    start = time.perf_counter()
    found = draft_grids(shapes, register.buildings, BOUNDS)
    seconds = time.perf_counter() - start
    result = told(sum_up(found, BOUNDS), seconds, list(found.drafts), shapes)
    changed, gone, built = _changed(register.buildings)
    kept = [Kept(n, part.number, part.shape) for n, draft in enumerate(found.drafts) for part in draft.parts]
    start = time.perf_counter()
    again = sum_up(draft_grids(shapes, changed, BOUNDS, kept=kept), BOUNDS)
    return result | {
        "astray": found.astray,
        "households_are": f"estimated from footprint × height for {register.estimated:,} buildings,"
        f" {register.low:,} of them without a height",
        "redraft": {
            "change": f"{gone} buildings pulled down, {built} with twice the households",
            "households_moved": again.moved,
            "at_least": again.at_least,
            "share_moved": round((again.moved or 0) / again.households, 4),
            "contiguous_share": again.contiguous / again.grids,
            "inside_share_where_possible": round(again.possible_share or 0.0, 4),
            "seconds": round(time.perf_counter() - start, 1),
        },
    }


def _changed(buildings: Buildings) -> tuple[Buildings, int, int]:
    """Return the town after a year: one building in a hundred gone, one in a hundred twice as large."""
    rng = np.random.default_rng(SEED)
    roll = rng.random(len(buildings))
    households = np.where(roll > 0.99, buildings.households * 2, buildings.households)
    stays = roll >= 0.01
    return (
        Buildings(buildings.points[stays], households[stays]),
        int((~stays).sum()),
        int((roll > 0.99).sum()),
    )


def main() -> None:
    """Measure, print, and write the result unless it is a small look."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", action="store_true", help="one street, 20,000 buildings; writes nothing")
    parser.add_argument("--files", type=Path, help="a folder with the files of a real city")
    chosen = parser.parse_args()
    before = os.getloadavg()[0]
    result = {
        "question": "drafting of whole cities, grids of 300–500 households",
        "command": "python -m benchmarks.draft_city --files FOLDER",
        "city_of_200000": whole_city(40, 20_000) if chosen.small else whole_city(400, 200_000),
        "twin_city": twin_city(1 if chosen.small else None),
        "real_files": real_file(chosen.files) if chosen.files else "not given",
        "machine": {"cpus": os.cpu_count(), "load": [round(before, 1), round(os.getloadavg()[0], 1)]},
        "aim": "all contiguous, 98 % inside where the community allows it, none across a border,"
        " 200,000 buildings under 15 s",
    }
    text = json.dumps(result, ensure_ascii=False, indent=2)
    print(text)
    if not chosen.small:
        RESULT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
