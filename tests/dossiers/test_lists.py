"""DS-3 and DS-6: what is due, and the places for which nobody is named, page by page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dossiers.makers import facility, kind, licence, make_words, person
from tests.makers import ALICE, AT, BOB, make_venues, plain_actor
from wangge.dossiers import due_list, nobody, queries, services
from wangge.dossiers.schemas import DueFilter, NobodyFilter

pytestmark = pytest.mark.django_db
BOBS = plain_actor(BOB)


@pytest.fixture(autouse=True)
def ground() -> None:
    make_words()


def due(**filters: Any) -> list[tuple[str, int | None]]:
    page = queries.list_due(BOBS, DueFilter.model_validate(filters), at=AT)
    return [(row.kind, row.days) for row in page.items]


def test_what_is_due_is_listed_by_day_with_filters_and_without_closed_places() -> None:
    [shop], [mall], [closed] = (
        make_venues(),
        make_venues(class_code="crowded"),
        make_venues(is_open=False),
    )
    [far] = make_venues(grid_path="34.02.03.005.012.002.")
    alice = plain_actor(ALICE)
    services.save_facilities(
        [
            facility(shop.pk, kind="hydrant", tested_on="2024-10-03"),
            facility(mall.pk, maintained_on="2025-10-01"),
            facility(shop.pk, kind="hydrant", made_on=None),
            facility(closed.pk, kind="hydrant", tested_on="2024-10-03"),
            facility(far.pk, kind="hydrant", tested_on="2024-10-03"),
        ],
        actor=alice,
        at=AT,
    )
    services.save_licences([licence(shop.pk, valid_until="2025-12-12")], actor=alice, at=AT)
    assert due() == [("hydrant", -10), ("powder", 3)]
    assert due(days=60) == [("hydrant", -10), ("powder", 3), ("business", 60)]
    assert due(due="overdue") == [("hydrant", -10)]
    assert due(due="coming") == [("powder", 3)]
    assert due(due="unknown") == [("hydrant", None)]
    assert due(venue_class="crowded") == [("powder", 3)]
    assert due(kind="hydrant") == [("hydrant", -10)]
    assert due(sort="licence", days=60) == [("business", 60)]
    assert len(queries.list_due(alice, DueFilter(), at=AT).items) == 3
    assert len(queries.list_due(alice, DueFilter(grid=BOB.scope), at=AT).items) == 2


@pytest.mark.parametrize("counted", [3, 1_000])  # more than are counted: the index is walked
def test_pages_hold_every_row_once_also_of_one_day(counted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due_list, "COUNTED", counted)
    venues = make_venues(count=7)
    services.save_facilities(
        [facility(one.pk, kind="hydrant", tested_on="2024-10-03") for one in venues], actor=BOBS, at=AT
    )
    seen, cursor = [], ""
    while True:
        page = queries.list_due(BOBS, DueFilter(limit=3, cursor=cursor), at=AT)
        assert (page.total, page.total_is_exact) == (min(7, counted), counted > 7)
        seen += [row.id for row in page.items]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert (len(seen), len(set(seen))) == (7, 7)


def test_the_places_without_a_responsible_person_are_listed_by_territory() -> None:
    one, two, three = make_venues(count=3)
    make_venues(grid_path="34.02.0.001.")
    services.save_people(
        [
            person(one.pk),
            person(two.pk, kind="manager"),
            person(three.pk, until_on="2025-10-13"),
            person(three.pk, kind="property", name="安居物业"),
        ],
        actor=BOBS,
        at=AT,
    )

    def listed(**filters: Any) -> dict[str, list[str]]:
        page = queries.list_nobody(BOBS, NobodyFilter.model_validate(filters), at=AT)
        assert page.total == len(page.items)
        return {row.code: [one.kind for one in row.missing] for row in page.items}

    assert listed() == {three.code: ["responsible", "manager"]}
    assert listed(kind="responsible") == {
        two.code: ["responsible"],
        three.code: ["responsible", "manager"],
    }
    assert listed(grid="34.02.03.005.012.009.") == {}


@pytest.mark.parametrize("counted", [3, 1_000])
def test_pages_of_places_without_anybody_hold_each_once(
    counted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nobody, "COUNTED", counted)
    make_venues(count=4)
    make_venues(count=3, grid_path="34.02.03.005.012.002.")
    alice, seen, cursor = plain_actor(ALICE), [], ""
    while True:
        page = queries.list_nobody(alice, NobodyFilter(limit=2, cursor=cursor), at=AT)
        seen += [row.code for row in page.items]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert seen == [f"V{n}" for n in range(7)]


def test_a_class_may_need_somebody_of_its_own() -> None:
    [block], [shop] = make_venues(class_code="building"), make_venues()
    everywhere = kind("person", "responsible", is_required=True)
    services.install_kinds(
        [everywhere, kind("person", "stairs", required_in=["building"])], pack_version="test@2"
    )
    services.save_people([person(block.pk), person(shop.pk)], actor=BOBS, at=AT)

    def listed(**filters: Any) -> dict[str, list[str]]:
        page = queries.list_nobody(BOBS, NobodyFilter.model_validate(filters), at=AT)
        return {row.code: [one.kind for one in row.missing] for row in page.items}

    assert listed() == listed(kind="stairs") == {block.code: ["stairs"]}
    assert [one.kind for one in queries.get_dossier(BOBS, block.pk, at=AT).missing] == ["stairs"]
    assert queries.get_dossier(BOBS, shop.pk, at=AT).missing == []
    services.save_people([person(block.pk, kind="stairs", name="楼长")], actor=BOBS, at=AT)
    assert listed() == {}
