"""Installing indicators, and keeping their counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from wangge.appraisal.models import Indicator
from wangge.appraisal.refreshing import refresh
from wangge.appraisal.setting_targets import install_targets, set_targets

__all__ = ["install_indicators", "install_targets", "refresh", "set_targets"]


@transaction.atomic
def install_indicators(rows: Sequence[Mapping[str, Any]], *, pack_version: str) -> None:
    """Make these the indicators that people are shown, in this order. Rule: IN-1."""
    Indicator.objects.all().delete()
    Indicator.objects.bulk_create(
        Indicator(place=place, pack_version=pack_version, **row) for place, row in enumerate(rows)
    )
