"""Duties and minutes, typed from the source texts and from tracks whose answer is known."""

from __future__ import annotations

from datetime import date
from itertools import pairwise, product

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from wangge.patrols.measuring import CHECK_IN, MOCK, Runs, Track, Why, measure
from wangge.patrols.rules import (
    Duty,
    DutySwitch,
    Limits,
    MinutesPlace,
    NotOnDuty,
    PatrolAction,
    PatrolState,
    days_alike,
    judge,
    step,
)

WH25 = Duty("FQ-01", 1, 120, MinutesPlace.GRID, DutySwitch.BINDING)  # 每天在网格内巡查不少于2小时
TZ12 = Duty("FQ-02", 2, 120, MinutesPlace.ANYWHERE, DutySwitch.ADVISORY)  # 每天至少巡查两次,每次不少于两小时
HOUR = 3600


@pytest.mark.parametrize(
    ("duty", "sessions", "attained", "missing"),
    [
        (WH25, [2 * HOUR], True, 0),
        (WH25, [2 * HOUR - 1], False, 1),
        (WH25, [HOUR, HOUR], True, 0),  # not said to be in one go
        (WH25, [], False, 2 * HOUR),
        (TZ12, [2 * HOUR, 2 * HOUR], True, 0),
        (TZ12, [4 * HOUR], False, 2 * HOUR),  # once is not twice
        (TZ12, [2 * HOUR, 2 * HOUR - 60], False, 60),
        (TZ12, [HOUR, 2 * HOUR, 2 * HOUR, 60], True, 0),
        (Duty("FQ-01", 1, 120, MinutesPlace.GRID, DutySwitch.OFF), [HOUR], None, 0),
        (None, [HOUR], None, 0),
    ],
)
def test_a_day_stands_to_its_duty_as_the_source_says(duty, sessions, attained, missing):
    verdict = judge(duty, sessions)
    assert (verdict.attained, verdict.missing_s, verdict.counted_s) == (attained, missing, sum(sessions))


ROWS = {
    ("on", "pause"): "paused",
    ("paused", "resume"): "on",
    ("on", "stop"): "over",
    ("paused", "stop"): "over",
    ("on", "check_in"): "on",
}


@pytest.mark.parametrize(("state", "action"), list(product(PatrolState, PatrolAction)))
def test_a_patrol_moves_exactly_by_these_steps(state, action):
    if (state, action) in ROWS:
        assert step(state, action) == ROWS[state, action]
    else:
        with pytest.raises(NotOnDuty):
            step(state, action)


BOX = shapely.box(118.30, 31.30, 118.31, 31.31)
M = 1 / 111_195  # degrees of latitude a metre
LIMITS = Limits()


def found(points, *, area=BOX, since=0.0, until=1e6, limits=LIMITS):
    """Measure rows of (seconds, lon, lat[, accuracy, flags])."""
    rows = np.array([[*row, *[5.0, 0][len(row) - 3 :]] for row in points], dtype=float).reshape(-1, 5)
    areas = np.empty(1, dtype=object)
    areas[0] = area
    track = Track(
        np.zeros(len(rows), dtype=np.intp), *(rows[:, n] for n in range(4)), rows[:, 4].astype(np.uint8)
    )
    return measure(track, Runs(areas, np.array([since]), np.array([until])), limits)


def walk(start, end, seconds, every=60):
    steps = seconds // every
    return [
        (n * every, *(a + (b - a) * n / steps for a, b in zip(start, end, strict=True)))
        for n in range(steps + 1)
    ]


MIDDLE = (118.305, 31.305)


def test_a_track_that_begins_and_ends_inside_counts_whole():
    got = found(walk(MIDDLE, (118.306, 31.305), 600))
    assert got.inside_s.sum() == pytest.approx(600)


def test_a_walk_out_over_the_border_counts_to_the_border():
    # 20 minutes eastwards at one pace: half of the way is inside, and the border lies amid a segment.
    got = found(walk((118.305, 31.305), (118.315, 31.305), 1200, every=80))
    assert got.inside_s.sum() == pytest.approx(600, abs=1e-3)
    assert got.anywhere_s.sum() == pytest.approx(1200)


def test_a_segment_over_a_corner_counts_its_chord_though_both_ends_are_outside():
    # From 0.002° west of the border at the lower corner, straight over it: a third of the way is inside.
    got = found([(0, 118.298, 31.302), (90, 118.304, 31.2959)])
    assert got.inside_s.sum() == 0
    got = found([(0, 118.298, 31.304), (90, 118.304, 31.298)])
    assert got.inside_s.sum() == pytest.approx(30)


def test_the_window_cuts_a_segment_in_time():
    # The window opens 30 s into the first minute; over the border after 50 of 100 s.
    got = found([(0, 118.3095, 31.305), (100, 118.3105, 31.305)], since=30, until=90)
    assert (got.inside_s.sum(), got.anywhere_s.sum()) == (pytest.approx(20), pytest.approx(60))


def test_standing_still_inside_counts_and_on_the_border_too():
    assert found([(0, *MIDDLE), (60, *MIDDLE)]).inside_s.sum() == 60
    assert found([(0, 118.31, 31.305), (60, 118.31, 31.305)]).inside_s.sum() == 60
    assert found([(0, 118.32, 31.305), (60, 118.32, 31.305)]).inside_s.sum() == 0


def test_points_twice_and_out_of_order_change_nothing():
    points = walk((118.305, 31.305), (118.315, 31.305), 600)
    mixed = [*points[::-1], *points[2:5]]
    assert found(mixed).inside_s.sum() == pytest.approx(found(points).inside_s.sum())


