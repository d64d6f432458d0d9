"""What a pack says of visits, and open orders that follow their checklist to its new version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from wangge.checklists import queries as checklists
from wangge.kernel import audit
from wangge.kernel.clock import CHINA
from wangge.orders.models import VisitLimit
from wangge.orders.plan_sql import RELIST
from wangge.orders.rules import VISIT_LIMITS, VisitLimits


@transaction.atomic
def install_visit_limits(rows: Sequence[Mapping[str, Any]], *, pack_version: str) -> None:
    """Make these the figures of visits. Rule: OR-26, PK-4."""
    VisitLimit.objects.all().delete()
    VisitLimit.objects.bulk_create(
        VisitLimit(**row, pack_version=pack_version) for row in rows if row["code"] in VISIT_LIMITS
    )


def limits_in_force() -> VisitLimits:
    """Return the pack's figures of visits; what it leaves out is preset. Rule: OR-26."""
    return VisitLimits(**dict(VisitLimit.objects.values_list("code", "value")))


@transaction.atomic
def relist(*, at: datetime) -> int:
    """Give open orders that nobody visited the version of their list that holds now; return how many.

    Rule: OR-25. A list withdrawn without another of its code stays with its orders. The order keeps its
          version: what was answered at its place is judged by the version that was answered.
    """
    today = at.astimezone(CHINA).date()
    pairs = checklists.replaced_on(today)
    if not pairs:
        return 0
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"old": list(pairs), "new": list(pairs.values()), "today": today}
        cursor.execute(RELIST, values)
        count: int = cursor.rowcount
    if count:
        detail = {"relisted": count, "today": today.isoformat()}
        audit.record([("orders.relist", "orders", today.isoformat(), detail)], actor=None, at=at)
    return count
