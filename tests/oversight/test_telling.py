"""Whom the ladder and the cards tell: the rung's post, once a rung. NT-10, OV-1, OV-6."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oversight.makers import act, china, make_handled, make_watched_house, take
from wangge.cases import services as cases
from wangge.kernel.ids import new_id
from wangge.notices import services as notices
from wangge.notices.models import Notice
from wangge.oversight import services
from wangge.oversight.schemas import LiftCommand

pytestmark = pytest.mark.django_db
FRIDAY = china("2025-10-17T00:00")


@pytest.fixture
def house():
    plain: dict[str, Any] = {
        "name_zh": "通知",
        "name_en": "Notice",
        "media": ["in_app"],
        "delay_minutes": 0,
        "only_if_open": True,
        "levels_up": 0,
        "is_urgent": False,
        "is_duty": True,
        "is_digest": False,
        "text_zh": "{matter}",
        "text_en": "{matter}",
        "source": "test",
        "is_confirmed": False,
    }
    rules = [
        {"code": "L1", "topic": "escalate", "levels": ["L1"], "recipients": ["grid_chief"]},
        {"code": "L3", "topic": "escalate", "levels": ["L3"], "recipients": ["supervisors"]},
        {"code": "card", "topic": "card", "recipients": ["department"]},
    ]
    notices.install_rules([plain | rule for rule in rules], pack_version="t@1")
    return make_watched_house()


def told(at):
    """Return who was told of what by now."""
    while cases.tell_news(at=at):
        pass
    found = Notice.objects.order_by("message__rule_code", "user__username")
    return list(found.values_list("message__rule_code", "user__username"))


def test_each_rung_tells_its_post_once(house):
    make_handled(house)
    services.climb(at=FRIDAY)
    assert told(FRIDAY) == [("L1", "chief")]
    services.climb(at=FRIDAY)
    assert told(FRIDAY) == [("L1", "chief")]
    later = china("2025-10-22T09:00")
    services.climb(at=later)
    assert told(later) == [("L1", "chief"), ("L3", "super")]


def test_a_card_tells_the_department_and_its_taking_back_does_not(house):
    case_id = make_handled(house)
    card = act(case_id, "yellow")
    assert take(house.super, card, at=FRIDAY)[0].status == 200
    assert told(FRIDAY) == [("card", "han")]
    lift = LiftCommand(id=new_id(), act_id=card.id, text="已整改")
    assert services.lift_acts([lift], actor=house.super, at=FRIDAY)[0].status == 200
    assert told(FRIDAY) == [("card", "han")]
