"""What a pack says of patrols, put into force whole. Rule: PA-1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models, transaction

from wangge.patrols.models import PatrolDuty, PatrolLimit
from wangge.patrols.rules import LIMITS, Duty, DutySwitch, Limits, MinutesPlace

Rows = Sequence[Mapping[str, Any]]


@transaction.atomic
def install_duties(*, duties: Rows, limits: Rows, pack_version: str) -> None:
    """Make these the patrol duties and the figures of tracks. Rule: PA-1, PA-4."""
    _replace(PatrolDuty, duties, pack_version)
    _replace(PatrolLimit, [row for row in limits if row["code"] in LIMITS], pack_version)


def _replace(model: type[models.Model], rows: Rows, pack_version: str) -> None:
    manager = model._default_manager
    manager.all().delete()
    manager.bulk_create(model(**row, pack_version=pack_version) for row in rows)


def duty_in_force() -> tuple[PatrolDuty | None, Duty | None]:
    """Return the first patrol duty of the pack that is not off. Rule: PA-3."""
    row = PatrolDuty.objects.exclude(policy=DutySwitch.OFF.value).order_by("position", "code").first()
    if row is None:
        return None, None
    return row, Duty(row.code, row.times, row.minutes, MinutesPlace(row.place), DutySwitch(row.policy))


def limits_in_force() -> Limits:
    """Return the pack's figures of tracks; what it leaves out is preset. Rule: PA-4."""
    return Limits(**dict(PatrolLimit.objects.filter(code__in=LIMITS).values_list("code", "value")))
