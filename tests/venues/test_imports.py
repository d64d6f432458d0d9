"""VE-1 to VE-6: a register from a file, whole or not at all."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
import shapely
import xlsxwriter

from tests.ground import FAR, NEXT, admin, collection, make_divisions, make_grids, square
from tests.makers import ALICE, AT, BOB, CAROL, plain_actor
from wangge.kernel.actor import Actor
from wangge.kernel.datum import from_wgs84_many
from wangge.kernel.errors import NotVisible, NotYourRole, Unreadable
from wangge.kernel.models import AuditRow
from wangge.kernel.secrets import decrypt
from wangge.territory.rules import Problems
from wangge.territory.schemas import ImportReport
from wangge.venues import services
from wangge.venues.models import Venue
from wangge.venues.schemas import VenueClassOut, VenueImport

pytestmark = pytest.mark.django_db
STREET = "34.02.03.005."
HEADER = ["编号", "名称", "类别", "经度", "纬度", "负责人电话", "区划代码"]
GOOD = ["A1", "一号店", "shop", "118.305", "31.305", "13812345678", "340203005"]


@pytest.fixture(autouse=True)
def ground() -> None:
    make_divisions()
    make_grids()
    services.install_classes(
        [
            VenueClassOut(code="shop", name_zh="商业门点", name_en="Shop"),
            VenueClassOut(code="building", name_zh="居民楼院", name_en="Building"),
        ],
        "test@1",
    )


def csv_file(*rows: list[str], header: list[str] = HEADER) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def load(
    content: bytes, name: str = "register.csv", actor: Actor | None = None, **changes: Any
) -> ImportReport:
    given = {"source": "工商", "datum": "wgs84", "territory": STREET, **changes}
    options, problems = VenueImport.model_validate(given), Problems()
    records, columns = services.read_file(io.BytesIO(content), name, options, problems)
    return services.import_venues(
        records,
        options=options,
        actor=actor or admin(),
        at=AT + timedelta(days=Venue.objects.count()),
        columns=columns,
        file_name=name,
        problems=problems,
    )


def found(report: ImportReport) -> list[tuple[int | None, str | None, str]]:
    return [(p.row, p.column, p.code) for p in report.problems]


def test_each_venue_finds_its_grid_from_its_point() -> None:
    report = load(csv_file(GOOD, ["A2", "", "居民楼院", "118.315", "31.305", "", ""]))
    assert (report.created, report.problems, report.loaded) == (2, [], True)
    assert list(Venue.objects.order_by("code").values_list("name", "venue_class_id", "grid_path")) == [
        ("一号店", "shop", BOB.scope),
        ("居民楼院 A2", "building", NEXT),
    ]
    phone = Venue.objects.get(code="A1").keeper_phone
    assert phone is not None
    assert decrypt(phone) == "13812345678"
    assert b"13812345678" not in bytes(phone)


def test_a_second_import_of_the_same_file_changes_nothing() -> None:
    rows = [[f"A{n}", f"{n} 号店", "shop", f"118.30{n}", "31.305", f"1381234567{n}", ""] for n in range(9)]
    assert load(csv_file(*rows)).created == 9
    before = list(Venue.objects.order_by("code").values())
    again = load(csv_file(*rows))
    assert (again.created, again.updated, again.unchanged, again.loaded) == (0, 0, 9, True)
    assert list(Venue.objects.order_by("code").values()) == before
    assert AuditRow.objects.filter(action="venues.import").count() == 1


def test_a_changed_row_alone_gets_a_new_version() -> None:
    other = ["A2", "二号店", "shop", "118.306", "31.305", "", ""]
    load(csv_file(GOOD, other))
    moved = ["A1", "一号店", "shop", "118.315", "31.305", "13812345678", "340203005"]
    report = load(csv_file(moved, other))
    assert (report.created, report.updated, report.unchanged) == (0, 1, 1)
    assert list(Venue.objects.order_by("code").values_list("version", "grid_path")) == [
        (2, NEXT),
        (1, BOB.scope),
    ]


def test_a_column_that_the_file_lacks_is_left_as_it_is() -> None:
    load(csv_file(GOOD))
    header = ["编号", "类别", "经度", "纬度"]
    assert load(csv_file(["A1", "shop", "118.305", "31.305"], header=header)).unchanged == 1
    venue = Venue.objects.get(code="A1")
    assert (venue.name, venue.keeper_phone is None) == ("一号店", False)


def test_every_kind_of_bad_row_is_named_by_row_column_and_remedy_and_none_is_loaded() -> None:
    report = load(
        csv_file(
            GOOD,
            ["", "无编号", "shop", "118.305", "31.305", "", ""],
            ["A1", "重复", "shop", "118.305", "31.305", "", ""],
            ["A4", "类别不明", "火箭场", "118.305", "31.305", "", ""],
            ["A5", "反了", "shop", "31.305", "118.305", "", ""],
            ["A6", "米制", "shop", "512345", "3461222", "", ""],
            ["A7", "不是数", "shop", "东经", "31.305", "", ""],
            ["A8", "在外地", "shop", "118.9", "31.9", "", ""],
            ["A9", "代码不存在", "shop", "118.305", "31.305", "", "340299"],
            ["A10", "代码不符", "shop", "118.305", "31.305", "", "340203006"],
            ["A11", "名" * 129, "shop", "118.305", "31.305", "", ""],
        )
    )
    assert found(report) == [
        (3, "编号", "venues.bad_code"),
        (4, "编号", "venues.code_twice"),
        (5, "类别", "venues.unknown_class"),
        (6, "经度、纬度", "territory.lon_lat_swapped"),
        (7, "经度、纬度", "territory.no_position"),
        (8, "经度、纬度", "venues.no_position"),
        (9, "经度、纬度", "venues.outside_territory"),
        (10, "区划代码", "venues.unknown_division"),
        (11, "区划代码", "venues.wrong_division"),
        (12, "名称", "venues.too_long"),
    ]
    assert all(p.zh and p.en and p.remedy_zh and p.remedy_en for p in report.problems)
    assert (report.loaded, report.created, report.rows) == (False, 0, 11)
    assert (Venue.objects.count(), AuditRow.objects.filter(action="venues.import").count()) == (0, 0)


def test_bad_outlines_are_named_and_mended_when_asked() -> None:
    bow = shapely.Polygon([(118.301, 31.301), (118.302, 31.302), (118.302, 31.301), (118.301, 31.302)])
    open_ring = {"type": "Polygon", "coordinates": [[[118.3, 31.3], [118.31, 31.3], [118.31, 31.31]]]}
    line = shapely.LineString([(118.301, 31.301), (118.302, 31.302)])
    swapped = shapely.transform(square(0), lambda xy: xy[:, ::-1])
    crossed = json.dumps(collection((bow, {"bid": 1}))).encode()
    bad = collection(
        (bow, {"bid": 1}),
        (open_ring, {"bid": 2}),
        (None, {"bid": 3}),
        (line, {"bid": 4}),
        (swapped, {"bid": 5}),
    )
    options: dict[str, Any] = {"class_code": "building", "columns": {"code": "bid"}}
    report = load(json.dumps(bad).encode(), "b.geojson", **options)
    assert found(report) == [
        (1, "geometry", "territory.bad_polygon"),
        (2, "geometry", "territory.bad_polygon"),
        (3, "geometry", "territory.bad_polygon"),
        (4, "geometry", "territory.bad_polygon"),
        (5, "geometry", "territory.lon_lat_swapped"),
    ]
    assert Venue.objects.count() == 0
    mended = load(crossed, "b.geojson", repair=True, **options)
    assert (mended.created, found(mended)) == (1, [(1, "geometry", "territory.polygon_repaired")])


def test_an_outline_gives_its_area_height_and_a_point_inside_it() -> None:
    ring = square(0, width=0.1).difference(square(0.02, width=0.06))
    file = collection((ring, {"bid": 7, "height": 18}), (shapely.Point(118.315, 31.305), {"bid": 8}))
    report = load(json.dumps(file).encode(), "b.geojson", class_code="building", columns={"code": "bid"})
    assert report.created == 2
    venue = Venue.objects.get(code="7")
    assert shapely.contains_xy(ring, venue.lon, venue.lat)
    assert (venue.height_m, venue.grid_path) == (18.0, BOB.scope)
    assert venue.area_m2 == pytest.approx(105_568 * 0.4, rel=0.01)


def test_a_point_in_no_grid_is_kept_with_the_nearest_grid_and_the_distance() -> None:
    report = load(csv_file(["A1", "路边店", "shop", "118.305", "31.3110", "", ""]))
    assert (report.loaded, report.created, report.orphans) == (True, 1, 1)
    assert (report.problems[0].code, report.problems[0].is_error) == ("venues.orphan", False)
    assert "一格" in report.problems[0].zh
    venue = Venue.objects.get()
    assert (venue.is_orphan, venue.grid_path, venue.nearest_path) == (True, STREET, BOB.scope)
    assert venue.nearest_m == pytest.approx(110.9, abs=0.3)


def test_a_point_in_a_neighbours_grid_never_becomes_the_neighbours_venue() -> None:
    near, deep = (
        ["A1", "界边", "shop", "118.3205", "31.305", "", ""],
        ["A2", "界外", "shop", "118.3295", "31.305", "", ""],
    )
    assert load(csv_file(near)).orphans == 1
    assert Venue.objects.get().nearest_path == NEXT
    assert found(load(csv_file(deep), max_distance_m=500)) == [(2, "经度、纬度", "venues.outside_territory")]


def test_the_same_code_of_somebody_elses_venue_is_refused() -> None:
    theirs = ["A1", "三号店", "shop", "118.325", "31.305", "", ""]
    assert load(csv_file(theirs), territory=CAROL.scope).created == 1
    report = load(csv_file(GOOD), actor=plain_actor(ALICE))
    assert found(report) == [(2, "编号", "venues.code_elsewhere")]
    assert Venue.objects.get().grid_path == FAR


def test_who_may_import_what() -> None:
    with pytest.raises(NotVisible):
        load(csv_file(GOOD), actor=plain_actor(CAROL))
    with pytest.raises(NotVisible):
        load(csv_file(GOOD), actor=plain_actor(BOB))
    with pytest.raises(NotYourRole):
        load(csv_file(GOOD), actor=Actor(5, "x", "leader", STREET))
    with pytest.raises(Unreadable):
        load(csv_file(GOOD), territory="34.02")


def test_a_missing_column_is_said_once_for_the_whole_file() -> None:
    header = ["编号", "经度", "纬度"]
    report = load(csv_file(["A1", "118.305", "31.305"], header=header))
    assert found(report) == [(None, "class_code", "venues.column_missing")]
    assert "纬度、经度、编号" in report.problems[0].zh


def test_a_file_without_rows_and_a_territory_without_grids_are_named() -> None:
    assert found(load(csv_file())) == [(None, None, "venues.file_empty")]
    assert found(load(csv_file(GOOD), layer="market")) == [(None, None, "venues.no_grids")]


def test_a_register_in_gcj02_is_moved_and_a_wrongly_named_one_is_suspected() -> None:
    grid = [(118.3002 + x / 1000, 31.3002 + y / 1000) for x in range(5) for y in range(9)]
    points = from_wgs84_many(shapely.get_coordinates(shapely.points(grid)), "gcj02")
    rows = [[f"A{n}", "", "shop", repr(x), repr(y), "", ""] for n, (x, y) in enumerate(points.tolist())]
    right = load(csv_file(*rows), datum="gcj02", territory=BOB.scope)
    assert (right.created, right.orphans) == (45, 0)
    wrong = load(csv_file(*rows), datum="wgs84", territory=BOB.scope, source="另一")
    assert "venues.datum_suspect" in {p.code for p in wrong.problems}


def test_a_dry_run_writes_nothing() -> None:
    report = load(csv_file(GOOD), dry_run=True)
    assert (report.created, report.loaded, Venue.objects.count()) == (1, False, 0)


def test_an_excel_file_is_read_like_a_csv() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    for number, row in enumerate([HEADER, GOOD]):
        sheet.write_row(number, 0, row)
    book.close()
    assert load(file.getvalue(), "register.xlsx").created == 1
