"""Writes of the closed loop: reports and steps in batches, one transaction each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction
from django.http import HttpResponseBase
from psycopg import Cursor

from wangge.cases import exporting, rulebook, writing
from wangge.cases.chain import Event, seal
from wangge.cases.deadlines import deadline_if_known
from wangge.cases.installing import (
    install_clocks,
    install_matters,
    install_routes,
    install_stages,
    install_timing,
)
from wangge.cases.reporting import Intake, Place, Started, start
from wangge.cases.rules import Action, CaseFacts, Need, list_needs
from wangge.cases.schemas import CaseFilter, CaseReport, StepCommand
from wangge.cases.stepping import World, take
from wangge.kernel import audit, batches, calendar, datum, files, jobs
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotYourRole, Refused, Unreadable
from wangge.kernel.fates import Fate
from wangge.territory import queries as territory
from wangge.venues import queries as venues

__all__ = [
    "export_cases",
    "install_clocks",
    "install_matters",
    "install_routes",
    "install_stages",
    "install_timing",
    "report_cases",
    "set_missing_deadlines",
    "take_steps",
]
LAYER = "comprehensive"
AHEAD = timedelta(minutes=5)  # how far a phone's clock may run fast
EARLIEST = 2000  # what an unset clock says lies before
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
        intake = _intake(fresh, at, order_ids or {})
        stored = files.list_stored(digest for one in fresh for digest in (*one.photos, *one.after_photos))
        fates: dict[UUID, Fate] = {}
        for report in fresh:
            try:
                _check_time(report.at, at)
                _check_photos((*report.photos, *report.after_photos), stored)
                started[report.id] = one = start(report, actor, intake)
                fates[report.id] = Fate.applied(report.id, **_told(one.facts))
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
    Rule:   CS-2 … CS-9.
    """

    changed: dict[UUID, CaseFacts] = {}
    events: list[Event] = []
    asked: list[Cursor[Any]] = []

    def ask() -> None:
        named = {step.case_id for step in steps} | {s.merged_into for s in steps if s.merged_into}
        asked.append(writing.ask_for(named))

    def settle(fresh: Sequence[StepCommand]) -> dict[UUID, Fate]:
        cases, rules = writing.read_many(asked[0])
        world = _world(fresh, cases, rules)
        stored = files.list_stored(digest for step in fresh for digest in step.photos)
        fates: dict[UUID, Fate] = {}
        for step in fresh:
            try:
                _check_time(step.at, at)
                after, event = take(cases.get(step.case_id), step, actor, world)
                _check_photos(step.photos, stored)
            except Refused as refusal:
                fates[step.id] = Fate.refused(step.id, refusal)
                continue
            cases[after.id] = changed[after.id] = after
            events.append(event)
            fates[step.id] = Fate.applied(step.id, **_told(after))
        return fates

    def write() -> None:
        _write_steps(list(changed.values()), events, actor, at)

    return batches.apply_once(steps, settle, kind="cases.step", actor=actor, at=at, ask=ask, write=write)


@transaction.atomic
def set_missing_deadlines(*, at: datetime, most: int = 1000) -> int:
    """Give open cases the deadline that waited for a year's calendar; returns how many got one.

    Rule: CS-6 (a report is never refused because a year is unknown), CS-7 (an event says so).
    """
    cases = writing.lock_many(writing.unknown_deadlines(most))
    matters = rulebook.in_force().matters
    changed, events = [], []
    for case in cases.values():
        matter = matters.get(case.matter_code)
        due_at = deadline_if_known(case.reported_at, matter.clock, calendar) if matter else None
        if due_at is not None and case.closed_at is None:
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


def _told(case: CaseFacts) -> dict[str, Any]:
    return {"case_id": str(case.id), "status": case.status.value, "version": case.version}


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


def _intake(reports: Sequence[CaseReport], at: datetime, order_ids: Mapping[UUID, UUID]) -> Intake:
    """Return what the reports look at, in a handful of statements."""
    named = venues.get_places(report.venue_id for report in reports if report.venue_id)
    loose = [report for report in reports if report.venue_id not in named]
    points = {report.id: datum.to_wgs84(report.lon, report.lat, report.datum) for report in reports}
    found: dict[UUID, str | None] = {}
    if loose:
        array = np.array([points[report.id] for report in loose], dtype=np.float64)
        found = dict(zip((r.id for r in loose), territory.locate_many(array, LAYER, at), strict=True))
    places = {
        report.id: Place(
            *points[report.id],
            named[report.venue_id].grid_path if report.venue_id in named else found.get(report.id),
        )
        for report in reports
    }
    rules = rulebook.in_force()
    return Intake(
        calendar=calendar,
        stage_clocks=rules.stage_clocks,
        matters=rules.matters,
        places=places,
        venue_ids=frozenset(named),
        pack_version=rules.pack_version,
        order_ids=order_ids,
    )


def _world(steps: Sequence[StepCommand], cases: Mapping[UUID, CaseFacts], rules: rulebook.Rulebook) -> World:
    """Return what the steps look at; the routes are only asked where somebody is dispatched to."""
    sent = {
        step.case_id: (case.matter_code, case.grid_path)
        for step in steps
        if (case := cases.get(step.case_id)) and Need.DEPARTMENT in list_needs(step.action, case)
    }
    suggested = writing.suggest_departments(sent, rules) if sent else {}
    named = {step.department_id for step in steps} | set(suggested.values())
    return World(
        calendar=calendar,
        stage_clocks=rules.stage_clocks,
        matter_clocks=rules.matter_clocks,
        departments=writing.department_paths(one for one in named if one is not None) if sent else {},
        suggested=suggested,
        others=cases,
    )


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


def _check_time(said: datetime, now: datetime) -> None:
    if said.year < EARLIEST:
        raise Unreadable(
            field="at",
            why_zh=f"时间早于 {EARLIEST} 年，请校准设备时钟",
            why_en=f"it lies before {EARLIEST}; set the device's clock",
        )
    if said > now + AHEAD:
        raise Unreadable(
            field="at",
            why_zh="时间晚于服务器时间，请校准设备时钟",
            why_en="it lies in the future; set the device's clock",
        )


def _check_photos(digests: Sequence[str], stored: set[str]) -> None:
    if missing := [digest for digest in digests if digest not in stored]:
        names = ", ".join(missing)
        raise Unreadable(
            field="photos",
            why_zh=f"这些照片尚未上传：{names}",
            why_en=f"these photos were not uploaded: {names}",
        )
