"""How well and how fast is a report understood, and found again?

Question  Taught by earlier reports and asked about later ones: how often is the category right, and is the
          confidence honest? How long does a suggestion with its duplicates take at a million cases?
Data      Chinese citizens' messages with one of seven categories, read beside the project if they are there;
          cases that the twin's people reported, handled, verified and closed, as a city's own training reads
          them; and their sentences alone, drawn from a seed. The sentences are made up: a machine learns some
          hundreds easily, so both figures show that the way works, not how well it would work in a city.
          Duplicates: a million cases of two years, half of them in four busy quarters, made from a seed; and
          200 crowded places with 30 cases each of the past week inside 200 m, where half of what is asked is.
Peers     The most frequent category; the nearest words (of the taxonomy, of the pack).
Limit     A suggestion from nothing: the rulebook and the row in force are read, nothing is sought.
          Beside the wall clock stands the CPU time of this process and of its PostgreSQL: what a busy machine
          does not lengthen.
Command   python -m benchmarks.triage [--small] [--messages FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.databases import clean_database  # isort: split

import psutil
from django.db import connection

from benchmarks.filling import AT, CITY, GRIDS, make_person
from benchmarks.triage_lessons import SEED, Figures, of_closed_cases, of_messages, of_the_twin
from wangge.accounts.rules import Role
from wangge.cases.rules import Channel
from wangge.kernel.actor import Actor
from wangge.matters import services as matters
from wangge.packs.reading import read
from wangge.triage import queries, weights
from wangge.triage.learning import learn
from wangge.triage.lessons import Lesson
from wangge.triage.models import InForce, ModelVersion
from wangge.triage.schemas import DraftIn
from wangge.twin.sayings import say, sayings

RESULT = Path(__file__).parent / "results" / "triage.json"
MESSAGES = Path(__file__).parents[1] / ".." / "shared" / "data" / "cn_gov_messages"
WEST, SOUTH, EAST, NORTH = 113.60, 22.70, 114.14, 23.24
BUSY = [(113.75, 23.02), (113.82, 22.95), (113.90, 23.10), (114.02, 22.88)]


FILL = """
INSERT INTO cases_case (id, grid_path, channel, matter_code, severity, text, address, lon, lat, photos,
    pack_version, status, reporter_id, reported_at, stage_started_at, closed_at, rework, fixed_on_spot,
    version, event_count, chain_head, is_restricted, layer)
SELECT gen_random_uuid(), %(city)s || lpad((n %% %(grids)s)::text, 4, '0') || '.', 'citizen',
    (%(codes)s::text[])[said], 'general', (%(texts)s::text[])[said], '',
    CASE WHEN n %% 2 = 0 THEN (%(lons)s::float8[])[1 + n %% 4] + (a - 0.5) / 50 ELSE 113.60 + a * 0.54 END,
    CASE WHEN n %% 2 = 0 THEN (%(lats)s::float8[])[1 + n %% 4] + (b - 0.5) / 50 ELSE 22.70 + b * 0.54 END,
    '{}', 'bench@1', CASE WHEN n %% 7 = 0 THEN 'accepted' ELSE 'closed' END, %(reporter)s, at, at,
    CASE WHEN n %% 7 = 0 THEN NULL ELSE at END, 0, n %% 7 > 0, 1, 1, '', false, ''
FROM (
    SELECT n, random() AS a, random() AS b, 1 + floor(random() * %(sayings)s)::int AS said,
        %(at)s::timestamptz - random() * interval '730 days' AS at
    FROM generate_series(1, %(count)s) AS n
) drawn
"""


CROWDED = """
INSERT INTO cases_case (id, grid_path, channel, matter_code, severity, text, address, lon, lat, photos,
    pack_version, status, reporter_id, reported_at, stage_started_at, closed_at, rework, fixed_on_spot,
    version, event_count, chain_head, is_restricted, layer)
SELECT gen_random_uuid(), %(city)s || lpad((spot %% %(grids)s)::text, 4, '0') || '.', 'hotline',
    (%(codes)s::text[])[said], 'general', (%(texts)s::text[])[said], '',
    (%(spot_lons)s::float8[])[spot] + (a - 0.5) * 0.0027,
    (%(spot_lats)s::float8[])[spot] + (b - 0.5) * 0.0025,
    '{}', 'bench@1', 'accepted', %(reporter)s, at, at, NULL, 0, false, 1, 1, '', false, ''
