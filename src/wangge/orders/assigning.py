"""Visits asked for beside the plan: from one finding, orders for like places (TZ-02)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from wangge.cases import queries as cases
from wangge.checklists.schemas import ChecklistOut
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible
from wangge.kernel.paths import is_within
from wangge.orders import assignment_sql, month_tables, planning
from wangge.orders.assigned import list_to_ask_with, order_values
from wangge.orders.assignment_schemas import AlikeCount, AlikeDone, AlikeIn, Undone
from wangge.orders.models import AssignedOrder, Assignment, Order
from wangge.orders.refusals import AlreadyUndone, NothingAlike, RangeTooLong, TooManyAlike
from wangge.orders.rules import AssignmentKind, OrderStatus

MOST_ALIKE = 20_000
LONGEST_DAYS = 92


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
    return list_to_ask_with(body.checklist_code, today)


def _grids(body: AlikeIn, actor: Actor) -> dict[str, tuple[int, int]]:
    """Return, for each grid with like places, how many are to be visited and how many are already."""
    with connection.cursor() as cursor:
        cursor.execute(assignment_sql.COUNT, _parameters(body, actor))
        return {path: (places, already) for path, places, already in cursor.fetchall()}


def _parameters(body: AlikeIn, actor: Actor) -> dict[str, Any]:
    case = cases.get_briefs(actor, [body.case_id]).get(body.case_id) if body.case_id else None
    return {
        "assignment": str(body.id),
        "kind": AssignmentKind.ALIKE.value,
        "path": planning.pattern(body.path),
        "scope": planning.pattern(actor.scope),
        "classes": [body.class_code],
        "tags": body.tags,
        "origin": case.venue_id if case else None,
        "starts_on": body.starts_on,
        "ends_on": body.ends_on,
    }


def _make(body: AlikeIn, asked: ChecklistOut, grids: list[str], actor: Actor) -> int:
    members = planning.members_of(grids)
    values = order_values(AssignmentKind.ALIKE, body.id, body.starts_on, body.ends_on, asked, actor.scope)
    values |= _parameters(body, actor) | {"paths": list(members), "members": list(members.values())}
    with connection.cursor() as cursor:
        cursor.execute(assignment_sql.MAKE, values)
        return int(cursor.fetchone()[0])


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
