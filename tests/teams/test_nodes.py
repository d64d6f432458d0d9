"""HB-04: from the street to the stairwell every node has its body, as Harbin's pack says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.makers import ALICE, AT, ON, plain_actor
from wangge.packs.pushing_teams import push_teams
from wangge.packs.pushing_territory import push_territory
from wangge.packs.services import load
from wangge.teams import bodies
from wangge.territory.models import Division, Grid
from wangge.territory.staffing import list_shortages

STREET, COMMUNITY = "34.02.03.005.", "34.02.03.005.012."
QUARTER = f"{COMMUNITY}001."
STAIRWELL, UNIT = f"{QUARTER}01.", f"{QUARTER}02."


@pytest.mark.django_db
def test_every_node_of_harbin_lacks_exactly_the_body_of_its_kind() -> None:
    pack = load("harbin")
    push_territory(pack)
    push_teams(pack)
    for path, tier in ((STREET, 4), (COMMUNITY, 5)):
        Division.objects.create(path=path, code=path, name=path, tier=tier, parent_path=None)
    for n, (path, layer, tier) in enumerate(
        ((QUARTER, "comprehensive", "grid"), (STAIRWELL, "micro", "micro_grid"), (UNIT, "micro", "unit_grid"))
    ):
        Grid.objects.create(
            id=f"00000000-0000-7000-8000-{n:012d}", layer=layer, path=path, code=path, name=path, tier=tier,
            shape_wkb=b"", valid_from=AT - timedelta(days=9),
            **dict.fromkeys(("min_lon", "min_lat", "max_lon", "max_lat", "area_m2"), 0.0),
        )  # fmt: skip
    alice, asked = plain_actor(ALICE), {"within": "", "cursor": "", "limit": 50, "on": ON}
    lacking = {(one.path, one.kind) for one in bodies.list_missing(alice, kind="", **asked).items}
    assert lacking == {
        (STREET, "fire_committee"),  # 街道1个消防安全委员会
        (STREET, "public_order_committee"),  # 两会 (HB-05)
        (COMMUNITY, "community_group"),  # 社区1个工作组
        (QUARTER, "quarter_group"),  # 小区1个管理小组
        (STAIRWELL, "stairwell_chief"),  # 楼道1个消防安全楼长
    }
    short = {(one.path, one.slot) for one in list_shortages(alice, layer="micro", **asked).items}
    assert {(UNIT, "primary"), (UNIT, "manager")} <= short, "单位1名责任人和管理人"
