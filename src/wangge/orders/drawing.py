"""Random places, random inspectors, a published seed: the double draw (双随机)."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.http import HttpResponseBase

from wangge.accounts import queries as accounts
from wangge.accounts.rules import Role
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.downloads import check_suffix, download
from wangge.kernel.errors import NotVisible
from wangge.kernel.paths import is_within
from wangge.orders import assignment_sql, month_tables, planning
from wangge.orders.assigned import list_to_ask_with, order_values
from wangge.orders.assigning import LONGEST_DAYS, MOST_ALIKE
from wangge.orders.draw_queries import draw_lines
from wangge.orders.draw_rules import Inspector, Place, draw, pool_digest
from wangge.orders.draw_schemas import DoubleDrawDone, DoubleDrawIn, DoubleDrawPool
from wangge.orders.models import AssignedOrder, Assignment, Draw
from wangge.orders.refusals import NobodyToDraw, NothingToDraw, RangeTooLong, TooManyAlike
from wangge.orders.rules import AssignmentKind
from wangge.territory import queries as territory

ROLES = (Role.GRID_MEMBER, Role.GRID_CHIEF)


def count_pool(body: DoubleDrawIn, *, actor: Actor, at: datetime) -> DoubleDrawPool:
    """Return what lies in the two drums. Raises: as `make_draw`, before anything is drawn. Rule: OR-33."""
    _check(body, actor, at)
    places, inspectors = _places(body, actor), _inspectors(body, at)
    free = sum(1 for place in places if any(one.may_see(place.grid_path) for one in inspectors))
    return DoubleDrawPool(
        places=len(places), inspectors=len(inspectors), places_for_nobody=len(places) - free
    )


@transaction.atomic
def make_draw(body: DoubleDrawIn, *, actor: Actor, at: datetime) -> tuple[DoubleDrawDone, bool]:
    """Draw, give the orders to those who were drawn, and keep all that is needed to draw again.

    Shape:  False if the command came before: then what was drawn the first time.
    Raises: NotYourRole; NotVisible outside the scope; RangeTooLong; ChecklistUnknown; NothingToDraw;
            NobodyToDraw; TooManyAlike for a drum that is too large.
    Rule:   OR-33.
    """
    actor.check_can("orders.plan")
    month_tables.lock()
    if before := Draw.objects.filter(assignment__in=Assignment.objects.visible_to(actor), pk=body.id).first():
        made = AssignedOrder.objects.filter(assignment_id=body.id).count()
        return DoubleDrawDone(id=body.id, made=made, seed=before.seed, digest=before.digest), False
    _check(body, actor, at)
    places, inspectors = _places(body, actor), _inspectors(body, at)
    seed = body.seed or secrets.token_hex(16)
    drawn = draw(seed, places, inspectors, body.count)
    able = [one for one in drawn if one.user_id is not None]
    if not able:
        raise NobodyToDraw
    row = Assignment.objects.create(
        id=body.id,
        kind=AssignmentKind.DRAW.value,
        path=body.path,
        reason=body.reason,
        class_code=body.class_code,
        tags=body.tags,
        checklist_code=body.checklist_code,
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        made_by_id=actor.user_id,
        made_at=at,
    )
    kept = _keep(row, body, seed, places, inspectors)
    asked = list_to_ask_with(body.checklist_code, at.astimezone(CHINA).date())
    values = order_values(AssignmentKind.DRAW, body.id, body.starts_on, body.ends_on, asked, actor.scope)
    values |= {"venues": [one.place.id for one in able], "members": [one.user_id for one in able]}
    with connection.cursor() as cursor:
        cursor.execute(assignment_sql.MAKE_PICKED, values)
        made = len(cursor.fetchall())
    detail = {"seed": seed, "digest": kept.digest, "pool": len(places), "made": made, "path": body.path}
    audit.record([("orders.draw", "assignment", str(row.id), detail)], actor=actor, at=at)
    return DoubleDrawDone(id=row.id, made=made, seed=seed, digest=kept.digest), True


def export_draw(assignment_id: UUID, suffix: str, *, actor: Actor, at: datetime) -> HttpResponseBase:
    """Return the file of a draw, and leave an audit row.

    Raises: NotYourRole, NotVisible, Unreadable for another suffix.
    Rule:   OR-33.
    """
    check_suffix(suffix)
    lines = list(draw_lines(actor, assignment_id))
    columns = [str(n) for n in range(1, max(len(line) for line in lines) + 1)]
    rows = ({name: line[n] if n < len(line) else "" for n, name in enumerate(columns)} for line in lines)
    told = [("orders.export_draw", "assignment", str(assignment_id), {"suffix": suffix})]
    audit.record(told, actor=actor, at=at)
    return download(rows, columns, name="double-draw", suffix=suffix, at=at)


def _keep(
    row: Assignment, body: DoubleDrawIn, seed: str, places: list[Place], inspectors: list[Inspector]
) -> Draw:
    names = accounts.names_of([one.user_id for one in inspectors])
    return Draw.objects.create(
        assignment=row,
        seed=seed,
        is_seed_given=bool(body.seed),
        count=body.count,
        place_ids=[one.id for one in places],
        place_paths=[one.grid_path for one in places],
        inspectors=[
            {"user_id": one.user_id, "name": names.get(one.user_id, ""), "own_paths": list(one.own_paths)}
            for one in inspectors
        ],
        digest=pool_digest(seed, places, inspectors),
    )


def _check(body: DoubleDrawIn, actor: Actor, at: datetime) -> None:
    actor.check_can("orders.plan")
    today = at.astimezone(CHINA).date()
    if not is_within(body.path, actor.scope):
        raise NotVisible
    if body.starts_on < today or not 0 < (body.ends_on - body.starts_on).days <= LONGEST_DAYS:
        raise RangeTooLong(starts_on=max(today, body.starts_on), days=LONGEST_DAYS)
    list_to_ask_with(body.checklist_code, today)


def _places(body: DoubleDrawIn, actor: Actor) -> list[Place]:
    """Return the drum of places. Raises: NothingToDraw, TooManyAlike."""
    values: dict[str, Any] = {
        "assignment": str(body.id),
        "kind": AssignmentKind.DRAW.value,
        "path": planning.pattern(body.path),
        "scope": planning.pattern(actor.scope),
        "classes": [body.class_code] if body.class_code else [],
        "tags": body.tags,
        "origin": None,
        "starts_on": body.starts_on,
    }
    with connection.cursor() as cursor:
        cursor.execute(assignment_sql.POOL, values)
        places = [Place(*row) for row in cursor.fetchall()]
    if not places:
        raise NothingToDraw
    if len(places) > MOST_ALIKE:
        raise TooManyAlike(count=len(places), most=MOST_ALIKE)
    return places


def _inspectors(body: DoubleDrawIn, at: datetime) -> list[Inspector]:
    """Return the drum of people who do orders in the territory, with the grids that are their own."""
    today = at.astimezone(CHINA).date()
    people = accounts.list_acting(ROLES, around=body.path, on=today)
    own = territory.paths_of_many([one.user_id for one in people], today)
    return [
        Inspector(one.user_id, tuple(sorted({one.scope, *own.get(one.user_id, ())})))
        for one in people
        if one.role in body.roles
    ]
