"""A place is found by any piece of what is known of it, and by pinyin initials, inside the scope. VE-14."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ground import NEXT, make_divisions, make_grids
from tests.makers import ALICE, AT, BOB, CAROL, make_venues, plain_actor
from wangge.accounts.rules import Role
from wangge.kernel.ids import new_id
from wangge.venues import finding, queries, services
from wangge.venues.models import Venue
from wangge.venues.row_reading import VenueRecord
from wangge.venues.schemas import VenueFilter, VenueImport, VenueIn

pytestmark = pytest.mark.django_db
HERE = {"lon": 118.305, "lat": 31.305}
CHIEF = plain_actor(ALICE.acting_as(Role.GRID_CHIEF))
RED = {
    "code": "AH-0021",
    "name": "红星幼儿园",
    "address": "赭山街道花园路118号B座",
    "keeper_name": "王建国",
}


@pytest.fixture(autouse=True)
def ground() -> None:
    make_divisions()
    make_grids()
    make_venues(count=3, name="别家", initials="bj")


def save(**fields: Any) -> None:
    given = VenueIn(id=new_id(), class_code="shop", **{**RED, **HERE, **fields})
    [fate] = services.save_venues([given], actor=CHIEF, at=AT)
    assert fate.status == 200, fate


def found(words: str, person: Any = ALICE, **filters: Any) -> list[str]:
    page = queries.list_venues(plain_actor(person), VenueFilter(q=words, **filters))
    assert page.total == len(page.items)
    return [one.name for one in page.items]


@pytest.mark.parametrize(
    "words",
    [
        "红星",
        "幼儿",
        "园路118",
        "ah-0021",
        "0021",
        "王建国",
        "建国",
        "hxyey",
        "HXY",
        "wjg",
        "hyl118h",
        "红星 花园",
        "ｂ座",
    ],
)
def test_any_piece_finds_the_place_inside_the_scope_alone(words: str) -> None:
    save()
    assert found(words) == found(words, BOB) == ["红星幼儿园"]
    assert found(words, CAROL) == []


@pytest.mark.parametrize("words", ["红星小学", "hxxx", "，。", "13912345678"])
def test_other_words_find_nothing(words: str) -> None:
    save(keeper_phone="13912345678")
    assert found(words) == []


def test_a_changed_dossier_is_found_by_its_new_name_alone() -> None:
    save()
    one = Venue.objects.get(code="AH-0021")
    changed = VenueIn(id=one.pk, base_version=1, class_code="shop", **RED | HERE | {"name": "晨光书店"})
    assert services.save_venues([changed], actor=CHIEF, at=AT)[0].status == 200
    assert (found("cgsd"), found("hxyey")) == (["晨光书店"], [])


def load(**values: Any) -> None:
    record = VenueRecord(2, {"code": "N1", "class_code": "shop", **HERE, **values})
    options = VenueImport(source="census", datum="wgs84", territory=BOB.scope)
    assert services.import_venues([record], options=options, actor=CHIEF, at=AT).loaded


def test_an_import_finds_by_initials_and_keeps_those_of_columns_that_it_lacks() -> None:
    load(name="晨光书店", address="花园路1号", keeper_name="王建国")
    assert found("cgsd") == found("wjg") == found("hyl1h") == ["晨光书店"]
    load(name="重庆小面")
    assert found("cqxm") == found("wjg") == found("hyl1h") == ["重庆小面"]
    load(name="重庆小面", keeper_name="王**")
    assert (found("wjg"), found("cgsd")) == (["重庆小面"], [])


WAYS = [(0, 10), (2, 10), (2, 1), (5_000, 10)]  # by the index, after a walk, walked on, walked whole


@pytest.mark.parametrize(("walked", "frequent"), WAYS)
def test_pages_follow_each_other_whether_walked_or_by_the_index(
    walked: int, frequent: int, monkeypatch: Any
) -> None:
    monkeypatch.setattr(finding, "WALKED", walked)
    monkeypatch.setattr(finding, "FREQUENT", frequent)
    make_venues(count=7, name="红星店", initials="hxd")
    make_venues(count=4, name="红星店", initials="hxd", grid_path=NEXT)
    seen: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        page = queries.list_venues(plain_actor(ALICE), VenueFilter(q="红星", limit=3, cursor=cursor))
        assert page.total == 11 if cursor else page.total_is_exact == (page.total == 11)
        seen += [(one.grid_path, one.id) for one in page.items]
        cursor = page.next_cursor
    assert len(seen) == len(set(seen)) == 11
    assert seen == sorted(seen)


@pytest.mark.parametrize(("walked", "frequent"), WAYS)
def test_each_way_keeps_to_the_scope_and_to_the_other_filters(
    walked: int, frequent: int, monkeypatch: Any
) -> None:
    monkeypatch.setattr(finding, "WALKED", walked)
    monkeypatch.setattr(finding, "FREQUENT", frequent)
    make_venues(count=3, name="红星店", initials="hxd")
    make_venues(count=2, name="红星厂", initials="hxc", grid_path=NEXT, class_code="factory")
    assert sorted(found("红星")) == sorted(["红星店"] * 3 + ["红星厂"] * 2)
    assert found("红星", BOB) == ["红星店"] * 3
    assert found("红星", CAROL) == []
    assert found("红星", venue_class="factory") == found("红星", grid=NEXT) == ["红星厂"] * 2
    assert found("红星", BOB, grid=NEXT) == []


def test_a_search_keeps_to_the_other_filters() -> None:
    make_venues(count=2, name="红星店", initials="hxd", class_code="factory")
    save()
    assert found("红星", venue_class="factory") == ["红星店", "红星店"]
    assert found("hx", is_open=False) == []
