"""Imports of divisions and grids, point to grid, members, on a real PostgreSQL."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
import shapely

from tests.ground import DIVISIONS, FAR, NEXT, admin, make_divisions, make_grids, options, square
from tests.makers import ALICE, AT, BOB, CAROL, make_user, plain_actor
from wangge.accounts.models import User
from wangge.kernel.datum import from_wgs84_many
from wangge.kernel.errors import NotVisible, NotYourRole
from wangge.kernel.models import AuditRow
from wangge.territory import queries, services
from wangge.territory.models import Division, Grid, GridMember
from wangge.territory.schemas import ImportReport
from wangge.territory.services import Appointment, DivisionRow, GridFeature

pytestmark = pytest.mark.django_db
BOW = shapely.Polygon([(118.33, 31.3), (118.34, 31.31), (118.34, 31.3), (118.33, 31.31)])


def found(report: ImportReport) -> list[tuple[int | None, str | None, str]]:
    return [(p.row, p.column, p.code) for p in report.problems]


def test_divisions_are_loaded_once_and_a_second_time_changes_nothing() -> None:
    first, second = make_divisions(), make_divisions()
    assert (first.created, first.updated, first.unchanged, first.loaded) == (6, 0, 0, True)
    assert (second.created, second.updated, second.unchanged, second.loaded) == (0, 0, 6, True)
    assert AuditRow.objects.filter(action="territory.import_divisions").count() == 1
    street = Division.objects.get(code="340203005")
    assert (street.path, street.parent_path, street.tier) == ("34.02.03.005.", "34.02.03.", 4)


def test_a_renamed_division_is_updated() -> None:
    make_divisions()
    report = services.import_divisions([("340203005", "新赭山街道")], actor=admin(), at=AT)
    assert (report.created, report.updated) == (0, 1)


def test_bad_divisions_are_named_by_row_and_none_is_loaded() -> None:
    rows = [
        DivisionRow("34", "安徽省", 2),
        DivisionRow("3.4E+05", "镜湖区", 3),
        DivisionRow("3402", "", 4),
        DivisionRow("34", "安徽", 5),
        DivisionRow("350203", "思明区", 6),
    ]
    report = services.import_divisions(rows, actor=admin(), at=AT)
    assert found(report) == [
        (3, "code", "territory.bad_division_code"),
        (4, "name", "territory.bad_name"),
        (5, "code", "territory.code_twice"),
        (6, "code", "territory.parent_missing"),
    ]
    assert all(p.zh and p.en and p.remedy_zh and p.remedy_en for p in report.problems)
    assert (report.loaded, report.created, Division.objects.count()) == (False, 0, 0)


def test_a_dry_run_says_what_would_come_and_writes_nothing() -> None:
    report = services.import_divisions(DIVISIONS, actor=admin(), at=AT, dry_run=True)
    assert (report.created, report.loaded, Division.objects.count()) == (6, False, 0)


def test_who_may_not_write_the_territory_loads_nothing() -> None:
    with pytest.raises(NotYourRole):
        services.import_divisions(DIVISIONS, actor=plain_actor(BOB), at=AT)
    with pytest.raises(NotVisible):
        services.import_grids([], options=options(within="34.02."), actor=admin("34.02.0."), at=AT)


def test_grids_find_their_division_by_name_by_code_or_as_said() -> None:
    make_divisions()
    report = services.import_grids(
        [
            GridFeature("赭山街道", square(0)),
            GridFeature("镜湖保税区", square(1)),
        ],
        options=options(tier="street", within="34.02.", matches={"镜湖保税区": "340203006"}),
        actor=admin(),
        at=AT,
    )
    assert (report.created, report.problems) == (2, [])
    by_code = make_grids(GridFeature("甲格", square(3), code="340203005012001"), match_by="code")
    assert by_code.created == 1
    assert set(Grid.objects.values_list("path", "name")) == {
        ("34.02.03.005.", "赭山街道"),
        ("34.02.03.006.", "镜湖保税区"),
        ("34.02.03.005.012.001.", "甲格"),
    }


def test_a_name_that_matches_nothing_gets_the_most_similar_ones() -> None:
    make_divisions()
    report = make_grids(GridFeature("赭山街", square(0)), GridFeature("弋矶山街道", square(1)))
    assert found(report) == [(1, "name", "territory.no_such_division")]
    assert "赭山街道 340203005" in report.problems[0].zh
    assert "赭山街=340203005" in report.problems[0].remedy_en
    assert Grid.objects.count() == 0


def test_every_kind_of_bad_grid_is_named_and_none_is_loaded() -> None:
    make_divisions()
    swapped = shapely.transform(square(0, row=3), lambda xy: xy[:, ::-1])
    metres = shapely.box(512_000, 3_461_000, 513_000, 3_462_000)
    report = make_grids(
        GridFeature("好格", square(0), path="34.1."),
        GridFeature("蝴蝶", BOW, path="34.2."),
        GridFeature("反了", swapped, path="34.3."),
        GridFeature("米制", metres, path="34.4."),
        GridFeature("重叠", square(0.5), path="34.5."),
        GridFeature("重复", square(5), path="34.1."),
        GridFeature("没有图", None, path="34.6.", why=("没有图形", "it has no geometry")),
        GridFeature("一点", shapely.Point(118.3, 31.3), path="34.7."),
        GridFeature("外地", square(7), path="35.1."),
    )
    assert found(report) == [
        (2, "geometry", "territory.bad_polygon"),
        (3, "geometry", "territory.lon_lat_swapped"),
        (4, "geometry", "territory.no_position"),
        (5, "geometry", "territory.grids_overlap"),
        (6, "name", "territory.grid_twice"),
        (7, "geometry", "territory.bad_polygon"),
        (8, "geometry", "territory.bad_polygon"),
        (9, "path", "territory.not_within"),
    ]
    assert all(p.zh and p.en and p.remedy_zh and p.remedy_en for p in report.problems)
    assert (report.loaded, Grid.objects.count(), AuditRow.objects.count()) == (False, 0, 1)


def test_a_crossed_outline_is_mended_when_asked() -> None:
    report = make_grids(GridFeature("蝴蝶", BOW, path="34.2."), repair=True)
    assert found(report) == [(1, "geometry", "territory.polygon_repaired")]
    assert (report.loaded, report.created) == (True, 1)


def test_a_second_import_of_the_same_grids_changes_nothing() -> None:
    assert make_grids().created == 3
    before = list(Grid.objects.order_by("path").values())
    again = make_grids()
    assert (again.created, again.updated, again.unchanged, again.loaded) == (0, 0, 3, True)
    assert list(Grid.objects.order_by("path").values()) == before


def test_a_moved_border_ends_the_old_outline_and_begins_a_new_one() -> None:
    make_grids()
    later = AT + timedelta(days=30)
    moved = [GridFeature("一格", square(0, width=0.5), path=BOB.scope)]
    report = services.import_grids(moved, options=options(), actor=admin(), at=later)
    assert (report.updated, Grid.objects.filter(path=BOB.scope).count()) == (1, 2)
    point = np.array([(118.308, 31.305)])
    assert queries.locate_many(point, "comprehensive", AT) == [BOB.scope]
    assert queries.locate_many(point, "comprehensive", later) == [None]


def test_a_file_in_another_datum_than_named_is_noticed_by_the_outlines_already_there() -> None:
    make_grids()
    shifted = shapely.transform(square(0), lambda xy: from_wgs84_many(xy, "gcj02"))
    feature = GridFeature("一格", shifted, path=BOB.scope)
    wrong = services.import_grids([feature], options=options(), actor=admin(), at=AT)
    assert (1, "geometry", "territory.datum_suspect") in found(wrong)
    right = services.import_grids(
        [feature], options=options(datum="gcj02", overlap_m2=200), actor=admin(), at=AT
    )
    assert right.loaded


def test_a_grid_mostly_outside_its_street_is_refused() -> None:
    make_grids(GridFeature("街道", square(0), path="34.1."), tier="street")
    report = make_grids(GridFeature("远格", square(0.8), path="34.1.1."))
    assert found(report) == [(1, "geometry", "territory.outside_parent")]


def test_a_grid_over_one_that_is_loaded_is_refused() -> None:
    make_grids()
    report = make_grids(GridFeature("新格", square(1.5), path="34.9."))
    assert {code for _, _, code in found(report)} == {"territory.grids_overlap"}


def test_points_find_their_grid_and_the_nearest_one_in_metres() -> None:
    make_grids()
    points = np.array([(118.305, 31.305), (118.315, 31.305), (118.325, 31.305), (118.305, 31.3110)])
    assert queries.locate_many(points, "comprehensive", AT) == [BOB.scope, NEXT, FAR, None]
    near = queries.nearest_many(points[3:], "comprehensive", AT)[0]
    assert near is not None
    assert near[0] == BOB.scope
    assert near[1] == pytest.approx(110.9, abs=0.3)  # 0.001° of latitude at 31.3° north
    far = queries.nearest_many(points[:1], "comprehensive", AT, within="34.02.0.")[0]
    assert far is not None
    assert (far[0], round(far[1] / 100)) == (FAR, 14)
    assert queries.nearest_many(points[:1], "market", AT) == [None]


def test_the_index_follows_the_grids() -> None:
    make_grids()
    point = np.array([(118.345, 31.305)])
    assert queries.locate_many(point, "comprehensive", AT) == [None]
    make_grids(GridFeature("四格", square(4), path="34.9."))
    assert queries.locate_many(point, "comprehensive", AT) == ["34.9."]


def test_a_name_is_the_grids_or_else_the_divisions() -> None:
    make_divisions()
    make_grids()
    assert queries.names_of([BOB.scope, "34.02.03.", "77."]) == {BOB.scope: "一格", "34.02.03.": "镜湖区"}


def test_a_new_primary_member_ends_the_former_ones_time() -> None:
    first, second = make_user(username="a"), make_user(username="b")

    def appoint(user: User, day: date) -> int:
        one = Appointment(BOB.scope, user.pk)
        return services.appoint_members([one], actor=admin(), starts_on=day, at=AT)

    assert appoint(first, date(2025, 1, 1)) == 1
    assert appoint(first, date(2025, 2, 1)) == 0
    assert appoint(second, date(2025, 3, 1)) == 1
    assert queries.members_of([BOB.scope, NEXT], "comprehensive") == {BOB.scope: second.pk}
    assert queries.members_of([BOB.scope], "comprehensive", date(2025, 2, 1)) == {BOB.scope: first.pk}
    assert GridMember.objects.count() == 2


def test_only_inside_ones_own_territory_may_one_appoint() -> None:
    with pytest.raises(NotVisible):
        services.appoint_members(
            [Appointment(BOB.scope, 1)], actor=admin(CAROL.scope), starts_on=date(2025, 1, 1), at=AT
        )
    with pytest.raises(NotYourRole):
        services.appoint_members([], actor=plain_actor(ALICE), starts_on=date(2025, 1, 1), at=AT)
