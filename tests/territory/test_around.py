"""Which grids of which layers cover a place. TE-40."""

from __future__ import annotations

import pytest

from tests.ground import NEXT, make_divisions, make_grids, square
from tests.makers import ALICE, AT, BOB, CAROL, make_actor, make_client, make_members
from wangge.accounts.models import User
from wangge.kernel.actor import Actor
from wangge.territory import around, services
from wangge.territory.models import Grid, GridMember
from wangge.territory.services import GridFeature

pytestmark = pytest.mark.django_db
MARKET = "34.02.03.M001."
HERE = (118.305, 31.305)


@pytest.fixture
def bob() -> Actor:
    make_divisions()
    make_grids()
    plain = {"name_en": "x", "source": "t", "is_confirmed": True, "is_whole": False, "last": 999}
    hangs = {"tier": "grid", "under": "community"}
    services.install_layers(
        [
            plain | hangs | {"code": "comprehensive", "name_zh": "综合网格", "first": 1},
            plain | hangs | {"code": "dedicated", "name_zh": "专属网格", "first": 901},
            plain
            | {"code": "market", "name_zh": "市场监管网格", "tier": "grid", "under": "county", "first": 990},
        ],
        scenes=[{"code": "park", "name_zh": "园区", "name_en": "Park", "source": "t", "is_confirmed": True}],
        pack_version="t@1",
    )
    walker = make_actor(BOB)
    make_members({BOB.scope: User.objects.get(pk=walker.user_id)})
    return walker


def make_other_layers() -> None:
    """A market grid over both squares with two people, and a park in the first."""
    make_grids(GridFeature("商圈", square(0, width=2.0), path=MARKET), layer="market", tier="grid")
    make_grids(
        GridFeature("产业园", square(0.2, width=0.5), path="34.02.03.005.012.901."),
        layer="dedicated",
        tier="grid",
    )
    Grid.objects.filter(layer="dedicated").update(scene="park")
    for n in (1, 2):
        user = make_actor(ALICE) if n == 1 else make_actor(CAROL)
        GridMember.objects.create(
            path=MARKET,
            layer="market",
            user_id=user.user_id,
            duty="primary" if n == 1 else "team",
            starts_on=AT.date(),
        )


def told(actor: Actor, point: tuple[float, float] = HERE) -> list[tuple[str, str, str, str, int]]:
    found = around.list_here(actor, *point, at=AT)
    return [(one.layer, one.name, one.scene_zh, one.member_name, one.members) for one in found]


def test_a_place_is_covered_by_grids_of_three_layers_also_across_the_own_border(bob: Actor) -> None:
    make_other_layers()

    assert told(bob) == [
        ("comprehensive", "一格", "", "包步行", 1),
        ("dedicated", "产业园", "园区", "", 0),
        ("market", "商圈", "", "李爱丽", 2),
    ]


def test_of_a_place_in_nobodys_own_grid_nothing_is_told(bob: Actor) -> None:
    make_other_layers()

    assert told(bob, (118.315, 31.305)) == []  # the neighbour's, though the market's grid covers both
    assert told(bob, (118.4, 31.4)) == []
    assert NEXT in {one.path for one in around.list_here(of_the_street(), 118.315, 31.305, at=AT)}


def of_the_street() -> Actor:
    return Actor(1, "街道", "dispatcher", "34.02.03.005.", None, frozenset({"territory.read"}))


def test_a_stranger_is_told_nothing_over_http_and_a_wrong_place_is_refused(bob: Actor) -> None:
    carol = make_client(make_actor(CAROL))

    assert carol.get("/api/territory/here", {"lon": 118.305, "lat": 31.305}).json() == []
    assert make_client(bob).get("/api/territory/here", {"lon": 118.305, "lat": 95}).status_code == 422
