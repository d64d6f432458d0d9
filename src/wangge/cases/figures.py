"""The reactive half of the circle in figures: sets in SQL, each formula in docs/rules/cases.md (CS-10)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q

from wangge.cases.models import Case
from wangge.cases.rules import Light, Status
from wangge.cases.schemas import CircleFigures
from wangge.kernel.actor import Actor
from wangge.matters import queries as matters

ON_TIME = Q(closed_at__lte=F("due_at"))
OUT = [Status.REJECTED.value, Status.MERGED.value]

STAGE_HOURS = """
WITH spells AS (
  SELECT e.after AS stage,
         extract(epoch FROM lead(e.at) OVER (PARTITION BY e.case_id ORDER BY e.seq) - e.at)::float8
           / 3600 AS hours
  FROM cases_caseevent e
  WHERE e.before <> e.after AND e.case_id IN ({visible})
)
SELECT stage, percentile_cont(0.5) WITHIN GROUP (ORDER BY hours),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY hours)
FROM spells WHERE hours IS NOT NULL AND stage NOT IN ('closed', 'rejected', 'merged') GROUP BY stage
"""


def get_figures(actor: Actor, *, at: datetime) -> CircleFigures:
    """Return the figures of every case the actor sees.

    Raises: NotYourRole.
    Rule:   CS-10 (DG-09: effective disposal = closed / reported less rejected and merged).
    """
    actor.check_can("cases.read")
    visible, share = Case.objects.visible_to(actor), matters.in_force().yellow_at_pct
    by_status = dict(visible.order_by().values_list("status").annotate(Count("pk")))
    reported = sum(by_status.values())
    valid = reported - sum(by_status.get(status, 0) for status in OUT)
    closed = by_status.get(Status.CLOSED.value, 0)
    told: dict[str, Any] = visible.aggregate(
        spot=Count("pk", filter=Q(fixed_on_spot=True)),
        timed=Count("pk", filter=Q(status=Status.CLOSED, due_at__isnull=False)),
        in_time=Count("pk", filter=Q(status=Status.CLOSED) & ON_TIME),
        rework=Count("pk", filter=Q(rework__gt=0)),
    )
    return CircleFigures(
        reported=reported,
        by_status=dict(sorted(by_status.items())),
        fixed_on_spot=told["spot"],
        effective_disposal_pct=_pct(closed, valid),
        closed_on_time_pct=_pct(told["in_time"], told["timed"]),
        overdue=visible.with_light(Light.RED, at, yellow_at_pct=share).count(),
        yellow=visible.with_light(Light.YELLOW, at, yellow_at_pct=share).count(),
        yellow_at_pct=share,
        rework=told["rework"],
        stage_hours=_stage_hours(visible),
    )


def _stage_hours(visible: Any) -> dict[str, dict[str, float]]:
    inner, parameters = visible.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(STAGE_HOURS.format(visible=inner), parameters)
        return {
            stage: {"median": round(median, 2), "p90": round(p90, 2)}
            for stage, median, p90 in cursor.fetchall()
        }


def _pct(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None
