"""Plan rules and lists for the tests of orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from tests.makers import ALICE, BOB, make_actor, make_members, plain_actor
from wangge.accounts.models import User
from wangge.accounts.rules import Role
from wangge.checklists.schemas import ChecklistIn, Item
from wangge.checklists.services import install_checklists
from wangge.kernel.actor import Actor
from wangge.orders import services
from wangge.orders.schemas import PlanOut, PlanRequest

NOV = date(2025, 11, 1)
DEC = date(2025, 12, 1)
IN_NOVEMBER = datetime(2025, 11, 30, 8, 0, tzinfo=UTC)  # a Sunday
ADMIN = plain_actor(ALICE.acting_as(Role.SYSTEM_ADMIN))
ITEMS = [
    Item(key="exits", zh="出口未锁", en="Exits open", matter_code="H102", weight=3),
    Item(key="there", zh="有灭火器", en="Extinguishers", matter_code="H301"),
    Item(
        key="good",
        zh="灭火器有效",
        en="In date",
        matter_code="H302",
        visible_if={"item": "there", "ok": True},
    ),
    Item(key="person", zh="有责任人", en="Person", matter_code="H903", photo_when_failed=False),
]
# WH-31, and two rules by tag.
RULES = [
    ("FQ-04-flammable", "half_month", ["flammable"], []),
    ("FQ-04-crowded", "month", ["crowded"], []),
    ("FQ-04-other", "quarter", ["shop", "rental"], []),
    ("FQ-05-banned", "four_times_a_month", ["rental"], ["banned"]),
    ("FQ-06-red", "day", [], ["red"]),
]


def make_rules(rules: Sequence[tuple[str, str, list[str], list[str]]] = RULES) -> None:
    lists = [ChecklistIn(code="general", name_zh="一般", name_en="General", items=ITEMS)]
    install_checklists(lists, pack_version="test@1", effective_on=date(2025, 1, 1))
    services.install_plan_rules(
        [
            {
                "code": code,
                "name_zh": code,
                "name_en": code,
                "classes": classes,
                "tags": tags,
                "interval": interval,
                "checklist_code": "general",
                "source": "WH-31",
                "is_confirmed": True,
            }
            for code, interval, classes, tags in rules
        ],
        pack_version="test@1",
    )


def make_bob() -> Actor:
    """Return BOB, who covers his grid."""
    bob = make_actor(BOB)
    make_members({BOB.scope: User.objects.get(pk=bob.user_id)})
    return bob


def make_plan(
    starts_on: date = NOV,
    ends_on: date = DEC,
    *,
    actor: Actor | None = None,
    dry_run: bool = False,
    at: datetime = IN_NOVEMBER,
) -> PlanOut:
    return services.plan_orders(
        PlanRequest(starts_on=starts_on, ends_on=ends_on, dry_run=dry_run),
        actor=actor or plain_actor(ALICE),
        at=at,
    )
