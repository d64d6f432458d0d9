"""How much lies on whom: the handlers of a department, and the inboxes that nobody has signed for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min, Q

from wangge.accounts import queries as accounts
from wangge.cases.looking import LAYER
from wangge.cases.models import Case, OpenCase
from wangge.cases.rules import Status
from wangge.cases.schemas import (
    EnforcerOut,
    HandlerAdvice,
    HandlerLoad,
    InboxOut,
)
from wangge.cases.vocabulary import TIPS
from wangge.cases.writing import subject_of, suggest_departments
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible
from wangge.matters import queries as matters
from wangge.matters.rules import Subject, is_grid_first, who_may_enforce
from wangge.territory import queries as territory

UNSENT = frozenset({Status.REPORTED, Status.ACCEPTED})  # not yet with a department
THEIRS = [Status.HANDLING.value, Status.TRANSFERRED.value]  # what lies on a handler's own desk


@dataclass(frozen=True, slots=True)
class Load:
    """What lies on one handler."""

    user_id: int
    open_cases: int
    weight: float


def lightest(loads: Sequence[Load], *, but: int) -> int | None:
    """Return on whom the open cases weigh least; of equals whoever has fewer, then the lower id.

    Nobody who reported the case (`but`). Rule: CS-21.
    """
    able = [load for load in loads if load.user_id != but]
    best = min(able, key=lambda load: (load.weight, load.open_cases, load.user_id), default=None)
    return best.user_id if best else None


def advise_handler(actor: Actor, case_id: UUID, *, at: datetime) -> HandlerAdvice:
    """Return the handlers of the department that has the case, or would get it, and who is suggested.

    Raises: NotVisible, NotYourRole.
    Rule:   CS-21: nobody is assigned; the case stays in the inbox until somebody signs.
    """
    case = Case.objects.visible_to(actor).filter(pk=case_id).first()
    if case is None:
        raise NotVisible()
    actor.check_can("matters.read")
    book = matters.in_force()
    number = case.department_id or suggest_departments({case_id: subject_of(case)}, book)[case_id]
    advice = HandlerAdvice(
        department_id=None,
        department_name=None,
        suggested_id=None,
        handlers=[],
        looks_first=_looks_first(case, book, at),
        enforcers=_enforcers(subject_of(case), book),
    )
    if number is None:
        return advice
    people = accounts.handlers_of([number], at.astimezone(CHINA).date())[number]
    loads = count_loads([one.user_id for one in people], book.weights)
    advice.department_id = number
    advice.department_name = accounts.get_departments([number])[number].name
    advice.suggested_id = lightest(list(loads.values()), but=case.reporter_id)
    advice.handlers = [
        HandlerLoad(
            id=one.user_id,
            name=one.name,
            open_cases=loads[one.user_id].open_cases,
            weight=loads[one.user_id].weight,
            is_reporter=one.user_id == case.reporter_id,
        )
        for one in people
    ]
    return advice


def _looks_first(case: Case, book: matters.Rulebook, at: datetime) -> str | None:
    """Return the member who looks on site before a tip goes to a department. Rule: MA-2 (WH-34)."""
    if case.status not in UNSENT or case.channel not in TIPS:
        return None
    if not is_grid_first(subject_of(case), book.routes):
        return None
    on = at.astimezone(CHINA).date()
    member_id = territory.members_of([case.grid_path], LAYER, on).get(case.grid_path)
    return accounts.names_of([member_id])[member_id] if member_id else ""


def _enforcers(subject: Subject, book: matters.Rulebook) -> list[EnforcerOut]:
    """Return the nearest department of each kind that may enforce the matter. Rule: CS-38, MA-4 (SX-05)."""
    powers = who_may_enforce(subject, book.powers)
    numbers = accounts.departments_for([(kind, subject.grid_path) for kind in powers])
    found = {kind: number for (kind, _), number in numbers.items() if number}
    names = accounts.get_departments(list(found.values()))
    return [
        EnforcerOut(
            id=found[kind],
            name=names[found[kind]].name,
            power_zh=power.name_zh,
            power_en=power.name_en,
            basis=power.basis,
            is_confirmed=power.is_confirmed,
        )
        for kind, power in powers.items()
        if kind in found
    ]


def count_loads(user_ids: Sequence[int], weights: Mapping[str, float]) -> dict[int, Load]:
    """Return what lies on each of the people, in one statement over the open cases. Rule: CS-21."""
    mine = OpenCase.objects.filter(handler_id__in=user_ids, status__in=THEIRS)
    rows = mine.order_by().values_list("handler_id", "severity").annotate(Count("pk"))
    counts, sums = dict.fromkeys(user_ids, 0), dict.fromkeys(user_ids, 0.0)
    for user_id, severity, count in rows:
        counts[user_id] += count
        sums[user_id] += count * weights.get(severity, 1)
    return {key: Load(key, counts[key], sums[key]) for key in user_ids}


def list_inboxes(actor: Actor, *, at: datetime) -> list[InboxOut]:
    """Return per department the cases that nobody has signed for, the longest waiting first. Rule: CS-22.

    Raises: NotYourRole.
    """
    actor.check_can("matters.read")
    waiting = OpenCase.objects.visible_to(actor).filter(status=Status.DISPATCHED)
    rows = list(
        waiting.order_by()
        .values_list("department_id")
        .annotate(
            unsigned=Count("pk"),
            oldest=Min("stage_started_at"),
            late=Count("pk", filter=Q(stage_due_at__lte=at)),
        )
    )
    departments = accounts.get_departments([number for number, *_ in rows if number])
    people = accounts.handlers_of(list(departments), at.astimezone(CHINA).date())
    return [
        InboxOut(
            department_id=number,
            department_name=departments[number].name,
            unsigned=count,
            oldest_at=oldest,
            oldest_hours=round((at - oldest).total_seconds() / 3600, 1),
            late=late,
            handlers=len(people[number]),
        )
        for number, count, oldest, late in sorted(rows, key=lambda row: row[2])
    ]
