"""What lists ask of `Case` and `OpenCase` alike: who sees a row, and which light it shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Case as Switch
from django.db.models import CharField, ExpressionWrapper, F, Q, Value, When

from wangge.cases.deadlines import STILL
from wangge.cases.rules import RESTRICTED, Light
from wangge.kernel.actor import Actor

M = TypeVar("M", bound=models.Model)


def _of(department_id: int) -> Q:
    """Return the cases in which a department has a part: lead, answerable or co-handling (CS-8)."""
    helps = Q(co_departments__contains=[department_id])
    return Q(department_id=department_id) | Q(answerable_id=department_id) | helps


def _share(start: str, end: str, pct: int) -> ExpressionWrapper[Any]:
    """Return the moment at which a clock turns yellow, as SQL."""
    spell = ExpressionWrapper(F(end) - F(start), output_field=models.DurationField())
    part = ExpressionWrapper(spell * (pct / 100), output_field=models.DurationField())
    return ExpressionWrapper(F(start) + part, output_field=models.DateTimeField())


def _lights(at: datetime) -> Mapping[Light, Q]:
    """Return when a row shows each light: the same as `deadlines.light` (CS-6)."""
    runs = ~Q(status__in=[status.value for status in STILL])
    has_clock = Q(due_at__isnull=False) | Q(stage_due_at__isnull=False)
    red = Q(due_at__lte=at) | Q(stage_due_at__lte=at)
    yellow = Q(due_at__isnull=False, _yellow_at__lte=at) | Q(
        stage_due_at__isnull=False, _stage_yellow_at__lte=at
    )
    return {
        Light.RED: runs & red,
        Light.YELLOW: runs & yellow & ~red,
        Light.GREEN: runs & has_clock & ~red & ~yellow,
        Light.NONE: ~runs | ~has_clock,
    }


class WorkQuerySet(models.QuerySet[M]):
    def visible_to(self, actor: Actor) -> Self:
        """Scope first; restricted ones only named posts; a department its own, a citizen the own reports."""
        cases = self.filter(grid_path__startswith=actor.scope)
        if not actor.can(RESTRICTED):
            cases = cases.filter(Q(is_restricted=False) | Q(reporter_id=actor.user_id))
        if actor.can("cases.handle"):
            return cases.filter(_of(actor.department_id)) if actor.department_id else cases.none()
        if actor.role == "citizen":
            return cases.filter(reporter_id=actor.user_id)
        return cases if actor.can("cases.read") else cases.none()

    def with_light(self, light: Light, at: datetime, *, yellow_at_pct: int) -> Self:
        """Return the cases that show `light` at the moment (CS-6)."""
        return self._with_clocks(yellow_at_pct).filter(_lights(at)[light])

    def lit(self, at: datetime, *, yellow_at_pct: int) -> Self:
        """Let each row say in `_light` which light it shows at the moment (CS-6)."""
        shown = Switch(
            *(When(condition, Value(light.value)) for light, condition in _lights(at).items()),
            default=Value(Light.NONE.value),
            output_field=CharField(),
        )
        return self._with_clocks(yellow_at_pct).alias(_light=shown)

    def _with_clocks(self, yellow_at_pct: int) -> Self:
        return self.alias(
            _yellow_at=_share("reported_at", "due_at", yellow_at_pct),
            _stage_yellow_at=_share("stage_started_at", "stage_due_at", yellow_at_pct),
        )
