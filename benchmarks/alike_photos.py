"""How fast is a photo found that was used before, among a million?

Question  Which of 1,000,000 stored photos look like a given one (at most 7 of 64 bits differ)? And what does
          it cost to store a photo: digest, decoding, EXIF, looks, fsync and row, 12 megapixels?
Data      Looks from a seed, every bit a coin; every tenth question has a planted answer 0 to 7 bits away.
Peer      PostgreSQL counting the bits of every row (`bit_count`), without an index.
Limit     numpy counting the bits of a million numbers in memory.
Command   python -m benchmarks.alike_photos [--small]
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.databases import clean_database  # isort: split

import numpy as np
from django.conf import settings
from django.db import connection
from PIL import Image

from wangge.kernel import alike, files
from wangge.kernel.actor import Actor

RESULT = Path(__file__).parent / "results" / "alike_photos.json"
AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
ACTOR = Actor(1, "bench", "grid_member", "44.19.")
SEED, BITS = 7, 7
FILL = """
COPY kernel_storedfile (sha256, size_bytes, media_type, created_at, created_by, detail, facts, looks)
FROM STDIN
"""
COUNT_ALL = """
SELECT sha256 FROM kernel_storedfile WHERE bit_count((looks # %s::bigint)::bit(64)) <= %s ORDER BY sha256
"""


def fill(looks: np.ndarray) -> float:
    """Store a row a photo, with all indexes, and return the seconds."""
    start = time.perf_counter()
    with connection.cursor() as cursor, cursor.copy(FILL) as copy:
        for n, value in enumerate(looks.tolist()):
            copy.write_row((f"{n:064x}", 1, "image/jpeg", AT, 1, "{}", "{}", value))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE kernel_storedfile")
    return time.perf_counter() - start


def questions(looks: np.ndarray, count: int, rng: np.random.Generator) -> list[int]:
    """Return looks to ask for: strangers, and every tenth a stored one with up to seven bits changed."""
    asked = rng.integers(-(2**63), 2**63, count, dtype=np.int64)
    for n in range(0, count, 10):
        change = sum(1 << int(bit) for bit in rng.choice(64, rng.integers(0, BITS + 1), replace=False))
        asked[n] = looks[rng.integers(len(looks))] ^ np.array(change, dtype=np.uint64).astype(np.int64)
    return [int(one) for one in asked]


def by_index(looks: int) -> list[str]:
    return sorted(found.other for found in alike.find_alike({"asked": looks}, most_bits=BITS))


def by_count(looks: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(COUNT_ALL, [looks, BITS])
        return [sha256 for (sha256,) in cursor.fetchall()]


def times_ms(job: Callable[[int], Any], asked: list[int]) -> tuple[list[Any], list[float]]:
    answers, taken = [], []
    for looks in asked:
        start = time.perf_counter()
        answers.append(job(looks))
        taken.append((time.perf_counter() - start) * 1e3)
    return answers, taken


def upload_ms(count: int) -> tuple[float, float]:
    """Return the median milliseconds to store a 12-megapixel photo, and of those to look at it."""
    rng = np.random.default_rng(SEED)
    whole, look = [], []
    for _ in range(count):
        picture = Image.fromarray(rng.integers(0, 255, (188, 250, 3), dtype=np.uint8)).resize((4000, 3000))
        kept = io.BytesIO()
        picture.save(kept, "JPEG", quality=85)
        start = time.perf_counter()
        files.store_file(kept.getvalue(), actor=ACTOR, at=AT)
        whole.append((time.perf_counter() - start) * 1e3)
        start = time.perf_counter()
        files.look_at_photo(files.as_file(kept.getvalue()))
        look.append((time.perf_counter() - start) * 1e3)
    return statistics.median(whole), statistics.median(look)


def run(*, small: bool = False) -> dict[str, Any]:
    """Measure and return the figures."""
    photos, asks, counts, uploads = (100_000, 200, 10, 5) if small else (1_000_000, 1_000, 30, 15)
    rng = np.random.default_rng(SEED)
    looks = rng.integers(-(2**63), 2**63, photos, dtype=np.int64)
    with clean_database(), TemporaryDirectory() as folder:
        settings.WANGGE_FILES = Path(folder)
        fill_s = fill(looks)
        asked = questions(looks, asks, rng)
        by_index(asked[0])
        answers, index_ms = times_ms(by_index, asked)
        with connection.cursor() as cursor:  # the peer may use both processors
            cursor.execute("ALTER TABLE kernel_storedfile RESET (parallel_workers)")
        counted, count_ms = times_ms(by_count, asked[:counts])
        wrong = sum(answers[n] != counted[n] for n in range(counts))
        missed = sum(not answers[n] for n in range(0, asks, 10))
        _, limit_ms = times_ms(
            lambda one: np.flatnonzero(np.bitwise_count(looks ^ np.int64(one)) <= BITS), asked[:counts]
        )
        store_ms, look_ms = upload_ms(uploads)
    return {
        "question": "photos that look alike, among many",
        "command": "python -m benchmarks.alike_photos" + (" --small" if small else ""),
        "data": {"seed": SEED, "photos": photos, "questions": asks, "bits": BITS},
        "machine": {
            "cpus": os.cpu_count(),
            "processor": platform.machine(),
            "python": platform.python_version(),
            "load": round(os.getloadavg()[0], 1),
        },
        "search_ms": {
            "four indexes, median": round(statistics.median(index_ms), 2),
            "four indexes, p95": round(sorted(index_ms)[int(len(index_ms) * 0.95)], 2),
            "peer: PostgreSQL counts every row": round(statistics.median(count_ms), 1),
            "limit: numpy counts in memory": round(statistics.median(limit_ms), 2),
        },
        "ratio_to_peer": round(statistics.median(count_ms) / statistics.median(index_ms), 1),
        "rows_a_second_with_indexes": round(photos / fill_s),
        "upload_ms_12_megapixels": {"store_file": round(store_ms, 1), "of it looking": round(look_ms, 1)},
        "wrong": wrong,
        "missed": missed,
        "aim": "under 20 ms among a million, none wrong, none missed",
    }


def main() -> None:
    """Measure, print, and write the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", action="store_true", help="a quick look; nothing is written")
    options = parser.parse_args()
    figures = run(small=options.small)
    text = json.dumps(figures, ensure_ascii=False, indent=2)
    print(text)
    if not options.small:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
