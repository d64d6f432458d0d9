"""The made-up city: ground and register, without a database."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import shapely

from wangge.twin import big_city, mesh
from wangge.twin.city import DEMO, CitySpec, draw_city
from wangge.twin.register import venue_batches
from wangge.twin.words import chinese, numbered

FOUNDED = datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))


# ---- the ground: TW-1, TW-2 ----


@pytest.mark.parametrize("seed", [1, 7, 99])
def test_grids_leave_no_gap_and_no_overlap(seed: int) -> None:
    polygons = [grid.polygon for grid in draw_city(DEMO, seed=seed).grids]
    assert len(polygons) == 24
    assert all(polygon.is_valid and polygon.geom_type == "Polygon" for polygon in polygons)
    assert bool(shapely.coverage_is_valid(polygons))
    whole = shapely.union_all(polygons)
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    assert whole.area == pytest.approx(sum(polygon.area for polygon in polygons), rel=1e-9)


def test_grids_of_a_city_of_600_lie_in_one_piece_each() -> None:
    spec = CitySpec(districts=2, streets=5, communities=6, grids=10)
    polygons = [grid.polygon for grid in draw_city(spec, seed=3).grids]
    assert len(polygons) == 600
    assert {polygon.geom_type for polygon in polygons} == {"Polygon"}
    assert bool(shapely.coverage_is_valid(polygons))


def test_neighbours_along_the_curve_touch() -> None:
    x, y = mesh.hilbert(1024, 5)
    steps = abs(x[1:] - x[:-1]) + abs(y[1:] - y[:-1])
    assert set(steps.tolist()) == {1}
    assert len(set(zip(x.tolist(), y.tolist(), strict=True))) == 1024


def test_a_grid_has_300_to_500_households_and_a_code_of_15_digits() -> None:
    for grid in draw_city(DEMO, seed=7).grids:
        assert 300 <= grid.households <= 500
        assert len(grid.code) == 15
        assert grid.path.replace(".", "") == grid.code


def test_equal_seeds_draw_equal_cities_and_others_do_not() -> None:
    one, two, other = (draw_city(DEMO, seed=seed) for seed in (7, 7, 8))
    assert [g.polygon.wkb for g in one.grids] == [g.polygon.wkb for g in two.grids]
    assert one.people == two.people
    assert [g.polygon.wkb for g in one.grids] != [g.polygon.wkb for g in other.grids]


# ---- the register: TW-4 ----


def test_every_venue_lies_in_its_grid_and_is_known_by_one_code() -> None:
    city = draw_city(DEMO, seed=7)
    shapes = {grid.path: grid.polygon for grid in city.grids}
    venues = [venue for batch in venue_batches(city, at=FOUNDED, size=500) for venue in batch]
    assert len(venues) == 1200
    assert all(shapely.contains_xy(shapes[venue.grid_path], venue.lon, venue.lat) for venue in venues)
    assert len({venue.code for venue in venues}) == len({venue.id for venue in venues}) == 1200


def test_a_batch_holds_no_more_than_asked_and_repeats_itself() -> None:
    city = draw_city(DEMO, seed=7)
    batches = list(venue_batches(city, at=FOUNDED, size=500))
    assert [len(batch) for batch in batches] == [500, 500, 200]
    assert batches == list(venue_batches(city, at=FOUNDED, size=500))


def test_most_rentals_carry_one_of_the_four_grades() -> None:
    city = draw_city(DEMO, seed=7)
    rentals = [v for batch in venue_batches(city, at=FOUNDED) for v in batch if v.class_code == "rental"]
    grades = {"rental_lenient", "rental_warned", "rental_strict", "rental_banned"}
    assert {tag for venue in rentals for tag in venue.tags} == grades
    assert all(len(venue.tags) <= 1 for venue in rentals)


def test_names_go_on_when_the_list_is_through() -> None:
    assert numbered(["和顺", "春晖"], 0, "街道") == "和顺街道"
    assert numbered(["和顺", "春晖"], 3, "街道") == "春晖二街道"
    assert [chinese(n) for n in (1, 10, 11, 20, 35)] == ["一", "十", "十一", "二十", "三十五"]


# ---- a city as large as a real one: TW-14 ----


def test_the_large_city_has_the_counts_of_the_report() -> None:
    counts = big_city.profile("dongguan").counts
    values = (counts.buildings.value, counts.rentals.value, counts.businesses.value)
    assert values == (1730000, 369000, 807000)
    assert counts.small_places.value == 616000
    assert big_city.profile("dongguan").spec.grid_count == 2934
    spec = big_city.profile("dongguan").spec
    assert sum(spec.grids_in(n) for n in range(594)) == 2934
    assert {spec.grids_in(n) for n in range(594)} == {4, 5}


def small_profile() -> big_city.Profile:
    chosen = big_city.profile("dongguan").model_copy(deep=True)
    chosen.ground.streets, chosen.ground.communities, chosen.ground.grids = 1, 2, 5
    chosen.counts.buildings.value, chosen.counts.rentals.value = 600, 50
    chosen.counts.businesses.value, chosen.counts.small_places.value = 90, 70
    return chosen


def test_every_object_of_the_large_city_lies_in_its_grid_and_rentals_stand_in_buildings() -> None:
    chosen = small_profile()
    city = draw_city(chosen.spec, seed=7)
    records = list(big_city.object_records(city, chosen, at=FOUNDED))
    kinds = [record.values["class_code"] for record in records]
    assert (len(records), kinds.count("building"), kinds.count("rental")) == (740, 600, 50)
    assert kinds.count("small_place") == 70
    assert len({record.values["code"] for record in records}) == 740
    houses = {(r.values["lon"], r.values["lat"]) for r in records if r.values["class_code"] == "building"}
    assert all((r.values["lon"], r.values["lat"]) in houses for r in records)
    ground = shapely.union_all([grid.polygon for grid in city.grids])
    assert all(shapely.contains_xy(ground, r.values["lon"], r.values["lat"]) for r in records)
    assert records == list(big_city.object_records(city, chosen, at=FOUNDED))
