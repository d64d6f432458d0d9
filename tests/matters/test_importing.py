"""Proposals of matters from a file (MA-10, DG-02): whole or not at all, twice the same, mistakes by row."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest

from tests.cases.makers import House, make_house
from tests.makers import AT, Person, make_actor, make_client
from wangge.accounts.rules import Role
from wangge.kernel.spreadsheets import read_rows, write_csv
from wangge.matters import services
from wangge.matters.importing import COLUMNS
from wangge.matters.models import Admission
from wangge.matters.schemas import ProposalImport
from wangge.territory.schemas import ImportReport

pytestmark = pytest.mark.django_db
VERSION = "imports@1"
DESK = Person("desk", "区坐席", Role.DISPATCHER, "34.02.03.")
ROW = {
    "部门": "镜湖区消防大队",
    "类别": "H3",
    "名称": "灭火毯缺失",
    "依据": "市消安委〔2025〕1号",
    "等级": "一般",
    "工作日": "5",
    "首办": "派出所",
    "俗称": "灭火毯，防火毯",
    "停业整改": "是",
}


@pytest.fixture
def house() -> House:
    house = replace(make_house(VERSION), alice=make_actor(DESK))
    term = {"kind": "department", "code": "police", "name_zh": "派出所", "name_en": "Police"}
    services.install_terms([term | {"source": "t", "is_confirmed": True}], pack_version=VERSION)
    return house


def load(house: House, *rows: dict[str, Any], who: str = "alice", **options: bool) -> ImportReport:
    file = io.BytesIO(b"".join(write_csv(rows, list(COLUMNS))))
    return services.import_proposals(
        file, "matters.csv", ProposalImport(**options), actor=house.named(who), at=AT
    )


def counts(report: ImportReport) -> tuple[int, int, int, bool]:
    return report.created, report.updated, report.unchanged, report.loaded


def test_a_file_proposes_and_twice_changes_nothing(house: House) -> None:
    rows = [ROW, ROW | {"名称": "灭火器箱上锁", "等级": "larger", "小时": "24"}]
    assert counts(load(house, *rows)) == (2, 0, 0, True)
    assert counts(load(house, *rows)) == (0, 0, 2, True)
    assert counts(load(house, rows[0] | {"工作日": "3"}, rows[1])) == (0, 1, 1, True)
    first, second = Admission.objects.order_by("code")
    assert (first.code, first.fix_days, first.words_zh, first.stops_operation) == (
        "H3C01",
        3,
        ["灭火毯", "防火毯"],
        True,
    )
    assert (second.severity, second.fix_hours, second.stage) == ("larger", 24, "draft")


def test_a_dry_run_and_a_mistake_write_nothing(house: House) -> None:
    assert counts(load(house, ROW, dry_run=True)) == (1, 0, 0, False)
    wrong = ROW | {"名称": "另一项", "等级": "严重"}
    report = load(house, ROW, wrong, ROW, ROW | {"名称": "第三项", "工作日": "五天"})
    assert (counts(report), Admission.objects.count()) == ((0, 0, 0, False), 0)
    assert [(one.row, one.column, one.code) for one in report.problems] == [
        (3, "等级", "matters.word_unknown"),
        (4, "名称", "matters.name_twice"),
        (5, "工作日", "matters.row_refused"),
    ]
    assert "重大（疑似）" in report.problems[0].remedy_zh


def test_what_waits_for_its_review_is_told_by_row(house: House) -> None:
    assert load(house, ROW, submit=True).loaded
    assert Admission.objects.get().stage == "submitted"
    assert counts(load(house, ROW)) == (0, 0, 1, True)
    report = load(house, ROW | {"工作日": "9"})
    assert (report.loaded, report.problems[0].row) == (False, 2)
    assert "待处理的申请" in report.problems[0].zh


def test_a_handler_proposes_for_the_own_department_alone(house: House) -> None:
    row = {name: value for name, value in ROW.items() if name != "部门"}
    assert load(house, row, who="han").loaded
    assert Admission.objects.get().department_id == house.fire


def test_481_rows_of_19_departments(house: House) -> None:
    rows = [ROW | {"名称": f"事项{number:03}"} for number in range(481)]
    assert counts(load(house, *rows, submit=True)) == (481, 0, 0, True)


def test_the_template_and_the_file_over_http(house: House) -> None:
    desk = make_client(house.alice)
    template = "/api/matters/imports/template.xlsx"
    sheet = b"".join(desk.get(template))
    assert sheet.startswith(b"PK")
    assert list(read_rows(io.BytesIO(sheet), "a.xlsx")) == []  # a header and no row
    file = io.BytesIO(b"".join(write_csv([ROW], list(COLUMNS))))
    file.name = "matters.csv"
    told = desk.post("/api/matters/imports", {"file": file, "dry_run": "true"})
    assert (told.status_code, told.json()["created"], told.json()["loaded"]) == (200, 1, False)
    assert make_client(house.bob).get(template).status_code == 403  # a grid member does not propose
    [stranger] = load(house, ROW, who="carol").problems  # of another district: she knows no such department
    assert (stranger.column, stranger.code) == ("部门", "matters.word_unknown")
