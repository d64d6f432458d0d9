"""Telling and sending on a real PostgreSQL, to a real gateway and a real mail server. NT-4, NT-5, NT-7."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.makers import AT, BOB, make_actor, make_user
from tests.notices.makers import (
    ADMIN,
    connect,
    gateway,
    give_address,
    install_hours,
    postbox,
    telling,
)
from wangge.accounts.models import User
from wangge.accounts.rules import Language, Medium
from wangge.kernel import jobs
from wangge.kernel.models import AuditRow
from wangge.kernel.secrets import encrypt
from wangge.notices import queries, sending, services
from wangge.notices.models import Delivery, MediumChannel, Message, Notice
from wangge.notices.schemas import DeliveryFilter, PreferenceIn
from wangge.notices.services import Contact

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PHONE = "13812345678"
EVENING = AT + timedelta(hours=13)  # 23:00 in China
MORNING = AT + timedelta(hours=22)  # 8:00 the next day


def states() -> list[str]:
    return list(Delivery.objects.order_by("id").values_list("state", flat=True))


def test_told_twice_it_arrives_once() -> None:
    bob = make_actor(BOB)
    with gateway() as sms:
        connect(Medium.SMS, sms.url)
        give_address(bob.user_id, Medium.SMS, PHONE)

        assert services.tell([telling("a", [bob.user_id, bob.user_id])], at=AT) == 1
        assert services.tell([telling("a", [bob.user_id]), telling("a")], at=AT) == 0
        assert services.send_due(at=AT) == 1
        assert services.send_due(at=AT) == 0

        assert [one["phone"] for one in sms.received] == [PHONE]
        assert sms.received[0]["message"] == "灭火器过期，花园路 1 号。"
    assert states() == ["sent"]
    assert queries.count_unread(bob) == 1


def test_what_fails_is_tried_five_times_more_and_then_given_up_and_can_be_tried_again() -> None:
    bob = make_actor(BOB)
    with gateway(status=503) as sms:
        connect(Medium.SMS, sms.url)
        give_address(bob.user_id, Medium.SMS, PHONE)
        services.tell([telling("a", [bob.user_id])], at=AT)
        at, waits = AT, []
        while services.send_due(at=at):
            row = Delivery.objects.get()
            waits.append((row.due_at - at).total_seconds() / 60)
            assert "503" in row.reason
            at = row.due_at

        assert waits == [1, 5, 30, 120, 360, 0]
        row = Delivery.objects.get()
        assert (row.state, row.attempts) == ("given_up", 6)
        sms.status = 200
        assert services.try_again([row.pk], actor=ADMIN, at=at) == 1
        services.send_due(at=at)

        assert states() == ["sent"]
        assert len(sms.received) == 1


def test_one_that_is_refused_does_not_hold_up_the_others() -> None:
    people = [make_user(username=f"m{n}", name=f"员{n}") for n in range(3)]
    with postbox(refuses="m1@city.example") as box:
        connect(Medium.EMAIL, box.url)
        for n, user in enumerate(people):
            give_address(user.pk, Medium.EMAIL, f"m{n}@city.example")
        services.tell([telling("a", [user.pk for user in people], media=["email"])], at=AT)

        services.send_due(at=AT)

        assert sorted(box.recipients) == ["m0@city.example", "m2@city.example"]
        assert box.mails[0]["Subject"] == "有新案件待签收"
        assert str(box.mails[0]["Message-ID"]).startswith("<wangge-")
    assert states() == ["sent", "failed", "sent"]
    reason = Delivery.objects.get(state="failed").reason
    assert reason
    assert "m1@city.example" not in reason
    assert Notice.objects.count() == 0  # not in the inbox: the rule did not say so


def test_a_sender_that_died_is_taken_over_and_the_delivery_says_that_it_may_be_double() -> None:
    bob = make_actor(BOB)
    with gateway() as sms:
        connect(Medium.SMS, sms.url)
        give_address(bob.user_id, Medium.SMS, PHONE)
        services.tell([telling("a", [bob.user_id])], at=AT)
        taken = sending._take(AT, 10)  # as a worker does that is killed between sending and noting
        for parcel in sending._pack(taken)[0]:
            sending._carry(parcel)

        assert services.send_due(at=AT + timedelta(minutes=4)) == 0  # somebody may still be at it
        assert services.send_due(at=AT + timedelta(minutes=5)) == 1

        assert len(sms.received) == 2
        assert len(set(sms.keys)) == 1  # a gateway that looks at the key knows the second
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.may_be_double) == ("sent", 2, True)
    assert [one.id for one in queries.list_deliveries(ADMIN, DeliveryFilter(state="double")).items] == [
        row.pk
    ]


def test_a_late_sender_does_not_overwrite_what_another_noted() -> None:
    bob = make_actor(BOB)
    with gateway() as sms:
        connect(Medium.SMS, sms.url)
        give_address(bob.user_id, Medium.SMS, PHONE)
        services.tell([telling("a", [bob.user_id])], at=AT)
        late = sending._take(AT, 10)
        services.send_due(at=AT + timedelta(minutes=5))

        sending._note([(one, "the line broke") for one in late], AT + timedelta(minutes=6))

    assert states() == ["sent"]


def test_quiet_hours_hold_the_phone_back_but_not_the_inbox_and_not_what_is_urgent() -> None:
    install_hours()
    bob = make_actor(BOB)
    with gateway() as sms:
        connect(Medium.SMS, sms.url)
        give_address(bob.user_id, Medium.SMS, PHONE)
        services.tell([telling("a", [bob.user_id])], at=EVENING)
        services.tell([telling("b", [bob.user_id], is_urgent=True, text_zh="火情")], at=EVENING)
        services.send_due(at=EVENING)

        assert [one["message"] for one in sms.received] == ["火情"]
        assert queries.count_unread(bob) == 2
        services.send_due(at=AT + timedelta(hours=21))  # 7:00
        assert len(sms.received) == 2


def test_a_retry_does_not_ring_at_night() -> None:
    install_hours()
    bob = make_actor(BOB)
    with gateway(status=503) as sms:
        connect(Medium.SMS, sms.url)
        give_address(bob.user_id, Medium.SMS, PHONE)
        late = AT + timedelta(hours=11, minutes=59, seconds=30)  # 21:59:30
        services.tell([telling("a", [bob.user_id])], at=late)
        services.send_due(at=late)

    assert Delivery.objects.get().due_at == AT + timedelta(hours=21)


def test_a_digest_is_one_message_in_the_morning() -> None:
    install_hours()
    bob = make_actor(BOB)
    services.choose(PreferenceIn(wants_digest=True), actor=bob)
    with gateway() as sms:
        connect(Medium.SMS, sms.url)
        give_address(bob.user_id, Medium.SMS, PHONE)
        services.tell([telling(key, [bob.user_id]) for key in "abc"], at=AT)
        services.send_due(at=AT)
        assert sms.received == []

        services.send_due(at=MORNING)

        assert len(sms.received) == 1
        assert sms.received[0]["title"] == "网格待办汇总：3 条"
        assert sms.received[0]["message"].count("灭火器过期") == 3
    assert states() == ["sent"] * 3


def test_who_muted_a_topic_does_not_hear_of_it_unless_it_is_duty() -> None:
    bob = make_actor(BOB)
    services.choose(PreferenceIn(muted=["dispatch"]), actor=bob)

    services.tell([telling("a", [bob.user_id], is_duty=False), telling("b", [bob.user_id])], at=AT)

    assert Notice.objects.get().message.key == "b"


def test_a_group_hears_each_message_once() -> None:
    people = [make_user(username=f"m{n}", name=f"员{n}") for n in range(3)]
    with gateway() as robot:
        connect(Medium.WECOM, robot.url.partition("?")[0])
        services.tell([telling("a", [user.pk for user in people], media=["in_app", "wecom"])], at=AT)
        services.send_due(at=AT)

        assert len(robot.received) == 1
    assert Notice.objects.count() == 3


def test_a_contact_without_an_account_is_reached_and_a_channel_that_is_off_is_not_asked() -> None:
    owner = Contact("c1", "sms", encrypt(PHONE))
    with gateway() as sms:
        services.tell([telling("before", contacts=[owner])], at=AT)
        connect(Medium.SMS, sms.url)
        services.tell([telling("after", contacts=[owner])], at=AT)
        services.send_due(at=AT)

        assert len(sms.received) == 1
    assert Delivery.objects.get().message.key == "after"


def test_no_secret_and_no_address_is_written_anywhere(caplog: pytest.LogCaptureFixture) -> None:
    bob = make_actor(BOB)
    with caplog.at_level(logging.DEBUG), gateway(status=500) as sms:
        connect(Medium.SMS, sms.url)
        give_address(bob.user_id, Medium.SMS, PHONE)
        services.send_test(Medium.SMS, PHONE, actor=ADMIN, at=AT)
        services.tell([telling("a", [bob.user_id])], at=AT)
        services.send_due(at=AT)
    shown = [one.model_dump_json() for one in queries.list_channels(ADMIN, at=AT)]
    shown += [
        one.model_dump_json() for one in queries.list_deliveries(ADMIN, DeliveryFilter(state="failed")).items
    ]
    kept = [str(row) for row in AuditRow.objects.values()] + [
        str(row) for row in MediumChannel.objects.values()
    ]
    kept += [str(row) for row in Delivery.objects.values()]

    for text in (*shown, *kept, caplog.text):
        assert "s3cretpass" not in text
        assert PHONE not in text


def test_if_the_caller_rolls_back_nobody_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    bob = make_actor(BOB)
    with gateway() as sms:
        connect(Medium.SMS, sms.url)
        give_address(bob.user_id, Medium.SMS, PHONE)

        def fail(name: str, **arguments: object) -> None:
            raise RuntimeError(name)

        monkeypatch.setattr(jobs, "defer", fail)
        with pytest.raises(RuntimeError):
            services.tell([telling("a", [bob.user_id])], at=AT)

    assert (Message.objects.count(), Notice.objects.count(), Delivery.objects.count()) == (0, 0, 0)


def test_ten_thousand_people_are_told_in_as_many_statements_as_ten() -> None:
    User.objects.bulk_create(
        User(username=f"p{n}", name="员", password="!", created_at=AT) for n in range(10_010)
    )
    ids = list(User.objects.order_by("id").values_list("pk", flat=True))
    with gateway() as sms:
        connect(Medium.SMS, sms.url)
        sealed = encrypt(PHONE)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO accounts_address (user_id, medium, sealed, updated_at)"
                " SELECT id, 'sms', %s, %s FROM accounts_user",
                [sealed, AT],
            )
        with CaptureQueriesContext(
            connection,
        ) as few:
            services.tell([telling("few", ids[:10])], at=AT)
        with CaptureQueriesContext(connection) as many:
            services.tell([telling("many", ids[10:])], at=AT)

    assert (Notice.objects.count(), Delivery.objects.count()) == (10_010, 10_010)
    assert len(many) <= len(few) + 1  # the job waits already, and the queue says so


def test_the_past_is_forgotten_after_half_a_year() -> None:
    bob = make_actor(BOB)
    services.tell([telling("old", [bob.user_id])], at=AT - timedelta(days=181))
    services.tell([telling("new", [bob.user_id])], at=AT)

    assert services.forget_old(at=AT) == 1
    assert Notice.objects.get().message.key == "new"


def test_each_hears_in_the_language_of_choice() -> None:
    bob, eve = make_actor(BOB), make_user(username="eve", name="伊芙")
    services.choose(PreferenceIn(language=Language.EN), actor=replace(bob, user_id=eve.pk))
    with gateway() as sms:
        connect(Medium.SMS, sms.url)
        give_address(bob.user_id, Medium.SMS, PHONE)
        give_address(eve.pk, Medium.SMS, "13800000002")
        lines = [("c1", "13800000003", "zh"), ("c2", "13800000004", "en")]
        contacts = [Contact(name, "sms", encrypt(phone), language) for name, phone, language in lines]
        services.tell([telling("a", [bob.user_id, eve.pk], contacts=contacts)], at=AT)
        services.send_due(at=AT)

    heard = {one["phone"]: (one["title"], one["message"]) for one in sms.received}
    chinese = ("有新案件待签收", "灭火器过期，花园路 1 号。")
    english = ("A case waits", "Fire extinguisher, 1 Garden Road.")
    assert heard == {PHONE: chinese, "13800000002": english, "13800000003": chinese, "13800000004": english}


def test_a_digest_in_english_is_english_throughout() -> None:
    install_hours()
    bob = make_actor(BOB)
    services.choose(PreferenceIn(wants_digest=True, language=Language.EN), actor=bob)
    with gateway() as sms:
        connect(Medium.SMS, sms.url)
        give_address(bob.user_id, Medium.SMS, PHONE)
        services.tell([telling(key, [bob.user_id]) for key in "ab"], at=AT)
        services.send_due(at=MORNING)

    [one] = sms.received
    assert one["title"] == "Grid news: 2 messages"
    assert one["message"].splitlines()[1] == "2. A case waits: Fire extinguisher, 1 Garden Road."
