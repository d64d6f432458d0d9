"""People, visits and figures on a real database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cases.makers import House
from tests.ground import FAR
from tests.makers import AT, BOB, make_actor
from tests.makers import Person as Person_
from tests.visits.makers import (
    HOME,
    arrive,
    call,
    fresh_photo,
    make_person,
    make_street,
    make_visit_words,
    quick,
    visit,
)
from wangge.accounts.rules import Role
from wangge.kernel.errors import NotVisible, NotYourRole, Refused
from wangge.kernel.fates import Outcome
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow
from wangge.visits import queries, refusals, services
from wangge.visits.models import Person, Visit
from wangge.visits.refusals import GroupProtected, GroupUnknown
from wangge.visits.rules import PersonOutcome, VisitStanding
from wangge.visits.schemas import ArrivalFilter, PersonFilter, PersonRow, QuickFilter, VisitedPersonIn

OCTOBER, TODAY = date(2025, 10, 1), date(2025, 10, 13)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def street(settings, tmp_path, db) -> House:
    settings.WANGGE_FILES = tmp_path
    return make_street()


def people(house: House, **filters: object) -> list[PersonRow]:
    return queries.list_people(house.alice, PersonFilter.model_validate(filters), today=TODAY).items


def test_a_person_is_sealed_and_goes_out_masked(street: House) -> None:
    person = make_person(street, groups=("disabled", "floating"))

    [row] = queries.list_people(street.bob, PersonFilter(), today=TODAY).items

    assert (row.name, row.phone, row.groups, row.is_protected) == ("雪**", "139****5678", ["floating"], True)
    assert "雪松生".encode() not in bytes(person.sealed_name)
    assert person.grid_path == BOB.scope


def test_a_reveal_tells_all_and_leaves_an_audit_row_without_what_was_read(street: House) -> None:
    person = make_person(street)

    told = services.reveal_person(person.pk, "上门前核对", actor=street.bob, at=AT)

    assert (told.name, told.phone, told.groups) == ("雪松生", "13912345678", ["disabled"])
    row = AuditRow.objects.get(action="visits.reveal")
    assert (row.subject_id, row.detail) == (str(person.pk), {"reason": "上门前核对"})


def test_a_stranger_and_a_leader_reveal_nobody(street: House) -> None:
    person = make_person(street)
    leader = make_actor(Person_("lea", "领导", Role.LEADER, "34.02."))

    with pytest.raises(NotVisible):
        services.reveal_person(person.pk, "想看看", actor=street.carol, at=AT)
    with pytest.raises(NotYourRole):
        services.reveal_person(person.pk, "想看看", actor=leader, at=AT)
    assert not AuditRow.objects.filter(action="visits.reveal").exists()


def test_no_list_is_narrowed_by_a_protected_group(street: House) -> None:
    make_person(street, groups=("floating",))
    make_person(street)

    assert len(people(street, group="floating")) == 1
    with pytest.raises(GroupProtected):
        people(street, group="disabled")
    with pytest.raises(GroupUnknown):
        people(street, group="nobody")


def test_met_people_are_done_and_others_stay_owed(street: House) -> None:
    before = datetime(2025, 9, 2, 2, 0, tzinfo=UTC)
    old, new = make_person(street, at=before), make_person(street)
    assert {one.id: one.standing for one in people(street)} == {old.pk: "overdue", new.pk: "due"}

    assert visit(street.bob, old.pk, outcome=PersonOutcome.NOBODY_THERE).outcome is Outcome.APPLIED
    assert [one.id for one in people(street, standing="overdue")] == [old.pk]

    assert visit(street.bob, old.pk).outcome is Outcome.APPLIED
    assert [one.id for one in people(street, standing="done")] == [old.pk]
    assert [one.id for one in people(street, standing="due")] == [new.pk]


def test_the_list_by_standing_says_what_each_row_says(street: House) -> None:
    for n in range(6):
        at = AT - timedelta(days=20 * n)
        person = make_person(
            street, at=at, groups=[("disabled",), ("watched",), ("disabled", "watched")][n % 3]
        )
        if n % 2:
            visit(
                street.bob,
                person.pk,
                at=at + timedelta(days=3 * n),
                now=AT if n == 1 else at + timedelta(days=3 * n),
            )

    every = {one.id: one.standing for one in people(street)}

    for standing in VisitStanding:
        wanted = {pk for pk, found in every.items() if found is standing}
        assert {one.id for one in people(street, standing=standing)} == wanted
    assert len(set(every.values())) > 1


def test_a_weekly_group_is_due_again_within_the_month(street: House) -> None:
    watched = make_person(street, groups=("watched",), at=AT - timedelta(days=30))
    visit(street.bob, watched.pk, at=AT - timedelta(days=3), now=AT)  # Friday of the week before

    [row] = people(street)

    assert (row.standing, row.due_on) == (VisitStanding.DUE, date(2025, 10, 19))


def test_a_visit_sent_twice_is_one_and_one_far_away_says_so(street: House) -> None:
    person = make_person(street)
    command = new_id()

    first = visit(street.bob, person.pk, id=command, lon=HOME[0], lat=HOME[1])
    again = visit(street.bob, person.pk, id=command, lon=HOME[0], lat=HOME[1])
    far = visit(street.bob, person.pk, lon=118.309, lat=31.305)

    assert (first.outcome, again.outcome) == (Outcome.APPLIED, Outcome.REPEATED)
    assert (first.result["is_near"], far.result["is_near"]) == (True, False)
    assert Visit.objects.count() == 2


def test_whoever_moved_away_is_owed_nothing_more(street: House) -> None:
    person = make_person(street)
    visit(street.bob, person.pk, outcome=PersonOutcome.MOVED_AWAY)

    assert people(street) == []
    assert [one.id for one in people(street, left=True)] == [person.pk]
    assert visit(street.bob, person.pk).code == "visits.person_left"


BAD_VISITS = [
    ("visits.in_the_future", {"at": AT + 6 * MINUTE}),
    ("visits.too_late", {"at": AT - timedelta(hours=73)}),
    ("kernel.unreadable", {"photos": ["0" * 64]}),
    ("kernel.unreadable", {"lon": 31.305, "lat": 89.0, "datum": "wgs84", "photos": ["1" * 64]}),
]


@pytest.mark.parametrize(("code", "wrong"), BAD_VISITS)
def test_a_bad_visit_is_refused_by_name_and_not_kept(street: House, code, wrong) -> None:
    person = make_person(street)

    fate = visit(street.bob, person.pk, **{"now": AT} | wrong)

    assert fate.code == code
    assert fate.zh
    assert fate.en
    assert not Visit.objects.exists()


def test_a_photo_taken_long_before_proves_no_visit(street: House) -> None:
    person = make_person(street)
    old = fresh_photo(street, AT - timedelta(minutes=111))

    assert visit(street.bob, person.pk, photos=[old]).code == "visits.photo_too_old"
    assert visit(street.bob, person.pk, photos=[fresh_photo(street)]).outcome is Outcome.APPLIED


def test_who_may_not_visit_and_whom_nobody_sees(street: House) -> None:
    person = make_person(street)

    assert visit(street.han, person.pk).code == "kernel.not_your_role"
    assert visit(street.bob, uuid4()).code == "kernel.not_visible"
    other = make_actor(Person_("bert", "白", Role.GRID_MEMBER, FAR))
    assert visit(other, person.pk).code == "kernel.not_visible"


BAD_PEOPLE = [
    ("visits.outside_territory", {"lon": 110.0}),
    ("kernel.not_visible", {"lon": 118.325}),  # CAROL's district
    ("visits.group_unknown", {"groups": ["nobody"]}),
    ("visits.report_incomplete", {"groups": None}),
    ("kernel.version_conflict", {"base_version": 3}),
]


@pytest.mark.parametrize(("code", "wrong"), BAD_PEOPLE)
def test_a_bad_entry_of_the_register_is_refused_by_name(street: House, code, wrong) -> None:
    given = {"id": new_id(), "at": AT, "person_id": new_id(), "name": "张三", "address": "花园路"}
    place = {"lon": HOME[0], "lat": HOME[1], "groups": ["disabled"]}

    [fate] = services.save_people(
        [VisitedPersonIn.model_validate(given | place | wrong)], actor=street.alice, at=AT
    )

    assert fate.code == code
    assert not Person.objects.exists()


def test_what_comes_back_masked_stays_as_it_is(street: House) -> None:
    person = make_person(street)

    make_person(
        street,
        person_id=person.pk,
        base_version=1,
        name="雪**",
        phone="139****5678",
        groups=None,
        address="新址",
    )

    told = services.reveal_person(person.pk, "核对", actor=street.alice, at=AT)
    assert (told.name, told.phone, told.groups) == ("雪松生", "13912345678", ["disabled"])
    assert Person.objects.get().address == "新址"


def test_the_month_s_figures_are_what_a_recount_gives(street: House) -> None:
    seen = [make_person(street, at=AT - timedelta(days=40)) for _ in range(5)]
    make_person(street, groups=("floating",))
    gone = make_person(street, at=AT - timedelta(days=70))
    visit(
        street.bob,
        gone.pk,
        at=AT - timedelta(days=20),
        now=AT - timedelta(days=20),
        outcome=PersonOutcome.MOVED_AWAY,
    )
    for person in seen[:3]:
        visit(street.bob, person.pk)
        visit(street.bob, person.pk, at=AT + MINUTE)
    called = call(street)
    arrive(street.bob, called.pk, at=AT + 20 * MINUTE, photos=[fresh_photo(street, AT + 20 * MINUTE)])
    call(street)
    quick(street.bob, "any", matter_code="H301")

    told = queries.get_figures(street.alice, grid="", month=OCTOBER, today=TODAY)

    assert (told.owed, told.met, told.met_pct) == (6, 3, 50.0)
    assert {one.code: (one.owed, one.met) for one in told.groups} == {
        "disabled": (5, 3), "floating": (1, 0), "watched": (0, 0),
    }  # fmt: skip
    help_calls = next(one for one in told.triggers if one.code == "help")
    assert (help_calls.called, help_calls.arrived, help_calls.in_time) == (2, 1, 1)
    assert help_calls.median_minutes == 20
    assert {one.code: one.reported for one in told.reports}["any"] == 1
    [grid] = queries.list_coverage(
        street.alice, grid="", month=OCTOBER, today=TODAY, cursor="", limit=10
    ).items
    assert (grid.path, grid.owed, grid.met) == (BOB.scope, 6, 3)
    september = queries.get_figures(street.alice, grid="", month=date(2025, 9, 1), today=TODAY)
    assert (september.owed, september.met) == (6, 0)
    later = queries.get_figures(street.alice, grid="", month=OCTOBER, today=date(2025, 11, 2))
    assert (later.owed, later.met, later.groups) == (told.owed, told.met, told.groups), (
        "counted from visits now"
    )


def test_of_few_people_of_a_protected_group_nothing_is_told(street: House) -> None:
    make_person(street)

    told = queries.get_figures(street.alice, grid="", month=OCTOBER, today=TODAY)

    assert {one.code: one.owed for one in told.groups} == {"disabled": None, "floating": 0, "watched": 0}


def test_a_page_costs_the_same_however_long_it_is(street: House) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            queries.list_people(street.alice, PersonFilter(), today=TODAY)
            queries.list_arrivals(street.alice, ArrivalFilter(), at=AT)
            queries.list_reports(street.alice, QuickFilter())
        return len(seen)

    make_person(street)
    call(street)
    quick(street.bob, "any", matter_code="H301")
    few = statements()
    for _ in range(4):
        make_person(street)
        call(street)
        quick(street.bob, "any", matter_code="H301")

    assert statements() == few


def test_pages_follow_each_other_without_a_gap(street: House) -> None:
    made = {make_person(street).pk for _ in range(5)}
    seen, cursor = [], ""
    while cursor is not None:
        page = queries.list_people(street.alice, PersonFilter(cursor=cursor, limit=2), today=TODAY)
        seen += [one.id for one in page.items]
        cursor = page.next_cursor

    assert len(seen) == 5
    assert set(seen) == made


def test_the_words_of_the_pack_are_told(street: House) -> None:
    make_visit_words(near_m=50)
    told = queries.get_words(street.bob)

    assert [one.code for one in told.groups] == ["disabled", "floating", "watched"]
    assert [one.code for one in told.triggers if one.is_by_hand] == ["help"]
    assert told.limits["near_m"] == 50
    assert not told.limits_confirmed


def test_every_no_of_the_room_speaks_two_languages() -> None:
    known = [one for one in vars(refusals).values() if isinstance(one, type) and issubclass(one, Refused)]
    for one in known:
        if one is not Refused:
            assert one.code.startswith("visits."), one
            assert any("一" <= letter <= "鿿" for letter in one.zh)
            assert one.en.isascii()
