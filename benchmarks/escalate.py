"""What does it cost when 100,000 cases are late at once, and does anybody else wait for it?

Question  One tick of the scheduler finds 100,000 late cases. Each climbs a rung by its business clock and one
          by its stage clock: an escalation and a mark in the chain of the case, durable. How long does one
          worker take, and how long do a step of a person and another job take meanwhile? And a second tick,
          which finds everything done? Then 100,000 of the rungs are told to the grid chiefs: news, rules,
          people, messages and inboxes, by the job that tells; how long does that take?
Data      200,000 cases of the past month in 2,934 grids, every other one closed, made from a seed.
Peer      The same by the same pure rules, as people write it with Django: one late case after the other,
          locked, marked and saved by the ORM, on a sample.
Limit     INSERT … SELECT of as many bare rows into an empty table of the same columns; nothing else.
Command   python -m benchmarks.escalate [--small]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.databases import clean_database  # isort: split

from django.db import connection, connections, transaction

from benchmarks.filling import fill, make_department, make_person, make_rules
from benchmarks.telling import tell
from wangge.accounts.rules import Role
from wangge.cases import services as cases
from wangge.cases import writing
from wangge.cases.marking import MarkCommand, mark
from wangge.cases.models import Case, CaseEvent
from wangge.cases.queries import list_by_ids, verify_chains
from wangge.cases.rules import Action, Mark
from wangge.cases.schemas import StepCommand
from wangge.config import worker
from wangge.kernel import clock, jobs
from wangge.kernel.actor import Actor
from wangge.kernel.calendar import national
from wangge.kernel.fates import Outcome
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow
from wangge.oversight import services
from wangge.oversight.models import Escalation
from wangge.oversight.rulebook import in_force
from wangge.oversight.rules import climb_id, climbs, clocks_of

RESULT = Path(__file__).parent / "results" / "escalate.json"
NOW = datetime(2025, 12, 15, 1, 0, tzinfo=UTC)  # a Monday: every open case is late by both clocks
RUNG = {"code": "L1", "role": "grid_chief", "after_working_days": 0}
NAMES = {"name_zh": "网格长", "name_en": "Grid chief", "is_confirmed": False}
PAUSE_S = 0.05
BARE = """
INSERT INTO bare (id, case_id, grid_path, department_id, clock, started_at, level, code, role, since, at)
SELECT gen_random_uuid(), case_id, grid_path, department_id, clock, started_at, 1, 'L1',
  'grid_chief', due, now() FROM cases_opencase,
  LATERAL (VALUES ('business', reported_at, due_at), ('stage', stage_started_at, stage_due_at))
    AS c(clock, started_at, due) WHERE due <= %s
