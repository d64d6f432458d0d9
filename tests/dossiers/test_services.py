"""DS-1 … DS-8 through the services, on a real database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.dossiers.makers import INTERVALS, PACK, done, facility, licence, make_words, person, removal
from tests.ground import make_divisions, make_grids
from tests.makers import AT, BOB, CAROL, ON, make_actor, make_photo, make_venues, plain_actor
from wangge.accounts.rules import Role
from wangge.dossiers import queries, services
from wangge.dossiers.models import Change, Holding, Person
from wangge.dossiers.schemas import DueFilter, NobodyFilter
from wangge.kernel.errors import NotVisible, NotYourRole
from wangge.kernel.fates import Fate
from wangge.kernel.ids import new_id
from wangge.kernel.jobs import is_waiting
from wangge.kernel.models import AuditRow
from wangge.venues.models import Venue
from wangge.venues.schemas import VenueClassOut, VenueIn
from wangge.venues.services import install_classes, save_venues

pytestmark = pytest.mark.django_db
BOBS = plain_actor(BOB)


@pytest.fixture(autouse=True)
def ground() -> None:
    make_words()


def told(fates: list[Fate]) -> list[tuple[str, int, str | None]]:
    return [(fate.outcome.value, fate.status, fate.code) for fate in fates]


def test_a_person_is_named_once_sealed_and_masked() -> None:
    [venue] = make_venues()
    given = person(venue.pk, since_on="2025-01-01", source="现场登记")
    assert told(services.save_people([given], actor=BOBS, at=AT)) == [("applied", 200, None)]
    assert [one.status for one in services.save_people([given], actor=BOBS, at=AT)] == [208]
    row = Person.objects.get()
    assert b"13812345678" not in bytes(row.phone)
    [shown] = queries.get_dossier(BOBS, venue.pk, at=AT).people
    assert (shown.name, shown.phone, shown.stands) == ("张**", "138****5678", True)
    [audit] = AuditRow.objects.filter(action="dossiers.made")
    assert "张" not in str(audit.detail)


def test_what_came_in_masked_stays_and_the_history_holds_no_phone() -> None:
    [venue] = make_venues()
    given = person(venue.pk)
    services.save_people([given], actor=BOBS, at=AT)
    masked = given.model_copy(
        update={
            "id": new_id(),
            "base_version": 1,
            "name": "张**",
            "phone": "138****5678",
            "until_on": date(2026, 1, 1),
        }
    )
    services.save_people([masked], actor=BOBS, at=AT)
    fresh = masked.model_copy(update={"id": new_id(), "base_version": 2, "phone": "13900000000"})
    services.save_people([fresh], actor=BOBS, at=AT)
    assert Person.objects.get().name == "张建国"
    kept = [(one.deed, one.version, one.fields) for one in Change.objects.order_by("pk")]
    assert kept == [
        ("made", 1, {"kind": [None, "responsible"], "name": [None, "张建国"], "phone": []}),
        ("changed", 2, {"until_on": [None, "2026-01-01"]}),
        ("changed", 3, {"phone": []}),
    ]
    shown = queries.list_history(BOBS, venue.pk).items
    assert [(one.deed.value, [f.field for f in one.fields]) for one in shown][:1] == [("changed", ["phone"])]
    assert "张建国" not in str([one.model_dump() for one in shown])


def test_a_place_has_one_responsible_person_at_a_time() -> None:
    [venue] = make_venues()
    first, second = person(venue.pk), person(venue.pk, name="李四")
    fates = services.save_people([first, second], actor=BOBS, at=AT)
    assert told(fates)[1] == ("refused", 409, "dossiers.another_stands")
    ended = first.model_copy(update={"id": new_id(), "base_version": 1, "until_on": ON})
    later = person(venue.pk, name="李四", since_on=ON)
    assert [one.status for one in services.save_people([ended, later], actor=BOBS, at=AT)] == [200, 200]


def test_each_item_has_its_fate() -> None:
    venue, other = make_venues(count=2)
    [far] = make_venues(grid_path="34.02.0.001.")
    given = person(venue.pk)
    fates = services.save_people(
        [
            given,
            person(far.pk),
            person(venue.pk, kind="nobody"),
            person(venue.pk, kind="manager", credit_code="123"),
            given.model_copy(update={"id": new_id(), "base_version": 5}),
            person(far.pk, kind="tenant", entry_id=given.entry_id, base_version=1),
            person(other.pk, kind="tenant", entry_id=given.entry_id, base_version=1),
        ],
        actor=BOBS,
        at=AT,
    )
    assert told(fates) == [
        ("applied", 200, None),
        ("refused", 404, "kernel.not_visible"),
        ("unreadable", 422, "dossiers.unknown_kind"),
        ("unreadable", 422, "kernel.unreadable"),
        ("conflict", 409, "kernel.version_conflict"),
        ("refused", 404, "kernel.not_visible"),
        ("refused", 404, "kernel.not_visible"),
    ]
    assert Person.objects.count() == 1


def test_who_may_not_write_is_told_so() -> None:
    [venue] = make_venues()
    leader = plain_actor(BOB.acting_as(Role.LEADER))
    with pytest.raises(NotYourRole):
        services.save_people([person(venue.pk)], actor=leader, at=AT)
    with pytest.raises(NotYourRole):
        services.set_removed([removal(new_id(), "person")], actor=leader, at=AT)


def test_who_answers_is_told_with_every_link_and_by_rooms_above() -> None:
    [one, two] = make_venues(count=2)
    services.save_people(
        [
            person(one.pk, kind="property", name="安居物业", until_on="2025-10-01"),
            person(one.pk, kind="owner", name="城投集团", phone="05531234567"),
        ],
        actor=BOBS,
        at=AT,
    )
    found = queries.get_dossier(BOBS, one.pk, at=AT).answers
    assert (found.name, found.kind_en) == ("城投集团", "owner")
    assert [(link.kind, link.name, link.ended_on) for link in found.links] == [
        ("property", "", date(2025, 10, 1)),
        ("owner", "城投集团", None),
    ]
    with CaptureQueriesContext(connection) as seen:
        both = queries.answering_for({row.pk: row.grid_path for row in (one, two)}, ON)
    assert (both[one.pk].name, both[two.pk].name) == ("城投集团", "34.02.03.005.012.")
    assert both[two.pk].entry_id is None
    assert len(seen) <= 4


def test_a_reveal_asks_why_and_is_on_record() -> None:
    [venue] = make_venues()
    given = person(venue.pk)
    services.save_people([given], actor=BOBS, at=AT)
    shown = services.reveal_person(given.entry_id, "核实隐患", actor=BOBS, at=AT)
    assert (shown.name, shown.address) == ("张建国", "13812345678")
    row = AuditRow.objects.get(action="venues.reveal")
    assert row.detail["reason"] == "核实隐患"
    assert "1381234" not in str(row.detail)
    with pytest.raises(NotVisible):
        services.reveal_person(given.entry_id, "核实隐患", actor=plain_actor(CAROL), at=AT)


def test_a_facility_keeps_its_next_due_day_and_explains_it() -> None:
    [shop], [mall] = make_venues(), make_venues(class_code="crowded")
    services.save_facilities(
        [
            facility(shop.pk, maintained_on="2025-10-01"),
            facility(mall.pk, maintained_on="2025-10-01"),
            facility(shop.pk, kind="hydrant", made_on=None),
            facility(shop.pk, kind="door"),
        ],
        actor=BOBS,
        at=AT,
    )
    kept = set(Holding.objects.values_list("kind", "venue__venue_class_id", "due_on", "due_what", "due_rule"))
    assert kept == {
        ("powder", "shop", date(2025, 11, 1), "maintain", "check"),
        ("powder", "crowded", date(2025, 10, 16), "maintain", "check_crowded"),
        ("hydrant", "shop", None, "unknown", "test"),
        ("door", "shop", None, "", ""),
    }
    shown = queries.get_dossier(BOBS, mall.pk, at=AT).facilities[0]
    assert [(d.what.value, d.due_on, d.rule_en, d.is_confirmed) for d in shown.dues] == [
        ("maintain", date(2025, 10, 16), "check_crowded", False),
        ("scrap", date(2030, 5, 1), "scrap", True),
    ]


def test_upkeep_of_many_is_noted_in_one_go_and_the_due_days_follow() -> None:
    venues = make_venues(count=3)
    [far] = make_venues(grid_path="34.02.0.001.")
    given = [facility(one.pk) for one in venues]
    services.save_facilities(given, actor=BOBS, at=AT)
    elsewhere = facility(far.pk)
    services.save_facilities([elsewhere], actor=plain_actor(CAROL), at=AT)
    commands = [
        done(given[0].entry_id, "maintain", "2025-10-13"),
        done(given[1].entry_id, "maintain", "2025-10-14"),
        done(given[2].entry_id, "test", "2019-01-01"),
        done(given[0].entry_id, "maintain", "2025-10-13"),
        done(elsewhere.entry_id, "maintain", "2025-10-13"),
    ]
    fates = services.record_done(commands, actor=BOBS, at=AT)
    assert [fate.status for fate in fates] == [200, 422, 422, 409, 404]
    assert fates[0].result["due_on"] == "2025-11-13"
    assert [fate.status for fate in services.record_done(commands[:1], actor=BOBS, at=AT)] == [208]
    row = Holding.objects.get(pk=given[0].entry_id)
    assert (row.due_on, row.version) == (date(2025, 11, 13), 2)
    change = Change.objects.get(entry_id=row.pk, version=2)
    assert change.fields == {"maintained_on": [None, "2025-10-13"]}
    with pytest.raises(NotYourRole):
        services.record_done([], actor=plain_actor(BOB.acting_as(Role.LEADER)), at=AT)


def test_the_statements_of_noted_upkeep_do_not_grow() -> None:
    given = [facility(one.pk) for one in make_venues(count=45)]
    services.save_facilities(given, actor=BOBS, at=AT)

    def statements(first: int, last: int) -> int:
        commands = [done(one.entry_id, "maintain", "2025-10-13") for one in given[first:last]]
        with CaptureQueriesContext(connection) as seen:
            services.record_done(commands, actor=BOBS, at=AT)
        return len(seen)

    statements(0, 5)
    assert statements(5, 11) == statements(11, 45)


def test_a_day_that_has_not_come_is_refused() -> None:
    [venue] = make_venues()
    [fate] = services.save_facilities([facility(venue.pk, tested_on="2025-10-14")], actor=BOBS, at=AT)
    assert (fate.status, fate.code) == (422, "kernel.unreadable")


def test_another_class_of_the_place_or_another_interval_moves_the_due_day() -> None:
    [venue] = make_venues()
    make_venues(class_code="crowded", grid_path="34.02.0.001.")
    services.save_facilities([facility(venue.pk, maintained_on="2025-10-01")], actor=BOBS, at=AT)
    Venue.objects.filter(pk=venue.pk).update(venue_class="crowded")
    assert services.reckon_again(None, [new_id()]) == 0
    assert services.reckon_again(None, None) == 1
    assert services.reckon_again(None, None) == 0
    assert Holding.objects.get().due_on == date(2025, 10, 16)
    shorter = [row | {"days": 10} if row["code"] == "check_crowded" else row for row in INTERVALS]
    services.install_due_rules(shorter, pack_version=PACK)
    assert is_waiting(services.RECKON)
    assert services.reckon_again(["powder"], None) == 1
    assert (Holding.objects.get().due_on, Holding.objects.get().version) == (date(2025, 10, 11), 1)


def asked() -> list[list[str]]:
    found = ProcrastinateJob.objects.filter(task_name=services.RECKON)
    return [job.args["venue_ids"] for job in found if job.args["venue_ids"]]


def test_the_register_asks_for_it_when_the_class_of_a_place_changes() -> None:
    make_divisions()
    make_grids()
    install_classes([VenueClassOut(code=c, name_zh=c, name_en=c) for c in ("shop", "crowded")], PACK)
    given = VenueIn(id=new_id(), code="S1", name="一号店", class_code="shop", lon=118.305, lat=31.305)
    save_venues([given], actor=BOBS, at=AT)
    save_venues([given.model_copy(update={"base_version": 1, "name": "新名"})], actor=BOBS, at=AT)
    assert asked() == []
    save_venues([given.model_copy(update={"base_version": 2, "class_code": "crowded"})], actor=BOBS, at=AT)
    assert asked() == [[str(given.id)]]


def test_a_licence_is_due_on_its_last_day_and_has_stored_photos_only() -> None:
    [venue] = make_venues()
    actor = make_actor(BOB)
    photo = make_photo(actor=actor)
    good = licence(venue.pk, valid_until="2025-12-01", photos=[photo])
    fates = services.save_licences(
        [good, licence(venue.pk), licence(venue.pk, photos=["0" * 64])], actor=actor, at=AT
    )
    assert [fate.status for fate in fates] == [200, 200, 422]
    states = [one.state.value for one in queries.get_dossier(actor, venue.pk, at=AT).licences]
    assert states == ["soon", "fine"]  # 60 days before; without end


def test_entries_are_taken_out_and_put_back_with_a_reason() -> None:
    [venue] = make_venues()
    one, other = person(venue.pk), facility(venue.pk)
    services.save_people([one], actor=BOBS, at=AT)
    services.save_facilities([other], actor=BOBS, at=AT)
    away = [removal(one.entry_id, "person"), removal(other.entry_id, "facility")]
    assert [fate.status for fate in services.set_removed(away, actor=BOBS, at=AT)] == [200, 200]
    found = queries.get_dossier(BOBS, venue.pk, at=AT)
    assert (found.people, found.facilities) == ([], [])
    again = [
        removal(one.entry_id, "person", base_version=2),
        removal(other.entry_id, "licence", base_version=2),
    ]
    assert [fate.status for fate in services.set_removed(again, actor=BOBS, at=AT)] == [409, 404]
    services.save_people([person(venue.pk, name="李四")], actor=BOBS, at=AT)
    back = [
        removal(one.entry_id, "person", base_version=2, is_removed=False),
        removal(other.entry_id, "facility", base_version=2, is_removed=False),
    ]
    fates = services.set_removed(back, actor=BOBS, at=AT)
    assert [fate.code for fate in fates] == ["dossiers.another_stands", None]
    assert [(c.deed, c.reason) for c in Change.objects.filter(entry_id=other.entry_id).order_by("pk")] == [
        ("made", ""),
        ("removed", "录入有误"),
        ("restored", "录入有误"),
    ]


def test_the_statements_of_a_batch_do_not_grow_with_it() -> None:
    venues = make_venues(count=60)

    def statements(count: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            services.save_facilities([facility(one.pk) for one in venues[:count]], actor=BOBS, at=AT)
            services.save_people([person(one.pk, kind="tenant") for one in venues[:count]], actor=BOBS, at=AT)
        return len(seen)

    statements(3)
    assert statements(6) == statements(60)


def test_a_reader_next_door_sees_nothing() -> None:
    [venue] = make_venues()
    services.save_facilities([facility(venue.pk, kind="hydrant", tested_on="2024-10-03")], actor=BOBS, at=AT)
    carol = plain_actor(CAROL)
    with pytest.raises(NotVisible):
        queries.get_dossier(carol, venue.pk, at=AT)
    with pytest.raises(NotVisible):
        queries.list_history(carol, venue.pk)
    assert queries.list_due(carol, DueFilter(), at=AT + timedelta(days=400)).items == []
    assert queries.list_nobody(carol, NobodyFilter(), at=AT).items == []
