"""The proof that nobody owed a visit is unscheduled, and what cannot be reached with the people there are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime

from django.db import connection

from wangge.kernel import calendars
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.orders import plan_sql, planning
from wangge.orders.levelling_rules import members_missing
from wangge.orders.models import PlanCapacity
from wangge.orders.refusals import RangeTooLong
from wangge.orders.rules import DAY, SubjectKind
from wangge.orders.schemas import GridCoverage, PlanCoverageOut, PlanRequest
from wangge.territory import queries as territory

LONGEST_PROOF_DAYS = 100
SHOWN = 300
COUNTS = ("owed", "unplanned", "unassigned", "places")


def prove(request: PlanRequest, *, actor: Actor, at: datetime) -> PlanCoverageOut:
    """Return, for each grid of the actor's scope, what is owed in the range and what of it is not planned.

    Shape:  the grids with something unplanned first, then those short of people, then by path; at most 300.
    Raises: NotYourRole, RangeTooLong, ChecklistMissing, YearUnknown.
    Rule:   OR-21 (computed anew from the rules, not read from the orders), OR-23 (capacity).
    """
    actor.check_can("orders.read")
    if not 0 < (request.ends_on - request.starts_on).days <= LONGEST_PROOF_DAYS:
        raise RangeTooLong(starts_on=request.starts_on, days=LONGEST_PROOF_DAYS)
    plans = planning.prepare(request, actor.scope, today=at.astimezone(CHINA).date())
    calendar = calendars.in_force().of(actor.scope)
    worked = sum(map(calendar.is_workday, _days(request.starts_on, request.ends_on)))
    capacity = PlanCapacity.objects.filter(is_active=True).first()
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for plan in plans:
        for path, *counts in planning.rows_of(plan_sql.COVERAGE, plan, plan.turns):
            sums[path].update(dict(zip(COUNTS, counts, strict=True)))
    grids = _grids(sums, worked, capacity.visits_a_day if capacity else None)
    grids.sort(key=lambda one: (-one.unplanned, -one.members_missing, one.path))
    names = territory.names_of(one.path for one in grids[:SHOWN])
    return PlanCoverageOut(
        starts_on=request.starts_on,
        ends_on=request.ends_on,
        worked_days=worked,
        visits_a_day=capacity.visits_a_day if capacity else None,
        capacity_is_confirmed=bool(capacity and capacity.is_confirmed),
        owed=sum(one.owed for one in grids),
        unplanned=sum(one.unplanned for one in grids),
        unassigned=sum(one.unassigned for one in grids),
        unreachable=sum(one.unreachable for one in grids),
        members_missing=sum(one.members_missing for one in grids),
        venues_without_rule=sum(plan.without_rule for plan in plans if plan.kind is SubjectKind.VENUE),
        orphans=sum(plan.orphans for plan in plans if plan.kind is SubjectKind.VENUE),
        grids=[one.model_copy(update={"name": names.get(one.path, one.path)}) for one in grids[:SHOWN]],
        grids_in_all=len(grids),
    )


def _grids(sums: Mapping[str, Counter[str]], worked: int, visits_a_day: int | None) -> list[GridCoverage]:
    grids = []
    for path, counts in sorted(sums.items()):
        owed, unplanned, unassigned, places = (counts[name] for name in COUNTS)
        members = 0 if unassigned == owed else 1
        reach = members * worked * visits_a_day if visits_a_day else owed
        missing = members_missing(owed, worked, visits_a_day, members) if visits_a_day else 0
        grids.append(
            GridCoverage(
                path=path,
                name=path,
                places=places,
                owed=owed,
                unplanned=unplanned,
                unassigned=unassigned,
                unreachable=max(0, owed - reach),
                members_missing=missing,
            )
        )
    return grids


def _days(starts_on: date, ends_on: date) -> list[date]:
    return [starts_on + DAY * n for n in range((ends_on - starts_on).days)]


def list_unreachable(path: str, request: PlanRequest, *, actor: Actor, limit: int) -> list[str]:
    """Return the names of places of a grid that its member cannot reach in the range: the last to be due.

    Raises: NotYourRole.
    Rule:   OR-23: what has the shortest interval and is due first is reached first.
    """
    actor.check_can("orders.read")
    capacity = PlanCapacity.objects.filter(is_active=True).first()
    if capacity is None:
        return []
    calendar = calendars.in_force().of(path)
    worked = sum(map(calendar.is_workday, _days(request.starts_on, request.ends_on)))
    with connection.cursor() as cursor:
        cursor.execute(
            _UNREACHABLE,
            {
                "path": path,
                "scope": planning.pattern(actor.scope),
                "starts_on": request.starts_on,
                "ends_on": request.ends_on,
                "reach": worked * capacity.visits_a_day,
                "limit": limit,
            },
        )
        return [name for (name,) in cursor.fetchall()]


_UNREACHABLE = """
SELECT coalesce(v.name, g.name) FROM (
  SELECT venue_id, subject_id, CASE WHEN member_id IS NULL THEN 0 ELSE %(reach)s END AS reach,
         row_number() OVER (ORDER BY ends_on - opens_on, due_on, id) AS n
  FROM orders_order
  WHERE grid_path = %(path)s AND grid_path LIKE %(scope)s AND status <> 'withdrawn'
    AND opens_on >= %(starts_on)s AND opens_on < %(ends_on)s
) o
LEFT JOIN venues_venue v ON v.id = o.venue_id
LEFT JOIN territory_grid g ON o.venue_id IS NULL AND g.id = o.subject_id
WHERE o.n > o.reach ORDER BY o.n LIMIT %(limit)s
"""
