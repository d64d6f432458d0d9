"""How long is a member's day on foot?

Question  The places of a day, put into an order: how many metres, and how long does it take to find?
Data      Made from a seed: places of a day in a grid of about 800 m, in clusters as streets make them.
Peer      Going to the nearest place left each time, which is what people do without help.
Limit     The library (fast-tsp) with 100 times as long to look: its best.
Command   python -m benchmarks.walks
"""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path
from statistics import median

from wangge.orders.walk_rules import Point, length_m, nearest_first, walk

RESULT = Path(__file__).parent / "results" / "walks.json"
DAYS = {12: 60, 19: 40, 40: 20, 100: 10}  # places a day: days measured


def make_day(count: int, rng: random.Random) -> list[Point]:
    """Return places around a few corners of a grid."""
    corners = [(118.37 + rng.random() * 0.008, 31.33 + rng.random() * 0.007) for _ in range(5)]
    places = []
    for _ in range(count):
        lon, lat = rng.choice(corners)
        places.append((lon + rng.gauss(0, 0.0006), lat + rng.gauss(0, 0.0006)))
    return places


def measure(count: int, days: int) -> dict[str, float]:
    rng = random.Random(count)
    nearest, ours, best, took = 0.0, 0.0, 0.0, []
    for _ in range(days):
        day = make_day(count, rng)
        nearest += length_m(day, nearest_first(day))
        start = time.perf_counter()
        order = walk(day)
        took.append(time.perf_counter() - start)
        ours += length_m(day, order)
        best += length_m(day, walk(day, seconds=2.0))
    return {
        "days": days,
        "nearest_first_m": round(nearest / days),
        "ours_m": round(ours / days),
        "library_best_m": round(best / days),
        "shorter_than_nearest_pct": round(100 * (1 - ours / nearest), 1),
        "longer_than_best_pct": round(100 * (ours / best - 1), 2),
        "median_ms": round(1000 * median(took), 1),
    }


def main() -> None:
    figures = {
        "question": "length of a day's walk, straight lines",
        "command": "python -m benchmarks.walks",
        "load": round(os.getloadavg()[0], 1),
        "places_a_day": {str(count): measure(count, days) for count, days in DAYS.items()},
    }
    text = json.dumps(figures, indent=2)
    print(text)
    RESULT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
