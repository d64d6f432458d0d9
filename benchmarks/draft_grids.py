"""How good and how fast is a draft of grids?

Question  How many grids lie inside 300–500 households, how compact are they, how long does it take?
Data      A square city from a seed with 5,000 and 10,000 buildings in one community, a building of 1 to 40
          households; and 200,000 buildings in 400 crooked communities. Nobody's real city.
Peer      GerryChain's `recursive_tree_part` (target the middle of the bounds, epsilon a quarter) on the very
          same faces, in the same process; its time is that of the partition alone, as is ours.
          It is the extra `bench`; without it the peer is left out and said to be.
Limit     METIS alone on the same graph, without putting anything right.
Command   python -m benchmarks.draft_grids [--small]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import time
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from benchmarks.point_to_grid import SIDE, SOUTH, WEST, make_partition
from wangge.config import ready as ready
from wangge.grid_drafts.dividing import divide, propose
from wangge.grid_drafts.drawing import tell
from wangge.grid_drafts.figures import sum_up
from wangge.grid_drafts.plots import Plot, lay_out
from wangge.grid_drafts.rules import Bounds, part_count
from wangge.grid_drafts.services import Buildings, draft_grids

RESULT = Path(__file__).parent / "results" / "draft_grids.json"
SEED = 7
BOUNDS = Bounds(300, 500)
SIZES = (1, 2, 4, 6, 10, 20, 40)


def make_plot(count: int) -> Plot:
    """Return one community with `count` buildings."""
    rng = np.random.default_rng(SEED)
    side = 0.0004 * count**0.5
    points = rng.uniform([WEST, SOUTH], [WEST + side, SOUTH + side], (count, 2))
    outline = np.array([shapely.box(WEST, SOUTH, WEST + side, SOUTH + side)], dtype=object)
    buildings = Buildings(points, rng.choice(SIZES, count).astype(np.int64))
    return lay_out(outline, buildings, np.zeros(count, dtype=np.int64))[0]


def judge(plot: Plot, part: np.ndarray, seconds: float) -> dict[str, Any]:
    """Return balance, contiguity, compactness and time of a partition."""
    plot.part = np.unique(part, return_inverse=True)[1] + 1
    parts = tell(plot, BOUNDS)
    sizes = np.array([one.households for one in parts])
    return {
        "grids": len(parts),
        "inside_share": round(float(np.mean([one.misses == 0 for one in parts])), 4),
        "contiguous_share": round(float(np.mean([one.is_contiguous for one in parts])), 4),
        "mean_deviation": round(float(np.abs(sizes - sizes.mean()).mean() / sizes.mean()), 4),
        "compactness_median": round(float(np.median([one.compactness for one in parts])), 3),
        "seconds": round(seconds, 3),
    }


def ask_peer(plot: Plot) -> dict[str, Any] | str:
    """Return what GerryChain finds on the same graph."""
    try:
        import networkx
        from gerrychain import Graph
        from gerrychain.partition import recursive_tree_part
    except ImportError:
        return "not installed: pip install -e '.[bench]'"
    ground, count = plot.ground, part_count(int(plot.ground.households.sum()), BOUNDS)
    given = networkx.Graph()
    given.add_nodes_from((n, {"households": int(h)}) for n, h in enumerate(ground.households))
    given.add_edges_from(zip(ground.left.tolist(), ground.right.tolist(), strict=True))
    random.seed(SEED)
    total = int(ground.households.sum())
    start = time.perf_counter()
    try:
        found = recursive_tree_part(
            Graph.from_networkx(given), range(count), total / count, "households", 0.25 * 400 * count / total
        )
    except Exception as failure:  # the peer gives up in several ways; which one stands in the result
        return f"{type(failure).__name__} after {time.perf_counter() - start:.0f} s"
    taken = time.perf_counter() - start
    return judge(plot, np.array([found[n] for n in range(len(ground.households))]), taken)


def compare(count: int) -> dict[str, Any]:
    """Return our draft, the peer's and bare METIS on the same faces."""
    plot = make_plot(count)
    start = time.perf_counter()
    ours = divide(plot.ground, BOUNDS)
    mine = judge(plot, ours, time.perf_counter() - start)
    start = time.perf_counter()
    bare = propose(plot.ground, part_count(int(plot.ground.households.sum()), BOUNDS), 0)
    limit = judge(plot, bare, time.perf_counter() - start)
    return {"wangge": mine, "peer: GerryChain": ask_peer(plot), "limit: METIS alone": limit}


def whole_city(communities: int, count: int) -> dict[str, Any]:
    """Return a whole city from points to drawn outlines with their figures."""
    rng = np.random.default_rng(SEED)
    outlines = make_partition(communities, rng)
    points = rng.uniform([WEST, SOUTH], [WEST + SIDE, SOUTH + SIDE], (count, 2))
    households = rng.choice([0, 1, 1, 2, 2, 3, 3, 4], count).astype(np.int64)
    start, cpu = time.perf_counter(), time.process_time()
    found = sum_up(draft_grids(outlines, Buildings(points, households), BOUNDS), BOUNDS)
    return {
        "buildings": count,
        "communities": communities,
        "grids": found.grids,
        "inside_share_where_possible": found.possible_share,
        "contiguous_share": found.contiguous / found.grids,
        "compactness_median": round(found.compactness_median, 3),
        "seconds": round(time.perf_counter() - start, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
    }


def main() -> None:
    """Measure, print, and write the result unless it is a small look."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    small = parser.parse_args().small
    result = {
        "question": "drafting of grids of 300–500 households",
        "command": "python -m benchmarks.draft_grids",
        "machine": {
            "cpus": os.cpu_count(),
            "processor": platform.machine(),
            "python": platform.python_version(),
            "load": round(os.getloadavg()[0], 1),
        },
        "one_community": {str(n): compare(n) for n in ((1_000,) if small else (5_000, 10_000))},
        "city": whole_city(40, 20_000) if small else whole_city(400, 200_000),
        "aim": "all contiguous, 98 % inside where the community allows it, 200,000 buildings under 15 s",
    }
    text = json.dumps(result, ensure_ascii=False, indent=2)
    print(text)
    if not small:
        RESULT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