"""


def serve() -> None:
    """Be a worker as `wangge run` starts it, with the clock standing at NOW."""
    with clock.standing_at(NOW):
        worker.main()


def step_ms(case_id: UUID, actor: Actor) -> float:
    """Return how long accepting a late case takes; a case that climbed meanwhile must not refuse it."""
    step = StepCommand(id=new_id(), case_id=case_id, action=Action.ACCEPT, at=NOW, base_version=1)
    start = time.perf_counter()
    [fate] = cases.take_steps([step], actor=actor, at=NOW)
    assert fate.outcome is Outcome.APPLIED, fate
    return 1000 * (time.perf_counter() - start)


def job_ms() -> float:
    """Return how long a small job takes from being deferred to being done."""
    start = time.perf_counter()
    jobs.defer("oversight.note_promises", case_ids=[])
    while waits("oversight.note_promises"):
        time.sleep(0.002)
    return 1000 * (time.perf_counter() - start)


def waits(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE task_name = %s)", [name])
        return bool(cursor.fetchone()[0])


def probe(late: list[UUID], actor: Actor, goes_on: Callable[[], bool]) -> dict[str, list[float]]:
    """Take a step and do a job again and again while `goes_on`."""
    found: dict[str, list[float]] = {"step": [], "job": []}
    while goes_on():
        found["step"].append(step_ms(late.pop(), actor))
        found["job"].append(job_ms())
        time.sleep(PAUSE_S)
    return found


def told(samples: list[float]) -> dict[str, float]:
    ranked = sorted(samples)
    return {
        "n": len(ranked),
        "median_ms": round(ranked[len(ranked) // 2], 1),
        "p95_ms": round(ranked[int(len(ranked) * 0.95)], 1),
        "worst_ms": round(ranked[-1], 1),
    }


def tick(late: list[UUID], actor: Actor) -> tuple[float, dict[str, list[float]]]:
    """Let the worker escalate everything, and probe meanwhile; return its seconds and the latencies."""
    start = time.perf_counter()
    jobs.defer("oversight.climb")
    found = probe(late, actor, lambda: waits("oversight.climb"))
    return time.perf_counter() - start, found


def peer(case_ids: list[UUID]) -> None:
    ladder = in_force().ladder
    for brief in list_by_ids(case_ids):
        with transaction.atomic():
            case = Case.objects.select_for_update().get(pk=brief.id)
            running = clocks_of(
                reported_at=case.reported_at,
                due_at=case.due_at,
                stage_started_at=case.stage_started_at,
                stage_due_at=case.stage_due_at,
            )
            for climb in climbs(running, ladder, national, at=NOW):
                if Escalation.objects.filter(pk=climb_id(case.pk, climb)).exists():
                    continue
                command = MarkCommand(climb_id(case.pk, climb), case.pk, Mark.ESCALATE)
                after, event = mark(writing.facts_of(case), command, actor=None, at=NOW)
                case.event_count, case.chain_head = after.event_count, after.chain_head
                case.save()
                CaseEvent.objects.create(**event._asdict())
                Escalation.objects.create(
                    id=command.id,
                    case=case,
                    grid_path=case.grid_path,
                    clock=climb.running.clock,
                    started_at=climb.running.started_at,
                    level=climb.rung.level,
                    code=climb.rung.code,
                    role=climb.rung.role,
                    since=climb.since,
                    at=NOW,
                )
                AuditRow.objects.create(
                    at=NOW,
                    actor_name="",
                    role="installation",
                    action="cases.escalate",
                    subject_type="case",
                    subject_id=str(case.pk),
                )


def limit() -> tuple[int, float]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (LIKE oversight_escalation)")
        start = time.perf_counter()
        cursor.execute(BARE, [NOW])
        return cursor.rowcount, time.perf_counter() - start


def start_worker() -> BaseProcess:
    """Start a worker and return it once it works."""
    connections.close_all()
    child = multiprocessing.get_context("fork").Process(target=serve, daemon=True)
    child.start()
    while waits("oversight.note_promises"):
        time.sleep(0.1)
    job_ms()
    return child


@dataclass
class Measured:
    """What was measured, before it is put into words."""

    late: int = 0
    sample: int = 0
    bare_rate: float = 0.0
    peer_rate: float = 0.0
    tick_s: float = 0.0
    again_s: float = 0.0
    climbed: int = 0
    doubled: int = 0
    broken: int = 0
    quiet: dict[str, list[float]] = field(default_factory=dict)
    busy: dict[str, list[float]] = field(default_factory=dict)
    telling: dict[str, Any] = field(default_factory=dict)
    server: str = ""

    @property
    def rate(self) -> float:
        return (self.climbed - 2 * self.sample) / self.tick_s


def measure(count: int, sample: int, quiet_s: float) -> Measured:
    """Fill, escalate by the peer and by the worker, and tell."""
    found = Measured(sample=sample)
    make_rules()
    make_department()
    services.install_rules(
        ladder=[RUNG | NAMES], cards=[], promises=[], answer_working_days=3, pack_version="bench@1"
    )
    desk = make_person("bench", Role.DISPATCHER)
    late = fill(count, desk)
    found.late = len(late)
    rows, bare_s = limit()
    found.bare_rate = rows / bare_s
    start = time.perf_counter()
    peer(late[-sample:])
    found.peer_rate = 2 * sample / (time.perf_counter() - start)
    del late[-sample:]
    child = start_worker()
    ends = time.perf_counter() + quiet_s
    found.quiet = probe(late, desk, lambda: time.perf_counter() < ends)
    found.tick_s, found.busy = tick(late, desk)
    found.again_s, _ = tick(late, desk)
    child.terminate()
    child.join(20)
    found.climbed = Escalation.objects.count()
    found.doubled = CaseEvent.objects.filter(action="escalate").count() - found.climbed
    found.broken = sum(1 for _ in verify_chains())
    found.telling = tell(found.late, at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        found.server = cursor.fetchone()[0]
    return found


def run(*, small: bool = False) -> dict[str, Any]:
    """Measure and return the figures."""
    count, sample = (10_000, 200) if small else (200_000, 2_000)
    with clean_database():
        found = measure(count, sample, 3 if small else 15)
    return {
        "question": "a tick that finds 100,000 late cases, who waits for it, and who is told",
        "command": "python -m benchmarks.escalate" + (" --small" if small else ""),
        "data": {
            "cases": count,
            "late": found.late,
            "rungs_climbed": found.climbed,
            "sample_of_peer": sample,
        },
        "machine": machine(found.server),
        "tick_s": round(found.tick_s, 1),
        "tick_that_finds_nothing_new_s": round(found.again_s, 1),
        "rungs_a_second": {
            "oversight.climb in the worker": round(found.rate),
            "peer: plain Django ORM, one case after the other": round(found.peer_rate),
            "limit: INSERT … SELECT of bare rows": round(found.bare_rate),
        },
        "ratio_to_peer": round(found.rate / found.peer_rate, 1),
        "share_of_limit": round(found.rate / found.bare_rate, 4),
        "latency": latencies(found),
        "telling": found.telling,
        "doubled": found.doubled,
        "broken_chains": found.broken,
        "aim": "every case once, no chain broken, no step refused; a step during the tick within a second",
    }


def machine(server: str) -> dict[str, Any]:
    return {
        "cpus": os.cpu_count(),
        "processor": platform.machine(),
        "python": platform.python_version(),
        "postgresql": server,
        "load": round(os.getloadavg()[0], 1),
    }


def latencies(found: Measured) -> dict[str, dict[str, float]]:
    return {
        "step, before": told(found.quiet["step"]),
        "step, during the tick": told(found.busy["step"]),
        "other job, before": told(found.quiet["job"]),
        "other job, during the tick": told(found.busy["job"]),
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
