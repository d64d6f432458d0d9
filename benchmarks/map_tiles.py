"""How long does the server make a map wait at 2.6 million places?

Question  Time of a tile in the process: places at level 14 to 16, counted cells at 7 to 13; plain, by kind
          and by tag, in the scope of a city, a street and a grid; the first look with a new filter; the look
          after one place changed; drawing all sheets, reading them into a fresh process, and their memory.
Data      2,600,000 made-up places in 3,000 grids, in 300 clusters as towns are.
Peer      The same tile from rows: `SELECT` of the box and mapbox-vector-tile; for cells, `GROUP BY` in SQL.
Limit     One plain `count(*)` of the same box.
Aims      5 ms from level 14 on, 2 ms below.
Command   python -m benchmarks.map_tiles [--small]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.databases import clean_database  # isort: split

import mapbox_vector_tile
import numpy as np
from django.db import connection
from numpy.typing import NDArray

from benchmarks.venue_search import AT, CITY, KINDS, SCOPES, make_ground, path_of, reader
from wangge.console import sheets, tiles
from wangge.console.map_schemas import MapFilter
from wangge.console.sheet_shelf import SHELF
from wangge.kernel.ids import assemble
from wangge.kernel.morton import tile_at

RESULT = Path(__file__).parent / "results" / "map_tiles.json"
WEST, SOUTH, WIDE, HIGH = 113.6, 22.8, 0.6, 0.5
CLUSTERS = 300
FILTERS: dict[str, dict[str, Any]] = {
    "plain": {},
    "a kind": {"venue_class": ["food"]},
    "a tag": {"tag": ["key"]},
}
_COLUMNS = """id, code, name, class_code, tags, grid_path, lon, lat, is_open, is_orphan, source, created_at,
updated_at"""
Points = NDArray[np.float64]


def make_points(count: int) -> Points:
    """Return places around centres of towns, all inside the ground. Shape: (count, 2)."""
    random = np.random.default_rng(7)
    centres = random.random((CLUSTERS, 2)) * [WIDE, HIGH]
    weights = random.pareto(1.2, CLUSTERS) + 0.2
    chosen = random.choice(CLUSTERS, count, p=weights / weights.sum())
    points = centres[chosen] + random.normal(0, 0.012, (count, 2))
    points = np.abs(points)
    points = np.where(points > [WIDE, HIGH], 2 * np.array([WIDE, HIGH]) - points, points)
    inside = np.clip(points, 0.0001, [WIDE - 0.0001, HIGH - 0.0001])
    return np.array(inside + np.array([WEST, SOUTH]))


def load(points: Points) -> float:
    """Copy the places in and return the seconds; the search's index is none of this measurement's."""
    began = time.perf_counter()
    kinds = list(KINDS)
    with connection.cursor() as cursor:
        for index in ("venue_words", "venue_tags"):
            cursor.execute(f"DROP INDEX {index}")
        with cursor.copy(
            f"COPY venues_venue ({_COLUMNS}, address, credit_code, keeper_name, initials, version) FROM STDIN"
        ) as copy:
            for n, (lon, lat) in enumerate(points):
                path = path_of(int((lon - WEST) * 100), int((lat - SOUTH) * 100))
                tag = "{red}" if n % 1000 == 0 else "{key}" if n % 20 == 0 else "{}"
                row = (
                    assemble(AT, n),
                    f"B{n}",
                    f"{n} 号",
                    kinds[n * n % 5],
                    tag,
                    path,
                    lon,
                    lat,
                    n % 100 != 0,
                )
                copy.write_row([*row, False, "bench", AT, AT, "", "", "", "", 1])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE venues_venue")
    return time.perf_counter() - began


def ms_of(deeds: Sequence[Callable[[], object]]) -> dict[str, float]:
    took = []
    for deed in deeds:
        start = time.perf_counter()
        deed()
        took.append((time.perf_counter() - start) * 1000)
    p95 = statistics.quantiles(took, n=20)[-1] if len(took) > 1 else took[0]
    return {
        "tiles": len(took),
        "p50_ms": round(statistics.median(took), 2),
        "p95_ms": round(p95, 2),
        "longest_ms": round(max(took), 2),
    }


def looked_at(points: Points, level: int, many: int) -> list[tuple[int, int, int]]:
    """Return tiles as people look at them: where places are."""
    random = np.random.default_rng(level)
    return [
        (level, *tile_at(lon, lat, level)) for lon, lat in points[random.integers(len(points), size=many)]
    ]


def asked(scope: str, tile: tuple[int, int, int], **filters: Any) -> Callable[[], object]:
    actor, narrowed = reader(scope), MapFilter(**filters)
    return lambda: tiles.get_tile(actor, *tile, narrowed)


def edges(tile: tuple[int, int, int]) -> tuple[float, float, float, float]:
    z, x, y = tile
    lat = [float(np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * row / 2**z))))) for row in (y + 1, y)]
    return x / 2**z * 360 - 180, (x + 1) / 2**z * 360 - 180, lat[0], lat[1]


def peer_places(tile: tuple[int, int, int]) -> bytes:
    west, east, south, north = edges(tile)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lon, lat, class_code FROM venues_venue WHERE lon >= %s AND lon < %s AND lat >= %s"
            " AND lat < %s AND starts_with(grid_path, %s) AND merged_into_id IS NULL",
            [west, east, south, north, CITY],
        )
        features = [
            {"geometry": f"POINT({lon} {lat})", "properties": {"kind": kind}}
            for lon, lat, kind in cursor.fetchall()
        ]
    options = {"quantize_bounds": (west, south, east, north)}
    tile_bytes: bytes = mapbox_vector_tile.encode(
        [{"name": "places", "features": features}], default_options=options
    )
    return tile_bytes


def peer_cells(tile: tuple[int, int, int]) -> list[Any]:
    west, east, south, north = edges(tile)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT floor((lon - %s) / %s), floor((lat - %s) / %s), count(*) FROM venues_venue"
            " WHERE lon >= %s AND lon < %s AND lat >= %s AND lat < %s AND starts_with(grid_path, %s)"
            " AND merged_into_id IS NULL GROUP BY 1, 2",
            [west, (east - west) / 32, south, (north - south) / 32, west, east, south, north, CITY],
        )
        return list(cursor.fetchall())


def plain_count(tile: tuple[int, int, int]) -> int:
    west, east, south, north = edges(tile)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM venues_venue WHERE lon >= %s AND lon < %s AND lat >= %s AND lat < %s",
            [west, east, south, north],
        )
        return int(cursor.fetchone()[0])


def near_and_far(points: Points, many: int) -> dict[str, Any]:
    """Return the times of tiles by level, filter and scope, once each choice was looked at."""
    told: dict[str, Any] = {}
    for name, scope in SCOPES.items():
        for said, filters in FILTERS.items():
            asked(scope, looked_at(points, 12, 1)[0], **filters)()
            near = [asked(scope, one, **filters) for z in (14, 15, 16) for one in looked_at(points, z, many)]
            far = [asked(scope, one, **filters) for z in range(7, 14) for one in looked_at(points, z, many)]
            told[f"{name}, {said}"] = {"level 14 to 16": ms_of(near), "level 7 to 13": ms_of(far)}
    return told


def run(*, small: bool = False) -> dict[str, Any]:
    """Measure and return the figures."""
    count, many = (100_000, 20) if small else (2_600_000, 100)
    with clean_database():
        make_ground()
        points = make_points(count)
        copied = load(points)
        began = time.perf_counter()
        drawn = sheets.draw()
        drawing = time.perf_counter() - began
        began = time.perf_counter()
        SHELF.forget()
        SHELF.look()
        reading = time.perf_counter() - began
        stored = list(SHELF._stored.values())
        first = [asked(CITY, looked_at(points, 11, 1)[0], tag=[tag]) for tag in ("red", "none")]
        news = ms_of(first)
        by = near_and_far(points, many)
        moved = asked(CITY, looked_at(points, 13, 1)[0])
        with connection.cursor() as cursor:
            cursor.execute("UPDATE venues_venue SET is_open = NOT is_open WHERE code = 'B3'")
        change = ms_of([moved])
        few = 3 if small else 8
        return {
            "question": "milliseconds of a map tile in the server's process",
            "command": "python -m benchmarks.map_tiles" + (" --small" if small else ""),
            "machine": {"cpus": os.cpu_count(), "load": [round(one, 1) for one in os.getloadavg()]},
            "places": count,
            "copied in, s": round(copied, 1),
            "all sheets drawn, s": round(drawing, 1),
            "sheets": drawn,
            "places of the fullest sheet": max(len(one.rows) for one in stored),
            "read into a fresh process, s": round(reading, 2),
            "memory of the sheets, MB": round(sum(one.rows.nbytes for one in stored) / 2**20, 1),
            "first look with a new filter": news,
            "first look after a place changed": change,
            "by scope and filter": by,
            "peer: level 14 from rows": ms_of(
                [lambda t=t: peer_places(t) for t in looked_at(points, 14, few)]
            ),
            "peer: cells of level 12 by SQL": ms_of(
                [lambda t=t: peer_cells(t) for t in looked_at(points, 12, few)]
            ),
            "limit: count(*) of level 14": ms_of(
                [lambda t=t: plain_count(t) for t in looked_at(points, 14, few)]
            ),
            "limit: count(*) of level 12": ms_of(
                [lambda t=t: plain_count(t) for t in looked_at(points, 12, few)]
            ),
        }


def main() -> None:
    """Measure, print, and write the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", action="store_true", help="a quick look; nothing is written")
    options = parser.parse_args()
    text = json.dumps(run(small=options.small), ensure_ascii=False, indent=2)
    print(text)
    if not options.small:
        RESULT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
