"""What people do about late cases: urge, supervise, show and take back cards; answers and replies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from wangge.cases import queries as cases
from wangge.cases import services as case_services
from wangge.cases.queries import CaseBrief
from wangge.cases.rules import Mark
from wangge.cases.services import MarkCommand
from wangge.kernel import batches, calendars
from wangge.kernel.actor import Actor
from wangge.kernel.calendar import Calendar
from wangge.kernel.errors import NotVisible, Refused, Unreadable
from wangge.kernel.fates import Fate, Outcome
from wangge.oversight.models import Act, Promise
from wangge.oversight.rulebook import in_force
from wangge.oversight.rules import (
    CAPABILITY,
    CARDS,
    WANTS_ANSWER,
    ActKind,
    AlreadyAnswered,
    KeptBy,
    NoDepartment,
    NoReplyOwed,
    check_card,
    reached_at,
)
from wangge.oversight.schemas import ActCommand, AnswerCommand, LiftCommand, ReplyCommand

MARKS: Mapping[ActKind, Mark] = {ActKind.URGE: Mark.URGE, ActKind.SUPERVISE: Mark.SUPERVISE}
C = TypeVar("C", ActCommand, AnswerCommand, LiftCommand, ReplyCommand)


def take_acts(commands: Sequence[ActCommand], *, actor: Actor, at: datetime) -> list[Fate]:
    """Urge, supervise or show a card, one fate an item. Rules: OV-5, OV-6; CS-11."""

    def settle(fresh: Sequence[ActCommand]) -> dict[UUID, Fate]:
        seen = cases.get_briefs(actor, {one.case_id for one in fresh})
        standing = _standing(seen)
        acts: dict[UUID, Act] = {}

        def decide(one: ActCommand) -> MarkCommand:
            case = _visible(seen.get(one.case_id))
            actor.check_can(CAPABILITY[one.kind])
            late = [end for end in (case.due_at, case.stage_due_at) if end is not None and end <= at]
            check_card(one.kind, is_late=bool(late), standing=standing.get(case.id, ()))
            if one.kind in WANTS_ANSWER and case.department_id is None:
                raise NoDepartment()
            acts[one.id] = act = _act(one, case, actor, at)
            if one.kind in CARDS:
                standing.setdefault(case.id, []).append(one.kind.value)
            detail = {"kind": one.kind.value, "reason": one.text, "answer_due_at": act.answer_due_at}
            return MarkCommand(one.id, case.id, MARKS.get(one.kind, Mark.CARD), detail=detail)

        fates = _marked(fresh, decide, actor, at)
        Act.objects.bulk_create(acts[key] for key, fate in fates.items() if fate.outcome is Outcome.APPLIED)
        return fates

    return batches.apply_once(commands, settle, kind="oversight.act", actor=actor, at=at)


def answer_acts(commands: Sequence[AnswerCommand], *, actor: Actor, at: datetime) -> list[Fate]:
    """Answer letters and cards for the department that has the case, one fate an item. Rule: OV-7."""

    def settle(fresh: Sequence[AnswerCommand]) -> dict[UUID, Fate]:
        found = _lock([one.act_id for one in fresh])
        seen = cases.get_briefs(actor, {act.case_id for act in found.values()})

        def decide(one: AnswerCommand) -> MarkCommand:
            act = _visible_act(found.get(one.act_id), seen)
            actor.check_can("oversight.answer")
            if act.department_id != actor.department_id:
                raise NotVisible()
            if act.answered_at or act.lifted_at or act.kind not in WANTS_ANSWER:
                raise AlreadyAnswered()
            act.answered_at, act.answered_by, act.answer = at, actor.name, one.text
            return MarkCommand(
                one.id, act.case_id, Mark.ANSWER, detail={"kind": act.kind, "reason": one.text}
            )

        fates = _marked(fresh, decide, actor, at)
        _save(found, fresh, fates, ["answered_at", "answered_by", "answer"])
        return fates

    return batches.apply_once(commands, settle, kind="oversight.answer", actor=actor, at=at)


def lift_acts(commands: Sequence[LiftCommand], *, actor: Actor, at: datetime) -> list[Fate]:
    """Take back letters and cards, one fate an item. Rule: OV-7."""

    def settle(fresh: Sequence[LiftCommand]) -> dict[UUID, Fate]:
        found = _lock([one.act_id for one in fresh])
        seen = cases.get_briefs(actor, {act.case_id for act in found.values()})

        def decide(one: LiftCommand) -> MarkCommand:
            act = _visible_act(found.get(one.act_id), seen)
            actor.check_can("oversight.supervise")
            if act.lifted_at or act.kind not in WANTS_ANSWER:
                raise AlreadyAnswered()
            act.lifted_at, act.lifted_by, act.lift_reason = at, actor.name, one.text
            return MarkCommand(one.id, act.case_id, Mark.LIFT, detail={"kind": act.kind, "reason": one.text})

        fates = _marked(fresh, decide, actor, at)
        _save(found, fresh, fates, ["lifted_at", "lifted_by", "lift_reason"])
        return fates

    return batches.apply_once(commands, settle, kind="oversight.lift", actor=actor, at=at)


def reply_to_reporters(commands: Sequence[ReplyCommand], *, actor: Actor, at: datetime) -> list[Fate]:
    """Note that reporters were told, one fate an item: it keeps the promise. Rule: OV-4 (WH-34)."""

    def settle(fresh: Sequence[ReplyCommand]) -> dict[UUID, Fate]:
        seen = cases.get_briefs(actor, {one.case_id for one in fresh})
        owed = Promise.objects.select_for_update().filter(
            case_id__in=list(seen), kept_by=KeptBy.REPLIED, kept_at__isnull=True
        )
        open_for = set(owed.values_list("case_id", flat=True))

        def decide(one: ReplyCommand) -> MarkCommand:
            case = _visible(seen.get(one.case_id))
            actor.check_can("oversight.reply")
            if case.id not in open_for:
                raise NoReplyOwed()
            open_for.discard(case.id)
            return MarkCommand(one.id, case.id, Mark.REPLY, detail={"reason": one.text})

        fates = _marked(fresh, decide, actor, at)
        told = [one.case_id for one in fresh if fates[one.id].outcome is Outcome.APPLIED]
        Promise.objects.filter(case_id__in=told, kept_by=KeptBy.REPLIED, kept_at__isnull=True).update(
            kept_at=at
        )
        return fates

    return batches.apply_once(commands, settle, kind="oversight.reply", actor=actor, at=at)


def _marked(
    fresh: Sequence[C], decide: Callable[[C], MarkCommand], actor: Actor, at: datetime
) -> dict[UUID, Fate]:
    """Return the fate of each command: refused by the decision, or what became of its mark on the case."""
    fates: dict[UUID, Fate] = {}
    marks = []
    for one in fresh:
        try:
            if not one.text.strip():
                raise Unreadable(field="text", why_zh="请写明内容", why_en="say something")
            marks.append(decide(one))
        except Refused as refusal:
            fates[one.id] = Fate.refused(one.id, refusal)
    return fates | {fate.command_id: fate for fate in case_services.add_marks(marks, actor=actor, at=at)}


def count_unknown_answers(limit: int) -> int:
    """Give letters and cards whose year was unknown their day of answer once it is known; return how many.

    Rule: OV-7 (CS-6: a deadline is never guessed).
    """
    waiting = Act.objects.filter(
        kind__in=list(WANTS_ANSWER),
        answer_due_at__isnull=True,
        answered_at__isnull=True,
        lifted_at__isnull=True,
    )
    around, found = calendars.in_force(), []
    for act in waiting.order_by("pk")[:limit]:
        act.answer_due_at = _answer_due(ActKind(act.kind), act.at, around.of(act.grid_path))
        if act.answer_due_at:
            found.append(act)
    Act.objects.bulk_update(found, ["answer_due_at"])
    return len(found)


def _answer_due(kind: ActKind, at: datetime, calendar: Calendar) -> datetime | None:
    rules = in_force()
    days = {rule.card: rule.answer_working_days for rule in rules.cards}
    wait = days.get(kind.value, rules.answer_working_days)
    return reached_at(at, wait, calendar) if kind in WANTS_ANSWER and wait else None


def _act(one: ActCommand, case: CaseBrief, actor: Actor, at: datetime) -> Act:
    calendar = calendars.in_force().of(case.grid_path)
    return Act(
        id=one.id,
        case_id=case.id,
        grid_path=case.grid_path,
        department_id=case.department_id,
        kind=one.kind.value,
        text=one.text,
        by_id=actor.user_id,
        by_name=actor.name,
        role=actor.role,
        at=at,
        answer_due_at=_answer_due(one.kind, at, calendar),
    )


def _standing(seen: Mapping[UUID, CaseBrief]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    cards = Act.objects.filter(case_id__in=list(seen), lifted_at__isnull=True, kind__in=list(CARDS))
    for case_id, kind in cards.values_list("case_id", "kind"):
        found.setdefault(case_id, []).append(kind)
    return found


def _lock(act_ids: Sequence[UUID]) -> dict[UUID, Act]:
    rows = Act.objects.select_for_update().filter(pk__in=act_ids).order_by("pk")
    return {act.pk: act for act in rows}


def _save(
    found: Mapping[UUID, Act], fresh: Sequence[Any], fates: Mapping[UUID, Fate], names: list[str]
) -> None:
    done = {one.act_id for one in fresh if fates[one.id].outcome is Outcome.APPLIED}
    Act.objects.bulk_update([act for key, act in found.items() if key in done], names)


def _visible(case: CaseBrief | None) -> CaseBrief:
    if case is None:
        raise NotVisible()
    return case


def _visible_act(act: Act | None, seen: Mapping[UUID, CaseBrief]) -> Act:
    if act is None or act.case_id not in seen:
        raise NotVisible()
    return act