@pytest.mark.parametrize(
    ("minutes", "metres", "why", "credited_min"),
    [
        (3, 10, Why.LINE, 3),  # three minutes are no gap yet
        (10, 50, Why.STAY, 10),  # stairs: out where one went in
        (30, 100, Why.STAY, 30),
        (31, 50, Why.GAP, 0),  # too long to know
        (10, 150, Why.GAP, 0),  # somewhere else: told, and not counted
    ],
)
def test_a_gap_is_credited_as_a_stay_or_only_told(minutes, metres, why, credited_min):
    got = found([(0, *MIDDLE), (minutes * 60, 118.305, 31.305 + metres * M * 0.999)])
    assert Why(int(got.why[0])) is why
    assert got.inside_s.sum() == pytest.approx(credited_min * 60)


def test_a_scanned_plate_credits_twenty_minutes_on_either_side():
    got = found([(0, *MIDDLE), (1800, 118.305, 31.308, 0, CHECK_IN), (2400, 118.307, 31.305)])
    assert [Why(int(w)) for w in got.why] == [Why.CHECKED_IN, Why.CHECKED_IN]
    assert got.inside_s.tolist() == [1200, 600]
    out = found([(0, *MIDDLE), (1800, 118.325, 31.308, 0, CHECK_IN)])
    assert (out.inside_s.sum(), out.anywhere_s.sum()) == (0, 1200)  # the plate hangs elsewhere


def test_impossible_speed_and_made_up_positions_are_flagged_and_not_counted():
    # A kilometre in 30 s is 120 km/h; 10 m in 1 s is a phone's jitter.
    got = found([(0, *MIDDLE), (30, 118.305, 31.305 + 1000 * M), (31, 118.305, 31.305 + 1010 * M)])
    assert [Why(int(w)) for w in got.why] == [Why.TOO_FAST, Why.LINE]
    got = found([(0, *MIDDLE), (60, *MIDDLE, 5, MOCK), (120, *MIDDLE)])
    assert ([Why(int(w)) for w in got.why], got.inside_s.sum()) == ([Why.MOCKED, Why.MOCKED], 0)


def test_a_blurred_position_is_left_out():
    got = found([(0, *MIDDLE), (60, 118.36, 31.305, 900, 0), (120, *MIDDLE)])
    assert (len(got.run), got.inside_s.sum()) == (1, 120)


def exactly(points, ring):
    """Return seconds inside by cutting each segment at each edge and asking for the middle of each piece."""
    whole = 0.0
    for (t0, x0, y0), (t1, x1, y1) in pairwise(points):
        cuts = {0.0, 1.0}
        for (ax, ay), (bx, by) in pairwise(ring):
            det = (x1 - x0) * (by - ay) - (y1 - y0) * (bx - ax)
            if det == 0:
                continue
            along = ((ax - x0) * (by - ay) - (ay - y0) * (bx - ax)) / det
            cuts.add(min(1.0, max(0.0, along)))
        for low, high in pairwise(sorted(cuts)):
            mid = (low + high) / 2
            x, y = x0 + mid * (x1 - x0), y0 + mid * (y1 - y0)
            odd = False
            for (ax, ay), (bx, by) in pairwise(ring):
                if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
                    odd = not odd
            whole += odd * (high - low) * (t1 - t0)
    return whole


STAR = [(0, 0), (4, 1), (8, 0), (7, 4), (9, 8), (4, 6), (1, 9), (2, 4), (0, 0)]
SHAPE = [(118.30 + x / 800, 31.30 + y / 800) for x, y in STAR]
place = st.tuples(st.floats(-0.5, 9.5), st.floats(-0.5, 9.5))


@settings(max_examples=60, deadline=None)
@given(st.lists(place, min_size=2, max_size=12))
def test_seconds_inside_any_shape_are_those_of_a_cut_at_each_edge(places):
    points = [(120.0 * n, 118.30 + x / 800, 31.30 + y / 800) for n, (x, y) in enumerate(places)]
    border = shapely.LinearRing(SHAPE)
    # Standing on the border counts, walking along it too; there floating point decides, so it is left out.
    assume(all(border.distance(shapely.Point(x, y)) > 1e-9 for _, x, y in points))
    got = found(points, area=shapely.Polygon(SHAPE), limits=Limits(speed_kmh=1e9))
    assert got.inside_s.sum() == pytest.approx(exactly(points, SHAPE), abs=0.01)


WORDS = "上午巡查沿街店铺，劝导三处占道；下午走访独居老人，检查楼道堆物。"


@pytest.mark.parametrize(
    ("said", "copied"),
    [
        ([], 0),
        ([(1, WORDS)], 0),
        ([(1, WORDS), (1, WORDS)], 0),  # two members of one day
        ([(1, WORDS), (2, "")], 0),
        ([(1, WORDS), (2, WORDS), (3, "东门井盖松动，已报修。")], 2),
        ([(1, WORDS), (2, WORDS.replace("，", " , ")), (5, WORDS)], 3),  # marks and blanks do not count
        ([(1, WORDS), (2, WORDS.replace("三处", "两处"))], 2),  # nearly the same
        ([(1, "正常"), (2, "正常。")], 2),
        ([(1, "检查店铺3家"), (2, "检查餐馆8家，整改2处")], 0),
    ],
)
def test_a_log_is_copied_on_days_that_say_what_another_day_says(said, copied):
    assert days_alike([(date(2025, 10, day), text) for day, text in said], like_pct=90) == copied