FROM (
    SELECT spot, random() AS a, random() AS b, 1 + floor(random() * %(sayings)s)::int AS said,
        %(at)s::timestamptz - random() * interval '7 days' AS at
    FROM generate_series(1, %(spots)s) AS spot, generate_series(1, 30)
) drawn
"""
SPOTS = 200


def spots() -> list[tuple[float, float]]:
    """Return the crowded places."""
    rng = random.Random(SEED + 2)
    return [
        (WEST + rng.random() * (EAST - WEST), SOUTH + rng.random() * (NORTH - SOUTH)) for _ in range(SPOTS)
    ]


def fill(count: int, reporter: Actor, rng: random.Random) -> None:
    """Write closed and open cases straight into the table, its triggers at rest: they are only read."""
    said = [(code, say(code, Channel.CITIZEN, rng)) for code in sorted(sayings().sayings) for _ in range(40)]
    values = {
        "city": CITY,
        "grids": GRIDS,
        "codes": [code for code, _ in said],
        "texts": [text for _, text in said],
        "lons": [lon for lon, _ in BUSY],
        "lats": [lat for _, lat in BUSY],
        "sayings": len(said),
        "reporter": reporter.user_id,
        "at": AT,
        "count": count,
        "spots": SPOTS,
        "spot_lons": [lon for lon, _ in spots()],
        "spot_lats": [lat for _, lat in spots()],
    }
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_case DISABLE TRIGGER USER")
        cursor.execute("DROP INDEX case_terms")  # the search by words is not asked here, and slow to fill
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(FILL, values)
        cursor.execute(CROWDED, values)
        cursor.execute("VACUUM ANALYZE cases_case")


def _point(rng: random.Random) -> tuple[float, float]:
    if rng.random() < 0.5:
        lon, lat = rng.choice(BUSY)
        return lon + (rng.random() - 0.5) / 50, lat + (rng.random() - 0.5) / 50
    return WEST + rng.random() * (EAST - WEST), SOUTH + rng.random() * (NORTH - SOUTH)


def install(lesson: Lesson) -> None:
    """Put the pack's matters and a model of the twin's sentences into force."""
    pack = read("base")
    rows = [
        {
            "code": row.code,
            "group_code": row.group,
            "group_zh": row.group,
            "group_en": row.group,
            "name_zh": row.zh,
            "name_en": row.en,
            "basis": row.basis,
            "severity": row.severity.value,
            "fix_days": row.fix_days,
            "fix_hours": row.fix_hours,
            "department_kind": row.department_kind,
            "words_zh": row.words_zh,
            "is_confirmed": False,
        }
        for row in pack.matters
    ]
    matters.install_matters(rows, pack_version="bench@1")
    matters.install_routes([], pack_version="bench@1")
    matters.install_clocks([], pack_version="bench@1")
    matters.install_stages([], pack_version="bench@1")
    matters.install_timing(yellow_at_pct=75, at_once_hours=24, pack_version="bench@1")
    learnt = learn(lesson)
    version = ModelVersion.objects.create(
        trained_at=AT,
        pack_version="bench@1",
        lesson="bench",
        cases=len(lesson.examples),
        figures=learnt.figures,
        is_better=True,
        weights=learnt.weights,
        sha256=weights.digest(learnt.weights),
    )
    InForce.objects.create(pk=1, version=version, at=AT)


def cpu_s() -> float:
    """Return the CPU time so far of this process and of its server process."""
    server = psutil.Process(connection.connection.info.backend_pid).cpu_times()
    return time.process_time() + server.user + server.system


def timed(times: int, deed: Callable[[], object]) -> dict[str, float]:
    """Return median and 95th percentile in milliseconds, and the mean of the CPU time."""
    taken, before = [], cpu_s()
    for _ in range(times):
        start = time.perf_counter()
        deed()
        taken.append(1000 * (time.perf_counter() - start))
    cpu_ms = 1000 * (cpu_s() - before) / times
    taken.sort()
    return {
        "p50_ms": round(taken[len(taken) // 2], 2),
        "p95_ms": round(taken[int(len(taken) * 0.95)], 2),
        "cpu_ms": round(cpu_ms, 2),
    }


def plan_of_duplicates(desk: Actor, draft: DraftIn) -> Figures:
    """Return by which index the cases near a draft are found, how many are looked at, and how many remain."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        queries.list_duplicates(desk, draft, at=AT)
    sql, params = next(one for one in asked if 'FROM "cases_case"' in one[0])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        [told] = cursor.fetchone()[0]
    nodes, todo = [], [told["Plan"]]
    while todo:
        nodes.append(node := todo.pop())
        todo += node.get("Plans", [])
    return {
        "indexes": sorted({node["Index Name"] for node in nodes if "Index Name" in node}),
        "reads_all": any(node["Node Type"] == "Seq Scan" for node in nodes),
        "candidates": told["Plan"]["Actual Rows"],
        "ms": round(told["Execution Time"], 2),
    }


