"""The map: every place of the own territory and none beside, up to date, one by one or counted."""

from __future__ import annotations

from datetime import date, timedelta

import mapbox_vector_tile
import numpy as np
import pytest
from django.db import connection

from tests.cases.makers import HERE, make_case, make_house
from tests.ground import FAR, NEXT
from tests.makers import AT, BOB, make_client, make_venues
from tests.strangers.patrolled import make_patrolled
from wangge.console import sheets
from wangge.console.models import MapChanged
from wangge.console.sheet_shelf import SHELF
from wangge.kernel import clock
from wangge.kernel.models import AuditRow
from wangge.kernel.morton import tile_at
from wangge.venues.models import Venue

pytestmark = pytest.mark.django_db
POINTS = {BOB.scope: (118.3012, 31.3002), NEXT: (118.3115, 31.3061), FAR: (118.3083, 31.3058)}


@pytest.fixture
def house():
    SHELF.forget()
    yield make_house()
    SHELF.forget()


@pytest.fixture
def places(house):
    made = {}
    for path, (lon, lat) in POINTS.items():
        for n, kind in enumerate(("shop", "inn", "shop")):
            [venue] = make_venues(
                class_code=kind,
                grid_path=path,
                lon=lon + n / 1000,
                lat=lat,
                tags=["red"] if n == 2 else ["old", "red"] if n == 1 else [],
                is_open=n != 2,
            )
            made[path, n] = venue
    return made


def tile(actor, z, at=HERE, **filters):
    x, y = tile_at(*at, z)
    answer = make_client(actor).get(f"/api/map/tiles/{z}/{x}/{y}.mvt", filters)
    assert answer.status_code == 200, answer.content
    if not answer.content:
        return []
    layers = mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True})
    [layer] = layers.values()
    return layer["features"]


def count(features):
    points = [one["geometry"]["coordinates"] for one in features]
    return sum(1 if isinstance(found[0], int) else len(found) for found in points)


def summed(features):
    """How many places the cells of a tile stand for."""
    whole = 0
    for one in features:
        several = one["geometry"]["type"] == "MultiPolygon"
        whole += one["properties"]["n"] * (len(one["geometry"]["coordinates"]) if several else 1)
    return whole


@pytest.mark.parametrize("is_drawn", [False, True])
def test_each_sees_the_places_of_the_own_territory_at_every_level(house, places, is_drawn):
    if is_drawn:
        assert sheets.draw() >= 1
    for actor, many in ((house.alice, 6), (house.bob, 3), (house.carol, 3)):
        assert [summed(tile(actor, z)) for z in (0, 5, 9, 12)] == [many] * 4
        assert count(tile(actor, 14)) == many
    assert count(tile(house.bob, 18, at=(118.3012, 31.3002))) == 1


def test_a_place_lies_where_it_is(house, places):
    [feature] = tile(house.bob, 18, at=(118.3022, 31.3002), venue_class=["inn"])
    size = 2**18
    x = (118.3022 + 180) / 360 * size
    y = (1 - np.arcsinh(np.tan(np.radians(31.3002))) / np.pi) / 2 * size
    want = [(x % 1) * 4096, (y % 1) * 4096]
    assert np.allclose(feature["geometry"]["coordinates"], want, atol=1.01)
    assert feature["properties"] == {"kind": "inn", "state": "open"}


@pytest.mark.parametrize(
    ("narrowed", "many"),
    [
        ({"venue_class": ["inn"]}, 2),
        ({"venue_class": ["inn", "shop"]}, 6),
        ({"tag": ["old"]}, 2),
        ({"tag": ["old", "red"]}, 4),
        ({"state": ["ended"]}, 2),
        ({"state": ["open"], "tag": ["red"]}, 2),
        ({"venue_class": ["mine"]}, 0),
    ],
)
def test_a_filter_holds_for_places_and_for_cells_alike(house, places, narrowed, many):
    assert count(tile(house.alice, 14, **narrowed)) == many
    assert summed(tile(house.alice, 11, **narrowed)) == many


