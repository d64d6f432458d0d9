"""DO-1 … DO-3, DO-5, typed from docs/rules/documents.md."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.makers import ALICE, BOB, CAROL, plain_actor
from wangge.accounts.rules import Role
from wangge.documents.placeholders import PLACEHOLDERS, sample, whole
from wangge.documents.rules import (
    DocumentKind,
    NotForYourPost,
    NumberFormatWrong,
    NumberRow,
    check_may_issue,
    check_pattern,
    chinese_date,
    chinese_deadline,
    chinese_time,
    kinds_for,
    organisation_key,
    pattern_for,
    title_of,
    write_number,
)
from wangge.kernel.clock import CHINA

TITLES = {
    "rectification_notice": "整改通知书",
    "handover_form": "移交单",
    "recheck_record": "复查单",
    "inspection_record": "检查记录",
    "listing_notice": "重大火灾隐患挂牌督办通知书",
    "delisting_notice": "重大火灾隐患销号通知书",
    "weekly_bulletin": "消防安全网格化工作周报",
    "monthly_bulletin": "消防安全网格化工作月报",
}
ALL = set(TITLES)
NOTICES = ALL - {"weekly_bulletin", "monthly_bulletin"}
MAY = {  # DO-1
    "dispatcher": ALL,
    "supervisor": ALL,
    "department_handler": NOTICES,
    "grid_chief": {"handover_form", "inspection_record"},
    "grid_member": {"handover_form", "inspection_record"},
    "leader": set(),
    "citizen": set(),
    "system_admin": set(),
    "security_admin": set(),
    "audit_admin": set(),
}


def test_every_kind_has_its_title():
    assert {kind.value: title_of(kind) for kind in DocumentKind} == TITLES


@pytest.mark.parametrize(("role", "kinds"), MAY.items())
def test_each_post_issues_exactly_its_kinds(role, kinds):
    actor = plain_actor(BOB.acting_as(Role(role)))
    assert {kind.value for kind in kinds_for(actor)} == kinds
    for kind in DocumentKind:
        if kind.value in kinds:
            check_may_issue(kind, actor)
        else:
            with pytest.raises(NotForYourPost):
                check_may_issue(kind, actor)


def test_the_numbers_are_the_departments_or_else_the_territorys():
    assert organisation_key(plain_actor(ALICE)) == "territory:34.02.03.005."
    assert organisation_key(plain_actor(CAROL, department_id=12)) == "department:12"


@pytest.mark.parametrize(
    ("pattern", "number", "written"),
    [
        ("芜消整〔{year}〕第{number:04}号", 1, "芜消整〔2026〕第0001号"),
        ("芜消整〔{year}〕第{number:04}号", 12345, "芜消整〔2026〕第12345号"),
        ("{organisation}整改〔{year}〕{number}号", 7, "镜湖区消防大队整改〔2026〕7号"),
        ("{number:06}-{year}", 42, "000042-2026"),
    ],
)
def test_a_number_is_written_by_its_format(pattern, number, written):
    assert write_number(pattern, organisation="镜湖区消防大队", year=2026, number=number) == written


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("第{number}号", "year"),
        ("〔{year}〕", "number"),
        ("{year}{number}{number}", "number"),
        ("{year}{number}{month}", "month"),
        ("{year}{number!r}", "number!r"),
        ("{year}{number.__class__}", "__class__"),
        ("{year}{number}{", "{ }"),
    ],
)
def test_a_format_that_could_double_a_number_is_refused(pattern, why):
    with pytest.raises(NumberFormatWrong) as refusal:
        check_pattern(pattern)
    assert why in str(refusal.value.facts["why_en"])
    assert "{number:04}" in refusal.value.message("zh")


def test_an_organisations_own_format_wins():
    rows = [NumberRow("", "common"), NumberRow("department:12", "own")]
    assert pattern_for("department:12", rows) == "own"
    assert pattern_for("department:13", rows) == "common"
    assert pattern_for("department:13", rows[1:]) is None


def test_days_stand_in_chinese():
    at = datetime(2026, 1, 5, 9, 3, tzinfo=CHINA)
    assert (chinese_date(at), chinese_time(at)) == ("2026年1月5日", "2026年1月5日 09:03")
    assert chinese_deadline(datetime(2026, 2, 28, 16, tzinfo=UTC)) == "2026年2月28日 24:00"
    assert chinese_deadline(at) == "2026年1月5日 09:03"


def test_every_placeholder_has_two_names_and_what_is_unknown_is_empty():
    words = whole({"recipient": "某商场"})
    assert (words["recipient"], words["受送达单位"]) == ("某商场", "某商场")
    assert (words["text"], words["photos"], words["经过"]) == ("", [], [])
    names = [word for one in PLACEHOLDERS for word in (one.name, one.zh)]
    assert len(names) == len(set(names)) == len(words)
    event = whole(sample())["经过"][0]
    assert event["时间"] == event["at"] == "2026年11月25日 09:30"
