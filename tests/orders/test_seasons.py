"""OR-17 … OR-20: intensified periods, as rules and on a real PostgreSQL."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.makers import ALICE, BOB, CAROL, make_actor, make_venues, plain_actor
from tests.orders.makers import DEC, NOV, make_plan, make_rules
from wangge.kernel.actor import Actor
from wangge.kernel.calendar import national
from wangge.kernel.errors import NotVisible, NotYourRole
from wangge.orders import declaring, services
from wangge.orders.models import Order, PlanRule, SeasonSpell
from wangge.orders.refusals import SeasonUnknown, SpellOver, SpellTooLong
from wangge.orders.rules import Interval, period_of, periods_between
from wangge.orders.schemas import SpellIn
from wangge.orders.season_rules import (
    Spell,
    base_turns,
    day_of,
    horizon,
    seasonal_turns,
    spells_of,
    stretches,
)
from wangge.venues.models import Venue

GRID = "34.02.03.005.012.001."
EARLY = datetime(2025, 10, 31, 2, tzinfo=UTC)


@dataclass
class OneSeason:
    code: str = "s"
    kind: str = "dates"
    first: str = ""
    last: str = ""
    before_days: int = 0
    least_days: int = 3
    works_holidays: bool = False


@dataclass
class OneRule:
    code: str
    interval: str
    season: str = ""
    classes: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


def test_a_season_of_dates_comes_each_year_and_may_wrap_over_the_new_year():
    found = spells_of(OneSeason(first="11-15", last="03-15"), national, date(2025, 1, 1), date(2026, 1, 1))
    assert [(one.starts_on, one.ends_on) for one in found] == [
        (date(2024, 11, 15), date(2025, 3, 16)),
        (date(2025, 11, 15), date(2026, 3, 16)),
    ]


def test_a_season_of_holidays_is_every_long_holiday_with_the_days_before_it():
    # 2025: New Year's Day alone; Spring Festival 28 January to 4 February; 4 to 6 April; 1 to 5 May;
    # 31 May to 2 June; 1 to 8 October (notice of the State Council)
    found = spells_of(
        OneSeason(kind="holidays", before_days=3, least_days=3), national, date(2025, 1, 1), date(2026, 1, 1)
    )
    days = [(one.starts_on, one.ends_on) for one in found]
    assert days == [
        (date(2025, 1, 25), date(2025, 2, 5)),
        (date(2025, 4, 1), date(2025, 4, 7)),
        (date(2025, 4, 28), date(2025, 5, 6)),
        (date(2025, 5, 28), date(2025, 6, 3)),
        (date(2025, 9, 28), date(2025, 10, 9)),
        (date(2025, 12, 29), date(2026, 1, 4)),
    ]


def test_only_a_smaller_interval_wins_in_a_season_and_the_losers_are_named():
    rules = [OneRule("base", "month"), OneRule("slow", "quarter", "s"), OneRule("fast", "week", "s")]
    spells = [Spell("s", date(2025, 11, 10), date(2025, 11, 20))]
    (found,) = stretches(rules, "shop", [], spells, NOV, DEC)
    assert (found.rule.code, found.others) == ("fast", ("base", "slow"))
    assert (found.starts_on, found.ends_on) == (date(2025, 11, 10), date(2025, 11, 20))
    assert stretches(rules[:2], "shop", [], spells, NOV, DEC) == []


spans = st.lists(st.tuples(st.integers(0, 120), st.integers(1, 40)), min_size=1, max_size=3)
RANGE = date(2025, 9, 1), date(2026, 1, 1)
BASES = ["week", "four_times_a_month", "half_month", "month", "quarter"]
FASTER = ["day", "week", "four_times_a_month", "three_times_a_month", "half_month", "month"]


def owed(place: UUID, base: str, fast: str, spells: list[Spell], first: date, after: date):
    """The orders of one place that open in a range: rule and day, as planning that range alone would say."""
    rules = [OneRule("base", base), OneRule("fast", fast, "s")]
    ahead = horizon(Interval(base), spells, first, after)
    found = stretches(rules, "shop", [], spells, *ahead)
    turns = [turn for one in found for turn in seasonal_turns(one, first, after, national)]
    periods = periods_between(Interval(base), first, after)
    over = periods[0].starts_on, periods[-1].ends_on
    around = [turn for one in found for turn in seasonal_turns(one, *over, national)]
    turns += base_turns(rules[0], [], periods, around, national)
    days = ((turn, day_of(place, turn)) for turn in turns)
    return [(turn, day) for turn, day in days if day and first <= day < after]


@settings(max_examples=60, deadline=None)
@given(place=st.uuids(), base=st.sampled_from(BASES), fast=st.sampled_from(FASTER), spans=spans)
def test_no_period_is_forgotten_and_none_is_planned_twice(place, base, fast, spans):
    spells = [Spell("s", RANGE[0] + timedelta(a), RANGE[0] + timedelta(a + n)) for a, n in spans]
    orders = owed(place, base, fast, spells, *RANGE)
    ids = [(turn.rule.code, turn.starts_on) for turn, _ in orders]
    assert len(ids) == len(set(ids))
    for period in periods_between(Interval(base), *RANGE):
        if period.starts_on < RANGE[0] or period.ends_on > RANGE[1]:
            continue  # its other part is another range's
        inside = [turn.rule.code for turn, day in orders if period.starts_on <= day < period.ends_on]
        assert inside, period  # none forgotten
        assert Counter(inside)["base"] == (0 if "fast" in inside else 1)  # seen once, or by the season


@settings(max_examples=60, deadline=None)
@given(place=st.uuids(), base=st.sampled_from(BASES), spans=spans, cut=st.integers(1, 120))
def test_planning_in_two_pieces_owes_the_same(place, base, spans, cut):
    spells = [Spell("s", RANGE[0] + timedelta(a), RANGE[0] + timedelta(a + n)) for a, n in spans]
    middle = RANGE[0] + timedelta(cut)
    keys = [
        {(turn.rule.code, turn.starts_on, day, turn.due_on) for turn, day in part}
        for part in (
            owed(place, base, "week", spells, *RANGE),
            owed(place, base, "week", spells, RANGE[0], middle)
            + owed(place, base, "week", spells, middle, RANGE[1]),
        )
    ]
    assert keys[0] == keys[1]


def make_season(**fields: object) -> None:
    row = {
        "code": "fire_risk",
        "name_zh": "高火险天气",
        "name_en": "High fire risk",
        "kind": "declared",
        "source": "HB-08",
        "is_confirmed": True,
    }
    services.install_seasons([row | fields], pack_version="test@1")
    rules = [
        ("monthly", "month", ["shop"], []),
        ("daily_risk", "day", ["shop"], []),
        ("red", "week", ["shop"], ["red"]),
    ]
    make_rules(rules)
    PlanRule.objects.filter(code="daily_risk").update(season="fire_risk")


def spell(**fields: object) -> SpellIn:
    first = {"id": uuid4(), "season": "fire_risk", "path": GRID, "reason": "红色预警"}
    return SpellIn(**first | {"starts_on": date(2025, 11, 10), "ends_on": date(2025, 11, 13)} | fields)


def standing() -> Counter[tuple[str, str]]:
    return Counter(Order.objects.values_list("rule_code", "status"))


@pytest.mark.django_db
def test_a_declared_period_replaces_the_month_in_its_territory_only_and_planning_again_changes_nothing():
    make_season()
    alice = make_actor(ALICE)
    make_venues(count=8, class_code="shop", grid_path=GRID)
    make_venues(count=5, class_code="shop", grid_path="34.02.03.005.012.002.")
    assert make_plan(NOV, DEC, at=EARLY).by_rule == {"monthly": 13}
    assert declaring.declare_spell(body := spell(), actor=alice, at=EARLY)
    assert not declaring.declare_spell(body, actor=alice, at=EARLY)
    out = make_plan(NOV, DEC, at=EARLY)
    assert (out.by_rule, out.withdrawn) == ({"daily_risk": 24}, 8)
    for _ in range(2):
        again = make_plan(NOV, DEC, at=EARLY)
        assert (again.made, again.withdrawn) == (0, 0)
    assert standing() == {("monthly", "open"): 5, ("monthly", "withdrawn"): 8, ("daily_risk", "open"): 24}
    order = Order.objects.filter(season="fire_risk").first()
    assert (order.rule_code, order.other_rules) == ("daily_risk", ["monthly"])


@pytest.mark.django_db
def test_a_period_that_ends_early_gives_the_month_back():
    make_season()
    alice = make_actor(ALICE)
    make_venues(count=8, class_code="shop", grid_path=GRID)
    make_plan(NOV, DEC, at=EARLY)
    declaring.declare_spell(body := spell(), actor=alice, at=EARLY)
    make_plan(NOV, DEC, at=EARLY)
    assert declaring.end_spell(body.id, actor=alice, at=EARLY) == 24
    make_plan(NOV, DEC, at=EARLY)
    assert standing() == {("monthly", "open"): 8, ("daily_risk", "withdrawn"): 24}
    with pytest.raises(SpellOver):
        declaring.end_spell(body.id, actor=alice, at=EARLY)


@pytest.mark.django_db
def test_who_may_declare_and_what_cannot_be_declared():
    make_season()
    alice = make_actor(ALICE)
    for actor, body, refusal in (
        (plain_actor(BOB), spell(), NotYourRole),
        (plain_actor(CAROL), spell(), NotVisible),
        (alice, spell(season="monsoon"), SeasonUnknown),
        (alice, spell(ends_on=date(2025, 11, 10)), SpellTooLong),
    ):
        with pytest.raises(refusal):
            declaring.declare_spell(body, actor=actor, at=EARLY)
    declaring.declare_spell(body := spell(), actor=alice, at=EARLY)
    with pytest.raises(NotVisible):
        declaring.end_spell(body.id, actor=plain_actor(CAROL), at=EARLY)
    assert SeasonSpell.objects.get().ended_at is None


@pytest.mark.django_db
def test_a_closed_place_owes_nothing_and_a_reopened_one_owes_it_again():
    make_season()
    make_venues(count=4, class_code="shop", grid_path=GRID)
    make_plan(NOV, DEC, at=EARLY)
    Venue.objects.update(is_open=False)
    assert make_plan(NOV, DEC, at=EARLY).withdrawn == 4
    Venue.objects.update(is_open=True)
    assert make_plan(NOV, DEC, at=EARLY).made == 4
    assert standing() == {("monthly", "open"): 4}


CHANGES = {
    "red": (0, {"tags": ["red"]}),
    "plain": (0, {"tags": []}),
    "close": (1, {"is_open": False}),
    "open": (1, {"is_open": True}),
    "split": (2, {"grid_path": f"{GRID}01."}),
}
STEPS = st.lists(
    st.sampled_from(["declare", "end", "red", "plain", "close", "open", "split", "import", "plan", "ahead"]),
    min_size=2,
    max_size=8,
)


def check_the_plan(first: date, after: date) -> None:
    """Every open place has exactly one rule's orders a month: each month a visit, no two of one period."""
    rows = Order.objects.exclude(status="withdrawn")
    pairs = [(row.venue_id, row.season, row.opens_on) for row in rows]
    assert len(pairs) == len(set(pairs))
    closed = set(Venue.objects.filter(is_open=False).values_list("id", flat=True))
    assert not [row for row in rows if row.venue_id in closed]
    for place in Venue.objects.filter(is_open=True):
        own = [row for row in rows if row.venue_id == place.id]
        month = period_of(Interval.MONTH, first)
        assert any(month.starts_on <= row.opens_on < month.ends_on for row in own)
        slow = [row for row in own if row.rule_code == "monthly"]
        assert not slow or len(own) == 1  # seen once in the month, or by a shorter rule instead


