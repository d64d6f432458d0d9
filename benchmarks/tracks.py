"""How many positions a second can phones bring, and are the minutes right?

Question  Over HTTP in batches of 100, by 4 phones at once: points a second until they are durable as the
          house keeps points, and CPU of the house a batch. And: are minutes in an area those of an exact
          computation, segment by segment, on real tracks and on tracks with known answers?
Data      100,000 GeoLife points (Beijing) over a grid of 500 m squares and a star; made-up walks.
Peer      Django REST framework: a serializer for each point, one bulk_create, the same session and server.
Limit     The same rows by COPY in psycopg.
Command   WANGGE_DATA=../shared/data python -m benchmarks.tracks [--small]
"""

from __future__ import annotations

import argparse
import csv
import http.client
import json
import os
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import ceil
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from benchmarks.databases import clean_database  # isort: split

import numpy as np
import shapely
from django.db import connection
from django.test import Client

from benchmarks import drf_peer
from benchmarks.filling import make_person
from benchmarks.house import cpu_s, server
from wangge.accounts.models import User
from wangge.accounts.rules import Role
from wangge.kernel.ids import new_id
from wangge.patrols import services
from wangge.patrols.measuring import Runs, Track, Why, measure
from wangge.patrols.rules import Limits, PatrolAction
from wangge.patrols.schemas import DutyCommand

RESULT = Path(__file__).parent / "results" / "tracks.json"
DATA = Path(os.environ.get("WANGGE_DATA", "../shared/data")) / "geolife" / "points_100k.csv"
A_BATCH, PHONES, ROUNDS = 100, 4, 3
TOKEN = "a" * 32
Deed = tuple[str, bytes]  # cookies, body


# ---- right minutes --------------------


def geolife() -> tuple[list[tuple[str, float, float, float]], Track]:
    with DATA.open(encoding="utf-8") as file:
        rows = [
            (
                f"{row['user']}/{row['traj']}",
                datetime.fromisoformat(row["t"]).replace(tzinfo=UTC).timestamp(),
                float(row["lon"]),
                float(row["lat"]),
            )
            for row in csv.DictReader(file)
        ]
    numbers = {name: n for n, name in enumerate(dict.fromkeys(row[0] for row in rows))}
    points = np.array([row[1:] for row in rows])
    run = np.array([numbers[row[0]] for row in rows], dtype=np.intp)
    nothing = np.zeros(len(rows))
    return rows, Track(run, points[:, 0], points[:, 1], points[:, 2], nothing, nothing.astype(np.uint8))


def exact_s(start: Sequence[float], end: Sequence[float], ring: Sequence[tuple[float, float]]) -> float:
    """Seconds of one segment inside a ring: cut at every edge, each piece asked at its middle. No GEOS."""
    (t0, x0, y0), (t1, x1, y1) = start, end
    cuts = {0.0, 1.0}
    for (ax, ay), (bx, by) in pairwise(ring):
        det = (x1 - x0) * (by - ay) - (y1 - y0) * (bx - ax)
        if det:
            cuts.add(min(1.0, max(0.0, ((ax - x0) * (by - ay) - (ay - y0) * (bx - ax)) / det)))
    whole = 0.0
    for low, high in pairwise(sorted(cuts)):
        x, y = (a + (low + high) / 2 * (b - a) for a, b in ((x0, x1), (y0, y1)))
        odd = (
            sum(
                (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay)
                for (ax, ay), (bx, by) in pairwise(ring)
            )
            % 2
        )
        whole += odd * (high - low) * (t1 - t0)
    return whole


