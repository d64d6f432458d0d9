"""From a pack to a case: the doors between packs, orders and cases, with nothing replaced."""

from __future__ import annotations

import threading
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection

from tests.makers import make_photo, make_venues
from tests.orders.makers import ADMIN, IN_NOVEMBER, make_bob, make_plan, make_rules
from tests.orders.test_services import LATER, complete, make_result, no_trace
from wangge.cases.models import Case
from wangge.kernel.actor import Actor
from wangge.kernel.fates import Fate, Outcome
from wangge.orders import services
from wangge.orders.models import Order, Visit
from wangge.orders.schemas import Answer, OrderResult
from wangge.packs import services as packs


@pytest.fixture
def bob(settings, tmp_path) -> Actor:
    settings.WANGGE_FILES = tmp_path
    packs.install("wuhu", effective_on=date(2025, 1, 1), actor=ADMIN, at=IN_NOVEMBER)
    bob = make_bob()
    make_venues(class_code="flammable")
    make_plan()
    return bob


def answers_but(order: Order, failed: Answer) -> list[Answer]:
    answers = [
        Answer(item=item["key"], ok=True) for item in order.checklist.items if item["key"] != failed.item
    ]
    return [failed, *answers]


@pytest.mark.django_db
def test_a_pack_makes_an_order_and_its_failed_item_a_case(bob):
    order = Order.objects.order_by("id").last()
    assert (order.rule_code, order.pack_version) == ("FQ-04-flammable", "wuhu@2026.11.5")
    case_id = uuid4()
    failed = Answer(item="spacing_kept", ok=False, photos=[make_photo(actor=bob)], case_id=case_id)
    [fate] = complete(bob, make_result(order, answers=answers_but(order, failed)))
    assert fate.outcome is Outcome.APPLIED, fate
    case = Case.objects.get()
    assert (case.id, case.order_id, case.matter_code) == (case_id, order.id, "H204")
    assert (case.channel, case.status, case.pack_version) == ("inspection", "reported", "wuhu@2026.11.5")
    assert (case.lon, case.lat) == (118.37, 31.33)


@pytest.mark.django_db
def test_a_photo_that_never_arrived_refuses_the_result_and_leaves_no_trace(bob):
    order = Order.objects.order_by("id").last()
    failed = Answer(item="spacing_kept", ok=False, photos=["f" * 64], case_id=uuid4())
    [fate] = complete(bob, make_result(order, answers=answers_but(order, failed)))
    assert fate.status == 422
    assert not Case.objects.exists()
    no_trace()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_phones_at_once_do_an_order_once():
    bob = make_bob()
    make_rules()
    make_venues(class_code="crowded")
    make_plan()
    order = Order.objects.get()
    same = make_result(order)
    for results in ([make_result(order), make_result(order)], [same, same]):
        fates: list[Fate] = []
        threads = [threading.Thread(target=send, args=(bob, result, fates)) for result in results]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if results[0] is not results[1]:
            assert sorted(fate.status for fate in fates) == [200, 409]
            Order.objects.update(status="open", version=1, done_at=None, done_by=None)
        else:
            assert sorted(fate.status for fate in fates) == [200, 208]
    assert Visit.objects.count() == 2


def send(actor: Actor, result: OrderResult, fates: list[Fate]) -> None:
    try:
        fates.extend(services.complete_orders([result], actor=actor, at=LATER))
    finally:
        connection.close()