def take_step(step: str, places: list[Venue], alice: Actor) -> None:
    spells = SeasonSpell.objects.filter(ended_at=None)
    if step == "declare" and not spells.exists():
        declaring.declare_spell(spell(), actor=alice, at=EARLY)
    elif step == "end" and spells.exists():
        declaring.end_spell(spells[0].id, actor=alice, at=EARLY)
    elif step == "import":
        make_venues(count=1, class_code="shop", grid_path=GRID)
    elif step in {"plan", "ahead"}:
        make_plan(NOV, DEC if step == "plan" else date(2025, 11, 12), at=EARLY)
    elif step in CHANGES:
        n, fields = CHANGES[step]
        Venue.objects.filter(id=places[n].id).update(**fields)


def run_steps(steps: list[str]) -> None:
    for model in (Order, SeasonSpell, Venue):
        model.objects.all().delete()
    make_season()
    alice = make_actor(ALICE)
    places = make_venues(count=3, class_code="shop", grid_path=GRID)
    for step in [*steps, "plan"]:
        take_step(step, places, alice)
    before = standing()
    again = make_plan(NOV, DEC, at=EARLY)
    assert (again.made, again.withdrawn, standing()) == (0, 0, before)
    check_the_plan(NOV, DEC)


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happens_nothing_is_owed_twice_or_forgotten(steps):
    run_steps(steps)


@pytest.mark.nightly
@pytest.mark.django_db
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happens_at_length(steps):
    run_steps(steps)
