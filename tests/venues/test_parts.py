"""VE-22: a shop is part of its mall, from a day on; no circle; the list, the file and a merge know it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.ground import admin, make_divisions, make_grids
from tests.makers import ALICE, AT, CAROL, ON, make_actor, make_venues, plain_actor
from tests.venues.test_imports import GOOD, HEADER, csv_file, load
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.fates import Fate, Outcome
from wangge.kernel.ids import new_id
from wangge.venues import queries, services
from wangge.venues.export import venue_rows
from wangge.venues.merge_schemas import VenueMergeIn, VenueUnmergeIn
from wangge.venues.models import PartLink, Venue, VenueChange
from wangge.venues.part_rules import Link, PartHolds, above, turn_of
from wangge.venues.part_schemas import PartIn
from wangge.venues.schemas import VenueClassOut, VenueFilter

A, B, C = (UUID(int=n) for n in (1, 2, 3))
DAY = date(2025, 3, 1)


def link(part: UUID, whole: UUID, since: date | None = None, until: date | None = None) -> Link:
    return Link(new_id(), part, whole, since, until)


def test_what_holds_a_place_is_found_up_to_the_outermost_on_the_days_that_count() -> None:
    links = {A: [link(A, B)], B: [link(B, C, None, DAY)]}
    assert above(A, links, None) == {B, C}
    assert above(A, links, DAY) == {B}  # the last day is not in it
    assert above(A, links, DAY - timedelta(days=1)) == {B, C}


def test_links_go_forward_and_a_slip_of_the_same_day_is_replaced() -> None:
    old = link(A, B, DAY)
    assert turn_of(A, C, DAY + timedelta(days=1), {A: [old]}).ends == old.id
    assert turn_of(A, None, DAY, {A: [old]}).drops == old.id
    with pytest.raises(PartHolds):
        turn_of(A, B, DAY, {A: [old]})
    for on in (None, DAY - timedelta(days=1)):
        with pytest.raises(Unreadable):
            turn_of(A, C, on, {A: [old]})


def put(part: Venue, whole: Venue | None, **changes: Any) -> Fate:
    part.refresh_from_db()
    given = {"id": new_id(), "venue_id": part.pk, "base_version": part.version, "on": None}
    command = PartIn.model_validate({**given, "whole_id": whole.pk if whole else None, **changes})
    [fate] = services.set_parts([command], actor=plain_actor(ALICE), at=AT)
    return fate


@pytest.mark.django_db
def test_a_shop_belongs_to_its_mall_and_both_pages_say_so() -> None:
    alice = make_actor(ALICE)
    mall, shop, stall = make_venues(count=3)
    [far] = make_venues(grid_path=CAROL.scope)
    assert put(shop, mall).result == {"version": 2}
    assert put(stall, shop, on="2025-01-01").code is None
    page = queries.list_parts(alice, stall.pk)
    assert [one.name for one in page.wholes] == ["1 号店", "0 号店"]
    below = queries.list_parts(alice, mall.pk)
    assert ([one.name for one in below.parts], below.parts_count, below.hidden) == (["1 号店"], 1, 0)
    assert [one.name for one in queries.list_venues(alice, VenueFilter(part_of=mall.pk)).items] == ["1 号店"]
    [kept] = queries.list_history(alice, stall.pk).items
    assert [(one.field, one.old_zh, one.new_zh) for one in kept.fields] == [("part_of", "", "1 号店")]
    assert put(mall, stall).code == "venues.part_of_itself"
    assert put(shop, far).code == put(far, mall).code == "kernel.not_visible"
    assert put(shop, None, on="2025-10-13", base_version=1).code == "kernel.version_conflict"
    assert put(shop, None, on="2025-10-14").code == "kernel.unreadable"  # tomorrow
    assert put(shop, None, on="2025-10-13").code is None
    assert [one.until_on for one in queries.list_parts(alice, shop.pk).former] == [ON]
    with pytest.raises(NotVisible):
        queries.list_parts(plain_actor(CAROL), mall.pk)
    with pytest.raises(NotVisible):
        queries.list_venues(plain_actor(CAROL), VenueFilter(part_of=mall.pk))


@pytest.mark.django_db
def test_a_merge_takes_the_links_along_leaves_what_would_close_a_circle_and_an_undo_brings_them_back() -> (
    None
):
    alice = make_actor(ALICE)
    mall, twin, shop, other = make_venues(count=4)
    for part, whole in ((shop, twin), (other, mall), (twin, other)):
        assert put(part, whole).code is None
    before = set(PartLink.objects.values_list("part_id", "whole_id"))
    merge = VenueMergeIn(
        id=new_id(),
        stay_id=mall.pk,
        stay_version=mall.version,
        gone_id=twin.pk,
        gone_version=2,
        reason="同一处",
    )
    [fate] = services.merge_venues([merge], movers=(), actor=alice, at=AT)
    assert fate.result["moved"] == {"part_link": 1}, "the twin's own whole lies below the mall"
    assert (shop.pk, mall.pk) in set(PartLink.objects.values_list("part_id", "whole_id"))
    undo = VenueUnmergeIn(id=new_id(), merge_id=merge.id, reason="弄错了")
    [fate] = services.unmerge_venues([undo], movers=(), actor=alice, at=AT + timedelta(days=1))
    assert fate.outcome is Outcome.APPLIED
    assert set(PartLink.objects.values_list("part_id", "whole_id")) == before


@pytest.mark.django_db
def test_a_file_says_what_belongs_to_what_and_goes_out_as_it_came_in() -> None:
    make_divisions()
    make_grids()
    services.install_classes([VenueClassOut(code="shop", name_zh="商业门点", name_en="Shop")], "test@1")
    header = [*HEADER, "所属场所编号"]

    def rows(**wholes: str) -> bytes:
        return csv_file(*([code, *GOOD[1:], whole] for code, whole in wholes.items()), header=header)

    report = load(rows(M1="", A1="M1", A2="M1"))
    assert (report.created, report.loaded, PartLink.objects.count()) == (3, True, 2)
    assert PartLink.objects.filter(since_on=None).count() == 2
    assert (load(rows(M1="", A1="M1", A2="M1")).unchanged, VenueChange.objects.count()) == (3, 0)
    for wholes, code in (
        ({"A1": "Z9"}, "venues.whole_unknown"),
        ({"M1": "A1"}, "venues.whole_circle"),
        ({"A1": "A2", "A2": "A1"}, "venues.whole_circle"),
    ):
        said = load(rows(**wholes))
        assert {(one.column, one.code) for one in said.problems} == {("所属场所编号", code)}
        assert not said.loaded
    assert load(rows(A1="", A2="A1"), dry_run=True).updated == 2
    assert load(rows(A1="", A2="A1")).updated == 2
    [change] = VenueChange.objects.filter(venue__code="A1")
    assert change.fields["part_of"][1] == ""
    out = {row["编号"]: row["所属场所编号"] for row in venue_rows(admin(), VenueFilter())}
    assert out == {"M1": "", "A1": "", "A2": "A1"}
    assert load(csv_file(GOOD)).unchanged == 1  # a file without the column changes no whole
    assert PartLink.objects.filter(until_on=None).count() == 1
