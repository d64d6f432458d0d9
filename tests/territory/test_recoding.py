"""Divisions get other codes: what goes on follows, what is past stays, nothing is orphaned. TE-18.

With the real districts of a city that was recoded, where the data are beside the checkout.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cases.makers import make_case, make_house
from tests.ground import NEXT, admin, options
from tests.makers import ALICE, AT, BOB, make_members, make_venues
from wangge.accounts import queries as accounts
from wangge.accounts.models import Department, User
from wangge.cases import queries as cases
from wangge.cases.models import Case, OpenCase
from wangge.config.territory_api import MOVERS
from wangge.kernel.ids import new_id
from wangge.territory import queries, services
from wangge.territory.change_schemas import RecodeReport
from wangge.territory.covering import _count_without_parent
from wangge.territory.models import Division, DivisionLineage, Grid, GridLineage, GridMember, Move
from wangge.territory.services import Recoding
from wangge.venues.models import Venue

pytestmark = [pytest.mark.django_db]
LATER = AT.replace(hour=4)
DATA = Path(__file__).parents[2] / ".." / "shared" / "data" / "cn_boundaries"
NEW, OLD_FILE = DATA / "target_cities_districts_amap_wgs84.geojson", DATA / "datav_gcj02" / "340200.json"


def recode(*rows: tuple[str, str], **changes: Any) -> RecodeReport:
    given = {"reason": "民政部门改码", "movers": MOVERS, "actor": admin(), "at": LATER}
    return services.recode_divisions(new_id(), [Recoding(*row) for row in rows], **{**given, **changes})


@pytest.fixture
def house() -> Any:
    house = make_house()
    make_venues(count=3)
    make_members({BOB.scope: User.objects.get(pk=house.bob.user_id)})
    return house


def test_grids_members_posts_and_open_work_follow_and_what_is_past_stays(house: Any) -> None:
    open_case, past = make_case(house), make_case(house)
    Case.objects.filter(pk=past).update(status="closed", closed_at=AT, fixed_on_spot=True)
    report = recode(("340203", "340209"))
    assert report.is_done, report.problems
    assert (report.divisions, report.grids, report.moved["venue"], report.moved["case"]) == (4, 2, 3, 1)
    moved = BOB.scope.replace("34.02.03.", "34.02.09.")
    assert set(Venue.objects.values_list("grid_path", flat=True)) == {moved}
    assert OpenCase.objects.get(pk=open_case).grid_path == moved
    assert Case.objects.get(pk=past).grid_path == BOB.scope
    assert queries.members_of([moved], "comprehensive") == {moved: house.bob.user_id}
    assert accounts.get_actor(User.objects.get(username=ALICE.username), AT.date()).scope == "34.02.09.005."
    assert {d.path for d in Department.objects.all()} == {"34.02.09.", "34.02.09.005."}
    assert queries.locate(118.305, 31.305, "comprehensive", LATER) == moved
    assert queries.locate(118.305, 31.305, "comprehensive", AT) == BOB.scope
    assert DivisionLineage.objects.count() == 4
    assert set(GridLineage.objects.values_list("before__path", "after__path")) == {
        (path, path.replace("34.02.03.", "34.02.09.")) for path in (BOB.scope, NEXT)
    }
    assert queries.names_of([BOB.scope, moved]) == {BOB.scope: "一格", moved: "一格"}
    assert [b for b in cases.verify_chains() if b.case_id == open_case] == []


def test_a_dry_run_tells_the_same_and_changes_nothing(house: Any) -> None:
    make_case(house)
    told = recode(("340203", "340209"), dry_run=True)
    assert (told.is_done, told.grids, told.moved["case"]) == (False, 2, 1)
    assert not Division.objects.filter(code="340209").exists()
    assert not Move.objects.exists()
    assert OpenCase.objects.get().grid_path == BOB.scope
    assert GridMember.objects.get().path == BOB.scope


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("340299", "340209"), "territory.division_not_standing"),
        (("340203", "34020"), "territory.bad_division_code"),
        (("340203", "340209005"), "territory.other_level"),
        (("340203006", "340203005"), "territory.code_taken"),
        (("340203", "359903"), "territory.parent_missing"),
    ],
)
def test_a_mapping_that_cannot_be_is_told_by_row_and_nothing_changes(
    house: Any, row: tuple[str, str], code: str
) -> None:
    report = recode(row)
    assert [problem.code for problem in report.problems] == [code]
    assert not report.is_done
    assert Division.objects.filter(ended_at__isnull=False).count() == 0


@pytest.mark.slow
@pytest.mark.skipif(not NEW.exists(), reason=f"the shared data are not here: {NEW}")
def test_the_three_recoded_districts_of_a_real_city_are_migrated_with_no_orphan() -> None:
    given = json.loads(OLD_FILE.read_bytes())["features"]
    names = {str(one["properties"]["adcode"]): one["properties"]["name"] for one in given}
    assert {"340203", "340221", "340222"} <= names.keys()
    divisions = [("34", "安徽省"), ("3402", "芜湖市"), *names.items()]
    services.import_divisions(divisions, actor=admin(), at=AT)
    file = SimpleUploadedFile("340200.json", OLD_FILE.read_bytes())
    how = options(tier="county", datum="gcj02", within="34.02.", match_by="code", code_column="adcode")
    loaded = services.import_grid_upload(
        file, how.model_copy(update={"overlap_m2": 1e9}), actor=admin(), at=AT
    )
    assert loaded.loaded, loaded.problems
    grids = list(Grid.objects.order_by("path"))
    shapes = queries.read_shapes(grid.shape_wkb for grid in grids)
    for grid, point in zip(grids, shapely.point_on_surface(shapes), strict=True):
        [venue] = make_venues(grid_path=grid.path)
        Venue.objects.filter(pk=venue.pk).update(lon=point.x, lat=point.y)
    report = recode(
        ("340203", "340209"),
        ("340221", "340210", "湾沚区"),
        ("340222", "340212", "繁昌区"),
        at=AT.replace(hour=5),
    )
    assert report.is_done, report.problems
    assert (report.divisions, report.grids, report.moved["venue"]) == (3, 3, 3)
    standing = {grid.path: grid for grid in Grid.objects.filter(valid_to__isnull=True)}
    assert len(standing) == len(names)
    assert _count_without_parent(standing) == 0
    later = AT.replace(hour=6)
    for venue in Venue.objects.all():
        assert venue.grid_path == queries.locate(venue.lon, venue.lat, "comprehensive", later)
    for feature in json.loads(NEW.read_bytes())["features"]:  # the same ground in the newer source
        code = str(feature["properties"]["district_adcode"])
        if code in {"340209", "340210", "340212"}:
            mine = queries.read_shapes([standing[f"34.02.{code[4:]}."].shape_wkb])[0]
            theirs = shapely.make_valid(shapely.from_geojson(json.dumps(feature["geometry"])))
            shared = shapely.intersection(mine, theirs).area / shapely.union(mine, theirs).area
            assert shared > 0.9
