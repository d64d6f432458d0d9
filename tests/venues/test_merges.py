"""VE-18, VE-19: two dossiers of one place become one, and are parted again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cases.makers import House, make_case, make_house, walk
from tests.dossiers.makers import facility, person
from tests.dossiers.makers import make_words as make_dossier_words
from tests.major_hazards.makers import assess, make_edition
from tests.makers import AT, make_members, make_venues
from tests.orders.makers import make_plan, make_rules
from wangge.accounts.models import User
from wangge.cases import services as cases
from wangge.cases.models import Case, OpenCase
from wangge.cases.queries import verify_chains
from wangge.cases.schemas import CaseReport
from wangge.config.venue_merge_api import MOVERS
from wangge.dossiers import services as dossiers
from wangge.kernel.errors import Refused
from wangge.kernel.fates import Fate, Outcome
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow
from wangge.kernel.secrets import decrypt, encrypt
from wangge.orders.models import Order
from wangge.venues import queries, services
from wangge.venues.merge_schemas import VenueMergeIn, VenueUnmergeIn
from wangge.venues.models import Venue, VenueChange, VenueMerge
from wangge.venues.schemas import ContactIn, OpenIn, VenueFilter

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NEXT = "34.02.03.005.012.002."
# What an undo brings back exactly. A version only goes up, and a chain of events only grows.
KEPT = {
    "venues_venue": "to_jsonb(t) - 'version'",
    "venues_contact": "to_jsonb(t)",
    "orders_order": "to_jsonb(t) - 'version'",
    "cases_case": "to_jsonb(t) - 'event_count' - 'chain_head'",
    "cases_opencase": "to_jsonb(t)",
    "major_hazards_assessment": "to_jsonb(t)",
    "dossiers_person": "to_jsonb(t)",
    "dossiers_holding": "to_jsonb(t)",
    "dossiers_fact": "to_jsonb(t)",
    "dossiers_change": "to_jsonb(t)",
}


def stand() -> dict[str, list[str]]:
    """Return every row that hangs on a place."""
    found = {}
    with connection.cursor() as cursor:
        for table, columns in KEPT.items():
            cursor.execute(f"SELECT ({columns})::text AS row FROM {table} t ORDER BY row")
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


def merge(
    house: House,
    stay: Venue,
    gone: Venue,
    *,
    days: float = 1,
    take: list[str] | None = None,
    who: str = "alice",
) -> Fate:
    stay.refresh_from_db()
    gone.refresh_from_db()
    command = VenueMergeIn(
        id=new_id(), stay_id=stay.pk, stay_version=stay.version, gone_id=gone.pk, gone_version=gone.version,
        take=take, reason="同一家店",
    )  # fmt: skip
    [fate] = services.merge_venues([command], movers=MOVERS, actor=house.named(who), at=AT + DAY * days)
    return fate


def unmerge(house: House, merge_id: UUID, *, days: float = 2, who: str = "alice") -> Fate:
    command = VenueUnmergeIn(id=new_id(), merge_id=merge_id, reason="弄错了")
    [fate] = services.unmerge_venues([command], movers=MOVERS, actor=house.named(who), at=AT + DAY * days)
    return fate


def furnish(house: House) -> list[Venue]:
    """Return four places in two grids with contacts, orders, cases and a survey of a major hazard."""
    made = [
        *make_venues(count=2, lon=118.305, lat=31.305, keeper_name="张三", address="花园路 1 号"),
        *make_venues(count=2, grid_path=NEXT, lon=118.315, lat=31.305, area_m2=80.0),
    ]
    Venue.objects.filter(pk=made[1].pk).update(
        keeper_phone=encrypt("13811112222"), updated_at=AT + DAY / 2, last_visited_on=date(2025, 10, 1)
    )
    make_members({made[0].grid_path: User.objects.get(pk=house.bob.user_id)})
    make_rules()
    make_plan(date(2025, 10, 1), date(2026, 4, 1), at=AT)
    make_edition()
    make_dossier_words()
    for n, venue in enumerate(made):
        contact = ContactIn(
            venue_id=venue.pk, kind="owner", name=f"业主{n}", medium="sms", address=f"1390000000{n}"
        )
        services.add_contact(contact, actor=house.alice, at=AT)
        make_case(house, venue_id=venue.pk, by="alice")
        walk(house, make_case(house, venue_id=venue.pk, by="bob" if n < 2 else "alice"), "accepted")
        assert assess(house.alice, venue_id=venue.pk).outcome is Outcome.APPLIED
        known = [person(venue.pk, kind="responsible"), person(venue.pk, kind="tenant")]
        noted = dossiers.save_people(known, actor=house.alice, at=AT)
        noted += dossiers.save_facilities([facility(venue.pk)], actor=house.alice, at=AT)
        assert {fate.outcome for fate in noted} == {Outcome.APPLIED}
    return made


def test_the_one_that_stays_takes_over_what_the_other_knows_and_all_that_hangs_on_it() -> None:
    house = make_house()
    stay, gone, *_ = furnish(house)
    owed = Order.objects.filter(venue__in=[stay, gone]).count()
    fate = merge(house, stay, gone)
    assert fate.outcome is Outcome.APPLIED, fate
    assert fate.result["moved"] == {
        "order": owed // 2, "case": 2, "assessment": 1, "contact": 1,
        "dossier_person": 1, "holding": 1, "dossier_change": 3,  # one is responsible for a place: the own one
    }  # fmt: skip
    stay.refresh_from_db()
    gone.refresh_from_db()
    assert (gone.is_open, gone.merged_into_id, stay.is_open) == (False, stay.pk, True)
    assert stay.keeper_phone is not None
    assert decrypt(stay.keeper_phone) == "13811112222"  # the other was newer
    assert (stay.name, stay.last_visited_on) == (gone.name, date(2025, 10, 1))
    assert Order.objects.filter(venue=stay).count() == owed
    assert Case.objects.filter(venue=stay).count() == OpenCase.objects.filter(venue_id=stay.pk).count() == 4
    assert list(verify_chains()) == []
    assert AuditRow.objects.get(action="venues.merge").subject_id == str(gone.pk)
    told = VenueChange.objects.get(venue=stay, way="merge")
    assert (told.source, told.reason) == (gone.code, "同一家店")


def test_both_codes_find_the_one_and_the_other_stands_in_no_list() -> None:
    house = make_house()
    stay, gone, third, _ = furnish(house)
    assert merge(house, stay, gone).outcome is Outcome.APPLIED
    assert merge(house, third, stay, days=2).outcome is Outcome.APPLIED
    for code in (stay.code, gone.code, third.code):
        found = queries.list_venues(house.alice, VenueFilter(q=code))
        assert [row.id for row in found.items] == [third.pk], code
    assert queries.list_venues(house.alice, VenueFilter()).total == 2
    told = queries.get_detail(house.alice, gone.pk)
    assert told.merged_into is not None
    assert told.merged_into.id == third.pk  # an old link leads on
    assert [one.code for one in queries.get_detail(house.alice, third.pk).merged] == [stay.code]


def test_an_undo_brings_every_row_back() -> None:
    house = make_house()
    stay, gone, *_ = furnish(house)
    before = stand()
    fate = merge(house, stay, gone)
    assert stand() != before
    undone = unmerge(house, fate.command_id)
    assert undone.outcome is Outcome.APPLIED, undone
    assert stand() == before
    assert list(verify_chains()) == []
    assert unmerge(house, fate.command_id).code == "venues.merge_undone"


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(data=st.data())
@pytest.mark.slow
def test_any_merges_keep_what_is_open_and_every_code_and_undone_backwards_all_is_as_before(
    data: st.DataObject, django_db_blocker: Any
) -> None:
    """Hypothesis shares the test's transaction: each example leaves it as it found it, or fails."""
    if not Venue.objects.exists():
        _House.house = make_house()
        _House.venues = furnish(_House.house)
    house, venues = _House.house, _House.venues
    before = stand()
    orders, matters = Order.objects.filter(status="open").count(), OpenCase.objects.count()
    done: list[UUID] = []
    for n in range(data.draw(st.integers(1, 5))):
        stay, gone = data.draw(st.permutations(venues))[:2]
        take = data.draw(
            st.one_of(st.none(), st.lists(st.sampled_from(["name", "place", "keeper", "is_open"])))
        )
        fate = merge(house, stay, gone, days=1 + n / 10, take=take)
        if fate.outcome is Outcome.APPLIED:
            done.append(fate.command_id)
        else:
            assert fate.code == "venues.merged"
        assert Order.objects.filter(status="open").count() == orders
        assert OpenCase.objects.count() == matters
        standing = set(Venue.objects.filter(merged_into__isnull=True).values_list("pk", flat=True))
        assert not Order.objects.exclude(venue__in=standing).exists()
        assert not OpenCase.objects.exclude(venue_id__in=standing).exists()
        for venue in venues:
            found = queries.list_venues(house.alice, VenueFilter(q=venue.code))
            assert len(found.items) == 1, "a code was lost"
    for merge_id in reversed(done):
        undone = unmerge(house, merge_id)
        assert undone.outcome is Outcome.APPLIED, undone
    assert stand() == before


