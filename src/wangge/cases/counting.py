"""How much work there is: exact at any moment, from the rows of the open cases (CS-20)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db.models import Case as Switch
from django.db.models import Count, F, Value, When

from wangge.accounts import queries as accounts
from wangge.cases.finding import owned_by
from wangge.cases.models import OpenCase
from wangge.cases.schemas import (
    DepartmentCount,
    LightCounts,
    WorkCounts,
)
from wangge.cases.waiting import waiting_for
from wangge.kernel.actor import Actor
from wangge.matters import queries as matters


def count_work(actor: Actor, *, at: datetime) -> WorkCounts:
    """Return how many open cases wait for the actor's post, are the actor's own, and may be seen, by light.

    Raises: NotYourRole.
    Rule:   CS-20. One statement over the open cases of the scope, so the figures agree with each other.
    """
    actor.check_can("cases.read")
    lit = OpenCase.objects.visible_to(actor).lit(at, yellow_at_pct=matters.in_force().yellow_at_pct)
    groups = (
        lit.annotate(
            light=F("_light"),
            waits=Switch(When(waiting_for(actor), then=Value(True)), default=Value(False)),
            own=Switch(When(owned_by(actor), then=Value(True)), default=Value(False)),
        )
        .values_list("status", "department_id", "light", "waits", "own")
        .annotate(Count("pk"))
        .order_by()
    )
    waiting: Counter[str] = Counter()
    mine: Counter[str] = Counter()
    everything: Counter[str] = Counter()
    by_status: Counter[str] = Counter()
    by_department: Counter[int | None] = Counter()
    late: Counter[int | None] = Counter()
    for status, department_id, light, waits, own, count in groups:
        everything[light] += count
        by_status[status] += count
        by_department[department_id] += count
        late[department_id] += count if light == "red" else 0
        waiting[light] += count if waits else 0
        mine[light] += count if own else 0
    return WorkCounts(
        waiting=_lights(waiting),
        mine=_lights(mine),
        open=_lights(everything),
        by_status=dict(sorted(by_status.items())),
        by_department=_departments(by_department, late),
    )


def _lights(counted: Counter[str]) -> LightCounts:
    return LightCounts(
        total=counted.total(),
        red=counted["red"],
        yellow=counted["yellow"],
        green=counted["green"],
        none=counted["none"],
    )


def _departments(counted: Counter[int | None], late: Counter[int | None]) -> list[DepartmentCount]:
    """The longest queue first; cases without a department last."""
    known = accounts.get_departments([one for one in counted if one is not None])
    return [
        DepartmentCount(
            id=one, name=known[one].name if one in known else None, open=counted[one], red=late[one]
        )
        for one in sorted(counted, key=lambda one: (one is None, -counted[one], one or 0))
    ]
