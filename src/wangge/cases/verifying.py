"""Proof of the chains: every event hashed again, every case told again from its events (CS-7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from wangge.cases.chain import NO_HASH, Event, canonical, hash_of, replay
from wangge.cases.events import read_events
from wangge.cases.models import Case, CaseEvent, CoHandler
from wangge.cases.rules import CoState

AT_ONCE = 500
SKIPPED = {"id", "chain_head", "words"}
COLUMNS = tuple(field.attname for field in Case._meta.concrete_fields if field.attname not in SKIPPED)


@dataclass(frozen=True, slots=True)
class Broken:
    """One thing that is not as it was written: which case, which event, which field, and how."""

    case_id: UUID
    seq: int | None  # None: the case itself
    field: str
    zh: str
    en: str


def count_chained(scope: str) -> int:
    """Return how many cases `verify_chains` looks at."""
    return Case.objects.filter(grid_path__startswith=scope).count()


def verify_chains(scope: str = "") -> Iterator[Broken]:
    """Yield what is broken among the cases below `scope` (a closed path; empty: every case).

    For the installation's own proof, not for a person: it is the one read that does not start from an actor.
    Rule: CS-7.
    """
    cases = Case.objects.filter(grid_path__startswith=scope).order_by("pk")
    page = list(cases[:AT_ONCE])
    while page:
        events = _events_of([case.pk for case in page])
        waiting = _roster([case.pk for case in page])
        for case in page:
            yield from _check(case, events.pop(case.pk, []))
            yield from _check_roster(case, waiting.get(case.pk, []))
        page = list(cases.filter(pk__gt=page[-1].pk)[:AT_ONCE])
    if not scope:
        yield from _strays()


def _events_of(case_ids: Sequence[UUID]) -> dict[UUID, list[Event]]:
    events = read_events(case_ids)
    return {case_id: list(of_case) for case_id, of_case in groupby(events, key=lambda event: event.case_id)}


def _roster(case_ids: Sequence[UUID]) -> dict[UUID, list[int]]:
    """Return the departments that have not countersigned, by case."""
    rows = CoHandler.objects.filter(case_id__in=case_ids, state=CoState.WAITING)
    ordered = rows.order_by("case_id", "department_id").values_list("case_id", "department_id")
    return {
        case_id: [department_id for _, department_id in of_case]
        for case_id, of_case in groupby(ordered, key=lambda row: row[0])
    }


def _check_roster(case: Case, waiting: list[int]) -> Iterator[Broken]:
    if waiting != list(case.co_waiting):
        zh, en = "协办名单与步骤不符", "the roster of departments is not what the steps say"
        yield Broken(case.pk, None, "co_handlers", zh, en)


def _strays() -> Iterator[Broken]:
    """Yield events whose case is gone."""
    known = Case.objects.values("pk")
    for case_id, seq in CaseEvent.objects.exclude(case_id__in=known).values_list("case_id", "seq"):
        yield Broken(case_id, seq, "case_id", "案件已不存在", "its case is gone")


def _check(case: Case, events: list[Event]) -> Iterator[Broken]:
    previous = NO_HASH
    for seq, event in enumerate(events, start=1):
        if event.seq != seq:
            yield Broken(case.pk, seq, "seq", f"缺少第 {seq} 步", f"step {seq} is missing")
            return
        if event.previous_hash != previous:
            yield Broken(
                case.pk, seq, "previous_hash", "与上一步不相接", "it does not lean on the step before"
            )
        if hash_of(event, previous=event.previous_hash) != event.hash:
            yield Broken(case.pk, seq, "hash", "内容与摘要不符", "its content is not what was hashed")
        previous = event.hash
    if bytes(case.chain_head) != previous:
        yield Broken(
            case.pk, None, "chain_head", "链尾与最后一步不符", "the head is not the last step's hash"
        )
    yield from _compare(case, replay(events))


def _compare(case: Case, told: dict[str, Any]) -> Iterator[Broken]:
    for name in COLUMNS:
        stands, said = canonical(getattr(case, name)), canonical(told.get(name))
        if stands != said:
            yield Broken(
                case.pk,
                None,
                name,
                f"库中为 {stands}，按步骤应为 {said}",
                f"the database says {stands}, the steps say {said}",
            )
