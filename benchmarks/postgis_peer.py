"""PostGIS as a peer of point → grid: the same polygons and points in a database of its own, asked in bulk."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import psutil
import psycopg
import shapely

ASK = """
SELECT p.n, min(g.n) AS grid FROM bench_point p
  JOIN bench_grid g ON ST_Intersects(g.shape, p.place) GROUP BY p.n
"""
ONE = "SELECT n FROM bench_grid WHERE ST_Intersects(shape, ST_Point(%s, %s, 4326)) ORDER BY n LIMIT 1"


def ask_postgis(url: str, polygons: np.ndarray, points: np.ndarray) -> dict[str, Any]:
    """Return the seconds of a join over a GiST index in one process, what was found, and single answers.

    The tables are temporary, indexed and analysed; the answer stays in the database: no row travels.
    """
    with psycopg.connect(url, autocommit=True) as line:
        line.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        version = line.execute("SELECT postgis_lib_version(), current_setting('server_version')").fetchone()
        line.execute("CREATE TEMP TABLE bench_grid (n int, shape geometry(Polygon, 4326))")
        line.execute("CREATE TEMP TABLE bench_point (n int, place geometry(Point, 4326))")
        with line.cursor() as cursor, cursor.copy("COPY bench_grid FROM STDIN") as copy:
            for n, wkb in enumerate(_wkbs(polygons)):
                copy.write_row((n, wkb))
        with line.cursor() as cursor, cursor.copy("COPY bench_point FROM STDIN") as copy:
            for n, wkb in enumerate(_wkbs(shapely.points(points))):
                copy.write_row((n, wkb))
        line.execute("CREATE INDEX ON bench_grid USING gist (shape)")
        line.execute("VACUUM ANALYZE bench_grid")
        line.execute("ANALYZE bench_point")
        line.execute("SET jit = off")
        line.execute("SET max_parallel_workers_per_gather = 0")  # one process each
        backend = psutil.Process(line.info.backend_pid)
        start, cpu = time.perf_counter(), backend.cpu_times()
        line.execute(f"CREATE TEMP TABLE bench_join AS {ASK}")
        seconds, after = time.perf_counter() - start, backend.cpu_times()
        rows = np.array(line.execute("SELECT * FROM bench_join").fetchall(), dtype=np.int64).reshape(-1, 2)
        found = np.full(len(points), -1, dtype=np.int32)
        found[rows[:, 0]] = rows[:, 1]
        taken = []
        for lon, lat in points[:2_000].tolist():
            start = time.perf_counter()
            line.execute(ONE, (lon, lat), prepare=True).fetchone()
            taken.append((time.perf_counter() - start) * 1000)
    return {
        "version": f"PostGIS {version[0]} in PostgreSQL {version[1]}" if version else "",
        "bulk_s": round(seconds, 2),
        "bulk_cpu_s": round(after.user + after.system - cpu.user - cpu.system, 2),
        "found": found,
        "single_ms": [round(float(np.percentile(taken, share)), 3) for share in (50, 99)],
    }


def _wkbs(shapes: np.ndarray) -> np.ndarray:
    return shapely.to_wkb(shapely.set_srid(shapes, 4326), hex=True, include_srid=True)
