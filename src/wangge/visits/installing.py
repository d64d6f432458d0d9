"""What a pack says of visits, put into force whole, and read again. Rule: VI-1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models, transaction

from wangge.visits.models import ArrivalTrigger, ProofLimit, ReportKind, VisitGroup
from wangge.visits.rules import LIMITS, ProofLimits

Rows = Sequence[Mapping[str, Any]]


@transaction.atomic
def install_visits(*, groups: Rows, triggers: Rows, reports: Rows, limits: Rows, pack_version: str) -> None:
    """Make these the groups, triggers, kinds of reports and bounds of proof. Rule: VI-1."""
    for model, rows in ((VisitGroup, groups), (ArrivalTrigger, triggers), (ReportKind, reports)):
        _replace(model, [row | {"position": n} for n, row in enumerate(map(dict, rows))], pack_version)
    _replace(ProofLimit, [row for row in limits if row["code"] in LIMITS], pack_version)


def _replace(model: type[models.Model], rows: Rows, pack_version: str) -> None:
    manager = model._default_manager
    manager.all().delete()
    manager.bulk_create(model(**row, pack_version=pack_version) for row in rows)


def limits_in_force() -> ProofLimits:
    """Return the pack's bounds of proof; what it leaves out is preset. Rule: VI-6."""
    return ProofLimits(**dict(ProofLimit.objects.filter(code__in=LIMITS).values_list("code", "value")))


def groups_in_force() -> dict[str, VisitGroup]:
    """Return the groups that are visited, by code, in the order of the pack. Rule: VI-1."""
    return {row.code: row for row in VisitGroup.objects.exclude(policy="off").order_by("position")}
