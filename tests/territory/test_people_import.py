"""AC-19: people and posts as a file, each part by the administrator whose it is; typed from the rule text."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pytest

from tests.ground import make_divisions, make_grids
from tests.makers import ALICE, AT, BOB, CAROL, Person, make_actor, make_client, make_post, make_user
from wangge.accounts.models import Address, Post, User
from wangge.accounts.queries import list_addresses
from wangge.accounts.rules import Medium, Role
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotYourRole
from wangge.kernel.models import AuditRow
from wangge.kernel.spreadsheets import read_rows, write_csv
from wangge.packs import reading
from wangge.packs.pushing_people import push_people
from wangge.territory.people_import import import_people
from wangge.territory.schemas import ImportReport

pytestmark = pytest.mark.django_db
URL = "/api/staff/people"
ROW = {
    "工号": "G1", "用户名": "zhang", "姓名": "张三", "手机": "13912345678", "岗位": "网格员",
    "辖区编码": "340203005012001", "人员类别": "社管网格员", "用工来源": "政府购买服务",
    "开始日期": "2025-10-01",
}  # fmt: skip


@pytest.fixture
def system() -> Actor:
    make_divisions()
    make_grids()
    push_people(reading.read("wuhu"))
    return make_actor(ALICE.acting_as(Role.SYSTEM_ADMIN))


@pytest.fixture
def guard() -> Actor:

    return make_actor(Person("guard", "安管", Role.SECURITY_ADMIN, ALICE.scope))


def load(actor: Actor, *rows: Mapping[str, str], dry_run: bool = False) -> ImportReport:
    return import_people(list(enumerate(rows, start=2)), actor=actor, at=AT, dry_run=dry_run)


def counts(report: ImportReport) -> tuple[bool, int, int, int]:
    return report.loaded, report.created, report.updated, report.unchanged


def problems(report: ImportReport) -> list[tuple[int | None, str | None, str]]:
    return [(one.row, one.column, one.code) for one in report.problems]


def test_the_people_then_the_posts_and_a_second_time_nothing(system: Actor, guard: Actor) -> None:
    assert counts(load(system, ROW)) == (True, 1, 0, 0)
    assert counts(load(guard, ROW)) == (True, 1, 0, 0)
    zhang = User.objects.get(staff_number="G1")
    assert (zhang.username, zhang.name, zhang.initials) == ("zhang", "张三", "zs")
    assert not zhang.has_usable_password()
    assert list_addresses(zhang.pk) == {Medium.SMS: "139****5678"}
    post = Post.objects.get(user=zhang)
    assert (post.role, post.scope, post.scope_name) == ("grid_member", BOB.scope, "一格")
    assert (post.kind, post.employment) == ("social_grid_worker", "bought_service")
    rows = AuditRow.objects.count()
    assert counts(load(system, ROW)) == counts(load(guard, ROW)) == (True, 0, 0, 1)
    assert AuditRow.objects.count() == rows


def test_what_changed_in_the_file_is_brought_up_to_date(system: Actor, guard: Actor) -> None:
    load(system, ROW)
    load(guard, ROW)
    later = ROW | {"姓名": "张三丰", "手机": "139****5678", "结束日期": "2025-12-31", "用工来源": "专职"}
    assert counts(load(system, later)) == (True, 0, 1, 0)
    assert counts(load(guard, later)) == (True, 0, 1, 0)
    post = Post.objects.get(user__staff_number="G1")
    assert (str(post.ends_on), post.employment, post.user.initials) == ("2025-12-31", "full_time", "zsf")
    assert Address.objects.count() == 1, "a masked phone says nothing"


def test_a_dry_run_counts_and_writes_nothing(system: Actor) -> None:
    assert counts(load(system, ROW, dry_run=True)) == (False, 1, 0, 0)
    assert not User.objects.filter(staff_number="G1").exists()


def test_with_any_error_nothing_is_loaded_and_each_says_where(system: Actor, guard: Actor) -> None:
    make_post(user=make_user(username="far"), scope=CAROL.scope)
    User.objects.filter(username="far").update(staff_number="F1")
    report = load(
        system,
        ROW,
        ROW | {"工号": ""},
        ROW | {"工号": "G2", "用户名": "li", "姓名": ""},
        ROW | {"工号": "G3", "用户名": "wu", "手机": "abc"},
        ROW | {"姓名": "李四"},
        ROW | {"工号": "F1", "用户名": "far"},
    )
    assert problems(report) == [
        (3, "工号", "territory.person_without_number"),
        (4, "姓名", "territory.person_without_name"),
        (5, "手机", "territory.bad_phone"),
        (6, "姓名", "territory.person_named_twice"),
        (7, "工号", "territory.person_taken"),
    ]
    assert not User.objects.filter(staff_number="G1").exists()
    load(system, ROW)
    report = load(
        guard,
        ROW,
        ROW | {"工号": "F1"},
        ROW | {"岗位": "局长"},
        ROW | {"辖区编码": CAROL.scope},
        ROW | {"辖区编码": "999"},
        ROW | {"岗位": "部门承办人"},
        ROW | {"人员类别": "煤气公司收费员"},
        ROW | {"开始日期": "明天"},
    )
    assert problems(report) == [
        (3, "工号", "territory.person_unknown"),
        (4, "岗位", "territory.bad_role"),
        (5, "辖区编码", "territory.post_place_unknown"),
        (6, "辖区编码", "territory.post_place_unknown"),
        (7, "部门编码", "territory.post_department_unknown"),
        (8, "人员类别", "territory.staff_word_unknown"),
        (9, "开始日期", "territory.bad_day"),
    ]
    assert not Post.objects.filter(user__staff_number="G1").exists()


def test_what_the_rules_of_posts_refuse_is_told_by_row(system: Actor, guard: Actor) -> None:
    load(system, ROW)
    report = load(guard, ROW, ROW | {"岗位": "安全管理员", "人员类别": "", "用工来源": ""})
    assert problems(report) == [(3, "岗位", "territory.post_refused")]
    assert "不能同时担任" in report.problems[0].zh
    assert not Post.objects.filter(user__staff_number="G1").exists()


def test_nobody_else_loads_people(system: Actor) -> None:
    with pytest.raises(NotYourRole):
        load(make_actor(BOB), ROW)


def test_the_file_that_goes_out_comes_in_again_unchanged(system: Actor, guard: Actor) -> None:
    load(system, ROW)
    load(guard, ROW)
    User.objects.filter(username__in=["alice", "guard"]).update(staff_number=None)
    client = make_client(guard)
    for suffix in ("csv", "xlsx"):
        answer: Any = client.get(f"{URL}/export.{suffix}", {"within": BOB.scope})
        content = b"".join(answer.streaming_content)
        assert b"13912345678" not in content
        rows = [row for _, row in read_rows(io.BytesIO(content), f"a.{suffix}")]
        assert [row["手机"] for row in rows] == ["139****5678"]
        assert counts(load(guard, *rows)) == (True, 0, 0, 1)
        assert counts(load(system, *rows)) == (True, 0, 0, 1)
    assert client.get(f"{URL}/export.pdf").status_code == 422
    assert client.get(f"{URL}/template.csv").status_code == 200
    assert make_client(make_actor(BOB)).get(f"{URL}/export.csv").status_code == 403


def test_a_file_is_loaded_over_http(system: Actor) -> None:
    file = io.BytesIO(b"".join(write_csv([ROW])))
    file.name = "people.csv"
    answer = make_client(system).post(f"{URL}/imports", {"file": file, "dry_run": "false"})
    assert (answer.status_code, answer.json()["created"]) == (200, 1)
