"""Writes of the closed loop: reports and steps in batches, one transaction each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponseBase
from psycopg import Cursor

from wangge.cases import exporting, one_step, writing
from wangge.cases.chain import Event, seal
from wangge.cases.deadlines import deadline_if_known
from wangge.cases.looking import check_photos, check_time, told
from wangge.cases.looking import intake as look_up
from wangge.cases.looking import world as look_around
from wangge.cases.reporting import Started, start
from wangge.cases.rules import Action, CaseFacts
from wangge.cases.schemas import CaseFilter, CaseReport, StepCommand
from wangge.cases.stepping import take
from wangge.kernel import audit, batches, calendar, files, jobs
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotYourRole, Refused
from wangge.kernel.fates import Fate
from wangge.matters import queries as matters

__all__ = [
    "export_cases",
    "report_cases",
    "set_missing_deadlines",
    "take_steps",
]
SET_DEADLINES = "cases.set_missing_deadlines"


def report_cases(
    reports: Sequence[CaseReport],
    *,
    actor: Actor,
    at: datetime,
    order_ids: Mapping[UUID, UUID] | None = None,
) -> list[Fate]:
    """Open cases, one fate an item, in order.

    Shape:  len(fates) == len(reports); a repeated report gives the fate of its first time.
    Raises: TooMany; nothing for a single item: a refusal is a fate.
    Rule:   CS-1 (WH-27, WH-33), CS-6, CS-7. Cases, events, receipts, audit and jobs in one transaction.
    """

    started: dict[UUID, Started] = {}

    def settle(fresh: Sequence[CaseReport]) -> dict[UUID, Fate]:
        intake = look_up(fresh, at, order_ids or {})
        stored = files.list_stored(digest for one in fresh for digest in (*one.photos, *one.after_photos))
        fates: dict[UUID, Fate] = {}
        for report in fresh:
            try:
                check_time(report.at, at)
                check_photos((*report.photos, *report.after_photos), stored)
                started[report.id] = one = start(report, actor, intake)
                fates[report.id] = Fate.applied(report.id, **told(one.facts))
            except Refused as refusal:
                fates[report.id] = Fate.refused(report.id, refusal)
        if any(one.facts.due_at is None and one.facts.closed_at is None for one in started.values()):
            jobs.defer(SET_DEADLINES)
        return fates

    def write() -> None:
        _write_new(list(started.values()), actor, at)

    return batches.apply_once(reports, settle, kind="cases.report", actor=actor, at=at, write=write)


def take_steps(steps: Sequence[StepCommand], *, actor: Actor, at: datetime) -> list[Fate]:
    """Apply closed-loop steps, one fate an item, in order; several steps on one case may follow each other.

    Shape:  len(fates) == len(steps); a repeated command id gives the fate of its first time.
    Raises: TooMany; nothing for a single item: a refusal is a fate.
    Rule:   CS-2 … CS-8.
    """

    if len(steps) == 1 and (fate := one_step.take_one(steps[0], actor, at)):
        return [fate]
    changed: dict[UUID, CaseFacts] = {}
    events: list[Event] = []
    asked: list[Cursor[Any]] = []

    def ask() -> None:
        named = {step.case_id for step in steps} | {s.merged_into for s in steps if s.merged_into}
        asked.append(writing.ask_for(named))

    def settle(fresh: Sequence[StepCommand]) -> dict[UUID, Fate]:
        cases, rules = writing.read_many(asked[0])
        world = look_around(fresh, cases, rules)
        stored = files.list_stored(digest for step in fresh for digest in step.photos)
        fates: dict[UUID, Fate] = {}
        for step in fresh:
            try:
                check_time(step.at, at)
                after, event = take(cases.get(step.case_id), step, actor, world)
                check_photos(step.photos, stored)
            except Refused as refusal:
                fates[step.id] = Fate.refused(step.id, refusal)
                continue
            cases[after.id] = changed[after.id] = after
            events.append(event)
            fates[step.id] = Fate.applied(step.id, **told(after))
        return fates

    def write() -> None:
        _write_steps(list(changed.values()), events, actor, at)

    return batches.apply_once(steps, settle, kind="cases.step", actor=actor, at=at, ask=ask, write=write)


@transaction.atomic
def set_missing_deadlines(*, at: datetime, most: int = 1000) -> int:
    """Give open cases the deadline that waited for a year's calendar; returns how many got one.

    Rule: CS-6 (a report is never refused because a year is unknown), CS-7 (an event says so).
    """
    waiting = writing.unknown_deadlines(most)
    books = {version: matters.of_version(version) for version in set(waiting.values())}
    changed, events = [], []
    for case in writing.lock_many(waiting).values():
        matter = books[waiting[case.id]].matters.get(case.matter_code)
        due_at = deadline_if_known(case.reported_at, matter.clock, calendar) if matter else None
        if due_at is not None and case.due_at is None and case.closed_at is None:
            after, event = _deadline_set(case, due_at, at)
            changed.append(after)
            events.append(event)
    writing.save_many(changed)
    writing.append_events(events)
    told = [("cases.set_deadline", "case", str(case.id), {"due_at": str(case.due_at)}) for case in changed]
    audit.record(told, actor=None, at=at)
    return len(changed)


def export_cases(actor: Actor, filters: CaseFilter, suffix: str, *, at: datetime) -> HttpResponseBase:
    """Return the filtered list as a csv or xlsx file, and leave an audit row.

    Raises: NotYourRole, Unreadable for another suffix or for more rows than a file may hold.
    """
    if not actor.can("cases.export"):
        raise NotYourRole()
    answer = exporting.export(actor, filters, suffix, at)
    detail = {"filters": filters.model_dump(mode="json", exclude_defaults=True), "suffix": suffix}
    audit.record([("cases.export", "case_list", "", detail)], actor=actor, at=at)
    return answer


def _deadline_set(case: CaseFacts, due_at: datetime, at: datetime) -> tuple[CaseFacts, Event]:
    event = seal(
        case.chain_head,
        id=batches.id_for(case.id, at),
        case_id=case.id,
        seq=case.event_count + 1,
        action=Action.SET_DEADLINE.value,
        before=case.status.value,
        after=case.status.value,
        actor_id=0,
        actor_name="",
        role="installation",
        at=at,
        detail={"facts": {"due_at": due_at}},
    )
    counted: dict[str, Any] = {
        "version": case.version + 1,
        "event_count": event.seq,
        "chain_head": event.hash,
    }
    return replace(case, due_at=due_at, **counted), event


def _write_new(started: Sequence[Started], actor: Actor, at: datetime) -> None:
    if not started:
        return
    writing.insert_many(started)
    writing.append_events(event for one in started for event in one.events)
    audit.record(
        [("cases.report", "case", str(one.facts.id), {"matter": one.facts.matter_code}) for one in started],
        actor=actor,
        at=at,
    )


def _write_steps(changed: Sequence[CaseFacts], events: Sequence[Event], actor: Actor, at: datetime) -> None:
    if not events:
        return
    writing.save_many(changed)
    writing.append_events(events)
    audit.record(
        [(f"cases.{event.action}", "case", str(event.case_id), {"seq": event.seq}) for event in events],
        actor=actor,
        at=at,
    )
