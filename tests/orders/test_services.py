"""OR-7 … OR-12 on a real PostgreSQL: doing orders, and closing what nobody did."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.makers import ALICE, BOB, CAROL, NOBODY, make_actor, make_venues, plain_actor
from tests.orders.makers import DEC, NOV, make_bob, make_plan, make_rules
from wangge.accounts.rules import Role
from wangge.cases import services as case_services
from wangge.kernel.actor import Actor
from wangge.kernel.batches import TooMany
from wangge.kernel.fates import Fate, Outcome
from wangge.kernel.models import AuditRow, Receipt
from wangge.orders import queries, services
from wangge.orders.models import Order, Visit
from wangge.orders.rules import OrderStatus, VisitOutcome
from wangge.orders.schemas import Answer, OrderFilter, OrderResult
from wangge.venues.models import Venue

pytestmark = pytest.mark.django_db
THERE = datetime(2025, 11, 20, 2, 0, tzinfo=UTC)
LATER = datetime(2025, 11, 20, 9, 0, tzinfo=UTC)
PHOTO = "a" * 64


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What orders hand over to the closed loop: the door between the two rooms, watched."""
    seen: list[Any] = []

    def report_cases(reports: Any, *, actor: Actor, at: datetime, order_ids: Any) -> list[Fate]:
        seen.append((reports, order_ids))
        return [_case_fate(report.id) for report in reports]

    monkeypatch.setattr(case_services, "report_cases", report_cases)
    return seen


BAD_CASE = UUID(int=13)


def _case_fate(case_id: UUID) -> Fate:
    if case_id == BAD_CASE:
        return Fate(case_id, Outcome.REFUSED, 409, "cases.no", "不行", "no")
    return Fate.applied(case_id)


def make_orders(count: int = 1) -> tuple[Actor, list[Order]]:
    bob = make_bob()
    make_rules()
    make_venues(count=count, class_code="crowded")
    make_plan()
    return bob, list(Order.objects.order_by("id"))


def make_answers(**changes: Answer | None) -> list[Answer]:
    answers = {key: Answer(item=key, ok=True) for key in ("exits", "there", "good", "person")} | changes
    return [answer for answer in answers.values() if answer]


def make_result(order: Order, **fields: Any) -> OrderResult:
    return OrderResult(
        **{"id": uuid4(), "order_id": order.id, "at": THERE, "answers": make_answers(), **fields}
    )


def complete(actor: Actor, *results: OrderResult, at: datetime = LATER) -> list[Fate]:
    return services.complete_orders(results, actor=actor, at=at)


def no_trace() -> None:
    assert not Visit.objects.exists()
    assert not Receipt.objects.exists()
    assert not AuditRow.objects.filter(action="orders.complete").exists()
    assert set(Order.objects.values_list("status", "version")) == {("open", 1)}


def test_an_inspection_is_written_down_once():
    bob, [order] = make_orders()
    result = make_result(order, lon=118.37, lat=31.33, note="好")
    [fate] = complete(bob, result)
    assert (fate.outcome, fate.result["status"], fate.result["version"]) == (Outcome.APPLIED, "done", 2)
    order.refresh_from_db()
    assert (order.status, order.outcome, order.done_by_id) == ("done", "inspected", bob.user_id)
    assert order.done_at == THERE
    assert Visit.objects.get().score == 100.0
    assert Venue.objects.get().last_visited_on == date(2025, 11, 20)
    [again] = complete(bob, result)
    assert (again.outcome, again.status, again.result) == (Outcome.REPEATED, 208, fate.result)
    [reused] = complete(bob, result.model_copy(update={"note": "改"}))
    assert (reused.status, reused.code) == (409, "kernel.command_id_reused")
    assert Visit.objects.count() == 1


