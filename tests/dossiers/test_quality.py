"""DS-12 to DS-14: how whole and fresh dossiers are, and which grids are on paper only."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.dossiers.makers import (
    KINDS,
    PACK,
    facility,
    fact,
    kind,
    licence,
    make_standards,
    make_words,
    person,
    shape,
)
from tests.makers import ALICE, AT, BOB, CAROL, ON, make_actor, make_client, make_venues, plain_actor
from wangge.dossiers import queries, services
from wangge.dossiers.models import GridFigures
from wangge.dossiers.quality_rules import Alike, Figures, Limits, Sign, share_of, signs_of
from wangge.dossiers.quality_schemas import HollowFilter, PlaceQualityFilter
from wangge.territory.models import Grid, GridMember
from wangge.venues.models import Venue

OTHER = "34.02.03.005.012.002."
EMPTY = "34.02.03.005.013.001."


LIMITS = Limits(
    frozenset(Sign),
    no_visit_days=30,
    known_pct=40,
    stale_pct=50,
    copied=Alike(days=5, of_days=14, like_pct=90),
)
FINE = Figures(places=10, known=8, asked=10, stale=0, last_visit_on=ON, has_member=True)


def changed(**fields: Any) -> Figures:
    return Figures(**{name: getattr(FINE, name) for name in Figures.__dataclass_fields__} | fields)


@pytest.mark.parametrize(
    ("figures", "signs"),
    [
        (FINE, []),
        (changed(has_member=False), [Sign.NO_MEMBER]),
        (changed(places=0, known=0, asked=0, last_visit_on=None), [Sign.NO_PLACE]),
        (changed(last_visit_on=ON - timedelta(days=30)), []),
        (changed(last_visit_on=ON - timedelta(days=31)), [Sign.NO_VISIT]),
        (changed(last_visit_on=None), [Sign.NO_VISIT]),
        (changed(known=4), []),
        (changed(known=3), [Sign.KNOWN_LITTLE]),
        (changed(stale=4), []),
        (changed(stale=5), [Sign.STALE]),
        (changed(copied_days=4), []),
        (changed(copied_days=5), [Sign.COPIED_LOGS]),
        (changed(stale=5, has_member=False, known=0), [Sign.NO_MEMBER, Sign.KNOWN_LITTLE, Sign.STALE]),
    ],
)
def test_a_grid_is_hollow_by_the_signs_of_the_pack(figures: Figures, signs: list[Sign]) -> None:
    assert list(signs_of(figures, LIMITS, ON)) == signs
    assert list(signs_of(figures, Limits(frozenset()), ON)) == []


def test_of_nothing_asked_there_is_no_share() -> None:
    assert (share_of(0, 0), share_of(2, 3), share_of(3, 3), share_of(0, 5)) == (None, 66, 100, 0)


@pytest.fixture
def ground() -> None:
    make_words()
    services.install_kinds([*KINDS, kind("fact", "use", shape=shape("word", "dining"))], pack_version=PACK)
    make_standards()


def make_grid_rows(*paths: str) -> None:
    Grid.objects.bulk_create(
        Grid(
            id=f"00000000-0000-7000-8000-{n:012d}",
            layer="comprehensive",
            path=path,
            code=path,
            name=f"第 {path} 网格",
            tier="grid",
            shape_wkb=b"",
            **dict.fromkeys(("min_lon", "min_lat", "max_lon", "max_lat", "area_m2"), 0.0),
            valid_from=AT - timedelta(days=400),
        )
        for n, path in enumerate(paths)
    )


@pytest.mark.django_db
def test_what_is_known_of_a_place_follows_each_entry_and_its_class(ground: None) -> None:
    alice = plain_actor(ALICE)
    [shop] = make_venues(address="一号路")
    [mall] = make_venues(class_code="crowded", address="二号路", area_m2=90.0, keeper_phone=b"sealed")

    def share(venue: Venue) -> tuple[int | None, list[str]]:
        found = queries.get_dossier(alice, venue.pk, at=AT).quality
        assert found is not None
        return found.share_pct, [one.code for one in found.lacks]

    assert share(shop) == (30, ["area", "responsible", "powder", "business", "use"])
    assert share(mall) == (45, ["responsible", "powder", "business", "use"])
    gone = person(shop.pk, until_on="2025-10-13")
    services.save_people([gone], actor=alice, at=AT)
    assert share(shop)[0] == 30  # ended today: nobody stands
    services.save_people([person(shop.pk, since_on="2025-10-13")], actor=alice, at=AT)
    services.save_facilities([facility(shop.pk)], actor=alice, at=AT)
    services.save_licences([licence(shop.pk)], actor=alice, at=AT)
    services.save_facts([fact(shop.pk, "use", "dining")], actor=alice, at=AT)
    assert share(shop) == (90, ["area"])
    assert share(mall)[0] == 45


@pytest.mark.django_db
def test_a_dossier_is_stale_by_its_class_after_the_last_visit_or_change(ground: None) -> None:
    alice = plain_actor(ALICE)
    [mall] = make_venues(class_code="crowded")
    created = datetime(2025, 5, 1, 2, tzinfo=AT.tzinfo)
    Venue.objects.update(created_at=created, updated_at=AT)  # updated: by grids that changed

    def freshness() -> tuple[date, date | None, bool]:
        found = queries.get_dossier(alice, mall.pk, at=AT).quality
        assert found is not None
        return found.seen_on, found.fresh_until, found.is_stale

    assert freshness() == (date(2025, 5, 1), date(2025, 7, 30), True)
    Venue.objects.update(last_visited_on=date(2025, 7, 15))
    assert freshness() == (date(2025, 7, 15), date(2025, 10, 13), False)
    Venue.objects.update(last_visited_on=date(2025, 7, 14))
    assert freshness()[2] is True
    services.save_facilities([facility(mall.pk)], actor=alice, at=AT)
    assert freshness() == (ON, date(2026, 1, 11), False)


@pytest.mark.django_db
def test_each_night_counts_every_grid_and_the_lists_add_up(ground: None) -> None:
    make_grid_rows(BOB.scope, OTHER, EMPTY)
    bob = make_actor(BOB)
    GridMember.objects.create(path=BOB.scope, layer="comprehensive", user_id=bob.user_id, starts_on=ON)
    make_venues(count=3, address="一号路", last_visited_on=ON)
    make_venues(grid_path=OTHER)
    make_venues(grid_path=OTHER, is_open=False)
    assert services.count_grids(at=AT) == 3
    alice = plain_actor(ALICE)
    page = queries.list_quality(alice, "")
    assert page.counted_at == AT
    assert (page.sum.grids, page.sum.places, page.sum.share_pct, page.sum.hollow_grids) == (3, 4, 22, 3)
    assert [(one.path, one.places, one.is_grid) for one in page.items] == [
        ("34.02.03.005.012.", 4, False),
        ("34.02.03.005.013.", 0, False),
    ]
    below = queries.list_quality(alice, "34.02.03.005.012.")
    assert [(one.path, one.share_pct, one.is_grid) for one in below.items] == [
        (OTHER, 0, True),
        (BOB.scope, 30, True),
    ]
    assert [one.path for one in queries.list_quality(plain_actor(BOB), "").items] == [BOB.scope]

    hollow = queries.list_hollow(alice, HollowFilter(limit=2))
    assert (hollow.total, [one.path for one in hollow.items]) == (3, [BOB.scope, OTHER])
    assert [one.signs for one in hollow.items] == [
        [Sign.KNOWN_LITTLE],
        [Sign.NO_MEMBER, Sign.NO_VISIT, Sign.KNOWN_LITTLE],
    ]
    assert hollow.next_cursor is not None
    last = queries.list_hollow(alice, HollowFilter(cursor=hollow.next_cursor))
    assert [(one.path, one.signs) for one in last.items] == [(EMPTY, [Sign.NO_MEMBER, Sign.NO_PLACE])]
    only = queries.list_hollow(alice, HollowFilter(sign=Sign.NO_PLACE))
    assert [one.path for one in only.items] == [EMPTY]

    Grid.objects.filter(path=EMPTY).update(valid_to=AT + timedelta(hours=1))
    assert services.count_grids(at=AT + timedelta(days=1)) == 2
    assert set(GridFigures.objects.values_list("path", flat=True)) == {BOB.scope, OTHER}


@pytest.mark.django_db
def test_the_least_known_places_of_a_grid_come_first_page_by_page(ground: None) -> None:
    alice = plain_actor(ALICE)
    poor, rich = make_venues(count=2)
    Venue.objects.filter(pk=rich.pk).update(address="一号路", area_m2=10)
    first = queries.list_least_known(alice, PlaceQualityFilter(grid=BOB.scope, limit=1), at=AT)
    assert (first.total, [one.id for one in first.items]) == (2, [poor.pk])
    second = queries.list_least_known(alice, PlaceQualityFilter(grid=BOB.scope, offset=1), at=AT)
    assert [(one.id, one.share_pct) for one in second.items] == [(rich.pk, 40)]


@pytest.mark.django_db
def test_a_stranger_sees_neither_figures_nor_grids(ground: None) -> None:
    make_grid_rows(BOB.scope)
    services.count_grids(at=AT)
    carol, alice = make_client(make_actor(CAROL)), make_client(make_actor(ALICE))
    for path in ("quality?under=", "hollow-grids?grid=", "quality/places?grid="):
        assert alice.get(f"/api/dossiers/{path}{BOB.scope}").status_code == 200
        assert carol.get(f"/api/dossiers/{path}{BOB.scope}").status_code == 404
    assert carol.get("/api/dossiers/quality").json()["sum"]["grids"] == 0
    assert carol.get("/api/dossiers/hollow-grids").json()["total"] == 0
    assert carol.get("/api/dossiers/hollow-grids?cursor=x").status_code == 422