def minutes(small: bool) -> dict[str, Any]:
    """Compare seconds in areas of every GeoLife track with the exact ones."""
    rows, track = geolife()
    if small:
        rows, track = rows[:5_000], Track(*(getattr(track, n)[:5_000] for n in Track.__slots__))
    count = int(track.run.max()) + 1
    lon, lat = np.median(track.lon), np.median(track.lat)
    star = [(0, 0), (4, 1), (8, 0), (7, 4), (9, 8), (4, 6), (1, 9), (2, 4), (0, 0)]
    rings = [[(lon + (x - 4) * s, lat + (y - 4) * s) for x, y in star] for s in (0.0007, 0.002, 0.008)]
    limits = Limits(speed_kmh=1e9)
    worst, in_area, took, segments = 0.0, 0.0, 0.0, 0
    for ring in rings:
        area = np.empty(count, dtype=object)
        area[:] = [shapely.Polygon(ring)] * count
        runs = Runs(area, np.zeros(count), np.full(count, 4e9))
        start = time.perf_counter()
        found = measure(track, runs, limits)
        took += time.perf_counter() - start
        segments += len(found.run)
        ours = np.bincount(
            found.run, weights=np.where(found.why == Why.LINE, found.inside_s, 0), minlength=count
        )
        theirs = np.zeros(count)
        for n, (one, other) in enumerate(pairwise(rows)):
            if one[0] == other[0] and 0 < other[1] - one[1] <= limits.gap_s:
                theirs[track.run[n]] += exact_s(one[1:], other[1:], ring)
        worst, in_area = max(worst, float(np.abs(ours - theirs).max())), in_area + float(theirs.sum())
    return {
        "tracks": count,
        "points": len(rows),
        "areas": len(rings),
        "seconds inside, exact": round(in_area, 3),
        "greatest difference of a track, s": float(f"{worst:.2g}"),
        "segments measured a second": round(segments / took),
        "known answers": known(),
    }


def known() -> dict[str, Any]:
    """Walks straight over a square of known size, the border amid a segment: how far from the answer."""
    rng, worst, tried = random.Random(7), 0.0, 1_000
    box = shapely.box(0, 0, 0.01, 0.01)
    for _ in range(tried):
        half, every, pace = (
            rng.randint(300, 4_000),
            rng.choice((5, 17, 60, 171)),
            rng.uniform(0.3, 2.5) / 111_195,
        )
        at = np.array([*range(0, half + 4_000, every)], dtype=float)
        lon = 0.01 - pace * half + pace * at  # over the eastern border after `half` seconds
        inside = min(half, 0.01 / pace)  # it may have begun west of the square
        nothing = np.zeros(len(at))
        area = np.empty(1, dtype=object)
        area[0] = box
        run = np.zeros(len(at), dtype=np.intp)
        track = Track(run, at, lon, nothing + 0.005, nothing, nothing.astype(np.uint8))
        found = measure(track, Runs(area, np.zeros(1), np.full(1, 1e9)), Limits())
        worst = max(worst, abs(float(found.inside_s.sum()) - inside))
    return {"walks": tried, "greatest difference, s": float(f"{worst:.2g}")}


# ---- fast intake --------------------


def people(count: int) -> list[tuple[int, str]]:
    """Return members on duty since two hours ago, each with the cookies of a session."""
    made = []
    now = datetime.now(UTC)
    for n in range(count):
        actor = make_person(f"walker{n}", Role.GRID_MEMBER)
        step = DutyCommand(
            id=new_id(), at=now - timedelta(hours=2), action=PatrolAction.START, session_id=uuid4()
        )
        assert services.take_duty([step], actor=actor, at=now)[0].code is None
        client = Client()
        client.force_login(User.objects.get(pk=actor.user_id))
        made.append((actor.user_id, f"sessionid={client.cookies['sessionid'].value}; csrftoken={TOKEN}"))
    return made


def points(rng: random.Random, count: int) -> list[list[float]]:
    start = (time.time() - rng.uniform(600, 6_000)) * 1000
    return [
        [round(start + n * 5_000), 113.7 + n * 1e-5, 22.9 + rng.random() * 1e-3, 8, 0] for n in range(count)
    ]


def ours(rng: random.Random) -> bytes:
    return json.dumps({"id": str(new_id()), "points": points(rng, A_BATCH)}).encode()


def peers(rng: random.Random) -> bytes:
    return json.dumps(
        [
            {
                "at": datetime.fromtimestamp(ms / 1000, UTC).isoformat(),
                "lon": lon,
                "lat": lat,
                "accuracy_m": accuracy,
                "mock": bool(mock),
            }
            for ms, lon, lat, accuracy, mock in points(rng, A_BATCH)
        ]
    ).encode()