class _House:
    house: House
    venues: list[Venue]


def test_what_cannot_be_told_apart_is_named_and_nothing_is_undone() -> None:
    house = make_house()
    stay, gone, *_ = furnish(house)
    merge_id = merge(house, stay, gone).command_id
    make_case(house, venue_id=stay.pk, by="alice", at=AT + DAY * 1.5)
    contact = ContactIn(venue_id=stay.pk, kind="owner", name="新", medium="sms", address="13900000009")
    services.add_contact(contact, actor=house.alice, at=AT + DAY * 1.5)
    Venue.objects.filter(pk=stay.pk).update(keeper_name="李四")
    before = stand()
    fate = unmerge(house, merge_id)
    assert (fate.outcome, fate.code) == (Outcome.REFUSED, "venues.written_since")
    assert fate.zh is not None
    assert fate.en is not None
    for said in ("负责人", "1 个案件", "1 个联系人"):
        assert said in fate.zh
    for said in ("keeper", "1 cases", "1 contacts"):
        assert said in fate.en
    assert stand() == before


def test_what_was_written_since_beside_it_stays() -> None:
    house = make_house()
    stay, gone, *_ = furnish(house)
    merge_id = merge(house, stay, gone, take=["name"]).command_id
    services.set_open(stay.pk, OpenIn(is_open=False, reason="装修"), actor=house.alice, at=AT + DAY * 1.5)
    assert unmerge(house, merge_id).outcome is Outcome.APPLIED
    stay.refresh_from_db()
    gone.refresh_from_db()
    assert (stay.is_open, gone.is_open) == (False, True)