def of_speed(count: int, lesson: Lesson, times: int) -> Figures:
    """Return how long a suggestion, its duplicates and both together take."""
    rng = random.Random(SEED + 1)
    with clean_database():
        desk = make_person("desk", Role.DISPATCHER)
        install(lesson)
        fill(count, desk, rng)
        crowded = spots()
        drafts = [_draft(rng, rng.choice(crowded) if n % 2 else _point(rng)) for n in range(times)]
        queries.suggest(desk, drafts[0], at=AT)  # the model is read once a process
        rounds = iter([])
        found = [0]

        def both() -> None:
            draft = next(rounds)
            queries.suggest(desk, draft, at=AT)
            found[0] += len(queries.list_duplicates(desk, draft, at=AT))

        def one(deed: Callable[..., object]) -> dict[str, float]:
            nonlocal rounds
            rounds = iter(drafts)
            return timed(times, lambda: deed(desk, next(rounds), at=AT))

        alone, duplicates = one(queries.suggest), one(queries.list_duplicates)
        rounds = iter(drafts)
        together = timed(times, both)
        limit = timed(times, lambda: queries.suggest(desk, DraftIn(text="无"), at=AT))
        plans = {
            "anywhere": plan_of_duplicates(desk, drafts[0]),
            "crowded": plan_of_duplicates(desk, drafts[1]),
        }
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_relation_size('case_near'), current_setting('server_version')")
            size, version = cursor.fetchone()
    return {
        "cases": count,
        "asked": times,
        "suggestion": alone,
        "duplicates": duplicates,
        "both": together,
        "duplicates_found": found[0],
        "plans": plans,
        "limit: a suggestion from nothing": limit,
        "index_bytes_a_case": round(size / count, 1),
        "process_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "postgresql": version,
    }


def _draft(rng: random.Random, where: tuple[float, float]) -> DraftIn:
    code = rng.choice(sorted(sayings().sayings))
    lon, lat = where
    return DraftIn(
        text=say(code, Channel.CITIZEN, rng), lon=lon, lat=lat, matter_code=code, channel="hotline"
    )


def run(messages: Path, *, small: bool) -> Figures:
    """Measure and return the figures."""
    twin, lesson = of_the_twin(1_000 if small else 5_000)
    return {
        "question": "categories told forward in time, and suggestions with duplicates at a million cases",
        "command": "python -m benchmarks.triage" + (" --small" if small else ""),
        "machine": {
            "cpus": os.cpu_count(),
            "processor": platform.machine(),
            "python": platform.python_version(),
            "load": round(os.getloadavg()[0], 1),
        },
        "cn_gov_messages": of_messages(messages),
        "twin: cases that were closed": of_closed_cases(4, 120) if small else of_closed_cases(6, 200),
        "twin: sentences alone": twin,
        "speed": of_speed(20_000 if small else 1_000_000, lesson, 200 if small else 1_000),
    }


def main() -> None:
    """Measure, print, and write the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", action="store_true", help="a quick look; nothing is written")
    parser.add_argument("--messages", type=Path, default=MESSAGES, help="the folder of cn_gov_messages")
    options = parser.parse_args()
    figures = run(options.messages, small=options.small)
    text = json.dumps(figures, ensure_ascii=False, indent=2)
    print(text)
    if not options.small:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
