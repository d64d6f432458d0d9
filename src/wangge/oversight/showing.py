"""Climbs, acts and promises as the faces show them: names in bulk, rights computed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from wangge.accounts import queries as accounts
from wangge.cases import queries as cases
from wangge.cases.queries import CaseBrief
from wangge.cases.rules import Status
from wangge.kernel import calendars
from wangge.kernel.actor import Actor
from wangge.matters import queries as matters
from wangge.oversight.models import Act, Escalation, Promise
from wangge.oversight.rulebook import Rulebook, in_force
from wangge.oversight.rules import BUSINESS, CARDS, STAGE, WANTS_ANSWER, ActKind, CardRule, card_due
from wangge.oversight.schemas import ActOut, CardOut, ClimbOut, PromiseLight, PromiseOut

CLOCK_NAMES: dict[str, tuple[str, str]] = {
    BUSINESS: ("全案时限", "The whole case"),
    STAGE: ("环节时限", "This stage"),
}


def climb_out(row: Escalation, rules: Rulebook) -> ClimbOut:
    """Return a climb with the words of the pack in force."""
    rung = next((one for one in rules.ladder if one.code == row.code), None)
    names = CLOCK_NAMES | {one.code: (one.name_zh, one.name_en) for one in rules.promises}
    zh, en = names.get(row.clock, (row.clock, row.clock))
    return ClimbOut(
        clock=row.clock,
        clock_zh=zh,
        clock_en=en,
        level=row.level,
        name_zh=rung.name_zh if rung else row.code,
        name_en=rung.name_en if rung else row.code,
        role=row.role,
        since=row.since,
        at=row.at,
        is_confirmed=rung.is_confirmed if rung else False,
    )


def acts_out(acts: Sequence[Act], actor: Actor, *, at: datetime) -> list[ActOut]:
    """Return acts with what the reader may do about each."""
    names = accounts.get_departments([act.department_id for act in acts if act.department_id])
    shown = []
    for act in acts:
        is_open = act.kind in WANTS_ANSWER and act.lifted_at is None
        waits = is_open and act.answered_at is None
        shown.append(
            ActOut(
                id=act.pk,
                case_id=act.case_id,
                kind=ActKind(act.kind),
                text=act.text,
                by_name=act.by_name,
                role=act.role,
                at=act.at,
                department_name=names[act.department_id].name if act.department_id in names else None,
                answer_due_at=act.answer_due_at,
                answered_at=act.answered_at,
                answered_by=act.answered_by,
                answer=act.answer,
                lifted_at=act.lifted_at,
                lift_reason=act.lift_reason,
                is_answer_late=waits and act.answer_due_at is not None and act.answer_due_at <= at,
                may_answer=waits
                and actor.can("oversight.answer")
                and actor.department_id == act.department_id,
                may_lift=is_open and actor.can("oversight.supervise"),
            )
        )
    return shown


def promise_out(promise: Promise, case: CaseBrief, at: datetime) -> PromiseOut:
    """Return a promise with its light and its ledger; a kept one shows no light."""
    rule = next((one for one in in_force().promises if one.code == promise.code), None)
    runs = Status.REPORTED if promise.kept_at is None and case.closed_at is None else Status.CLOSED
    began, due_at = promise.starts_at, promise.due_at
    share = matters.in_force().yellow_at_pct
    return PromiseOut(
        code=promise.code,
        name_zh=rule.name_zh if rule else promise.code,
        name_en=rule.name_en if rule else promise.code,
        starts_at=promise.starts_at,
        due_at=promise.due_at,
        kept_at=promise.kept_at,
        light=cases.light(runs, [(began, due_at)], at, yellow_at_pct=share).value,
        is_confirmed=rule.is_confirmed if rule else False,
        lines=cases.explain_clock(began, rule.clock, due_at, grid_path=case.grid_path) if rule else [],
    )


def promise_light(promise: Promise, case: CaseBrief, at: datetime) -> PromiseLight:
    """Return what a list shows of a promise that is still owed and has an end."""
    rule = next((one for one in in_force().promises if one.code == promise.code), None)
    runs = Status.REPORTED if case.closed_at is None else Status.CLOSED
    share = matters.in_force().yellow_at_pct
    assert promise.due_at is not None
    return PromiseLight(
        case_id=case.id,
        light=cases.light(runs, [(promise.starts_at, promise.due_at)], at, yellow_at_pct=share),
        name_zh=rule.name_zh if rule else promise.code,
        name_en=rule.name_en if rule else promise.code,
        due_at=promise.due_at,
    )


def card_out(rule: CardRule | None) -> CardOut | None:
    return (
        CardOut(
            card=ActKind(rule.card),
            name_zh=rule.name_zh,
            name_en=rule.name_en,
            is_confirmed=rule.is_confirmed,
        )
        if rule
        else None
    )


def due_card(case: CaseBrief, standing: Iterable[str], *, at: datetime) -> CardRule | None:
    """Return the card that is due on the case now: by its business clock. Rule: OV-6."""
    if case.due_at is None or case.due_at > at or case.department_id is None or case.closed_at is not None:
        return None
    return card_due(in_force().cards, case.due_at, standing, calendars.in_force().of(case.grid_path), at=at)


def standing_cards(case_ids: Iterable[UUID]) -> dict[UUID, list[ActKind]]:
    """Return the cards that stand on each case, lightest first."""
    rows = Act.objects.filter(case_id__in=list(case_ids), lifted_at__isnull=True, kind__in=list(CARDS))
    found: dict[UUID, list[ActKind]] = {}
    for case_id, kind in rows.values_list("case_id", "kind"):
        found.setdefault(case_id, []).append(ActKind(kind))
    return {case_id: sorted(kinds, key=CARDS.index) for case_id, kinds in found.items()}
