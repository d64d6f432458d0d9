"""OR-29: facilities, persons and grids are planned by the same engine as places."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
import shapely

from tests.cases.makers import make_pack
from tests.makers import ALICE, AT, BOB, make_photo, make_venues, plain_actor
from tests.orders.makers import DEC, NOV, make_bob, make_plan, make_rules
from tests.orders.test_services import make_answers, make_result
from wangge.cases.models import Case
from wangge.dossiers.models import Holding, Kind, Person
from wangge.kernel.calendar import is_workday
from wangge.kernel.ids import new_id
from wangge.orders import coverage, queries, services
from wangge.orders.models import Order, PlanRule, SubjectVisit
from wangge.orders.rules import Interval, due_on, opens_on, order_id, period_of, working_days
from wangge.orders.schemas import Answer, OrderFilter, PlanRequest
from wangge.territory.models import Grid
from wangge.venues.models import Venue

pytestmark = pytest.mark.django_db
THERE = datetime(2025, 11, 12, 2, 0, tzinfo=UTC)
EARLY = datetime(2025, 10, 31, 2, tzinfo=UTC)


def make_kind(code: str, sort: str, name_zh: str) -> None:
    Kind.objects.get_or_create(
        sort=sort,
        code=code,
        defaults={"name_zh": name_zh, "name_en": code, "position": 1, "source": "test"}
        | {"is_confirmed": True, "pack_version": "test@1"},
    )


def make_facility(venue: Venue, kind: str = "micro_station", **fields: object) -> Holding:
    make_kind(kind, "facility", "微型消防站")
    plain = {"id": new_id(), "sort": "facility", "class_code": venue.venue_class_id, "place": "一楼"}
    times = {"created_at": AT, "updated_at": AT}
    return Holding.objects.create(venue=venue, kind=kind, **plain | times | fields)


def make_grid(path: str = BOB.scope, *, tier: str = "grid", **fields: object) -> Grid:
    box = {"min_lon": 118.0, "min_lat": 31.0, "max_lon": 118.2, "max_lat": 31.2, "area_m2": 1.0}
    shape = shapely.box(118.0, 31.0, 118.2, 31.2).wkb
    plain = {"id": new_id(), "layer": "comprehensive", "code": path, "name": "一号网格", "shape_wkb": shape}
    since = {"valid_from": datetime(2025, 1, 1, tzinfo=UTC)}
    return Grid.objects.create(path=path, tier=tier, **plain | box | since | fields)


def make_subject_rules() -> None:
    make_rules(
        [
            ("places", "quarter", ["shop"], []),
            ("stations", "month", ["micro_station"], []),
            ("stations_red", "week", ["micro_station"], ["red"]),
            ("heads", "quarter", ["stairwell_head"], []),
            ("grids", "month", ["grid"], []),
        ]
    )
    for start, subject in (("stations", "facility"), ("heads", "person"), ("grids", "grid")):
        PlanRule.objects.filter(code__startswith=start).update(subject=subject)


def owed(subject: UUID, interval: Interval) -> tuple[UUID, date, date]:
    period = period_of(interval, NOV)
    opens = opens_on(subject, working_days(period, is_workday))
    return order_id(subject, period.starts_on), opens, due_on(period, is_workday)


def test_each_kind_is_planned_once_by_its_own_rules_and_ids():
    bob = make_bob()
    make_subject_rules()
    [shop] = make_venues(class_code="shop")
    facility, grid = make_facility(shop), make_grid()
    out = make_plan(at=EARLY)
    assert out.by_rule["stations"] == 1
    assert out.by_rule["grids"] == 1
    one = Order.objects.get(subject_kind="facility")
    assert (one.id, one.opens_on, one.due_on) == owed(facility.id, Interval.MONTH)
    assert (one.venue_id, one.subject_id, one.grid_path, one.member_id) == (
        shop.id, facility.id, BOB.scope, bob.user_id,
    )  # fmt: skip
    one = Order.objects.get(subject_kind="grid")
    assert (one.id, one.opens_on, one.due_on) == owed(grid.id, Interval.MONTH)
    assert (one.venue_id, one.subject_id, one.member_id) == (None, grid.id, bob.user_id)
    again = make_plan(at=EARLY)
    assert (again.made, again.withdrawn) == (0, 0)
    proof = coverage.prove(PlanRequest(starts_on=NOV, ends_on=DEC), actor=plain_actor(ALICE), at=EARLY)
    assert proof.unplanned == 0
    assert proof.owed == Order.objects.count()


def test_a_facility_carries_the_tags_and_the_class_of_its_place():
    make_subject_rules()
    [plain] = make_venues(class_code="shop")
    [red] = make_venues(class_code="shop", tags=["red"])
    facilities = {make_facility(plain).id: "stations", make_facility(red).id: "stations_red"}
    make_plan(at=EARLY)
    found = Order.objects.filter(subject_kind="facility").values_list("subject_id", "rule_code")
    assert set(found) == set(facilities.items())
    PlanRule.objects.filter(code="stations_red").update(tags=["shop"])  # the class of the place is a tag
    make_plan(at=EARLY)
    standing = Order.objects.filter(subject_kind="facility", status="open")
    assert set(standing.values_list("rule_code", flat=True)) == {"stations_red"}


def test_what_is_taken_out_closed_or_split_is_owed_no_more():
    make_subject_rules()
    [shop] = make_venues(class_code="shop")
    facility, grid = make_facility(shop), make_grid()
    make_kind("stairwell_head", "person", "楼长")
    head = Person.objects.create(
        id=new_id(), venue=shop, kind="stairwell_head", name="王楼长", created_at=AT, updated_at=AT
    )
    make_plan(date(2025, 10, 1), date(2026, 1, 1), at=EARLY)
    kinds = Order.objects.filter(status="open").values_list("subject_kind", flat=True)
    assert set(kinds) == {"venue", "facility", "grid", "person"}
    Holding.objects.filter(id=facility.id).update(removed_at=AT)
    Person.objects.filter(id=head.id).update(until_on=date(2025, 10, 30))
    Grid.objects.filter(id=grid.id).update(valid_to=EARLY)
    parts = [make_grid(f"{BOB.scope}0{n}.", valid_from=EARLY) for n in (1, 2)]
    make_plan(at=EARLY)
    still = Order.objects.filter(status="open", ends_on__gt=date(2025, 11, 1)).exclude(subject_kind="venue")
    assert set(still.values_list("subject_id", flat=True)) == {part.id for part in parts}
    Venue.objects.update(is_open=False)
    Holding.objects.filter(id=facility.id).update(removed_at=None)
    assert make_plan(at=EARLY).by_rule == {}


def test_people_read_what_an_order_is_about_and_where_to_go():
    make_bob()
    make_subject_rules()
    [shop] = make_venues(class_code="shop", address="花园路 1 号", name="味之源")
    make_facility(shop)
    make_grid()
    make_plan(at=EARLY)
    rows = queries.list_orders(plain_actor(ALICE), OrderFilter(), today=NOV).items
    told = {row.subject_kind: row for row in rows}
    facility = told["facility"]
    assert (facility.venue_name, facility.venue_class_zh, facility.address) == (
        "味之源", "微型消防站", "花园路 1 号 一楼",
    )  # fmt: skip
    grid = told["grid"]
    assert (grid.venue_name, grid.venue_class_zh, grid.venue_id) == ("一号网格", "网格", None)
    assert (grid.lon, grid.lat) == (pytest.approx(118.1), pytest.approx(31.1))


def test_a_look_at_a_facility_is_no_inspection_of_its_place():
    bob = make_bob()
    make_subject_rules()
    PlanRule.objects.filter(code="stations").update(anchor="visit", window_days=7, tolerance_days=5)
    [shop] = make_venues(class_code="shop")
    facility, grid = make_facility(shop), make_grid()
    make_plan(at=EARLY)
    results = [
        make_result(order, at=THERE) for order in Order.objects.filter(subject_kind__in=["facility", "grid"])
    ]
    fates = services.complete_orders(results, actor=bob, at=THERE)
    assert [fate.outcome for fate in fates] == ["applied", "applied"]
    seen = dict(SubjectVisit.objects.values_list("subject_id", "seen_on"))
    assert seen == {facility.id: date(2025, 11, 12), grid.id: date(2025, 11, 12)}
    assert Venue.objects.get().last_visited_on is None
    make_plan(date(2025, 11, 12), date(2026, 1, 1), at=THERE)
    following = Order.objects.get(subject_kind="facility", status="open")
    assert following.ends_on == date(2025, 12, 18)  # 12 December and five days


def test_a_grid_does_not_close_down_or_move_away():
    bob = make_bob()
    make_subject_rules()
    make_grid()
    make_plan(at=EARLY)
    order = Order.objects.get(subject_kind="grid")
    for outcome in ("closed_down", "moved_away"):
        result = make_result(order, at=THERE, outcome=outcome, answers=[])
        [fate] = services.complete_orders([result], actor=bob, at=THERE)
        assert (fate.status, fate.code) == (422, "orders.not_a_place")
        assert fate.zh
        assert fate.en
    assert Order.objects.get(subject_kind="grid").status == "open"


def test_a_finding_at_a_facility_is_a_case_of_its_place(settings, tmp_path):
    settings.WANGGE_FILES = tmp_path
    make_pack()
    bob = make_bob()
    make_subject_rules()
    [shop] = make_venues(class_code="shop")
    facility = make_facility(shop)
    make_plan(at=EARLY)
    order = Order.objects.get(subject_id=facility.id)
    failed = Answer(item="there", ok=False, photos=[make_photo(actor=bob)], case_id=uuid4())
    answers = [failed, *(one for one in make_answers() if one.item not in {"there", "good"})]
    [fate] = services.complete_orders([make_result(order, at=THERE, answers=answers)], actor=bob, at=THERE)
    assert fate.outcome == "applied", fate
    assert Case.objects.get().venue_id == shop.id
