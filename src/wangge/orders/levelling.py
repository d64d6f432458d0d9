"""Spread what is planned over the days of each member, inside each order's own period."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from wangge.kernel import audit, calendars
from wangge.kernel.actor import Actor
from wangge.kernel.calendar import Calendar
from wangge.kernel.clock import CHINA
from wangge.orders import plan_sql, planning
from wangge.orders.levelling_rules import Movable, level
from wangge.orders.rules import DAY, started_on
from wangge.orders.schemas import LevelOut, PlanRequest


@transaction.atomic
def level_days(request: PlanRequest, scope: str, *, actor: Actor | None, at: datetime) -> LevelOut:
    """Move open orders that open in the range to lighter days of their member.

    Rule: OR-22. An order stays inside its period and the range, on a working day, not before tomorrow. Orders
          of a season stay on their day; so do those that may open on one day only.
    """
    today = at.astimezone(CHINA).date()
    calendar = calendars.in_force().of(scope)
    parameters: dict[str, Any] = {
        "scope": planning.pattern(scope),
        "starts_on": max(request.starts_on, today + DAY),
        "ends_on": request.ends_on,
    }
    moves: list[tuple[UUID, date]] = []
    members = 0
    with connection.cursor() as cursor:
        cursor.execute(plan_sql.LOADS, parameters)
        rows = cursor.fetchall()
    memo: dict[tuple[date, date], tuple[date, ...]] = {}
    for _, ids, opens, due, seasonal in rows:
        members += 1
        orders = {
            one: Movable(
                (on,) if fixed else _days(started_on(one), last, parameters, calendar, memo) or (on,), on
            )
            for one, on, last, fixed in zip(ids, opens, due, seasonal, strict=True)
        }
        moves += [(one, day) for one, day in level(orders).items() if day != orders[one].opens_on]
    if moves:
        with connection.cursor() as cursor:
            cursor.execute(plan_sql.MOVE_DAYS, [[one for one, _ in moves], [day for _, day in moves]])
        detail = {"moved": len(moves), "starts_on": str(request.starts_on), "ends_on": str(request.ends_on)}
        audit.record([("orders.level", "scope", scope, detail)], actor=actor, at=at)
    return LevelOut(members=members, moved=len(moves))


def _days(
    starts_on: date,
    due_on: date,
    parameters: dict[str, Any],
    calendar: Calendar,
    memo: dict[tuple[date, date], tuple[date, ...]],
) -> tuple[date, ...]:
    """Return the working days of a period inside the range; none if it is due on a day off."""
    if (starts_on, due_on) not in memo:
        first, last = max(starts_on, parameters["starts_on"]), min(due_on, parameters["ends_on"] - DAY)
        days = [first + DAY * n for n in range((last - first).days + 1)]
        memo[starts_on, due_on] = tuple(day for day in days if calendar.is_workday(day))
    return memo[starts_on, due_on]
