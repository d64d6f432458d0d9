"""How fast is one durable step of a case?

Question  Accepting a case: the case moves, its event is sealed and chained, and a receipt, an audit row, the
          news of it and its row of the live stream are written, all durable. How many a second by 1, 4 and
          16 processes with a connection each, one at a time; and 500 at a time?
Data      Cases of the past month in 2,934 grids, every other one closed, made from a seed.
Peer      The same, by the same pure rule, as people write it with Django: a transaction in which the receipt
          is looked up, the rules and calendars in force are asked for, the case is fetched by
          select_for_update and saved, and event, live event, news, receipt and audit row are created.
Limit     A prepared UPDATE of the case and INSERT of its event in psycopg, committed; nothing else. Beside
          it, how long the disk takes to keep 8 kB (fdatasync): no commit that waits alone takes less.
CPU       Of the client and of its PostgreSQL process, a step: this holds on a busy machine too.
Command   python -m benchmarks.case_step [--small]
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

from benchmarks.databases import clean_database  # isort: split

from django.db import connection, transaction

from benchmarks.filling import AT, fill, make_department, make_person, make_rules
from wangge.accounts.rules import Role
from wangge.cases import services, writing
from wangge.cases.models import Case, CaseEvent, LiveEvent, News
from wangge.cases.queries import verify_chains
from wangge.cases.rules import Action
from wangge.cases.schemas import StepCommand
from wangge.cases.stepping import World, take
from wangge.config.settings import WANGGE_HOME
from wangge.kernel import calendars, receipts
from wangge.kernel.actor import Actor
from wangge.kernel.fates import Outcome
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow, Receipt
from wangge.matters import queries as matters

RESULT = Path(__file__).parent / "results" / "case_step.json"
BATCH = 500
SIDES = (1, 4, 16)  # processes
WARM = 12  # steps of each process before the clock runs: PostgreSQL settles on a plan after five


def commands(case_ids: Sequence[UUID]) -> list[StepCommand]:
    return [
        StepCommand(id=new_id(), case_id=case_id, action=Action.ACCEPT, at=AT, base_version=1)
        for case_id in case_ids
    ]


def ours(steps: Sequence[StepCommand], actor: Actor, size: int) -> None:
    for first in range(0, len(steps), size):
        fates = services.take_steps(steps[first : first + size], actor=actor, at=AT)
        assert all(fate.outcome is Outcome.APPLIED for fate in fates)


def peer(steps: Sequence[StepCommand], actor: Actor) -> None:
    for step in steps:
        with transaction.atomic():
            rules, around = matters.in_force(), calendars.in_force()
            assert not Receipt.objects.filter(pk=step.id).exists()
            case = Case.objects.select_for_update().get(pk=step.case_id)
            facts = writing.facts_of(case)
            world = World(around, rules.stage_clocks, {}, {}, {}, {})
            after, event = take(facts, step, actor, world, step.at)
            for name in writing.CHANGING:
                setattr(case, name, getattr(after, name))
            case.save()
            CaseEvent.objects.create(**event._asdict())
            LiveEvent.objects.create(
                case_id=case.pk,
                action=event.action,
                before=event.before,
                after=event.after,
                grid_path=case.grid_path,
                matter_code=case.matter_code,
                is_restricted=case.is_restricted,
            )
            News.objects.create(event_id=event.id, case_id=case.pk, due_at=event.at)
            Receipt.objects.create(
                command_id=step.id,
                kind="cases.step",
                actor_id=actor.user_id,
                at=AT,
                digest=receipts.digest_of(step.model_dump(mode="json")),
                result={"version": after.version},
            )
            AuditRow.objects.create(
                at=AT,
                actor_id=actor.user_id,
                actor_name=actor.name,
                role=actor.role,
                action="cases.accept",
                subject_type="case",
                subject_id=str(case.pk),
            )


UPDATE = "UPDATE cases_case SET status = 'accepted', version = version + 1, chain_head = %s WHERE id = %s"
INSERT = """
INSERT INTO cases_caseevent (id, case_id, seq, action, before, after, actor_id, actor_name, role, at, detail,
  previous_hash, hash)
