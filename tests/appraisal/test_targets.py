"""Plan against fact: every fact equals a recount, and territories set their own. Rules: TA-1 … TA-8."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.appraisal.makers import make_busy_street
from tests.dossiers.makers import make_standards
from tests.dossiers.makers import make_words as make_dossier_words
from tests.makers import AT, make_client
from tests.teams.makers import make_kinds
from wangge.appraisal import queries, services
from wangge.appraisal.models import Target
from wangge.appraisal.schemas import TargetFilter, TargetIn
from wangge.cases.models import Case
from wangge.dossiers import services as dossiers
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow
from wangge.orders.models import Order
from wangge.venues.models import Venue

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
STREET, COMMUNITY = "34.02.03.005.", "34.02.03.005.012."
LATER = AT + timedelta(days=120)
PLAIN = {
    "name_zh": "目标",
    "name_en": "target",
    "of": "figure",
    "indicator": "",
    "tier": "",
    "at_least": None,
    "every": "month",
    "plan": [50.0],
    "adds": False,
    "first_year": None,
    "source": "t",
    "is_confirmed": False,
}
PACK = [
    {"code": "reported", "indicator": "reported", "plan": [2.0]},
    {"code": "disposal", "indicator": "disposal"},
    {"code": "seen", "of": "places_seen", "plan": [30.0]},
    {"code": "grids_add", "of": "nodes", "indicator": "reported", "tier": "grid", "at_least": 1, "adds": True}
    | {"plan": [10.0]},
    {
        "code": "grids_year",
        "of": "nodes",
        "indicator": "reported",
        "tier": "grid",
        "at_least": 1,
        "every": "year",
    },
    {"code": "whole", "of": "places_whole", "every": "year", "plan": [100.0]},
    {"code": "covered", "of": "grids_covered", "every": "year", "plan": [100.0]},
]


@pytest.fixture
def house():
    house = make_busy_street()
    make_kinds()  # with the levels of the territory
    make_dossier_words()
    make_standards()
    dossiers.count_grids(at=LATER)
    services.install_targets([PLAIN | one for one in PACK], pack_version="test@1")
    return house


def table(actor, year=2025, **words):
    given = {"year": year, **words}
    return queries.list_targets(actor, TargetFilter.model_validate(given), at=LATER)


def target(actor, code, **words):
    return next(one for one in table(actor, **words).items if one.code == code)


def given(**fields):
    plain = {"id": new_id(), "name_zh": "自定", "name_en": "own", "of": "figure", "indicator": "disposal"}
    return TargetIn.model_validate(plain | {"code": "disposal", "every": "month", "plan": [97.8]} | fields)


def put(actor, **fields):
    [fate] = services.set_targets([given(**fields)], actor=actor, at=AT)
    return fate


@pytest.mark.parametrize("is_fresh", [True, False])
def test_each_fact_equals_a_recount_before_and_after_the_job(house, is_fresh):
    if is_fresh:
        services.refresh()
    cases = [(row.reported_at.astimezone(CHINA), row.grid_path, row.status) for row in Case.objects.all()]
    orders = Order.objects.filter(status="done", outcome="inspected")
    seen = {(f"{one.opens_on:%Y-%m}", one.venue_id) for one in orders}
    places = Venue.objects.filter(is_open=True, grid_path__startswith=STREET).count()
    for period in target(house.alice, "reported").periods:
        assert (period.fact or 0) == sum(f"{at:%Y-%m}" == period.key for at, *_ in cases)
    for period in target(house.alice, "seen").periods:
        count = sum(month == period.key for month, _ in seen)
        if any(f"{one.opens_on:%Y-%m}" == period.key for one in Order.objects.all()):
            assert (period.part, period.whole) == (count, places)
            assert period.fact == round(100 * count / places, 2)
        else:
            assert (period.fact, period.part) == (None, None)
    so_far, grids = set(), target(house.alice, "grids_add").periods[-1].whole
    for period in target(house.alice, "grids_add").periods:
        so_far |= {path for at, path, _ in cases if f"{at:%Y-%m}" == period.key}
        assert (period.part or 0) == len(so_far)
        assert period.fact == (round(100 * len(so_far) / grids, 2) if so_far else None)
    [year] = [one for one in target(house.alice, "grids_year").periods if one.key == "2025"]
    assert year.part == len({path for at, path, _ in cases if at.year == 2025})


def test_too_small_a_sample_is_no_ground_to_judge(house):
    small = [one for one in target(house.alice, "disposal").periods if one.is_small]
    assert small
    assert {one.standing for one in small} == {"unknown"}


def test_the_register_has_a_figure_of_the_year_that_runs_alone(house):
    now = table(house.alice, year=LATER.year)
    assert next(one for one in now.items if one.code == "covered").periods[0].whole > 0
    assert target(house.alice, "covered").periods[0].fact is None


def test_the_nearest_territorys_own_wins_and_can_be_given_up(house):
    assert put(house.alice).status == 200
    assert target(house.alice, "disposal").plan == [97.8]
    wide = Target.objects.get(code="disposal", path=STREET)
    assert put(house.alice, path=COMMUNITY, plan=[90.0]).status == 200
    assert target(house.alice, "disposal", territory=COMMUNITY).plan == [90.0]
    assert put(house.alice, base_version=wide.version, is_active=False).status == 200
    assert "disposal" not in {one.code for one in table(house.alice).items}
    assert AuditRow.objects.filter(action="appraisal.set_target").count() == 3
    services.install_targets([PLAIN | one for one in PACK], pack_version="test@2")  # a new pack leaves them
    assert target(house.alice, "disposal", territory=COMMUNITY).plan == [90.0]


def test_what_cannot_be_measured_or_is_not_ones_own_is_refused(house):
    for wrong in (
        {"indicator": "nobody"},
        {"indicator": ""},
        {"of": "nodes"},
        {"of": "nodes", "indicator": "median", "tier": "grid", "at_least": 24},
        {"adds": True},
        {"of": "places_seen", "indicator": "", "every": "year"},
        {"of": "places_whole", "indicator": "", "every": "month"},
    ):
        assert put(house.alice, **wrong).code == "appraisal.target_wrong", wrong
    assert put(house.alice, path="34.02.03.").status == 404
    assert put(house.alice, base_version=3).status == 409
    assert put(house.carol).status == 200
    assert target(house.alice, "disposal").plan == [50.0]


def test_the_endpoints(house):
    alice, carol, bob = (make_client(one) for one in (house.alice, house.carol, house.bob))
    found = alice.get("/api/appraisal/targets?year=2025").json()
    behind = alice.get("/api/appraisal/targets?year=2025&only_behind=true").json()
    assert len(behind["items"]) == behind["behind"] == found["behind"] > 0
    text = b"".join(alice.get("/api/appraisal/targets/export.csv?year=2025").streaming_content).decode()
    assert "未达到 behind" in text
    assert bob.get("/api/appraisal/targets?year=2025").status_code == 403
    assert carol.get(f"/api/appraisal/targets?year=2025&territory={STREET}").status_code == 404
    own = carol.get("/api/appraisal/targets?year=2025").json()
    assert [one["periods"][9]["part"] for one in own["items"] if one["code"] == "reported"] == [0]
    with pytest.raises(NotVisible):
        table(house.carol, territory=STREET)


def test_the_work_place_counts_what_is_behind_as_the_list_does(house):
    desk = make_client(house.alice).get("/api/console/desk").json()
    cards = {one["code"]: one for one in desk["cards"]}
    assert cards["targets_behind"]["path"] == "/targets"
