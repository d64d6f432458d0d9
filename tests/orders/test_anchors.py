"""OR-30, OR-31: due days counted from the last visit, as rules and on a real PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.makers import ALICE, make_actor, make_venues
from tests.orders.makers import make_bob, make_plan, make_rules
from wangge.kernel.actor import Actor
from wangge.kernel.calendar import is_workday
from wangge.orders import declaring, services
from wangge.orders.anchor_rules import CYCLE_DAYS, Cycle
from wangge.orders.models import Order, PlanRule, SeasonSpell, Visit
from wangge.orders.rules import Interval, cycle_of, days_of, fits_cycle, order_id, started_on
from wangge.orders.schemas import OrderResult, SpellIn
from wangge.venues.models import Venue

GRID = "34.02.03.005.012.001."
LAST = date(2025, 10, 8)
TODAY = date(2025, 10, 20)
NOON = datetime(2025, 10, 20, 4, tzinfo=UTC)
INTERVALS = st.sampled_from(list(Interval))


# ---- the rule ----


def test_due_thirty_days_after_the_last_visit_with_window_and_tolerance():
    cycle = cycle_of(LAST, Interval.MONTH, window_days=7, tolerance_days=5, today=TODAY)
    # 8 October + 30 days is Friday 7 November; a visit counts from 31 October until 12 November
    assert cycle == Cycle(date(2025, 10, 31), date(2025, 11, 7), date(2025, 11, 13))
    assert days_of(cycle, is_workday, TODAY) == [
        date(2025, 10, 31),
        *(date(2025, 11, n) for n in (3, 4, 5, 6, 7)),
    ]


@pytest.mark.parametrize(
    ("today", "wanted"),
    [
        (date(2025, 11, 7), date(2025, 11, 7)),  # on the day
        (date(2025, 11, 12), date(2025, 11, 7)),  # late, within the tolerance
        (date(2025, 11, 13), date(2025, 12, 7)),  # missed: the next turn
        (date(2026, 1, 20), date(2026, 2, 5)),  # four turns after the visit
        (date(2025, 10, 1), date(2025, 11, 7)),  # planned before the visit that is told late
    ],
)
def test_a_missed_turn_is_followed_by_the_next(today, wanted):
    cycle = cycle_of(LAST, Interval.MONTH, window_days=7, tolerance_days=5, today=today)
    assert cycle.wanted_on == wanted


def test_a_holiday_shifts_the_day_into_the_tolerance_and_past_days_open_nothing():
    # 24 September 2025 + 7 days is 1 October; the holiday lasts until the 8th
    cycle = cycle_of(
        date(2025, 9, 24), Interval.WEEK, window_days=0, tolerance_days=6, today=date(2025, 9, 25)
    )
    assert days_of(cycle, lambda day: day.day == 6, date(2025, 9, 25)) == [date(2025, 10, 6)]
    assert days_of(cycle, lambda day: False, date(2025, 9, 25)) == [date(2025, 10, 1)]
    assert days_of(cycle, lambda day: False, date(2025, 10, 3)) == [date(2025, 10, 3)]


@given(
    interval=INTERVALS,
    window=st.integers(0, 180),
    tolerance=st.integers(0, 180),
    ahead=st.integers(-5, 800),
)
def test_every_day_belongs_to_one_turn_and_no_two_turns_touch(interval, window, tolerance, ahead):
    if not fits_cycle(interval, window, tolerance):
        assert window + tolerance >= CYCLE_DAYS[interval]
        return
    today = LAST + timedelta(days=ahead)
    one = cycle_of(LAST, interval, window_days=window, tolerance_days=tolerance, today=today)
    following = cycle_of(LAST, interval, window_days=window, tolerance_days=tolerance, today=one.ends_on)
    assert (one.wanted_on - LAST).days % CYCLE_DAYS[interval] == 0
    assert one.starts_on > LAST or one.starts_on == one.wanted_on
    assert today < one.ends_on <= following.starts_on  # the last one is not over, and the next begins later
    assert following.wanted_on - one.wanted_on == timedelta(days=CYCLE_DAYS[interval])
    days = days_of(one, is_workday if one.ends_on.year < 2027 and one.starts_on.year > 2024 else bool, today)
    assert days == sorted(set(days))
    assert all(max(today, one.starts_on) <= day < one.ends_on for day in days)


# ---- on PostgreSQL ----


def make_anchored(*, window: int = 7, tolerance: int = 5) -> None:
    make_rules([("monthly", "month", ["shop"], []), ("red", "week", ["shop"], ["red"])])
    PlanRule.objects.filter(code="monthly").update(
        anchor="visit", window_days=window, tolerance_days=tolerance
    )


def plan(first: date = TODAY, after: date = date(2026, 1, 1), *, at: datetime = NOON):
    return make_plan(first, after, at=at)


def open_orders() -> set[tuple[object, date, date, date]]:
    rows = Order.objects.filter(status="open")
    return {(row.venue_id, started_on(row.id), row.due_on, row.ends_on) for row in rows}


@pytest.mark.django_db
def test_until_the_first_visit_in_periods_and_then_from_the_visit():
    make_anchored()
    new, seen = make_venues(count=2, class_code="shop", grid_path=GRID)
    Venue.objects.filter(id=seen.id).update(last_visited_on=LAST)
    plan(date(2025, 10, 20), date(2025, 12, 1))
    turn = (seen.id, date(2025, 10, 31), date(2025, 11, 7), date(2025, 11, 13))
    assert turn in open_orders()
    mine = Order.objects.get(venue_id=seen.id)
    assert mine.id == order_id(seen.id, date(2025, 10, 31))
    assert date(2025, 10, 31) <= mine.opens_on <= mine.due_on
    starts = {started_on(row.id) for row in Order.objects.filter(venue_id=new.id)}
    assert starts <= {date(2025, 10, 1), date(2025, 11, 1)}
    assert date(2025, 11, 1) in starts


@pytest.mark.django_db
def test_a_visit_in_between_begins_the_count_anew_and_takes_back_what_was_planned():
    make_anchored()
    make_venues(count=1, class_code="shop", grid_path=GRID)
    plan(date(2025, 10, 20), date(2026, 1, 1))  # in periods: nobody was there yet
    periods = Order.objects.count()
    assert periods >= 2
    Venue.objects.update(last_visited_on=date(2025, 10, 20))
    out = plan(date(2025, 10, 20), date(2026, 1, 1))
    assert (out.made, out.withdrawn) == (1, periods)
    assert [row[3] for row in open_orders()] == [date(2025, 11, 25)]  # 19 November and five days
    Venue.objects.update(last_visited_on=date(2025, 10, 27))
    out = plan(date(2025, 10, 20), date(2026, 1, 1))
    assert (out.made, out.withdrawn) == (1, 1)
    again = plan(date(2025, 10, 20), date(2026, 1, 1))
    assert (again.made, again.withdrawn) == (0, 0)
    assert [row[3] for row in open_orders()] == [date(2025, 12, 2)]


@pytest.mark.django_db
def test_a_done_turn_is_followed_by_one_from_its_day_and_a_missed_one_by_the_next():
    make_anchored()
    bob = make_bob()
    make_venues(count=1, class_code="shop", grid_path=GRID)
    Venue.objects.update(last_visited_on=LAST)
    plan()
    order = Order.objects.get()
    visited = datetime(2025, 11, 4, 2, tzinfo=UTC)
    answers = [{"item": key, "ok": True} for key in ("exits", "there", "good", "person")]
    result = OrderResult(id=uuid4(), order_id=order.id, at=visited, answers=answers)
    (fate,) = services.complete_orders([result], actor=bob, at=visited)
    assert fate.outcome == "applied"
    plan(date(2025, 11, 4), date(2026, 2, 1), at=visited)
    (second,) = open_orders()
    assert second[1:] == (date(2025, 11, 27), date(2025, 12, 4), date(2025, 12, 10))
    late = datetime(2025, 12, 10, 2, tzinfo=UTC)
    services.close_missed(at=late)
    plan(date(2025, 12, 10), date(2026, 2, 1), at=late)
    (third,) = open_orders()
    assert third[3] == date(2026, 1, 9)  # 3 January and five days
    assert sorted(Order.objects.values_list("status", flat=True)) == ["done", "missed", "open"]


@pytest.mark.django_db
def test_who_stood_before_a_closed_door_keeps_the_turn():
    make_anchored()
    make_venues(count=1, class_code="shop", grid_path=GRID)
    Venue.objects.update(last_visited_on=LAST)
    plan()
    order = Order.objects.get()
    Visit.objects.create(id=uuid4(), order_id=order.id, at=NOON, actor_id=1, outcome="nobody_there")
    assert (plan().made, plan().withdrawn) == (0, 0)


# ---- whatever happens ----

ANCHORED = {
    "plain": {"tags": []},
    "red": {"tags": ["red"]},
    "close": {"is_open": False},
    "open": {"is_open": True},
}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *ANCHORED,
                "visit",
                "split",
                "import",
                "declare",
                "end",
                "plan",
                "ahead",
                "fixed",
                "anchored",
                "later",
            ]
        ),
        st.integers(0, 2),
    ),
    min_size=2,
    max_size=10,
)


def take(step: str, which: int, places: list[Venue], alice: Actor, at: datetime) -> datetime:
    today = (at + timedelta(hours=8)).date()
    one = Venue.objects.filter(id=places[which].id)
    spells = SeasonSpell.objects.filter(ended_at=None)
    if step in ANCHORED:
        one.update(**ANCHORED[step])
    elif step == "visit":
        one.update(last_visited_on=today)
    elif step == "split":
        one.update(grid_path=f"{GRID}0{which}.")
    elif step == "import":
        make_venues(count=1, class_code="shop", grid_path=GRID, last_visited_on=[None, LAST, today][which])
    elif step in {"plan", "ahead"}:
        plan(today, today + timedelta(days=60 if step == "plan" else 7), at=at)
    elif step in {"fixed", "anchored"}:
        is_anchored = step == "anchored"
        PlanRule.objects.filter(code="monthly").update(
            anchor="visit" if is_anchored else "period",
            window_days=7 if is_anchored else 0,
            tolerance_days=5 if is_anchored else 0,
        )
    elif step == "declare" and not spells.exists():
        body = SpellIn(
            id=uuid4(), season="fire_risk", path=GRID, reason="红色预警",
            starts_on=today + timedelta(days=3), ends_on=today + timedelta(days=12),
        )  # fmt: skip
        declaring.declare_spell(body, actor=alice, at=at)
    elif step == "end" and spells.filter(ends_on__gt=today).exists():
        declaring.end_spell(spells.get(ends_on__gt=today).id, actor=alice, at=at)
    elif step == "later":
        at += timedelta(days=[2, 9, 34][which])
        services.close_missed(at=at)
    return at


def check_all(today: date) -> None:
    """Of every open place: what it is owed now stands once, and nothing else of it is owed beside it."""
    for place in Venue.objects.all():
        live = list(Order.objects.filter(venue_id=place.id, status="open", ends_on__gt=today))
        if not place.is_open:
            assert not live
            continue
        if "red" in place.tags or place.last_visited_on is None:
            continue
        cycle = cycle_of(place.last_visited_on, Interval.MONTH, window_days=7, tolerance_days=5, today=today)
        usual = [row for row in live if not row.season]
        seasonal = [row for row in live if row.season]
        assert len(usual) <= 1, (place.id, usual)
        for row in usual:
            assert (started_on(row.id), row.ends_on) == (cycle.starts_on, cycle.ends_on)
            inside = [one for one in seasonal if cycle.starts_on <= one.opens_on < cycle.ends_on]
            assert not inside, "a season sees it in that time, and it is owed beside it"
        assert usual or any(cycle.starts_on <= one.opens_on < cycle.ends_on for one in seasonal), place.id


def run(steps: list[tuple[str, int]]) -> None:
    for model in (Visit, Order, SeasonSpell, Venue):
        model.objects.all().delete()
    season = {
        "code": "fire_risk", "name_zh": "高火险天气", "name_en": "High fire risk", "kind": "declared",
        "source": "HB-08", "is_confirmed": True,
    }  # fmt: skip
    services.install_seasons([season], pack_version="test@1")
    rules = [
        ("monthly", "month", ["shop"], []),
        ("red", "week", ["shop"], ["red"]),
        ("risk", "day", ["shop"], []),
    ]
    make_rules(rules)
    PlanRule.objects.filter(code="risk").update(season="fire_risk")
    alice, at = make_actor(ALICE), NOON
    places = make_venues(count=3, class_code="shop", grid_path=GRID)
    for step, which in [("anchored", 0), *steps, ("anchored", 0)]:
        at = take(step, which, places, alice, at)
    today = (at + timedelta(hours=8)).date()
    services.close_missed(at=at)
    whole = today, today + timedelta(days=60)
    plan(*whole, at=at)
    before = sorted(Order.objects.values_list("id", "status", "opens_on"))
    again = plan(*whole, at=at)
    assert (again.made, again.withdrawn) == (0, 0)
    plan(whole[0], whole[0] + timedelta(days=11), at=at)
    plan(whole[0] + timedelta(days=11), whole[1], at=at)
    assert sorted(Order.objects.values_list("id", "status", "opens_on")) == before
    check_all(today)


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happens_a_turn_is_owed_once_and_none_is_forgotten(steps):
    run(steps)


@pytest.mark.nightly
@pytest.mark.django_db
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happens_to_turns_at_length(steps):
    run(steps)
