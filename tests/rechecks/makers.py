"""Visits that were made, and draws of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.makers import Person, make_actor, make_user, make_venues
from tests.orders.makers import make_bob, make_plan, make_rules
from wangge.accounts.rules import Role
from wangge.kernel.actor import Actor
from wangge.kernel.ids import new_id
from wangge.orders.models import Order
from wangge.rechecks.schemas import RecheckDrawIn, RecheckResultIn

SUPER = Person("rechecks-super", "苏督查", Role.SUPERVISOR, "34.02.03.005.")
DONE_AT = datetime(2025, 11, 12, 2, 0, tzinfo=UTC)
LOOKED_AT = datetime(2025, 11, 25, 2, 0, tzinfo=UTC)
STREET = SUPER.scope


def make_visits(count: int = 6) -> tuple[Actor, Actor]:
    """Return a supervisor and BOB, who inspected every place of his grid on one day of November 2025."""
    bob = make_bob()
    make_rules()
    make_venues(count=count, class_code="crowded", keeper_phone=b"sealed")
    make_plan()
    Order.objects.update(status="done", outcome="inspected", done_at=DONE_AT, done_by=bob.user_id)
    return make_actor(SUPER), bob


def make_second_member() -> int:
    """Let somebody else have made half of the visits; return who."""
    other = make_user(username="second", name="侯二").pk
    ids = list(Order.objects.order_by("id").values_list("id", flat=True))
    Order.objects.filter(id__in=ids[: len(ids) // 2]).update(done_by=other)
    return other


def draw(**fields: Any) -> RecheckDrawIn:
    given = {
        "id": new_id(), "kind": "spot_check", "title": "十一月抽查", "path": STREET, "since_on": "2025-11-01",
        "until_on": "2025-11-20", "size": 3, "due_on": "2025-11-30", "seed": "20251121",
    }  # fmt: skip
    return RecheckDrawIn.model_validate({**given, **fields})


def result(sample: Any, verdict: str, **fields: Any) -> RecheckResultIn:
    given = {"id": new_id(), "sample_id": sample.id, "base_version": sample.version, "verdict": verdict}
    return RecheckResultIn.model_validate({**given, **fields})
