"""What a step tells to whom. NT-1, NT-2, NT-10; HB-12, HB-08, WH-34, TZ-02, ZH-05, DG-08."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cases.makers import HOUR, House, command, make_case, make_house, report, take, walk
from tests.cases.tellers import install, tell
from tests.ground import NEXT
from tests.makers import AT, BOB, Person, make_actor, make_user, make_venues
from tests.notices.makers import connect, gateway
from wangge.accounts.models import User
from wangge.accounts.rules import Medium, Role
from wangge.cases import services
from wangge.cases.marking import MarkCommand
from wangge.cases.models import Case, News
from wangge.cases.rules import Mark
from wangge.kernel.ids import new_id
from wangge.kernel.secrets import encrypt
from wangge.notices import services as notices
from wangge.notices.models import Delivery, Message, Notice
from wangge.venues import services as venues
from wangge.venues.rules import ContactKind
from wangge.venues.schemas import ContactIn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
NEIGHBOUR = Person("nora", "聂邻居", Role.GRID_MEMBER, NEXT)
DAY = timedelta(days=1)


@pytest.fixture
def house() -> House:
    return make_house()


def told() -> dict[str, set[str]]:
    """Return who has a notice of which topic."""
    found: dict[str, set[str]] = {}
    for topic, username in Notice.objects.values_list("message__topic", "user__username"):
        found.setdefault(topic, set()).add(username)
    return found


def test_each_step_tells_those_whom_its_rule_names(house: House) -> None:
    install(
        {"topic": "report", "recipients": ["command_room", "grid_chief", "grid_member", "supervisors"]},
        {"topic": "dispatch", "recipients": ["department"]},
        {"topic": "feed_back", "recipients": ["verifiers"]},
        {"topic": "pass", "recipients": ["reporter", "handler"]},
    )
    walk(house, make_case(house), "closed")

    tell()

    assert told() == {
        "report": {"alice", "chief", "super"},  # BOB did it and knows it
        "dispatch": {"han"},
        "feed_back": {"chief", "super"},  # neither the reporter BOB nor the handler HAN (DG-08)
        "pass": {"bob", "han"},
    }
    assert not News.objects.exists()


def test_a_rule_hears_only_what_its_filter_lets_through(house: House) -> None:
    install(
        {"topic": "report", "recipients": ["command_room"], "matters": ["H3"], "code": "h3"},
        {"topic": "report", "recipients": ["command_room"], "severities": ["larger"], "code": "larger"},
        {"topic": "report", "recipients": ["command_room"], "channels": ["citizen"], "code": "citizen"},
    )
    make_case(house, matter_code="H301")
    make_case(house, matter_code="H501", channel="citizen")

    tell()

    assert sorted(Message.objects.values_list("rule_code", flat=True)) == ["citizen", "h3", "larger"]


def test_each_rung_of_the_ladder_is_told_of_its_own_escalation(house: House) -> None:
    install(
        {"topic": "escalate", "levels": ["L1"], "recipients": ["grid_chief"]},
        {"topic": "escalate", "levels": ["L2"], "recipients": ["command_room"]},
    )
    case = make_case(house)
    marks = [MarkCommand(new_id(), case, Mark.ESCALATE, detail={"code": code}) for code in ("L1", "L3")]
    services.add_marks(marks, actor=None, at=AT)

    tell()

    assert told() == {"escalate": {"chief"}}


def test_the_text_says_what_and_where_and_never_who_reported(house: House) -> None:
    install(
        {"topic": "report", "recipients": ["command_room"]}, {"topic": "reject", "recipients": ["reporter"]}
    )
    case = make_case(house)
    take(house.alice, command(case, "reject", reason="重复 {matter}"))

    tell()

    first, second = Message.objects.order_by("id")
    assert first.text_zh == "事项H301，花园路 1 号，10-16 24:00，"
    assert first.text_en == "Matter H301, 花园路 1 号, 10-16 24:00, "
    assert second.text_zh.endswith("重复 {matter}")
    assert (first.case_id, first.path) == (case, BOB.scope)
    assert house.bob.name not in first.text_zh


def test_the_fan_out_of_hb12_managers_first_then_the_owner_and_again_after_a_day(house: House) -> None:
    managers = ["property_manager", "community_manager", "police_manager"]
    install(
        {"topic": "report", "recipients": managers, "media": ["in_app", "sms"]},
        {"topic": "accept", "recipients": ["owner", "venue_keeper"], "media": ["sms"]},
        {
            "topic": "accept",
            "recipients": ["owner"],
            "media": ["sms"],
            "delay_minutes": 1440,
            "only_if_open": True,
            "text_zh": "请尽快整改",
        },
    )
    [venue] = make_venues(keeper_phone=encrypt("13900000003"))
    for kind, phone, place in (
        (ContactKind.PROPERTY, "13900000001", {"path": "34.02.03.005."}),
        (ContactKind.OWNER, "13900000002", {"venue_id": venue.pk}),
    ):
        given = ContactIn(kind=kind, name="某人", medium=Medium.SMS, address=phone, **place)
        venues.add_contact(given, actor=house.alice, at=AT)
    with gateway() as sms:
        connect(Medium.SMS, sms.url)
        case = make_case(house, venue_id=venue.pk)
        tell(AT)
        notices.send_due(at=AT)
        assert [one["phone"] for one in sms.received] == ["13900000001"]
        assert told() == {
            "report": {"chief", "pang"}
        }  # the community's grid chief, the police station's people

        take(house.alice, command(case, "accept"))
        tell(AT)
        notices.send_due(at=AT)
        assert sorted(one["phone"] for one in sms.received[1:]) == ["13900000002", "13900000003"]

        tell(AT + DAY - timedelta(minutes=1))
        assert len(sms.received) == 3
        tell(AT + DAY)
        notices.send_due(at=AT + DAY)
        assert [(one["phone"], one["message"]) for one in sms.received[3:]] == [("13900000002", "请尽快整改")]


def test_what_waits_its_time_is_not_told_once_the_case_is_closed(house: House) -> None:
    install(
        {
            "topic": "dispatch",
            "recipients": ["department"],
            "delay_minutes": 1440,
            "only_if_open": True,
        }
    )
    walk(house, make_case(house), "closed")
    still = make_case(house)
    walk(house, still, "dispatched")

    tell(AT + 2 * HOUR)
    assert told() == {}
    tell(AT + 2 * DAY)

    assert list(Message.objects.values_list("case_id", flat=True)) == [still]


def test_what_was_fixed_on_the_spot_is_not_told_to_the_police(house: House) -> None:
    install({"topic": "report", "recipients": ["police_station"], "only_if_open": True})
    make_case(house, fixed_on_spot=True, photos=[house.photo], after_photos=[house.photo])
    open_one = make_case(house)

    tell()

    assert told() == {"report": {"pang"}}
    assert Message.objects.get().case_id == open_one


def test_members_nearby_with_such_places_hear_of_a_finding_without_a_link(house: House) -> None:
    make_actor(NEIGHBOUR)
    other = make_user(username="olga", name="欧无店")
    install({"topic": "report", "recipients": ["grid_peers"], "levels_up": 1})
    [venue, _] = [make_venues()[0], make_venues(grid_path=NEXT)[0]]
    make_case(house, venue_id=venue.pk)
    make_case(house)  # at no place: nobody has the like of it

    tell()

    assert told() == {"report": {"nora"}}
    assert not Notice.objects.filter(user=other).exists()
    assert Message.objects.get().case_id is None  # it lies outside her grids


def test_peers_without_such_a_place_hear_nothing(house: House) -> None:
    make_actor(NEIGHBOUR)
    install({"topic": "report", "recipients": ["grid_peers"], "levels_up": 1})
    [venue] = make_venues()
    make_venues(class_code="school", grid_path=NEXT)
    make_case(house, venue_id=venue.pk)

    tell()

    assert told() == {}


def test_news_that_lay_for_more_than_three_days_is_told_to_nobody(house: House) -> None:
    install({"topic": "report", "recipients": ["command_room"]})
    make_case(house)

    tell(AT + 3 * DAY)

    assert told() == {}
    assert not News.objects.exists()


def test_a_teller_that_died_tells_it_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    install({"topic": "report", "recipients": ["command_room"]})
    make_case(house)
    honest = notices.tell

    def dies(*args: Any, **named: Any) -> int:
        honest(*args, **named)
        raise ConnectionError("the worker is killed before it commits")

    with monkeypatch.context() as patch:
        patch.setattr(notices, "tell", dies)
        with pytest.raises(ConnectionError):
            services.tell_news(at=AT)
    assert told() == {}

    tell()
    tell()

    assert told() == {"report": {"alice"}}


def test_a_batch_costs_as_many_statements_as_one(house: House) -> None:
    install(
        {
            "topic": "report",
            "recipients": ["command_room", "verifiers", "police_manager", "owner", "grid_peers"],
        }
    )
    make_case(house)
    with CaptureQueriesContext(connection) as few:
        services.tell_news(at=AT)
    services.report_cases([report() for _ in range(200)], actor=house.bob, at=AT)

    with CaptureQueriesContext(connection) as many:
        assert services.tell_news(at=AT) == 200

    assert len(many) == len(few)
    assert Notice.objects.filter(user__username="alice").count() == 201


def test_without_a_rule_news_is_dropped_and_nobody_hears(house: House) -> None:
    walk(house, make_case(house), "dispatched")

    tell()

    assert (News.objects.count(), Message.objects.count(), Delivery.objects.count()) == (0, 0, 0)


def test_a_refused_step_is_no_news(house: House) -> None:
    case = make_case(house)
    News.objects.all().delete()

    take(house.carol, command(case, "accept"))
    take(house.alice, command(case, "dispatch"))

    assert not News.objects.exists()


def test_the_short_and_the_long_way_make_the_same_news(house: House) -> None:
    cases = [make_case(house) for _ in range(3)]
    News.objects.all().delete()
    take(house.alice, command(cases[0], "accept"))
    take(house.alice, command(cases[1], "accept"), command(cases[2], "accept"))

    rows = News.objects.values_list("case_id", "rule_code", "due_at")
    assert sorted(rows) == sorted((case, "", AT) for case in cases)


def test_a_closed_account_hears_nothing(house: House) -> None:
    install({"topic": "report", "recipients": ["command_room"]})
    User.objects.filter(pk=house.alice.user_id).update(is_active=False)
    case: UUID = make_case(house)

    tell()

    assert told() == {}
    assert Case.objects.filter(pk=case).exists()


def test_late_on_two_clocks_at_one_rung_is_told_once(house: House) -> None:
    install({"topic": "escalate", "levels": ["L1"], "recipients": ["grid_chief"]})
    case, other = make_case(house), make_case(house)
    marks = [
        MarkCommand(new_id(), one, Mark.ESCALATE, detail={"code": "L1", "clock": clock})
        for one, clock in ((case, "due"), (case, "stage"), (other, "due"))
    ]
    services.add_marks(marks, actor=None, at=AT)

    tell()

    assert sorted(Message.objects.values_list("case_id", flat=True)) == sorted([case, other])


def test_departments_that_still_have_to_countersign_are_told(house: House) -> None:  # CS-31
    install(
        {"topic": "dispatch", "recipients": ["co_handlers"]},
        {"topic": "invite", "recipients": ["department"]},
    )
    case = make_case(house)
    walk(house, case, "accepted")
    [fate] = take(house.alice, command(case, "dispatch", at=AT + HOUR, co_department_ids=[house.police]))
    assert fate.status == 200

    tell()

    assert told() == {"dispatch": {"pang"}}


def test_hb_08_a_tip_sends_the_grid_member_to_the_place_and_a_hazard_the_chief(house: House) -> None:
    install(
        {"topic": "report", "channels": ["citizen", "hotline"], "recipients": ["grid_member"], "code": "tip"},
        {"topic": "report", "channels": ["patrol"], "severities": ["larger"], "recipients": ["grid_chief"]},
    )
    make_case(house, by="alice", channel="hotline")
    make_case(house, matter_code="H501")
    make_case(house)  # general: nobody has to come

    tell()

    sent = Notice.objects.values_list("message__rule_code", "user__username")
    assert sorted(sent) == [("r1", "chief"), ("tip", "bob")]


def test_wh_34_the_reporter_is_told_when_it_is_closed_and_not_before(house: House) -> None:
    install({"topic": "pass", "recipients": ["reporter"], "media": ["in_app"]})
    case = make_case(house)
    walk(house, case, "verifying")
    tell()
    assert told() == {}
    [fate] = take(house.super, command(case, "pass", at=AT + HOUR * 9, reason="已核实"))
    assert fate.status == 200

    tell()

    assert told() == {"pass": {"bob"}}