def test_a_failed_item_becomes_a_case_persuaded_or_passed_on(reported):
    bob, [order] = make_orders()
    on_spot, passed_on = uuid4(), uuid4()
    answers = make_answers(
        exits=Answer(
            item="exits", ok=False, persuaded=True, photos=[PHOTO], after_photos=["b" * 64], case_id=on_spot
        ),
        person=Answer(item="person", ok=False, case_id=passed_on, note="没有制度"),
    )
    [fate] = complete(bob, make_result(order, answers=answers))
    assert fate.outcome is Outcome.APPLIED
    assert fate.result["case_ids"] == [str(on_spot), str(passed_on)]
    [(cases, order_ids)] = reported
    assert [(c.id, c.matter_code, c.fixed_on_spot, c.channel) for c in cases] == [
        (on_spot, "H102", True, "inspection"),
        (passed_on, "H903", False, "inspection"),
    ]
    assert order_ids == {on_spot: order.id, passed_on: order.id}
    order.refresh_from_db()
    assert order.findings == 2
    detail = queries.get_detail(bob, order.id, today=date(2025, 11, 21))
    assert detail.case_ids == [on_spot, passed_on]


def test_a_refused_case_refuses_its_order_and_no_other(reported):
    bob, orders = make_orders(3)
    bad = make_answers(person=Answer(item="person", ok=False, case_id=BAD_CASE))
    good = make_answers(person=Answer(item="person", ok=False, case_id=uuid4()))
    fates = complete(
        bob, make_result(orders[0]), make_result(orders[1], answers=bad), make_result(orders[2], answers=good)
    )
    assert [(f.outcome, f.status, f.code) for f in fates] == [
        (Outcome.APPLIED, 200, None),
        (Outcome.REFUSED, 409, "cases.no"),
        (Outcome.APPLIED, 200, None),
    ]
    assert [o.status for o in Order.objects.order_by("id")] == ["done", "open", "done"]
    assert Visit.objects.count() == 2


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        (make_answers(good=None), "orders.answers_incomplete"),
        (
            make_answers(there=Answer(item="there", ok=False, photos=[PHOTO], case_id=uuid4())),
            "orders.answer_unknown",
        ),
        (make_answers(more=Answer(item="more", ok=True)), "orders.answer_unknown"),
        ([*make_answers(), Answer(item="exits", ok=True)], "orders.answer_unknown"),
        (make_answers(exits=Answer(item="exits", ok=False, case_id=uuid4())), "orders.evidence_missing"),
        (make_answers(exits=Answer(item="exits", ok=False, photos=[PHOTO])), "orders.evidence_missing"),
        (
            make_answers(
                exits=Answer(item="exits", ok=False, persuaded=True, photos=[PHOTO], case_id=uuid4())
            ),
            "orders.evidence_missing",
        ),
    ],
)
def test_answers_that_do_not_fit_the_list_are_refused(answers, code):
    bob, [order] = make_orders()
    [fate] = complete(bob, make_result(order, answers=answers))
    assert (fate.outcome, fate.status, fate.code) == (Outcome.UNREADABLE, 422, code)
    no_trace()


def test_four_kinds_of_no():
    bob, [order] = make_orders()
    carol = make_actor(CAROL.acting_as(Role.GRID_MEMBER))
    neighbour = plain_actor(BOB, user_id=NOBODY)
    alice = plain_actor(ALICE)
    cases = [
        (carol, {}, 404, "kernel.not_visible"),
        (alice, {}, 403, "kernel.not_your_role"),
        (neighbour, {}, 403, "orders.not_your_order"),
        (bob, {"base_version": 2}, 409, "kernel.version_conflict"),
        (bob, {"at": datetime(2025, 11, 21, tzinfo=UTC)}, 422, "orders.in_the_future"),
        (bob, {"at": datetime(2025, 10, 31, 15, 59, tzinfo=UTC)}, 409, "orders.outside_period"),
        (bob, {"outcome": VisitOutcome.NOBODY_THERE}, 422, "orders.answers_not_wanted"),
        (bob, {"lon": 31.0, "lat": 118.0}, 422, None),
    ]
    for actor, fields, status, code in cases:
        [fate] = complete(actor, make_result(order, **fields))
        assert (fate.status, fate.code) == (status, code or fate.code), fields
        assert fate.zh
        assert fate.en
        no_trace()


