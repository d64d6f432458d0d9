"""Visits asked for beside the plan: from one finding, orders for like places (TZ-02)."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from wangge.cases import queries as cases
from wangge.checklists import queries as checklists
from wangge.checklists.schemas import ChecklistOut
from wangge.kernel import audit, calendars
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible
from wangge.kernel.partitions import ensure_months
from wangge.kernel.paths import is_within
from wangge.orders import assignment_sql, month_tables, planning
from wangge.orders.assignment_schemas import AlikeCount, AlikeDone, AlikeIn, Undone
from wangge.orders.models import AssignedOrder, Assignment, Order, PlanRule
from wangge.orders.refusals import (
    AlreadyUndone,
    ChecklistUnknown,
    NothingAlike,
    RangeTooLong,
    TooManyAlike,
)
from wangge.orders.rules import DAY, AssignmentKind, OrderStatus

MOST_ALIKE = 20_000
LONGEST_DAYS = 92
NOON = timedelta(hours=12)
RULE = {  # the name under which its orders are shown
    "code": "same-kind",
    "name_zh": "同类排查",
    "name_en": "Same-kind check",
    "interval": "day",
    "source": "TZ-02",
    "is_confirmed": True,
    "is_active": False,  # it plans nothing
}


def count_alike(body: AlikeIn, *, actor: Actor, at: datetime) -> AlikeCount:
    """Return what `order_alike` would make. Raises: as it does. Rule: OR-28."""
    _check(body, actor, at)
    found = _grids(body, actor)
    members = planning.members_of(list(found))
    load = Counter[int]()
    for path, (places, _) in found.items():
        if places and path in members:
            load[members[path]] += places
    return AlikeCount(
        places=sum(places for places, _ in found.values()),
        already=sum(already for _, already in found.values()),
        unassigned=sum(places for path, (places, _) in found.items() if path not in members),
        grids=sum(1 for places, _ in found.values() if places),
        members=len(load),
        heaviest=max(load.values(), default=0),
    )


@transaction.atomic
def order_alike(body: AlikeIn, *, actor: Actor, at: datetime) -> tuple[AlikeDone, bool]:
    """Make an order for each like place of the territory; False if the command came before.

    Raises: NotYourRole; NotVisible outside the scope; RangeTooLong; ChecklistUnknown; NothingAlike;
            TooManyAlike.
    Rule:   OR-28 (TZ-02): levelled over the working days by place; a place with such a visit open gets none.
    """
    actor.check_can("orders.plan")
    month_tables.lock()
    if before := Assignment.objects.visible_to(actor).filter(id=body.id).first():
        return AlikeDone(id=before.id, made=AssignedOrder.objects.filter(assignment=before).count()), False
    asked = _check(body, actor, at)
    found = _grids(body, actor)
    wanted = sum(places for places, _ in found.values())
    if not wanted:
        raise NothingAlike
    if wanted > MOST_ALIKE:
        raise TooManyAlike(count=wanted, most=MOST_ALIKE)
    row = _keep(body, actor, at)
    made = _make(body, asked, list(found), actor)
    detail = body.model_dump(mode="json", exclude={"id"}) | {"made": made}
    audit.record([("orders.assign", "assignment", str(row.id), detail)], actor=actor, at=at)
    return AlikeDone(id=row.id, made=made), True


def _keep(body: AlikeIn, actor: Actor, at: datetime) -> Assignment:
    fields = body.model_dump()
    return Assignment.objects.create(
        **fields, kind=AssignmentKind.ALIKE.value, made_by_id=actor.user_id, made_at=at
    )


def _check(body: AlikeIn, actor: Actor, at: datetime) -> ChecklistOut:
    """Return the list to ask with. Raises: as `order_alike`, before anything is written."""
    actor.check_can("orders.plan")
    today = at.astimezone(CHINA).date()
    if not is_within(body.path, actor.scope):
        raise NotVisible
    if body.case_id and body.case_id not in cases.get_briefs(actor, [body.case_id]):
        raise NotVisible
    if body.starts_on < today or not 0 < (body.ends_on - body.starts_on).days <= LONGEST_DAYS:
        raise RangeTooLong(starts_on=max(today, body.starts_on), days=LONGEST_DAYS)
    asked = checklists.in_force([body.checklist_code], today).get(body.checklist_code)
    if asked is None:
        raise ChecklistUnknown(checklist=body.checklist_code)
    return asked


def _grids(body: AlikeIn, actor: Actor) -> dict[str, tuple[int, int]]:
    """Return, for each grid with like places, how many are to be visited and how many are already."""
    with connection.cursor() as cursor:
        cursor.execute(assignment_sql.COUNT, _parameters(body, actor))
        return {path: (places, already) for path, places, already in cursor.fetchall()}


def _parameters(body: AlikeIn, actor: Actor) -> dict[str, Any]:
    case = cases.get_briefs(actor, [body.case_id]).get(body.case_id) if body.case_id else None
    return {
        "assignment": str(body.id),
        "path": planning.pattern(body.path),
        "scope": planning.pattern(actor.scope),
        "class_code": body.class_code,
        "tags": body.tags,
        "origin": case.venue_id if case else None,
        "starts_on": body.starts_on,
        "ends_on": body.ends_on,
    }


def _make(body: AlikeIn, asked: ChecklistOut, grids: list[str], actor: Actor) -> int:
    members = planning.members_of(grids)
    month = body.starts_on.replace(day=1)
    ensure_months(month_tables.TABLE, month, month)
    days = _days(body, actor)
    stamp = int((month_tables.midnight(body.starts_on) + NOON).timestamp() * 1000)
    version = PlanRule.objects.filter(is_active=True).values_list("pack_version", flat=True).first() or ""
    PlanRule.objects.get_or_create(
        code=RULE["code"],
        pack_version=version,
        defaults={**RULE, "checklist_code": body.checklist_code},
    )
    values = _parameters(body, actor) | {
        "stamp": f"{stamp:012x}",
        "checklist_id": asked.id,
        "rule_code": RULE["code"],
        "pack_version": version,
        "days": days,
        "due_on": days[-1],
        "paths": list(members),
        "members": list(members.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(assignment_sql.MAKE, values)
        return int(cursor.fetchone()[0])


def _days(body: AlikeIn, actor: Actor) -> list[date]:
    """Return the working days of the range, or all of its days if none is worked."""
    calendar = calendars.in_force().of(actor.scope)
    days = [body.starts_on + DAY * n for n in range((body.ends_on - body.starts_on).days)]
    return [day for day in days if calendar.is_workday(day)] or days


@transaction.atomic
def undo(assignment_id: UUID, *, actor: Actor, at: datetime) -> Undone:
    """Take back what nobody has visited yet; what was visited stays.

    Raises: NotYourRole; NotVisible outside the scope; AlreadyUndone.
    Rule:   OR-28.
    """
    actor.check_can("orders.plan")
    found = Assignment.objects.select_for_update().filter(id=assignment_id, path__startswith=actor.scope)
    row = found.first()
    if row is None:
        raise NotVisible
    if row.undone_at:
        raise AlreadyUndone
    with connection.cursor() as cursor:
        cursor.execute(assignment_sql.UNDO, {"assignment": assignment_id})
        withdrawn = cursor.rowcount
    row.undone_at, row.undone_by_id = at, actor.user_id
    row.save(update_fields=["undone_at", "undone_by"])
    kept = (
        Order.objects.filter(id__in=AssignedOrder.objects.filter(assignment=row).values("order_id"))
        .exclude(status=OrderStatus.WITHDRAWN.value)
        .count()
    )
    detail = {"withdrawn": withdrawn, "kept": kept}
    audit.record([("orders.undo_assignment", "assignment", str(row.id), detail)], actor=actor, at=at)
    return Undone(withdrawn=withdrawn, kept=kept)
