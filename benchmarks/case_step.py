"""How fast is one durable step of a case?

Question  Accepting a case: the case moves, its event is sealed and chained, a receipt and an audit row are
          written, all durable. How many a second, one at a time and 500 at a time, in one connection?
Data      Cases of the past month in 2,934 grids, every other one closed, made from a seed.
Peer      The same, by the same pure rule, as people write it with Django: a transaction in which the receipt
          is looked up, the case is fetched by select_for_update and saved, and event, receipt and audit row
          are created.
Limit     A prepared UPDATE of the case and INSERT of its event in psycopg, committed; nothing else.
Command   python -m benchmarks.case_step [--small]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.plan_orders import clean_database  # isort: split

from django.db import connection, transaction

from benchmarks.filling import AT, fill, make_department, make_person, make_rules
from wangge.accounts.rules import Role
from wangge.cases import services, writing
from wangge.cases.models import Case, CaseEvent
from wangge.cases.queries import verify_chains
from wangge.cases.rules import Action
from wangge.cases.schemas import StepCommand
from wangge.cases.stepping import World, take
from wangge.kernel import receipts
from wangge.kernel.actor import Actor
from wangge.kernel.calendar import national
from wangge.kernel.fates import Outcome
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow, Receipt
from wangge.matters import queries as matters

RESULT = Path(__file__).parent / "results" / "case_step.json"
BATCH = 500


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
    rules = matters.in_force()
    for step in steps:
        with transaction.atomic():
            assert not Receipt.objects.filter(pk=step.id).exists()
            case = Case.objects.select_for_update().get(pk=step.case_id)
            facts = writing.facts_of(case)
            world = World(national, rules.stage_clocks, {}, {}, {}, {})
            after, event = take(facts, step, actor, world)
            for name in writing.CHANGING:
                setattr(case, name, getattr(after, name))
            case.save()
            CaseEvent.objects.create(**{name: getattr(event, name) for name in event.__slots__})
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
    raw = connection.connection
    for case_id in case_ids:
        with raw.transaction():
            raw.execute(UPDATE, [bytes(32), case_id], prepare=True)
            raw.execute(INSERT, [new_id(), case_id, bytes(32), bytes(32)], prepare=True)


def per_second(count: int, job: Callable[[], Any]) -> float:
    start = time.perf_counter()
    job()
    return count / (time.perf_counter() - start)


def measure(
    found: dict[str, list[float]], some: Sequence[Sequence[UUID]], actor: Actor, spoilt: set[UUID]
) -> None:
    """Measure one round, on other cases each."""
    singles, alike, bulk, bare = some
    steps, same, many = commands(singles), commands(alike), commands(bulk)
    found["single"].append(per_second(len(steps), lambda: ours(steps, actor, 1)))
    found["peer"].append(per_second(len(same), lambda: peer(same, actor)))
    found["batch"].append(per_second(len(many), lambda: ours(many, actor, BATCH)))
    found["limit"].append(per_second(len(bare), lambda: limit(bare)))
    spoilt.update(bare)  # the limit seals nothing


def run(*, small: bool = False) -> dict[str, Any]:
    """Measure and return the figures."""
    cases, singles, rounds = (12_000, 300, 3) if small else (100_000, 1_000, 5)
    bulk = 1_000 if small else 5_000
    found: dict[str, list[float]] = {"single": [], "batch": [], "peer": [], "limit": []}
    with clean_database():
        make_rules()
        make_department()
        bench = make_person("bench", Role.DISPATCHER)
        left = fill(cases, bench)

        def some(count: int) -> list[UUID]:
            taken = left[:count]
            del left[:count]
            return taken

        ours(commands(some(50)), bench, 1)  # warm
        peer(commands(some(50)), bench)
        spoilt: set[UUID] = set()
        for _ in range(rounds):  # in turn, so that the load of the machine meets all alike
            measure(found, [some(singles), some(singles // 2), some(bulk), some(singles)], bench, spoilt)
        broken = sum(one.case_id not in spoilt for one in verify_chains())
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
    best = {name: round(sorted(rates)[len(rates) // 2]) for name, rates in found.items()}
    return {
        "question": "one durable step of a case, with event, receipt and audit row",
        "command": "python -m benchmarks.case_step" + (" --small" if small else ""),
        "data": {"cases": cases, "steps_a_round": singles, "rounds": rounds, "batch": BATCH},
        "machine": {
            "cpus": os.cpu_count(),
            "processor": platform.machine(),
            "python": platform.python_version(),
            "postgresql": version,
            "load": round(os.getloadavg()[0], 1),
        },
        "steps_a_second": {
            "take_steps, one at a time": best["single"],
            f"take_steps, {BATCH} at a time": best["batch"],
            "peer: plain Django ORM": best["peer"],
            "limit: prepared UPDATE + INSERT, committed": best["limit"],
        },
        "ratio_to_peer": round(best["single"] / best["peer"], 1),
        "ratio_to_peer_in_batches": round(best["batch"] / best["peer"], 1),
        "share_of_limit": round(best["single"] / best["limit"], 2),
        "broken_chains": broken,
        "aim": "at least 6 times the plain ORM, in batches 50 times; no chain broken",
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
