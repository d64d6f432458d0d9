"""An edition of the standard from a file (MH-1): whole or not at all, mistakes by row, then it judges."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.cases.makers import House, make_case, make_house
from tests.major_hazards.makers import assess, make_edition
from tests.makers import Person, make_actor, make_client
from wangge.accounts.rules import Role
from wangge.kernel.spreadsheets import read_rows, write_csv
from wangge.major_hazards.models import ElementSet

pytestmark = pytest.mark.django_db
ROOT = Person("root", "系统管理员", Role.SYSTEM_ADMIN, "34.")
DOOR = "/api/major-hazards/element-sets"
HEAD = {"code": "GB35181-2025", "name_zh": "GB 35181-2025", "name_en": "GB 35181-2025", "source": "标准原文"}
SIGNERS = {"members": 2, "experts": 5, "experts_agree": 3, "experts_of": 4}
ROWS: list[dict[str, Any]] = [
    {"类型": "直接", "编号": "6.1", "内容": "出口不足", "适用场所": "人员密集场所、其他场所", "已核对": "是"},
    {"类型": "综合", "编号": "7.1.1", "内容": "要素一"},
    {"类型": "comprehensive", "编号": "7.1.2", "内容": "要素二", "英文": "two"},
    {"类型": "条数", "编号": "any-2", "内容": "达到 2 条", "达到条数": "2", "计入要素": "7.1"},
]
COLUMNS = ["类型", "编号", "内容", "英文", "适用场所", "达到条数", "计入要素", "已核对"]


@pytest.fixture
def house() -> House:
    made = make_house()
    make_edition()
    return made


def send(*rows: dict[str, Any], **said: Any) -> Any:
    file = io.BytesIO(b"".join(write_csv(rows, COLUMNS)))
    file.name = "edition.csv"
    return make_client(make_actor(ROOT)).post(f"{DOOR}/file", HEAD | SIGNERS | said | {"file": file})


def test_a_file_becomes_an_edition_that_judges(house: House) -> None:
    told = send(*ROWS, dry_run="true").json()
    assert (told["created"], told["loaded"], told["problem_count"]) == (4, False, 0)
    assert not ElementSet.objects.filter(pk="GB35181-2025").exists()
    assert send(*ROWS).json()["loaded"]
    kept = ElementSet.objects.get(pk="GB35181-2025")
    assert [(one["code"], one["is_direct"], one["is_confirmed"]) for one in kept.elements] == [
        ("6.1", True, True),
        ("7.1.1", False, False),
        ("7.1.2", False, False),
    ]
    assert kept.elements[0]["place_kinds"] == ["crowded", "other"]
    assert (kept.counts[0]["at_least"], kept.counts[0]["elements"]) == (2, ["7.1"])
    assert (kept.members, kept.experts, kept.pack_version) == (2, 5, "")
    assert (kept.experts_agree, kept.experts_of) == (3, 4)
    again = send(*ROWS[:3], ROWS[3] | {"达到条数": "1"}).json()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 1, 3)

    ticks = [{"element": "7.1.1", "note": "现场所见"}]
    fate = assess(house.alice, case_id=make_case(house), element_set="GB35181-2025", ticks=ticks)
    assert (fate.status, fate.result["verdict"], fate.result["line_zh"]) == (200, "suspected", "达到 2 条")
    used = send(*ROWS)
    assert (used.status_code, used.json()["code"]) == (409, "major_hazards.element_set_in_use")
    assert send(*ROWS, code="GB35181-2025-A").json()["loaded"]


def test_each_mistake_is_told_by_row_and_nothing_is_written(house: House) -> None:
    wrong = [
        ROWS[0] | {"类型": "间接"},
        ROWS[1],
        ROWS[1],
        ROWS[2] | {"编号": "七"},
        ROWS[3] | {"计入要素": "7.1，9.9"},
        ROWS[3] | {"编号": "any-0", "达到条数": "零"},
        ROWS[0] | {"编号": "6.2", "适用场所": "商场"},
    ]
    told = send(*wrong).json()
    assert [(one["row"], one["column"], one["code"]) for one in told["problems"]] == [
        (2, "类型", "major_hazards.word_unknown"),
        (4, "编号", "major_hazards.code_twice"),
        (5, "编号", "major_hazards.row_wrong"),
        (6, "计入要素", "major_hazards.counted_unknown"),
        (7, "达到条数", "major_hazards.row_wrong"),
        (8, "适用场所", "major_hazards.word_unknown"),
    ]
    assert told["problems"][3]["value"] == "9.9"
    assert (told["loaded"], ElementSet.objects.count()) == (False, 1)
    missing = send({"类型": "直接", "编号": "6.1"}).json()["problems"]
    assert [one["code"] for one in missing] == ["major_hazards.row_wrong"]  # no words
    assert send().json()["problems"][0]["code"] == "major_hazards.file_empty"
    assert send(*ROWS, code="7").status_code == 422


def test_the_template_is_read_as_it_is_and_only_the_administrator_imports(house: House) -> None:
    sheet = b"".join(make_client(make_actor(ROOT)).get(f"{DOOR}/template.xlsx").streaming_content)
    rows = [cells for _, cells in read_rows(io.BytesIO(sheet), "template.xlsx")]
    assert send(*rows, dry_run="true").json()["problem_count"] == 0
    alice = make_client(house.alice)
    assert alice.get(f"{DOOR}/template.xlsx").status_code == 403
    file = io.BytesIO(b"".join(write_csv(ROWS, COLUMNS)))
    file.name = "edition.csv"
    assert alice.post(f"{DOOR}/file", HEAD | SIGNERS | {"file": file}).status_code == 403