def send(port: int, path: str, deeds: Sequence[Deed]) -> list[float]:
    """Send each body as a phone does, one after the other; return how long each took."""
    line, took = http.client.HTTPConnection("127.0.0.1", port), []
    for cookies, body in deeds:
        headers = {"Cookie": cookies, "X-CSRFToken": TOKEN, "Content-Type": "application/json"}
        start = time.perf_counter()
        line.request("POST", path, body, headers)
        answer = line.getresponse()
        said = json.loads(answer.read())
        took.append(time.perf_counter() - start)
        kept = said["result"]["kept"] if "result" in said else said.get("kept")
        assert (answer.status, kept) == (200, A_BATCH), (answer.status, said)
    return took


def rounds(
    path: str, make: Callable[[random.Random], bytes], who: Sequence[str], batches: int, settings: str
) -> dict[str, Any]:
    """Return the median round: points a second by phones at once, and the CPU of the house a batch."""
    rng, found = random.Random(3), []
    with server(clients=PHONES, workers=2, settings=settings) as (port, house):
        for _ in range(ROUNDS + 1):
            share = ceil(batches / PHONES)
            deeds = [[(rng.choice(who), make(rng)) for _ in range(share)] for _ in range(PHONES)]
            with get_context("spawn").Pool(PHONES) as pool:
                pool.map(abs, range(PHONES))  # the processes stand before the clock runs
                before, start = cpu_s(house), time.perf_counter()
                took = sorted(
                    one for some in pool.starmap(send, [(port, path, some) for some in deeds]) for one in some
                )
                seconds, after = time.perf_counter() - start, cpu_s(house)
            cpu = sum(after[name] - before[name] for name in ("web", "postgresql"))
            found.append(
                {
                    "points a second": round(share * PHONES * A_BATCH / seconds),
                    "CPU of web and PostgreSQL a batch, ms": round(cpu / (share * PHONES) * 1000, 2),
                    "p95 of a batch, ms": round(took[int(len(took) * 0.95)] * 1000, 1),
                }
            )
    return sorted(found[1:], key=lambda one: one["points a second"])[ROUNDS // 2]


def copied(batches: int) -> float:
    """Points a second of COPY with the same rows into the peer's table."""
    rng = random.Random(5)
    rows = [(1, *one) for _ in range(batches) for one in points(rng, A_BATCH)]
    start = time.perf_counter()
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY bench_point (user_id, at, lon, lat, accuracy_m, mock) FROM STDIN") as copy,
    ):
        for user_id, ms, lon, lat, accuracy, mock in rows:
            copy.write_row((user_id, datetime.fromtimestamp(ms / 1000, UTC), lon, lat, accuracy, bool(mock)))
    return round(len(rows) / (time.perf_counter() - start))


def run(*, small: bool = False) -> dict[str, Any]:
    """Measure and return the figures."""
    load = [round(one, 1) for one in os.getloadavg()]
    right = minutes(small)
    with clean_database():
        from wangge.config import partitions

        partitions.make_ahead(datetime.now(UTC).date())
        with connection.cursor() as cursor:
            cursor.execute(drf_peer.TABLE)
        who = [cookies for _, cookies in people(20 if small else 200)]
        many, few = (400, 80) if small else (6_000, 1_000)
        mine = rounds("/api/patrols/points", ours, who, many, "wangge.config.settings")
        theirs = rounds("/api/peer/points", peers, who, few, "benchmarks.drf_settings")
        limit = median(copied(few) for _ in range(ROUNDS))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sum(count), sum(pg_column_size(c.*)) / sum(count) FROM patrols_trackchunk c"
            )
            kept, size = cursor.fetchone()
    return {
        "question": "positions over HTTP in batches of 100, and minutes in an area, exactly",
        "command": "python -m benchmarks.tracks" + (" --small" if small else ""),
        "machine": {
            "cpus": os.cpu_count(),
            "load before": load,
            "load after": [round(one, 1) for one in os.getloadavg()],
        },
        "minutes": right,
        "ours": {
            "batches a round": many,
            **mine,
            "points kept in all": int(kept),
            "bytes a point": round(float(size), 1),
        },
        "peer: DRF and bulk_create": {"batches a round": few, **theirs},
        "ours / peer, points a second": round(mine["points a second"] / theirs["points a second"], 1),
        "limit: COPY of rows, one process": limit,
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