def test_a_change_is_on_the_map_before_and_after_it_is_drawn(house, places):
    sheets.draw()
    assert count(tile(house.alice, 14)) == 6
    Venue.objects.filter(pk=places[BOB.scope, 0].pk).update(grid_path=FAR)
    assert (count(tile(house.alice, 14)), summed(tile(house.alice, 10))) == (5, 5)
    assert count(tile(house.carol, 14)) == 4
    Venue.objects.filter(pk=places[NEXT, 0].pk).update(lon=120.0)
    Venue.objects.filter(pk=places[NEXT, 1].pk).delete()
    assert (count(tile(house.alice, 14)), summed(tile(house.alice, 4))) == (3, 4)
    sheets.draw()
    assert not MapChanged.objects.exists()
    assert (count(tile(house.alice, 14)), summed(tile(house.alice, 4))) == (3, 4)
    assert count(tile(house.alice, 14, at=(120.0, POINTS[NEXT][1]))) == 1
    Venue.objects.all().delete()
    sheets.draw()
    assert (tile(house.alice, 14), tile(house.alice, 3)) == ([], [])


def test_a_visit_draws_nothing_anew(house, places):
    sheets.draw()
    Venue.objects.update(last_visited_on=date(2025, 10, 13), version=2)
    assert not MapChanged.objects.exists()


