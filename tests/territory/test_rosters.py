"""TE-43, TE-44: who is in the grids of a layer; whether a layer that must not overlaps itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import shapely

from tests.makers import ALICE, AT, BOB, CAROL, ON, make_actor, make_client, make_user, plain_actor
from wangge.territory import rosters, services
from wangge.territory.models import Grid, GridMember, Layer

pytestmark = pytest.mark.django_db
ONE, OTHER = "34.02.03.005.012.901.", "34.02.03.005.012.902."


def make_dedicated(*, may_overlap: bool = False) -> None:
    """Two dedicated grids that share half their ground, in a layer that covers only what it is for."""
    Layer.objects.create(
        code="dedicated", name_zh="专属网格", name_en="Dedicated", source="SX-08", is_confirmed=True,
        pack_version="test@1", tier="grid", under="community", first=901, last=999, is_whole=False,
        may_overlap=may_overlap,
    )  # fmt: skip
    for n, path in enumerate((ONE, OTHER)):
        shape = shapely.box(118.30 + n * 0.005, 31.30, 118.31 + n * 0.005, 31.31)
        west, south, east, north = shape.bounds
        Grid.objects.create(
            id=f"00000000-0000-7000-8000-{n:012d}", layer="dedicated", path=path, code=path, name=f"专属 {n}",
            tier="grid", shape_wkb=shapely.to_wkb(shape), min_lon=west, min_lat=south, max_lon=east,
            max_lat=north, area_m2=1.0, valid_from=AT - timedelta(days=9),
        )  # fmt: skip


def test_who_is_in_dedicated_grids_is_told_by_grid_and_stays_inside_the_scope() -> None:
    make_dedicated()
    bob, eve = make_actor(BOB), make_user(username="eve", name="易守望")
    for path, user_id, duty in (
        (ONE, bob.user_id, "primary"),
        (OTHER, eve.pk, "primary"),
        (ONE, eve.pk, "deputy"),
    ):
        GridMember.objects.create(path=path, layer="dedicated", user_id=user_id, duty=duty, starts_on=ON)
    GridMember.objects.create(
        path=OTHER,
        layer="dedicated",
        user_id=bob.user_id,
        duty="deputy",
        starts_on=date(2025, 1, 1),
        ends_on=ON,
    )
    asked = {"layer": "dedicated", "within": "", "limit": 2, "on": ON}
    first = rosters.list_members(plain_actor(ALICE), cursor="", **asked)  # type: ignore[arg-type]
    assert [(one.path, one.name, one.duty) for one in first.items] == [
        (ONE, "包步行", "primary"),
        (ONE, "易守望", "deputy"),
    ]
    rest = rosters.list_members(plain_actor(ALICE), cursor=first.next_cursor or "", **asked)  # type: ignore[arg-type]
    assert ([one.name for one in rest.items], rest.total, rest.next_cursor) == (["易守望"], 3, None)
    client = make_client(make_actor(ALICE))
    assert client.get("/api/territory/members?layer=dedicated").json()["total"] == 3
    assert client.get("/api/territory/members?layer=market").json()["total"] == 0
    assert make_client(make_actor(CAROL)).get("/api/territory/members?layer=dedicated").json()["items"] == []


@pytest.mark.parametrize("may_overlap", [False, True])
def test_a_layer_that_overlaps_itself_is_found_and_said_whether_it_may(may_overlap: bool) -> None:
    make_dedicated(may_overlap=may_overlap)
    found = services.check_coverage(plain_actor(ALICE), "dedicated", at=AT)
    assert (found.overlaps, found.may_overlap, found.is_whole) == (1, may_overlap, False)
    [drawn] = [one for one in found.shapes.features if one["properties"]["kind"] == "overlap"]
    assert drawn["properties"]["between"] == ["专属 0", "专属 1"]