VALUES (%s, %s, 2, 'accept', 'reported', 'accepted', 1, 'bench', 'dispatcher', now(), '{}', %s, %s)
"""


def limit(case_ids: Sequence[UUID]) -> None:
    connection.ensure_connection()
    raw = connection.connection
    for case_id in case_ids:
        with raw.transaction():
            raw.execute(UPDATE, [bytes(32), case_id], prepare=True)
            raw.execute(INSERT, [new_id(), case_id, bytes(32), bytes(32)], prepare=True)


def one_by_one(case_ids: Sequence[UUID], actor: Actor) -> None:
    ours(commands(case_ids), actor, 1)


def in_batches(case_ids: Sequence[UUID], actor: Actor) -> None:
    ours(commands(case_ids), actor, BATCH)


def by_orm(case_ids: Sequence[UUID], actor: Actor) -> None:
    peer(commands(case_ids), actor)


def bare(case_ids: Sequence[UUID], _: Actor) -> None:
    limit(case_ids)


Job = Callable[[Sequence[UUID], Actor], None]
_meeting: Any = None  # where the processes of one measurement wait for each other


@dataclass(frozen=True, slots=True)
class Span:
    """When a process was at it, and the CPU seconds of its own and of its PostgreSQL process."""

    start: float
    end: float
    client_s: float
    server_s: float


def _meet_at(barrier: Any) -> None:
    global _meeting
    _meeting = barrier


def _timed(job: Job, actor: Actor, case_ids: Sequence[UUID]) -> Span:
    connection.ensure_connection()
    job(case_ids[:WARM], actor)
    gc.freeze()  # as the web process does
    _meeting.wait()
    server, client, start = _server_s(), time.process_time(), time.perf_counter()
    job(case_ids[WARM:], actor)
    end = time.perf_counter()
    span = Span(start, end, time.process_time() - client, _server_s() - server)
    connection.close()
    return span


def _server_s() -> float:
    """Return the CPU seconds of the PostgreSQL process of this connection."""
    told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text().split()
    return int(told[0]) / 1e9


def side_by_side(job: Job, parts: Sequence[Sequence[UUID]], actor: Actor) -> tuple[float, float, float]:
    """Return steps a second of so many processes, and the CPU microseconds a step of client and server."""
    connection.close()  # no process shares a connection with another
    fork = get_context("fork")
    barrier = fork.Barrier(len(parts))
    with ProcessPoolExecutor(len(parts), fork, initializer=_meet_at, initargs=(barrier,)) as pool:
        spans = list(pool.map(partial(_timed, job, actor), parts))
    count = sum(len(part) - WARM for part in parts)
    took = max(span.end for span in spans) - min(span.start for span in spans)
    return (
        count / took,
        sum(span.client_s for span in spans) / count * 1e6,
        sum(span.server_s for span in spans) / count * 1e6,
    )


def disk_us() -> float:
    """Return how long the disk of the database takes to keep 8 kB, in microseconds."""
    taken = []
    with TemporaryFile(dir=WANGGE_HOME) as file:
        for _ in range(200):
            os.pwrite(file.fileno(), bytes(8192), 0)
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - start)
    return median(taken) * 1e6


def run(*, small: bool = False) -> dict[str, Any]:
    """Measure and return the figures."""
    cases, steps, bulk, rounds = (12_000, 160, 1_000, 2) if small else (100_000, 1_000, 5_000, 3)
    found: dict[tuple[str, int], list[tuple[float, float, float]]] = defaultdict(list)
    spoilt: set[UUID] = set()
    with clean_database():
        make_rules()
        make_department()
        bench = make_person("bench", Role.DISPATCHER)
        left = fill(cases, bench)

        def measure(name: str, job: Job, count: int, sides: int) -> list[list[UUID]]:
            share = count // sides + WARM
            parts = [left[n * share : (n + 1) * share] for n in range(sides)]
            del left[: share * sides]
            found[name, sides].append(side_by_side(job, parts, bench))
            return parts

        for _ in range(rounds):  # in turn, so that the load of the machine meets all alike
            for sides in SIDES:
                measure("ours", one_by_one, steps, sides)
                measure("peer", by_orm, steps // 2, sides)
                for part in measure("limit", bare, steps, sides):
                    spoilt.update(part)  # the limit seals nothing
            measure("batch", in_batches, bulk, 1)
        broken = sum(one.case_id not in spoilt for one in verify_chains())
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
        keeps = disk_us()
    best = {key: [median(column) for column in zip(*rates, strict=True)] for key, rates in found.items()}
    rate = {key: column[0] for key, column in best.items()}
    return {
        "question": "one durable step of a case, with event, live event, news, receipt and audit row",
        "command": "python -m benchmarks.case_step" + (" --small" if small else ""),
        "data": {"cases": cases, "steps_a_round": steps, "rounds": rounds, "batch": BATCH},
        "machine": {
            "cpus": os.cpu_count(),
            "processor": platform.machine(),
            "python": platform.python_version(),
            "postgresql": version,
            "load": round(os.getloadavg()[0], 1),
            "fdatasync_us": round(keeps),
        },
        "steps_a_second": {_called(key): round(rate[key]) for key in sorted(best)},
        "cpu_us_a_step, client + postgresql": {
            _called(key): f"{best[key][1]:.0f} + {best[key][2]:.0f}" for key in sorted(best)
        },
        "ratio_to_peer": {str(n): round(rate["ours", n] / rate["peer", n], 1) for n in SIDES},
        "ratio_to_peer_in_batches": round(rate["batch", 1] / rate["peer", 1], 1),
        "ratio_to_peer_in_cpu": {
            name: round(sum(best["peer", 1][1:]) / sum(best[name, 1][1:]), 1) for name in ("ours", "batch")
        },
        "share_of_limit": {str(n): round(rate["ours", n] / rate["limit", n], 2) for n in SIDES},
        "broken_chains": broken,
        "aim": "at least 6 times the plain ORM at equal concurrency, in batches 50 times; no chain broken",
    }


def _called(key: tuple[str, int]) -> str:
    name, sides = key
    return f"{name}, {sides} at once" if name != "batch" else f"ours, {BATCH} a batch"


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