def test_a_case_from_a_phone_that_knows_the_old_dossier_lies_at_the_one_that_stands_and_goes_back() -> None:
    house = make_house()
    stay, gone, third, _ = furnish(house)
    first = merge(house, stay, gone).command_id
    second = merge(house, third, stay, days=1.1).command_id
    late = make_case(house, venue_id=gone.pk, by="alice", at=AT + DAY * 1.2)
    assert Case.objects.get(pk=late).venue_id == third.pk
    assert unmerge(house, first).code == "venues.merged_on"
    assert unmerge(house, second).outcome is Outcome.APPLIED
    assert unmerge(house, first).outcome is Outcome.APPLIED
    assert Case.objects.get(pk=late).venue_id == gone.pk
    assert list(verify_chains()) == []


def test_a_merged_dossier_is_not_written_on_and_a_file_leaves_it_out() -> None:
    house = make_house()
    stay, gone, *_ = furnish(house)
    merge(house, stay, gone)
    with pytest.raises(Refused) as no:
        services.set_open(gone.pk, OpenIn(is_open=True, reason="重新开业"), actor=house.alice, at=AT)
    assert no.value.code == "venues.merged"
    assert stay.code in no.value.message("zh")
    with pytest.raises(Refused, match="merged into"):
        services.add_contact(
            ContactIn(venue_id=gone.pk, kind="owner", name="x", medium="sms", address="13900000000"),
            actor=house.alice,
            at=AT,
        )


def test_strangers_and_other_posts_merge_nothing_and_a_repeat_is_answered_once() -> None:
    house = make_house()
    stay, gone, third, _ = furnish(house)
    before = stand()
    assert merge(house, stay, gone, who="carol").status == 404
    assert merge(house, stay, gone, who="bob").status == 403
    assert merge(house, stay, stay).status == 422
    stale = VenueMergeIn(id=new_id(), stay_id=stay.pk, stay_version=7, gone_id=gone.pk, gone_version=1)
    [fate] = services.merge_venues([stale], movers=MOVERS, actor=house.alice, at=AT)
    assert fate.outcome is Outcome.CONFLICT
    assert stand() == before
    command = VenueMergeIn(id=new_id(), stay_id=stay.pk, stay_version=1, gone_id=gone.pk, gone_version=1)
    later = VenueMergeIn(id=new_id(), stay_id=third.pk, stay_version=1, gone_id=stay.pk, gone_version=2)
    fates = services.merge_venues([command, command, later], movers=MOVERS, actor=house.alice, at=AT)
    assert [one.status for one in fates] == [200, 208, 200]
    assert VenueMerge.objects.count() == 2
    assert unmerge(house, command.id, who="carol").status == 404


def test_reports_of_a_batch_may_name_old_and_new_dossiers() -> None:
    house = make_house()
    stay, gone, *_ = furnish(house)
    merge(house, stay, gone)
    given: dict[str, Any] = {"at": AT + DAY, "matter_code": "H301", "lon": 118.305, "lat": 31.305}
    reports = [CaseReport(id=new_id(), venue_id=pk, **given) for pk in (gone.pk, stay.pk, None, new_id())]
    fates = cases.report_cases(reports, actor=house.alice, at=AT + DAY)
    assert [one.status for one in fates] == [200, 200, 200, 404]
    places = [Case.objects.get(pk=one.id).venue_id for one in reports[:3]]
    assert places == [stay.pk, stay.pk, None]
