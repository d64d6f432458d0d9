"""Who may enforce, and who looks first: what the case page suggests and what a hand-over is refused for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.cases.makers import HOUR, House, command, make_case, make_house, take, walk
from tests.makers import AT, BOB, make_members
from wangge.accounts.models import User
from wangge.cases import queries
from wangge.cases.models import Case
from wangge.kernel.fates import Fate
from wangge.matters import services as matters

VERSION = "powers@1"
NAMED = {"name_zh": "派出所的监督检查", "name_en": "By the police", "source": "t", "is_confirmed": False}

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    first = {"matter_prefix": "H301", "grid_first": True}
    house = make_house(VERSION, routes=[first])
    power = NAMED | {"code": "PW", "department_kind": "police", "matter_prefix": "H30", "basis": "消防法§53"}
    matters.install_powers([power], pack_version=VERSION)
    make_members({BOB.scope: User.objects.get(pk=house.bob.user_id)})
    return house


def hand_over(house: House, case: UUID, **fields: Any) -> Fate:
    step = command(case, "transfer", at=AT + HOUR * 3, reason="拒不整改", **fields)
    return take(house.han, step)[0]


def test_a_hand_over_goes_only_to_a_body_with_the_power(house: House) -> None:  # CS-38, SX-05
    case = make_case(house)
    walk(house, case, "handling")
    alone = hand_over(house, case)  # the fire brigade has no row for it here
    assert (alone.status, alone.code) == (409, "cases.no_power")
    assert "派出所的监督检查" in (alone.zh or "")
    assert Case.objects.get(pk=case).status == "handling"
    assert hand_over(house, case, department_id=house.police).status == 200
    assert Case.objects.get(pk=case).department_id == house.police


def test_where_the_list_is_silent_nobody_is_refused(house: House) -> None:
    case = make_case(house, matter_code="H501")
    walk(house, case, "handling")
    assert hand_over(house, case).status == 200
    assert queries.advise_handler(house.alice, case, at=AT).enforcers == []


def test_the_page_offers_the_nearest_department_with_the_power(house: House) -> None:
    case = make_case(house)
    [one] = queries.advise_handler(house.alice, case, at=AT).enforcers
    assert (one.id, one.power_zh, one.basis) == (house.police, "派出所的监督检查", "消防法§53")


@pytest.mark.parametrize(
    ("channel", "matter", "first"),
    [
        ("citizen", "H301", True),
        ("hotline", "H301", True),
        ("patrol", "H301", False),  # whoever reports from the grid has looked
        ("citizen", "H304", False),  # no row says so
    ],
)
def test_of_a_tip_the_grid_member_looks_first(  # MA-2, WH-34
    house: House, channel: str, matter: str, first: bool
) -> None:
    case = make_case(house, matter_code=matter, channel=channel)
    name = house.bob.name if first else None
    assert queries.advise_handler(house.alice, case, at=AT).looks_first == name


def test_once_it_is_with_a_department_nobody_has_to_look_first(house: House) -> None:
    case = make_case(house, channel="citizen")
    walk(house, case, "dispatched")
    assert queries.advise_handler(house.alice, case, at=AT + timedelta(hours=2)).looks_first is None