def test_a_chief_may_do_the_order_of_a_member():
    _, [order] = make_orders()
    chief = make_actor(ALICE.acting_as(Role.GRID_CHIEF))
    assert complete(chief, make_result(order))[0].outcome is Outcome.APPLIED


def test_nobody_there_keeps_the_order_owed_and_the_visit_known():
    bob, [order] = make_orders()
    assert complete(bob, make_result(order, outcome="nobody_there", answers=[]))[0].result["status"] == "open"
    order.refresh_from_db()
    assert (order.status, order.outcome, order.version) == ("open", "nobody_there", 2)
    assert Venue.objects.get().last_visited_on is None
    [fate] = complete(bob, make_result(order, base_version=2))
    assert fate.result["status"] == "done"
    assert Visit.objects.count() == 2


def test_a_place_that_closed_down_is_closed_and_owed_no_more():
    bob, [order] = make_orders()
    assert complete(bob, make_result(order, outcome="closed_down", answers=[]))[0].result["status"] == "done"
    assert not Venue.objects.get().is_open
    assert make_plan(DEC, date(2026, 1, 1)).made == 0


def test_two_results_of_one_batch_for_one_order_are_judged_one_after_the_other():
    bob, [order] = make_orders()
    first = make_result(order, outcome="nobody_there", answers=[])
    fates = complete(bob, first, make_result(order), make_result(order, base_version=2), first)
    assert [f.status for f in fates] == [200, 409, 200, 208]


def test_what_nobody_did_is_missed_and_a_late_message_still_counts():
    bob, orders = make_orders(2)
    assert services.close_missed(at=datetime(2025, 11, 30, 15, 59, tzinfo=UTC)) == 0
    assert services.close_missed(at=datetime(2025, 11, 30, 16, 0, tzinfo=UTC)) == 2
    assert services.close_missed(at=datetime(2025, 12, 5, tzinfo=UTC)) == 0
    [fate] = complete(bob, make_result(orders[0], base_version=2), at=datetime(2025, 12, 2, tzinfo=UTC))
    assert fate.result["status"] == "done"
    figures = queries.get_figures(plain_actor(ALICE), today=date(2025, 12, 2))
    assert (figures.made, figures.done, figures.missed, figures.on_time) == (2, 1, 1, 1)
    assert (figures.completion_pct, figures.on_time_pct, figures.hit_rate_pct) == (50.0, 100.0, 0.0)


def test_lists_page_by_key_and_stay_inside_the_scope():
    bob, _ = make_orders(5)
    make_venues(count=2, class_code="crowded", grid_path="34.02.0.001.")
    make_plan(actor=plain_actor(CAROL))
    today = date(2025, 12, 1)
    seen: list[UUID] = []
    cursor = ""
    while True:
        page = queries.list_orders(bob, OrderFilter(mine=True, limit=2, cursor=cursor), today=today)
        seen += [row.id for row in page.items]
        assert (page.total, page.total_is_exact) == (5, True)
        cursor = page.next_cursor or ""
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 5
    assert queries.list_orders(plain_actor(CAROL), OrderFilter(), today=today).total == 2
    overdue = queries.list_orders(bob, OrderFilter(overdue=True, status=OrderStatus.OPEN), today=today)
    assert all(row.is_overdue and row.member_name == BOB.name for row in overdue.items)
    assert queries.list_orders(bob, OrderFilter(q="3 号店"), today=today).total == 1
    assert queries.list_orders(bob, OrderFilter(opens_from=DEC), today=today).total == 0
    assert queries.list_orders(bob, OrderFilter(opens_from=NOV, grid=BOB.scope), today=today).total == 5


def test_five_hundred_is_the_most():
    bob, [order] = make_orders()
    with pytest.raises(TooMany):
        complete(bob, *[make_result(order)] * 501)
