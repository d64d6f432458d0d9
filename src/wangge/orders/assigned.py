"""What all orders beside the plan share: ids, days, the name they are shown under (ADR 32)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from wangge.checklists import queries as checklists
from wangge.checklists.schemas import ChecklistOut
from wangge.kernel import calendars
from wangge.kernel.partitions import ensure_months
from wangge.orders import month_tables
from wangge.orders.models import PlanRule
from wangge.orders.refusals import ChecklistUnknown
from wangge.orders.rules import DAY, AssignmentKind

NOON = timedelta(hours=12)
# The names under which the orders are shown: rules of the pack's version that plan nothing.
RULES: dict[AssignmentKind, dict[str, Any]] = {
    AssignmentKind.ALIKE: {
        "code": "same-kind", "name_zh": "同类排查", "name_en": "Same-kind check", "source": "TZ-02",
        "is_confirmed": True,
    },
    AssignmentKind.DRAW: {
        "code": "double-draw", "name_zh": "双随机抽查", "name_en": "Double random check", "source": "[P]",
        "is_confirmed": False,
    },
    AssignmentKind.RISKIEST: {
        "code": "riskiest", "name_zh": "每周高风险场所", "name_en": "Riskiest of the week", "source": "WH-26",
        "is_confirmed": True,
    },
    AssignmentKind.CAMPAIGN: {
        "code": "campaign", "name_zh": "专项行动", "name_en": "Campaign", "source": "GQ-11",
        "is_confirmed": True,
    },
}  # fmt: skip


def list_to_ask_with(code: str, today: date) -> ChecklistOut:
    """Return the list in force. Raises: ChecklistUnknown."""
    asked = checklists.in_force([code], today).get(code)
    if asked is None:
        raise ChecklistUnknown(checklist=code)
    return asked


def pack_version() -> str:
    """Return the version of the rules in force; empty without any."""
    return PlanRule.objects.filter(is_active=True).values_list("pack_version", flat=True).first() or ""


def order_values(
    kind: AssignmentKind, assignment: UUID, starts_on: date, ends_on: date, asked: ChecklistOut, scope: str
) -> dict[str, Any]:
    """Return what the statements that make orders take beside the places; the month gets its table.

    Rule: OR-28: levelled over the working days by place.
    """
    month = starts_on.replace(day=1)
    ensure_months(month_tables.TABLE, month, month)
    version = pack_version()
    rule = RULES[kind]
    fixed = {"interval": "day", "is_active": False, "checklist_code": asked.code}
    PlanRule.objects.get_or_create(code=rule["code"], pack_version=version, defaults=rule | fixed)
    stamp = int((month_tables.midnight(starts_on) + NOON).timestamp() * 1000)
    days = working_days_of(starts_on, ends_on, scope)
    return {
        "assignment": str(assignment),
        "stamp": f"{stamp:012x}",
        "checklist_id": asked.id,
        "rule_code": rule["code"],
        "pack_version": version,
        "days": days,
        "due_on": days[-1],
        "ends_on": ends_on,
    }


def working_days_of(starts_on: date, ends_on: date, scope: str) -> list[date]:
    """Return the working days of the range, or all of its days if none is worked."""
    calendar = calendars.in_force().of(scope)
    days = [starts_on + DAY * n for n in range((ends_on - starts_on).days)]
    return [day for day in days if calendar.is_workday(day)] or days
