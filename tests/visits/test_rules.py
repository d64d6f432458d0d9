"""Rules of visits, typed from HB-08 … HB-10."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge.orders.rules import Interval
from wangge.packs import services as packs
from wangge.visits.refusals import (
    ArrivedBefore,
    InTheFuture,
    PhotosMissing,
    PhotoTooOld,
    TooFar,
    TooLate,
    WrongTime,
)
from wangge.visits.rules import (
    Call,
    ProofLimits,
    Standing,
    check_arrival,
    check_moment,
    check_photos,
    is_near,
    matches,
    minutes_until,
    shown_groups,
    standing,
    told_count,
    turn_of,
    worst,
)

NOW = datetime(2025, 10, 13, 2, 0, tzinfo=UTC)
HOME = (118.305, 31.305)
NEAR, FAR = (118.3065, 31.305), (118.3085, 31.305)  # 143 m and 333 m to the east
LIMITS = ProofLimits()

# The sources' own lists (HB-08, HB-09, HB-10), in their order.
VISITED = ["困难群众", "独居老人", "残疾家庭", "流动人口", "失业人员", "重点帮扶人员"]
ARRIVED = ["隐患举报", "火灾隐患", "消防车道", "高火险天气", "消防求助", "突发事件"]
REPORTED = [
    *("设施损坏", "车道堵塞", "火灾隐患和消防违法行为", "房屋出租"),
    *("六小单位装修", "外来人员就业", "残障等帮扶人员", "不稳定因素"),
]


def test_six_groups_are_visited_monthly_and_no_pack_but_harbins_calls_it_confirmed() -> None:
    harbin, wuhu = packs.load("harbin"), packs.load("wuhu")

    assert [row.zh for row in harbin.visit_groups] == VISITED
    assert {row.interval for row in harbin.visit_groups} == {Interval.MONTH}
    assert all(row.is_confirmed for row in harbin.visit_groups)
    assert not any(row.is_confirmed for row in wuhu.visit_groups)


def test_six_triggers_call_somebody_each_by_a_bound_of_time() -> None:
    triggers = packs.load("harbin").arrival_triggers

    assert len(triggers) == len(ARRIVED)
    for words in ARRIVED:
        assert sum(words in row.zh for row in triggers) == 1, words
    assert all(row.within_minutes > 0 for row in triggers)


def test_eight_kinds_are_reported_and_the_fourth_to_the_seventh_change_a_register() -> None:
    kinds = packs.load("harbin").report_kinds

    for row, words in zip(kinds, REPORTED, strict=True):
        assert words in row.zh
    assert [row.becomes.value for row in kinds] == [
        *("case", "case", "case", "place", "fact", "fact", "person", "case")
    ]


@pytest.mark.parametrize(
    ("met_on", "since_on", "expected"),
    [
        (date(2025, 10, 1), date(2025, 1, 1), "done"),
        (date(2025, 9, 30), date(2025, 1, 1), "due"),
        (date(2025, 9, 1), date(2025, 1, 1), "due"),
        (date(2025, 8, 31), date(2025, 1, 1), "overdue"),  # the whole of September went by
        (None, date(2025, 10, 1), "due"),  # came into the register this month
        (None, date(2025, 9, 30), "overdue"),  # owed in September too
    ],
)
def test_a_month_without_a_visit_is_overdue_once_it_has_ended(met_on, since_on, expected) -> None:
    turn = turn_of(Interval.MONTH, date(2025, 10, 13))

    assert standing(turn, met_on=met_on, since_on=since_on) == expected


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.sampled_from(Interval))
def test_who_was_met_today_is_never_due_today(day: date, interval: Interval) -> None:
    turn = turn_of(interval, day)

    assert turn.before_on < turn.starts_on <= day < turn.ends_on
    assert standing(turn, met_on=day, since_on=day) is Standing.DONE


def test_of_several_groups_the_worst_counts() -> None:
    assert worst([Standing.DONE, Standing.OVERDUE, Standing.DUE]) is Standing.OVERDUE
    assert worst([]) is Standing.DONE


def test_a_blur_helps_only_as_far_as_the_pack_allows() -> None:
    assert is_near(HOME, NEAR, 0, LIMITS)
    assert not is_near(HOME, FAR, 0, LIMITS)
    assert not is_near(HOME, FAR, 100, LIMITS)  # 233 m
    assert not is_near(HOME, FAR, 5_000, LIMITS)  # no phone blurs itself to the place


def call(**changes: object) -> Call:
    given = {
        "called_at": NOW,
        "due_at": NOW + timedelta(minutes=30),
        "arrived": False,
        "ended": False,
        "point": HOME,
        "grid_path": "34.02.03.005.012.001.",
        "least_photos": 1,
    }
    return Call(**(given | changes))  # type: ignore[arg-type]


def arrive(one: Call, **changes: object) -> float | None:
    given = {"told_at": NOW + timedelta(minutes=10), "here": NEAR, "here_path": None, "accuracy_m": 0.0}
    return check_arrival(one, **(given | {"photos": 1, "limits": LIMITS} | changes))  # type: ignore[arg-type]


def test_an_arrival_is_proved_by_time_place_and_photo() -> None:
    assert arrive(call()) == pytest.approx(143, abs=2)
    assert arrive(call(), told_at=NOW + timedelta(days=1)) is not None, "late is no refusal"
    with pytest.raises(TooFar):
        arrive(call(), here=FAR)
    with pytest.raises(WrongTime):
        arrive(call(), told_at=NOW - timedelta(seconds=1))
    with pytest.raises(PhotosMissing):
        arrive(call(), photos=0)
    with pytest.raises(ArrivedBefore):
        arrive(call(arrived=True))
    with pytest.raises(ArrivedBefore):
        arrive(call(ended=True))


def test_without_a_point_the_whole_grid_is_the_place() -> None:
    assert arrive(call(point=None), here_path="34.02.03.005.012.001.") is None
    with pytest.raises(TooFar):
        arrive(call(point=None), here_path="34.02.03.005.012.002.")
    with pytest.raises(TooFar):
        arrive(call(point=None), here_path=None)


def test_the_moment_lies_inside_the_pack_s_bounds() -> None:
    check_moment(NOW + timedelta(minutes=5), NOW, LIMITS)
    check_moment(NOW - timedelta(hours=72), NOW, LIMITS)
    with pytest.raises(InTheFuture):
        check_moment(NOW + timedelta(minutes=5, seconds=1), NOW, LIMITS)
    with pytest.raises(TooLate):
        check_moment(NOW - timedelta(hours=72, seconds=1), NOW, LIMITS)
    check_photos([NOW - timedelta(minutes=120)], NOW, LIMITS)
    with pytest.raises(PhotoTooOld):
        check_photos([NOW - timedelta(minutes=121)], NOW, LIMITS)


def test_begun_minutes_count() -> None:
    assert minutes_until(NOW, NOW) == 0
    assert minutes_until(NOW, NOW + timedelta(minutes=9, seconds=1)) == 10


def test_protected_groups_are_not_told_and_few_people_are_not_counted() -> None:
    assert shown_groups(["disabled", "floating"], {"disabled"}) == (["floating"], True)
    assert shown_groups(["floating"], {"disabled"}) == (["floating"], False)
    assert told_count(4, is_protected=True) is None
    assert told_count(5, is_protected=True) == 5
    assert told_count(0, is_protected=True) == 0
    assert told_count(4, is_protected=False) == 4


def test_a_matter_fits_by_code_or_group() -> None:
    assert matches("H301", ["H3"])
    assert matches("H301", ["H301"])
    assert not matches("H401", ["H3"])
    assert not matches("", ["H3"])
