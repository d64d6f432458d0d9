"""OR-34: the riskiest places of each grid, by points of the pack, explained on the order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from tests.cases.makers import make_pack, report
from tests.makers import ALICE, BOB, make_actor, make_venues, plain_actor
from tests.orders.makers import make_bob, make_rules
from wangge.cases import services as cases
from wangge.kernel.models import AuditRow
from wangge.orders import queries, services
from wangge.orders.models import Assignment, Order, RiskScore
from wangge.orders.risk_rules import Facts, Reason, Signal, Weight, reasons_of
from wangge.orders.riskiest import rank
from wangge.venues.models import Venue

AT = datetime(2025, 11, 12, 2, 0, tzinfo=UTC)  # a Wednesday
TODAY = date(2025, 11, 12)
NEXT = "34.02.03.005.012.002."
WEIGHTS = [
    Weight("crowded", Signal.CLASS, "crowded", 20, 20),
    Weight("red", Signal.TAG, "red", 40, 40),
    Weight("open", Signal.OPEN_CASE, "", 10, 30),
    Weight("missed", Signal.MISSED, "", 5, 15),
    Weight("unseen", Signal.UNSEEN_MONTH, "", 2, 12),
]


def test_points_add_up_and_never_above_what_a_row_gives_at_most():
    counts = {Signal.OPEN_CASE: 5, Signal.MISSED: 1, Signal.UNSEEN_MONTH: 0}
    assert reasons_of(Facts("crowded", ["red", "blue"], counts), WEIGHTS) == [
        Reason("red", 1, 40),
        Reason("open", 5, 30),
        Reason("crowded", 1, 20),
        Reason("missed", 1, 5),
    ]
    assert reasons_of(Facts("shop", [], {}), WEIGHTS) == []


def install() -> None:
    services.install_risk_weights(
        [
            {
                "code": one.code,
                "name_zh": f"因为 {one.code}",
                "name_en": one.code,
                "signal": one.signal.value,
                "of": one.of,
                "points": one.points,
                "most": one.most,
                "source": "domain 4.4",
                "is_confirmed": False,
            }
            for one in WEIGHTS
        ],
        pack_version="test@1",
    )
    services.install_capacity(12, is_confirmed=False, pack_version="test@1", riskiest_a_grid=2)


@pytest.fixture
def street(db) -> None:
    """A grid with a red and a crowded place and five shops, and one with shops alone."""
    make_bob()
    make_rules()
    install()
    seen = {"last_visited_on": TODAY - timedelta(days=5)}
    make_venues(count=5, class_code="shop", **seen)
    make_venues(class_code="shop", tags=["red"], **seen)
    make_venues(class_code="crowded", last_visited_on=TODAY - timedelta(days=95))
    make_venues(count=3, class_code="shop", grid_path=NEXT, **seen)
    make_venues(class_code="crowded", grid_path=NEXT, is_open=False)


@pytest.mark.django_db
def test_the_sql_ranks_as_the_rule_says(street):
    ranked = rank("34.", WEIGHTS, most=50, at=AT)
    assert ranked
    for one in ranked:
        assert one.score == sum(reason.points for reason in reasons_of(one.facts, WEIGHTS))
    own = [one.score for one in ranked if one.grid_path == BOB.scope]
    assert own == [40, 26]  # red; crowded and three months unseen. A place without points is not named
    assert [one for one in ranked if one.grid_path == NEXT] == []


@pytest.mark.django_db
def test_two_a_grid_and_once_a_week(street):
    Venue.objects.filter(grid_path=NEXT).update(last_visited_on=None)
    assert services.order_riskiest_everywhere(at=AT) == 4
    assert services.order_riskiest_everywhere(at=AT + timedelta(days=3)) == 0
    orders = list(Order.objects.all())
    assert {order.grid_path for order in orders} == {BOB.scope, NEXT}
    assert {(order.rule_code, order.ends_on) for order in orders} == {("riskiest", date(2025, 11, 17))}
    assert all(order.opens_on >= TODAY for order in orders)
    assert services.order_riskiest_everywhere(at=AT + timedelta(days=7)) == 4  # next week again
    made = Assignment.objects.order_by("starts_on")
    assert [row.starts_on for row in made] == [date(2025, 11, 10), date(2025, 11, 17)]
    assert {row.made_by_id for row in made} == {None}
    page = queries.list_orders(plain_actor(ALICE), queries.OrderFilter(), today=TODAY)
    assert {row.rule_zh for row in page.items} == {"每周高风险场所"}
    assert AuditRow.objects.filter(action="orders.riskiest").count() == 2


@pytest.mark.django_db
def test_the_order_says_why(street, settings, tmp_path):
    settings.WANGGE_FILES = tmp_path
    make_pack()
    red = Venue.objects.get(tags__contains=["red"])
    bob = make_actor(ALICE)
    at = AT - timedelta(days=1)
    cases.report_cases([report(venue_id=red.id, at=at, id=uuid4())], actor=bob, at=at)
    services.order_riskiest_everywhere(at=AT)
    order = Order.objects.get(venue_id=red.id)
    detail = queries.get_detail(plain_actor(ALICE), order.id, today=TODAY)
    assert detail.risk is not None
    assert (detail.risk.score, detail.risk.is_confirmed) == (50, False)
    assert [(one.zh, one.count, one.points) for one in detail.risk.reasons] == [
        ("因为 red", 1, 40),
        ("因为 open", 1, 10),
    ]
    assert RiskScore.objects.count() == 2


@pytest.mark.django_db
def test_a_pack_without_weights_or_without_a_number_asks_for_nothing(street):
    services.install_capacity(12, is_confirmed=False, pack_version="test@2")
    assert services.order_riskiest_everywhere(at=AT) == 0
    install()
    services.install_risk_weights([], pack_version="test@2")
    assert services.order_riskiest_everywhere(at=AT) == 0
