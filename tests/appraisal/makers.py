"""Indicators as in the base pack, and a street with cases and orders of several months."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import product

from tests.cases.makers import HERE, NEXT_DOOR, House, make_case, make_house, walk
from tests.makers import AT, make_members, make_venues
from tests.orders.makers import make_plan, make_rules
from wangge.accounts.models import User
from wangge.appraisal import services
from wangge.cases.models import Case
from wangge.orders.models import Order

INDICATORS = [  # code, subject, kind, numerator, denominator, below which it is small
    ("orders_done", "orders", "count", "done", "", 0),
    ("in_time", "orders", "share", "in_time", "planned", 3),
    ("hit", "orders", "share", "with_finding", "done", 3),
    ("reported", "cases", "count", "reported", "", 0),
    ("disposal", "cases", "share", "closed", "valid", 3),
    ("on_time", "cases", "share", "on_time", "timed", 3),
    ("median", "cases", "median", "closed", "", 3),
    ("p90", "cases", "p90", "closed", "", 3),
]


def make_indicators() -> None:
    services.install_indicators(
        [
            {
                "code": code,
                "name_zh": code,
                "name_en": code,
                "subject": subject,
                "kind": kind,
                "numerator": part,
                "denominator": whole,
                "small_sample": small,
                "more_is": "neither",
                "source": "test",
                "is_confirmed": False,
            }
            for code, subject, kind, part, whole, small in INDICATORS
        ],
        pack_version="test@1",
    )


def make_targets() -> None:
    """One target of the pack: cases reported each month."""
    row = {
        "code": "reported",
        "name_zh": "上报",
        "name_en": "reported",
        "of": "figure",
        "indicator": "reported",
    }
    more = {"tier": "", "at_least": None, "every": "month", "plan": [2.0], "adds": False, "first_year": None}
    services.install_targets([row | more | {"source": "t", "is_confirmed": False}], pack_version="test@1")


def make_busy_street() -> House:
    """Return a house with 24 cases over 14 months, as far along as each came, and orders of two months."""
    house = make_house(restricted=["H304"])
    make_indicators()
    ends = ["reported", "dispatched", "handling", "verifying", "closed", "closed"]
    places = [HERE, NEXT_DOOR]
    kinds = ["H301", "H101", "H304", "H501"]
    for n, (place, matter) in enumerate([*product(places, kinds)] * 3):
        at = AT + timedelta(days=19 * n, hours=n)
        case_id = make_case(house, by="alice", at=at, matter_code=matter, point=place)
        end = "verifying" if matter == "H304" else ends[n % 6]  # who would close it may not see it
        if end != "reported":
            walk(house, case_id, end, at=at)
        if n % 5 == 0:  # a long way round, which the makers do not walk
            Case.objects.filter(pk=case_id, closed_at__isnull=False).update(
                closed_at=at + timedelta(hours=30 * n + 7)
            )
    make_orders()
    return house


def make_orders() -> None:
    make_rules()
    make_members({"34.02.03.005.012.001.": User.objects.get(username="bob")})
    make_venues(count=7, class_code="shop")
    make_venues(count=7, class_code="crowded")
    make_plan(date(2025, 10, 1), date(2025, 12, 1))
    bob = User.objects.get(username="bob").pk
    for n, order in enumerate(Order.objects.order_by("id")):
        if n % 3:
            done_at = datetime.fromisoformat(f"{order.due_on + timedelta(days=n % 4 - 2)}T20:00:00+08:00")
            Order.objects.filter(pk=order.pk).update(
                status="done", outcome="inspected", done_at=done_at, done_by=bob, findings=n % 2
            )