def test_the_cells_are_a_recount_in_sql(house):
    random = np.random.default_rng(7)
    spread = zip(118.30 + random.random(120) / 50, 31.30 + random.random(120) / 100, strict=True)
    for n, (lon, lat) in enumerate(spread):
        make_venues(
            grid_path=(BOB.scope, NEXT)[n % 2], lon=lon, lat=lat, class_code=("shop", "inn")[n % 3 == 0]
        )
    sheets.draw()
    features = tile(house.bob, 13, venue_class=["shop"])
    x, y = tile_at(*HERE, 13)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*), floor(x * 32), floor(y * 32) FROM (
                 SELECT (lon + 180) / 360 * 8192 AS x, (1 - asinh(tand(lat)) / pi()) / 2 * 8192 AS y
                 FROM venues_venue WHERE class_code = 'shop' AND grid_path LIKE %s) v
               WHERE floor(x) = %s AND floor(y) = %s GROUP BY 2, 3""",
            [f"{BOB.scope}%", x, y],
        )
        want = {(int(a) - x * 32, int(b) - y * 32): many for many, a, b in cursor.fetchall()}
    found = {}
    for one in features:
        shapes = one["geometry"]["coordinates"]
        for [ring] in shapes if one["geometry"]["type"] == "MultiPolygon" else [shapes]:
            corner = (min(p[0] for p in ring) // 128, min(p[1] for p in ring) // 128)
            found[corner] = one["properties"]["n"]
    assert found == want
    assert sum(want.values()) > 20


def test_who_may_not_see_places_and_what_is_no_tile(house):
    client = make_client(house.bob)
    assert client.get("/api/map/tiles/14/99999/3.mvt").status_code == 422
    assert client.get("/api/map/tiles/19/3/3.mvt").status_code == 422
    assert client.get("/api/map/tiles/3/1/1.mvt", {"state": "gone"}).status_code == 422


def test_many_changes_at_once_are_said_to_be_behind_and_drawn_by_the_job(house):
    make_venues(count=1, lon=118.30, lat=31.30)
    sheets.draw()
    for n in range(20):
        make_venues(lon=118.0 + n / 10, lat=31.30)
    x, y = tile_at(*HERE, 8)
    client = make_client(house.bob)
    answer = client.get(f"/api/map/tiles/8/{x}/{y}.mvt")
    assert answer["Wangge-Behind"] == "1"
    sheets.draw()
    answer = client.get(f"/api/map/tiles/8/{x}/{y}.mvt")
    assert "Wangge-Behind" not in answer
    assert summed(tile(house.bob, 4)) == 21


def circle(actor, **changes):
    asked = {"lon": HERE[0], "lat": HERE[1], "radius_m": 1200} | changes
    return make_client(actor).get("/api/map/circle", asked).json()


def test_a_circle_tells_who_and_what_of_the_own_territory_is_in_it(house, places):
    case = make_case(house)
    make_patrolled(house)
    with clock.standing_at(AT):
        told = circle(house.alice)
        assert (told["places"], told["cases"]) == (4, 1)
        assert told["open_cases"][0]["id"] == str(case)
        assert [one["count"] for one in told["by_kind"]] == [2, 2]
        metres = [one["metres"] for one in told["nearest"]]
        assert metres == sorted(metres)
        assert max(metres) <= 1200
        assert {one["path"] for one in told["grids"]} == {BOB.scope, NEXT}
        assert told["members"] == []  # nobody is on duty
        assert circle(house.carol)["cases"] == 0
        assert circle(house.bob)["has_members"] is False
    assert make_client(house.alice).get("/api/map/circle?lon=1&lat=1&radius_m=9999").status_code == 422


def test_who_is_on_duty_is_told_with_the_last_position_and_leaves_an_audit_row(house):
    from wangge.kernel.ids import assemble, new_id
    from wangge.patrols import services
    from wangge.patrols.rules import PatrolAction
    from wangge.patrols.schemas import DutyCommand

    start = AT - timedelta(minutes=30)
    step = DutyCommand(id=new_id(), at=start, action=PatrolAction.START, session_id=new_id())
    services.take_duty([step], actor=house.bob, at=AT)
    alice, carol = make_client(house.alice), make_client(house.carol)
    with clock.standing_at(AT):
        [bob] = alice.get("/api/patrols/on-duty").json()["items"]
        assert (bob["name"], bob["lon"], bob["seen_at"]) == ("包步行", None, None)
        rows = [[(start.timestamp() + n * 60) * 1000, 118.305 + n / 10_000, 31.305, 5, 0] for n in (1, 2)]
        services.ingest_points([services.TrackBatch(assemble(AT, 9), np.array(rows))], actor=house.bob, at=AT)
        [bob] = alice.get("/api/patrols/on-duty").json()["items"]
        assert (round(bob["lon"], 4), bob["seen_at"]) == (118.3052, "2025-10-13T01:32:00Z")
        [near] = circle(house.alice)["members"]
        assert (near["name"], near["metres"]) == ("包步行", 19)
        assert carol.get("/api/patrols/on-duty").json()["items"] == []
        assert circle(house.carol)["members"] == []
        assert make_client(house.bob).get("/api/patrols/on-duty").status_code == 403
    looks = AuditRow.objects.filter(action="patrols.look_where")
    assert [(row.actor_name, row.detail["people"]) for row in looks] == [("李爱丽", 1)] * 3


def test_the_legend_names_layers_kinds_and_tags(house, places):
    sheets.draw()
    told = make_client(house.alice).get("/api/map/legend").json()
    assert {one["code"] for one in told["kinds"]} == {"inn", "shop"}
    assert (told["tags"], told["places_from"], told["tianditu_key"]) == (["old", "red"], 14, "")


def test_only_a_city_with_a_key_lets_browsers_fetch_the_states_map(house, settings):
    client = make_client(house.alice)
    assert "tianditu" not in client.get("/api/map/legend")["Content-Security-Policy"]
    settings.WANGGE_TIANDITU_KEY = "a-key"
    answer = client.get("/api/map/legend")
    assert answer.json()["tianditu_key"] == "a-key"
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert "https://*.tianditu.gov.cn" in policy["img-src"]
    assert "https://*.tianditu.gov.cn" in policy["connect-src"]
    assert policy["script-src"] == "'self'"
