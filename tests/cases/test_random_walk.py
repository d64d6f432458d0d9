"""People who do as they like, by the thousand (must-show 3): table, eyes, chains and clocks hold."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.cases.makers import House, make_house, report
from tests.cases.test_rules import POSTS, ROWS
from tests.makers import AT
from wangge.cases import queries, services
from wangge.cases.models import Case, CaseEvent
from wangge.cases.rules import Action, Mark
from wangge.cases.schemas import StepCommand
from wangge.cases.services import MarkCommand
from wangge.kernel.actor import Actor
from wangge.kernel.fates import Outcome
from wangge.kernel.ids import new_id

PEOPLE = (*("alice",) * 4, *("han", "pang", "chief", "super") * 2, "bob", "carol")  # the desk has most to do
HANDLING = {"sign", "feed_back", "transfer", "transfer_back", "send_back", "countersign"}
JUDGING = {"pass", "fail", "confirm_resume"}
ENDED = {"closed", "rejected", "merged"}
BATCH = 25


def swapped(house: House, rng: random.Random) -> Actor:
    """Return somebody, now and then in a post of somebody else: eyes are a matter of people, not of posts."""
    one = house.named(rng.choice(PEOPLE))
    if rng.random() < 0.1:
        return Actor(one.user_id, one.name, *_post(house.named(rng.choice(PEOPLE))))
    return one


def _post(actor: Actor) -> tuple[Any, ...]:
    return actor.role, actor.scope, actor.department_id, actor.capabilities


def commands(house: House, rng: random.Random, cases: list[UUID], actor: Actor, at: Any) -> list[StepCommand]:
    found = {row["id"]: row for row in Case.objects.filter(pk__in=cases).values("id", "status", "version")}
    known = {case_id: found[case_id] for case_id in cases}  # in the walk's own order: a seed is one walk
    likely = defaultdict(list)
    for status, action in ROWS:
        if actor.role in POSTS[action]:
            likely[status].append(action)
    made = []
    inclined = [row for row in known.values() if likely[row["status"]]] or list(known.values())
    rng.shuffle(inclined)
    for n in range(BATCH):
        is_sensible = rng.random() < 0.85
        row = inclined[n % len(inclined)] if is_sensible else rng.choice(list(known.values()))
        anything = [action for _, action in ROWS]
        action = rng.choice((is_sensible and likely[row["status"]]) or anything)
        made.append(
            StepCommand(
                id=new_id(),
                case_id=row["id"],
                action=Action(action),
                at=at,
                base_version=row["version"] + (rng.randint(-1, 1) if rng.random() < 0.05 else 0),
                reason="随意" if rng.random() < 0.95 else "",
                photos=[house.photo] if rng.random() < 0.9 else [],
                department_id=rng.choice([None, house.fire, house.police]),
                co_department_ids=rng.choice([[], [house.fire], [house.police]]),
                days=rng.choice([None, 1, 10, 11]),
                merged_into=rng.choice(cases),
                matter_code=rng.choice(["", "H101", "H304", "H805"]),
                lon=118.305,
                lat=31.305,
            )
        )
    return made


def wander(house: House, *, total: int, seed: int) -> dict[str, int]:
    """Let people send `total` commands; return what became of them."""
    rng, fates, at, cases, sent = random.Random(seed), defaultdict(int), AT, [], 0
    while sent < total:
        at += timedelta(minutes=rng.randint(1, 30))
        fresh = [
            report(at=at, matter_code=rng.choice(["H101", "H301", "H304", "H805"]))
            for _ in range(2 if sent else 40)
        ]
        told = services.report_cases(fresh, actor=house.named(rng.choice(["alice", "bob", "chief"])), at=at)
        cases += [fate.command_id for fate in told if fate.outcome is Outcome.APPLIED]
        cases = cases[-50:]
        actor = swapped(house, rng)
        for fate in services.take_steps(commands(house, rng, cases, actor, at), actor=actor, at=at):
            fates[fate.outcome.value] += 1
        kinds = [Mark.URGE, Mark.SUPERVISE, Mark.CARD, Mark.NOTE, Mark.ESCALATE]
        marks = [MarkCommand(new_id(), rng.choice(cases), rng.choice(kinds)) for _ in range(4)]
        for fate in services.add_marks(marks, actor=None, at=at):
            fates[f"mark {fate.outcome.value}"] += 1
        sent += BATCH + len(marks) + len(fresh)
    fates["sent"] = sent
    return dict(fates)


def check_all() -> int:
    """Read every case again from its events alone, and hold it against the tables typed by hand."""
    seen = 0
    for case in Case.objects.order_by("pk").iterator():
        events = list(CaseEvent.objects.filter(case_id=case.pk).order_by("seq"))
        parts: dict[str, set[int]] = {"report": {events[0].actor_id}, "handle": set(), "judge": set()}
        status, clock = "", events[0].at
        for event in events:
            if event.action in Mark._value2member_map_:
                assert event.before == event.after == status
            elif event.seq > 1:
                assert event.before == status
                assert event.after in ROWS[event.before, event.action]
                assert event.at >= clock
                clock = event.at if event.after != event.before else clock
            status = event.after
            parts["handle"] |= {event.actor_id} if event.action in HANDLING else set()
            parts["judge"] |= {event.actor_id} if event.action in JUDGING else set()
        assert not parts["report"] & parts["handle"], case.pk
        assert not parts["report"] & parts["judge"], case.pk
        assert not parts["handle"] & parts["judge"], case.pk
        assert (case.status, case.stage_started_at) == (status, clock)
        assert case.due_at is not None
        assert case.due_at > case.reported_at
        assert (case.closed_at is not None) == (status in ENDED)
        assert (case.stage_due_at is None) == (status in {*ENDED, "suspended", "handling", "transferred"})
        merged = list(Case.objects.filter(merged_into_id=case.pk).values_list("reporter_id", flat=True))
        assert (case.absorbed, sorted(case.co_reporters)) == (len(merged), sorted(merged))
        assert not (case.co_waiting and status in {"verifying", "closed"})
        seen += len(events)
    assert list(queries.verify_chains()) == []
    return seen


@pytest.mark.slow
@pytest.mark.django_db
def test_two_thousand_commands_of_random_people_break_nothing() -> None:
    fates = wander(make_house(), total=2_000, seed=7)
    assert fates["applied"] > 100
    assert fates["refused"] > 150
    assert check_all() > 400
    assert len(set(CaseEvent.objects.values_list("action", flat=True))) > 20


@pytest.mark.nightly
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_hundred_thousand_commands_of_random_people_break_nothing() -> None:
    began = time.monotonic()
    fates = wander(make_house(), total=100_000, seed=1)
    walked = time.monotonic()
    events = check_all()
    actions = set(CaseEvent.objects.values_list("action", flat=True))
    spent = (round(walked - began), round(time.monotonic() - walked))
    print(f"\n{fates}, {events} events, seconds to walk and to check: {spent}")
    assert {action for _, action in ROWS} <= actions
