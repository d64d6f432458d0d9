"""How fast does a point find its grid, and is it always the right one?

Question  In which of 2,934 grids does each of 1,730,000 points lie?
Data      A planar partition made from a seed: Voronoi cells whose common borders are broken into crooked
          lines of eight pieces, so that neighbours share every vertex; points all over the city and a rim
          around it, and as many again on vertices and on borders for the comparison of answers.
Peer      shapely's STRtree with `predicate="intersects"`, in bulk, on the same points in the same run; and
          PostGIS, a join over a GiST index in one process, if `--postgis` names a database
          on this machine in which the extension can be created (Debian: postgresql-15-postgis-3). It is not
          part of the embedded PostgreSQL; without the option the peer is said not to be there.
Single    One point at a time, warm: the index alone, and the service that a report asks (one small statement
          for the edition of the grids), on a database of its own; and the first answer after a start.
Limit     numpy gathering one number a point from a table of the same size at random places.
Command   python -m benchmarks.point_to_grid [--small] [--postgis postgresql://…]
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.databases import clean_database  # isort: split

import numpy as np
import shapely

from benchmarks.filling import AT
from benchmarks.postgis_peer import ask_postgis
from wangge.accounts.rules import CAPABILITIES, Role
from wangge.kernel.actor import Actor
from wangge.kernel.cell_index import CellIndex
from wangge.territory import queries
from wangge.territory.schemas import GridImport
from wangge.territory.services import GridFeature, import_grids

RESULT = Path(__file__).parent / "results" / "point_to_grid.json"
SEED = 7
WEST, SOUTH, SIDE = 113.6, 22.7, 0.6  # degrees: the size of Dongguan
PIECES = 8
SINGLES = 20_000


def make_partition(count: int, rng: np.random.Generator) -> np.ndarray:
    """Return `count` polygons that tile the square without gap or overlap."""
    sites = shapely.MultiPoint(rng.uniform([WEST, SOUTH], [WEST + SIDE, SOUTH + SIDE], (count, 2)))
    city = shapely.box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)
    cells = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(sites, extend_to=city)), city)
    borders = shapely.union_all(shapely.boundary(cells))
    lines = [crooked(shapely.get_coordinates(line), rng) for line in shapely.get_parts(borders)]
    faces = shapely.get_parts(shapely.polygonize(lines))
    assert shapely.coverage_is_valid(faces), "the partition has a gap or an overlap"
    assert len(faces) == count, "a crooked border has crossed another"
    return faces


def crooked(line: np.ndarray, rng: np.random.Generator) -> Any:
    """Return the line with every straight piece broken into eight that swerve a little."""
    bent = [line[:1]]
    for start, end in pairwise(line):
        share = np.linspace(0, 1, PIECES + 1)[1:, None]
        swerve = rng.uniform(-0.02, 0.02, (PIECES, 1)) * (end - start)[::-1] * [-1, 1]
        swerve[-1] = 0
        bent.append(start + share * (end - start) + swerve)
    points = np.concatenate(bent)
    points[-1] = line[-1]
    return shapely.LineString(points)


def median_s(job: Callable[[], Any], times: int) -> float:
    """Return the median seconds of the job."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        job()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def median_cpu_s(job: Callable[[], Any], times: int) -> float:
    """Return the median CPU seconds of the job: what other work on the machine does not stretch."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        job()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def ask_tree(tree: shapely.STRtree, points: np.ndarray) -> np.ndarray:
    """Return the lowest polygon of each point, -1 for none, as people do it with shapely."""
    found = np.full(len(points), np.iinfo(np.int32).max, dtype=np.int32)
    which, polygon = tree.query(shapely.points(points), predicate="intersects")
    np.minimum.at(found, which, polygon.astype(np.int32))
    found[found == np.iinfo(np.int32).max] = -1
    return found


def spread_of(jobs: list[Callable[[], Any]]) -> dict[str, float]:
    """Return the median and the 99th percentile of jobs, one at a time, in milliseconds."""
    taken = []
    for job in jobs:
        start = time.perf_counter()
        job()
        taken.append((time.perf_counter() - start) * 1000)
    return {
        "p50_ms": round(float(np.percentile(taken, 50)), 4),
        "p99_ms": round(float(np.percentile(taken, 99)), 4),
    }


def one_by_one(index: CellIndex, polygons: np.ndarray, points: np.ndarray) -> dict[str, Any]:
    """Return what single answers take: of the index, and of the service on a database with these grids."""
    some = points[:SINGLES].tolist()
    bare = spread_of([partial(index.locate, *point) for point in some])
    with clean_database():
        features = (
            GridFeature(f"{n}格", polygon, path=f"44.19.{n // 900 + 1:03}.{n % 900 + 1:03}.")
            for n, polygon in enumerate(polygons)
        )
        options = GridImport(tier="grid", datum="wgs84", within="44.")
        actor = Actor(1, "bench", Role.SYSTEM_ADMIN.value, "44.", None, CAPABILITIES[Role.SYSTEM_ADMIN])
        report = import_grids(features, options=options, actor=actor, at=AT)
        assert report.loaded, report.problems[:3]
        later = AT + timedelta(days=1)
        start = time.perf_counter()
        queries.locate(*some[0], "comprehensive", later)
        first = time.perf_counter() - start
        gc.collect()
        gc.freeze()  # as the server does once it is warm
        asked = spread_of([partial(queries.locate, *point, "comprehensive", later) for point in some])
    return {"index alone": bare, "service": asked, "first_after_start_without_warming_s": round(first, 2)}


def run(*, small: bool = False, postgis: str = "") -> dict[str, Any]:
    """Measure and return the figures."""
    rng = np.random.default_rng(SEED)
    grids, count = (300, 100_000) if small else (2_934, 1_730_000)
    polygons = make_partition(grids, rng)
    rim = SIDE / 50
    points = rng.uniform([WEST - rim, SOUTH - rim], [WEST + SIDE + rim, SOUTH + SIDE + rim], (count, 2))
    build_s = median_s(lambda: CellIndex(polygons), 3)
    index, tree = CellIndex(polygons), shapely.STRtree(polygons)
    ours_s = median_s(lambda: index.locate_many(points), 7)
    ours_cpu_s = median_cpu_s(lambda: index.locate_many(points), 5)
    peer_cpu_s = median_cpu_s(lambda: ask_tree(tree, points), 1)
    peer_s = median_s(lambda: ask_tree(tree, points), 1 if not small else 3)
    table, places = np.zeros(2050 * 2050, dtype=np.int32), rng.integers(0, 2050 * 2050, count)
    limit_s = median_s(lambda: np.take(table, places), 7)
    corners = shapely.get_coordinates(polygons)
    awkward = np.concatenate([corners, (corners[1:] + corners[:-1]) / 2, np.nextafter(corners, 0)])
    wrong = sum(int((index.locate_many(some) != ask_tree(tree, some)).sum()) for some in (points, awkward))
    gis = ask_postgis(postgis, polygons, points) if postgis else None
    if gis:
        wrong += int((index.locate_many(points) != gis.pop("found")).sum())
    return {
        "question": "point → grid in bulk",
        "command": "python -m benchmarks.point_to_grid" + (" --small" if small else ""),
        "data": {
            "seed": SEED,
            "grids": grids,
            "vertices_a_grid": round(len(corners) / grids, 1),
            "points": count,
            "awkward_points": len(awkward),
        },
        "machine": {
            "cpus": os.cpu_count(),
            "processor": platform.machine(),
            "python": platform.python_version(),
            "numpy": np.__version__,
            "shapely": shapely.__version__,
            "geos": shapely.geos_version_string,
            "load": round(os.getloadavg()[0], 1),
        },
        "points_a_second": {
            "cell index": round(count / ours_s),
            "peer: shapely STRtree": round(count / peer_s),
            "peer: PostGIS": round(count / gis["bulk_s"]) if gis else "not present",
            "limit: numpy gather": round(count / limit_s),
        },
        "ratio_to_peer": round(peer_s / ours_s, 1),
        "ratio_to_postgis": round(gis["bulk_s"] / ours_s, 1) if gis else "not present",
        "postgis": gis or "not present",
        "cpu_s": {"cell index": round(ours_cpu_s, 3), "peer: shapely STRtree": round(peer_cpu_s, 2)},
        "ratio_of_cpu": {
            "shapely STRtree": round(peer_cpu_s / ours_cpu_s, 1),
            "PostGIS": round(gis["bulk_cpu_s"] / ours_cpu_s, 1) if gis else "not present",
        },
        "single": one_by_one(index, polygons, points),
        "share_of_limit": round(limit_s / ours_s, 3),
        "build_s": round(build_s, 2),
        "wrong": wrong,
        "aim": "at least 30 times shapely, 200 times PostGIS, none wrong; single p99 under 1 ms warm",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--small", action="store_true", help="300 grids, 100,000 points; writes no result")
    parser.add_argument("--postgis", default="", help="a database in which the extension postgis can be made")
    chosen = parser.parse_args()
    small = chosen.small
    result = run(small=small, postgis=chosen.postgis)
    text = json.dumps(result, ensure_ascii=False, indent=2)
    print(text)
    if not small:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
