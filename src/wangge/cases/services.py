"""Writes of the closed loop: reports and steps in batches, one transaction each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import HttpResponseBase

from wangge.cases import exporting, one_step, paperwork, writing
from wangge.cases.events import events_named
from wangge.cases.forgetting import forget_live
from wangge.cases.handing import CaseKeeper
from wangge.cases.looking import check_photos, check_time, told
from wangge.cases.looking import intake as look_up
from wangge.cases.looking import world as look_around
from wangge.cases.marking import MOST as MOST_MARKS
from wangge.cases.marking import MarkCommand, mark_all
from wangge.cases.models import Case
from wangge.cases.raising import Books, list_late, raise_all
from wangge.cases.recounting import list_missing, list_moves, read_cases
from wangge.cases.regridding import CaseMover
from wangge.cases.rehousing import CaseMergeMover, note_arrived, stand_in
from wangge.cases.reporting import Started, start
from wangge.cases.rules import Mark
from wangge.cases.saved_filters import delete_filter, save_filter
from wangge.cases.schemas import (
    CaseDocumentIn,
    CaseFilter,
    CaseReport,
    StepCommand,
)
from wangge.cases.step_batch import StepBatch, take_all, wants_kin
from wangge.cases.telling import tell_news
from wangge.cases.vocabulary import TIPS
from wangge.documents.schemas import DocumentRow
from wangge.kernel import audit, batches, calendars, files, jobs, prepared
from wangge.kernel.actor import Actor
from wangge.kernel.batches import TooMany
from wangge.kernel.errors import NotYourRole, Refused, VersionConflict
from wangge.kernel.fates import Fate, Outcome

__all__ = [
    "MOST_MARKS",
    "CaseKeeper",
    "CaseMergeMover",
    "CaseMover",
    "MarkCommand",
    "add_marks",
    "delete_filter",
    "export_cases",
    "forget_live",
    "issue_documents",
    "move_deadlines",
    "raise_overdue",
    "report_cases",
    "save_filter",
    "set_missing_deadlines",
    "take_steps",
    "tell_news",
    "void_document",
]
SET_DEADLINES = "cases.set_missing_deadlines"
RAISE_OVERDUE = "cases.raise_overdue"
NOTE_PROMISES = "oversight.note_promises"  # the room above says what a reporter is promised


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
        fresh, elsewhere = stand_in(fresh)
        stored = files.facts_of(digest for one in fresh for digest in (*one.photos, *one.after_photos))
        intake = look_up(fresh, at, order_ids or {}, stored, actor)
        fates: dict[UUID, Fate] = {}
        for report in fresh:
            try:
                check_time(report.at, at)
                check_photos((*report.photos, *report.after_photos), stored)
                started[report.id] = one = start(report, actor, intake)
                intake.note(report)
                fates[report.id] = Fate.applied(report.id, **told(one.facts))
            except Refused as refusal:
                fates[report.id] = Fate.refused(report.id, refusal)
        note_arrived(elsewhere, set(started))
        if any(one.facts.due_at is None and one.facts.closed_at is None for one in started.values()):
            jobs.defer(SET_DEADLINES)
        if tips := [str(one.id) for one in fresh if one.id in started and one.channel in TIPS]:
            jobs.defer(NOTE_PROMISES, case_ids=tips)
        return fates

    def write() -> None:
        _write_new(list(started.values()), actor, at)

    return batches.apply_once(reports, settle, kind="cases.report", actor=actor, at=at, write=write)


def take_steps(steps: Sequence[StepCommand], *, actor: Actor, at: datetime) -> list[Fate]:
    """Apply closed-loop steps, one fate an item, in order; several steps on one case may follow each other.

    Shape:  len(fates) == len(steps); a repeated command id gives the fate of its first time.
    Raises: TooMany; nothing for a single item: a refusal is a fate.
    Rule:   CS-2 … CS-8, CS-30 … CS-36.
    """

    if len(steps) == 1 and (fate := one_step.take_one(steps[0], actor, at)):
        return [fate]
    asked: list[prepared.Answer] = []

    def ask() -> None:
        named = {step.case_id for step in steps} | {s.merged_into for s in steps if s.merged_into}
        asked.append(writing.ask_for(named, with_kin=wants_kin(steps)))

    def settle(fresh: Sequence[StepCommand]) -> dict[UUID, Fate]:
        cases, rules, around = writing.read_many(asked[0])
        stored = files.facts_of(digest for step in fresh for digest in step.photos)
        world = look_around(fresh, cases, rules, around, stored)
        return take_all(fresh, StepBatch(cases), world, actor, at)

    return batches.apply_once(steps, settle, kind="cases.step", actor=actor, at=at, ask=ask)


@transaction.atomic
def add_marks(marks: Sequence[MarkCommand], *, actor: Actor | None, at: datetime) -> list[Fate]:
    """Note marks on cases, one fate an item, in order; no status moves and no version. No actor: a job.

    Joins the caller's transaction. At most 2,000 at once: a job goes through more of them in such pieces, so
    that a step never waits long for the rows of one. Whoever may set which mark is for the caller to say; an
    actor marks only what they see.
    Raises: TooMany; nothing for a single item: a refusal is a fate.
    Rule:   CS-11, CS-7, KE-17 (the id of a mark is its event's: sent twice, it is one).
    """
    if len(marks) > MOST_MARKS:
        raise TooMany(most=MOST_MARKS, given=len(marks))
    if not marks:
        return []
    cases = writing.lock_many({mark.case_id for mark in marks})
    done = mark_all(marks, cases, events_named({mark.id for mark in marks}), actor=actor, at=at)
    told = [
        (f"cases.{event.action}", "case", str(event.case_id), {"seq": event.seq}) for event in done.events
    ]
    with prepared.together():
        writing.save_marked(list(done.changed.values()))
        writing.append_events(done.events)
        audit.record(told, actor=actor, at=at)
    return done.fates


def issue_documents(commands: Sequence[CaseDocumentIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Issue notices and records of cases, one fate an item, in order; each leaves a mark on its case.

    Shape:  a repeated command gives the document and the number of its first time.
    Raises: TooMany; nothing for a single item: a refusal is a fate.
    Rule:   CS-12, DO-1 … DO-7.
    """
    if len(commands) > paperwork.MOST:
        raise TooMany(most=paperwork.MOST, given=len(commands))

    def settle(fresh: Sequence[CaseDocumentIn]) -> dict[UUID, Fate]:
        fates, marks = paperwork.issue(fresh, actor=actor, at=at)
        add_marks(marks, actor=actor, at=at)
        return fates

    return batches.apply_once(commands, settle, kind="cases.document", actor=actor, at=at)


@transaction.atomic
def void_document(
    case_id: UUID, document_id: UUID, *, reason: str, actor: Actor, at: datetime
) -> DocumentRow:
    """Declare that a document of the case no longer holds; the case tells of it.

    Raises: NotVisible, NotForYourPost, AlreadyVoided.
    Rule:   CS-12, DO-7.
    """
    row, mark = paperwork.void(actor, case_id, document_id, reason=reason, at=at)
    add_marks([mark], actor=actor, at=at)
    return row


@transaction.atomic
def set_missing_deadlines(*, at: datetime, most: int = 1000) -> int:
    """Give open cases the deadlines that waited for a year's calendar; returns how many got any.

    Rule: CS-6 (a report is never refused because a year is unknown), CS-11 (a mark says so).
    """
    marks = [
        MarkCommand(batches.id_for(move.case.id, at), move.case.id, Mark.SET_DEADLINE, clocks=move.clocks)
        for move in list_missing(most)
    ]
    return sum(fate.outcome is Outcome.APPLIED for fate in add_marks(marks, actor=None, at=at))


@transaction.atomic
def move_deadlines(
    case_ids: Sequence[UUID], *, edition: int, actor: Actor, at: datetime
) -> dict[UUID, Fate | None]:
    """Move the deadlines of these cases to what the calendar in force says, each by a mark of the actor.

    Shape:  a fate a case that moved; None for one that is not there, not open, or need not move.
    Raises: NotYourRole, TooMany; VersionConflict if the calendar was changed since the list was read.
    Rule:   CS-23, CS-11.
    """
    actor.check_can("cases.move_deadlines")
    if len(case_ids) > MOST_MARKS:
        raise TooMany(most=MOST_MARKS, given=len(case_ids))
    current = calendars.in_force().edition or 0
    if current != edition:
        raise VersionConflict(current=current, given=edition)
    writing.lock_many(case_ids)
    moves = list_moves(read_cases(case_ids, Case.objects.visible_to(actor)))
    marks = [
        MarkCommand(
            batches.id_for(move.case.id, at),
            move.case.id,
            Mark.MOVE_DEADLINE,
            detail={"edition": edition},
            clocks=move.clocks,
        )
        for move in moves
    ]
    moved = {fate.command_id: fate for fate in add_marks(marks, actor=actor, at=at)}
    fates: dict[UUID, Fate | None] = dict.fromkeys(case_ids)
    return fates | {mark.case_id: moved[mark.id] for mark in marks}


def raise_overdue(*, at: datetime) -> int:
    """Raise the severity of open cases that are late by their time to fix; returns how many.

    A page is one transaction; done twice, it finds nothing more.
    Rule: MA-6 (domain part 3, rule a), CS-11 (a mark says which rule and why).
    """
    books = Books({})
    return sum(_raise_page(late, books, at) for late in list_late(at, books))


@transaction.atomic
def _raise_page(late: Sequence[UUID], books: Books, at: datetime) -> int:
    raised = raise_all(writing.lock_many(late), books, at)
    marks = [
        MarkCommand(
            batches.id_for(key, at),
            key,
            Mark.RAISE_SEVERITY,
            detail={"raised": why.told()},
            severity=why.after,
        )
        for key, why in raised.items()
    ]
    return sum(fate.outcome is Outcome.APPLIED for fate in add_marks(marks, actor=None, at=at))


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
