"""MA-6 without a database: what raises a case, and how high. Typed from domain part 3, rule (a)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wangge.matters.rules import (
    Clock,
    MatterFacts,
    Surroundings,
    UpgradeRow,
    raised_at_report,
    raised_to,
    raised_when_overdue,
)

AT = datetime(2025, 10, 13, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PLACE = UpgradeRow("UP-place", "人员密集", "Crowded", "", "may_become", classes=frozenset({"crowded"}))
TALL = UpgradeRow("UP-tag", "百米以上", "Tall", "", "may_become", tags=frozenset({"very_high_rise"}))
THIRD = UpgradeRow("UP-repeat", "第三次", "Third time", "", "larger", times=3, within_days=365)
LATE = UpgradeRow("UP-overdue", "逾期一倍", "Overdue", "", "larger", overdue_times=1)
RULES = [PLACE, TALL, THIRD, LATE]


def matter(severity: str = "general", may_become: str = "") -> MatterFacts:
    return MatterFacts(severity, Clock(1, None), "police", "事项", "Matter", may_become=may_become)


def raised(kind: MatterFacts, *, code: str = "H101", **around: object) -> tuple[str, str] | None:
    found = raised_at_report(code, kind, Surroundings(**around), RULES, AT)
    return (found.rule.code, found.after) if found else None


@pytest.mark.parametrize(
    ("severity", "may_become", "around", "answer"),
    [
        ("general", "larger", {"class_code": "crowded"}, ("UP-place", "larger")),
        ("general", "larger", {"class_code": "shop"}, None),
        ("general", "larger", {}, None),
        ("general", "", {"class_code": "crowded"}, None),  # the matter does not say that it may become more
        ("larger", "suspected_major", {"tags": ["very_high_rise"]}, ("UP-tag", "suspected_major")),
        ("larger", "", {"tags": ["very_high_rise"]}, None),
        ("general", "", {"earlier": [AT - 100 * DAY, AT - 364 * DAY]}, ("UP-repeat", "larger")),
        ("general", "", {"earlier": [AT - 100 * DAY]}, None),
        ("general", "", {"earlier": [AT - 100 * DAY, AT - 365 * DAY]}, None),
        ("general", "", {"earlier": [AT - DAY, AT + DAY]}, None),  # what comes later is no repetition
        ("larger", "", {"earlier": [AT - DAY, AT - 2 * DAY]}, None),
        ("urgent", "suspected_major", {"class_code": "crowded"}, None),  # nothing is above urgent
    ],
)
def test_place_and_repetition_raise_a_new_case(severity, may_become, around, answer):
    assert raised(matter(severity, may_become), **around) == answer


def test_the_highest_wins_and_of_equals_the_first():
    both = {"class_code": "crowded", "earlier": [AT - DAY, AT - 2 * DAY]}
    assert raised(matter("general", "suspected_major"), **both) == ("UP-place", "suspected_major")
    assert raised(matter("general", "larger"), **both) == ("UP-place", "larger")
    assert raised(matter("general", ""), **both) == ("UP-repeat", "larger")


def test_a_rule_of_one_group_leaves_the_others_alone():
    only_h3 = UpgradeRow("UP-h3", "", "", "H3", "larger", times=2, within_days=30)
    around = Surroundings(earlier=[AT - DAY])
    assert raised_at_report("H101", matter(), around, [only_h3], AT) is None
    found = raised_at_report("H301", matter(), around, [only_h3], AT)
    assert found is not None
    assert found.told() == {
        "rule": "UP-h3",
        "rule_zh": "",
        "rule_en": "",
        "from": "general",
        "to": "larger",
        "because": {"nth": 2, "within_days": 30},
    }


@pytest.mark.parametrize(
    ("now", "severity", "after"),
    [
        (AT + 6 * DAY, "general", "larger"),  # due after three days: three days late at the sixth
        (AT + 6 * DAY - timedelta(seconds=1), "general", None),
        (AT + 60 * DAY, "larger", None),
        (AT + 60 * DAY, "urgent", None),
    ],
)
def test_a_case_that_is_late_by_its_time_to_fix_is_raised(now, severity, after):
    found = raised_when_overdue(
        "H301", severity, "", reported_at=AT, due_at=AT + 3 * DAY, upgrades=RULES, at=now
    )
    assert (found.after if found else None) == after


@pytest.mark.parametrize("severity", ["general", "larger", "suspected_major", "urgent"])
def test_a_rule_never_lowers(severity):
    order = ["general", "larger", "suspected_major", "urgent"]
    for may_become in ("", *order[:3]):
        after = raised_to(PLACE, severity, may_become)
        assert after is None or order.index(after) > order.index(severity)
