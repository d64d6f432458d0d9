"""OR-25 on a phone: the list of an order changes while the phone is out of reach."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.field.makers import enrol, send, sync
from tests.makers import make_client, make_venues
from tests.orders.makers import ITEMS, make_bob, make_plan, make_rules
from tests.orders.test_services import make_answers
from wangge.checklists.models import Checklist
from wangge.checklists.schemas import ChecklistIn, Item
from wangge.checklists.services import install_checklists
from wangge.kernel import clock
from wangge.orders import services
from wangge.orders.models import Order, Visit

pytestmark = pytest.mark.django_db
THE_DAY_BEFORE = datetime(2025, 11, 26, 2, 0, tzinfo=UTC)
CHANGED_ON = date(2025, 11, 27)
SINCE = datetime(2025, 11, 27, 3, 0, tzinfo=UTC)
BACK = datetime(2025, 11, 27, 9, 0, tzinfo=UTC)
NEW = Item(key="battery", zh="楼道无充电", en="No charging on stairs", matter_code="H204")


@pytest.fixture
def phone() -> Client:
    """It has fetched its day, and lost the signal."""
    bob = make_bob()
    make_rules()
    make_venues(count=2, class_code="crowded")
    make_plan()
    client = make_client(bob)
    with clock.standing_at(THE_DAY_BEFORE):
        sync(client, enrol(client))
    return client


def change_the_list() -> None:
    lists = [ChecklistIn(code="general", name_zh="一般", name_en="General", items=[*ITEMS, NEW])]
    install_checklists(lists, pack_version="test@2", effective_on=CHANGED_ON)
    services.relist(at=datetime(2025, 11, 26, 17, 0, tzinfo=UTC))  # the night job of the 27th in China


def said(order: Order, list_id: int, at: datetime, **more: Any) -> dict[str, Any]:
    answers = [one.model_dump(mode="json") for one in make_answers(**more)]
    payload = {"order_id": str(order.pk), "outcome": "inspected", "checklist_id": list_id, "answers": answers}
    command = {"id": str(uuid4()), "kind": "orders.complete", "at": at.isoformat()}
    return command | {"base_version": order.version, "payload": payload}


def test_what_was_answered_before_the_list_changed_is_taken_by_the_version_that_was_answered(phone):
    order = Order.objects.order_by("id")[0]
    old = order.checklist_id
    change_the_list()
    assert Order.objects.get(pk=order.pk).checklist_id != old  # meanwhile the order follows its list
    with clock.standing_at(BACK):
        [fate] = send(phone, [said(order, old, THE_DAY_BEFORE)])
    assert fate["outcome"] == "applied", fate
    assert Order.objects.get(pk=order.pk).checklist_id == old  # the record shows the questions of that day


def test_what_was_answered_by_a_withdrawn_list_is_refused_and_mended_by_the_new_one(phone):
    order = Order.objects.order_by("id")[0]
    old = order.checklist_id
    change_the_list()
    new = Checklist.objects.get(version=2)
    with clock.standing_at(BACK):
        [refused] = send(phone, [said(order, old, SINCE)])
        assert (refused["code"], refused["status"]) == ("orders.checklist_withdrawn", 409)
        assert not Visit.objects.exists()
        shown = phone.get(f"/api/orders/{order.pk}").json()  # the phone looks at the order anew
        assert (shown["checklist"]["id"], shown["version"]) == (new.pk, order.version)
        battery = {"battery": make_answers()[0].model_copy(update={"item": "battery"})}
        [mended] = send(phone, [said(order, new.pk, SINCE, **battery)])
    assert mended["outcome"] == "applied", mended
