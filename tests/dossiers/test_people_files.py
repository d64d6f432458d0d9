"""DS-16 with DS-1 and DS-3: people responsible from a file, sealed and masked, one at a time."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import pytest

from tests.dossiers.makers import make_words, person
from tests.makers import ALICE, AT, CAROL, make_actor, make_client, make_venues
from wangge.dossiers import file_import, file_loading, file_merge, services
from wangge.dossiers.models import Change, Kind, Person
from wangge.dossiers.rules import Sort
from wangge.dossiers.schemas import HoldingExport
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotYourRole
from wangge.kernel.models import AuditRow
from wangge.kernel.secrets import decrypt
from wangge.territory.schemas import ImportReport

HEADER = ("编号", "场所编号", "种类", "姓名或单位名称", "电话", "任职日期", "离任日期")
ZHANG = ("P1", "V0", "responsible", "张建国", "13812345678", "2025-01-01", "")
PROPERTY = ("P2", "V0", "property（中）", "安居物业", "0553-3810119", "", "")


@pytest.fixture
def alice(db: None) -> Actor:
    make_words()
    make_venues(count=2)
    return make_actor(ALICE)


def load(actor: Actor, *rows: tuple[str, ...], header: tuple[str, ...] = HEADER, **more: Any) -> ImportReport:
    lines = [(n, dict(zip(header, row, strict=True))) for n, row in enumerate(rows, 2)]
    return file_import.import_entries(
        lines, sort=Sort.PERSON, source="责任人台账", actor=actor, at=AT, **more
    )


def found(report: ImportReport) -> list[tuple[int | None, str | None, str]]:
    return [(one.row, one.column, one.code.removeprefix("dossiers.")) for one in report.problems]


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.created, report.updated, report.unchanged


def test_people_come_in_sealed_and_a_second_time_change_nothing(alice: Actor) -> None:
    assert counts(load(alice, ZHANG, PROPERTY, dry_run=True)) == (2, 0, 0)
    assert not Person.objects.exists()
    assert counts(load(alice, ZHANG, PROPERTY)) == (2, 0, 0)
    zhang = Person.objects.get(name="张建国")
    assert zhang.phone is not None
    assert b"13812345678" not in bytes(zhang.phone)
    assert (decrypt(zhang.phone), zhang.source, str(zhang.since_on)) == (
        "13812345678",
        "责任人台账",
        "2025-01-01",
    )
    kept = {change.kind: change.fields for change in Change.objects.all()}
    assert kept["responsible"]["phone"] == []
    assert kept["responsible"]["name"] == [None, "张建国"]
    assert counts(load(alice, ZHANG, PROPERTY)) == (0, 0, 2)
    few = load(alice, ("P1", "V0", "responsible", "2025-09-30"), header=(*HEADER[:3], "离任日期"))
    assert counts(few) == (0, 1, 0)
    zhang.refresh_from_db()
    assert (str(zhang.until_on), decrypt(zhang.phone or b""), zhang.version) == (
        "2025-09-30",
        "13812345678",
        2,
    )
    assert Change.objects.get(entry_id=zhang.pk, version=2).fields == {"until_on": [None, "2025-09-30"]}


def test_every_bad_row_of_people_is_named_and_no_report_repeats_a_phone(alice: Actor) -> None:
    report = load(
        alice,
        ("P1", "V0", "responsible", "", "", "", ""),
        ("P2", "V0", "responsible", "张*", "", "", ""),
        ("P3", "V9", "tenant", "李四", "微信 13812345678", "", ""),
        ("P4", "V0", "tenant", "李四", "138****5678", "", ""),
        ("P5", "V1", "tenant", "李四", "", "2025-03-01", "2025-03-01"),
    )
    assert found(report) == [
        (2, "姓名或单位名称", "row_without_name"),
        (3, "姓名或单位名称", "row_masked"),
        (4, "电话", "phone_unreadable"),
        (5, "电话", "row_masked"),
        (6, "离任日期", "days_crossed"),
    ]
    assert "13812345678" not in report.model_dump_json()
    assert not Person.objects.exists()


def test_of_a_kind_that_is_one_at_a_time_no_two_share_a_day(alice: Actor) -> None:
    [third] = make_venues()  # V2
    services.save_people([person(third.pk, since_on="2025-02-01")], actor=alice, at=AT)
    clash = load(
        alice,
        ZHANG,
        ("P3", "V0", "responsible", "李小红", "", "2025-06-01", ""),
        ("P4", "V2", "responsible", "王大明", "", "", "2025-02-02"),
        ("P5", "V0", "tenant", "赵六", "", "", ""),
        ("P6", "V0", "tenant", "孙七", "", "", ""),
    )
    assert found(clash) == [(3, None, "row_another_stands"), (4, None, "row_another_stands")]
    assert "张**" in clash.problems[0].zh, "who stands is told masked"
    assert "第 2 行" in clash.problems[0].zh
    assert "张建国" not in clash.problems[1].zh
    after = load(
        alice,
        (*ZHANG[:6], "2025-06-01"),
        ("P3", "V0", "responsible", "李小红", "", "2025-06-01", ""),
        ("P4", "V2", "responsible", "王大明", "", "", "2025-02-01"),
    )
    assert (found(after), after.created) == ([], 3)


def test_what_goes_out_masked_comes_in_again_and_whole_only_for_a_reason(alice: Actor) -> None:
    load(alice, ZHANG, PROPERTY)
    client = make_client(alice)

    def out(**asked: str) -> str:
        reply = client.get("/api/dossiers/holdings/export.csv", {"sort": "person", **asked})
        return b"".join(reply).decode("utf-8-sig")  # type: ignore[arg-type]

    text = out()
    assert "张**" in text
    assert "安居物业" in text, "a unit is whole"
    assert "13812345678" not in text
    rows = list(enumerate(csv.DictReader(io.StringIO(text)), 2))
    again = file_import.import_entries(rows, sort=Sort.PERSON, source="别的名单", actor=alice, at=AT)
    assert (again.unchanged, again.problem_count) == (2, 0)
    assert "13812345678" in out(reason="街道核对责任人电话")
    told = AuditRow.objects.filter(action="dossiers.export_holdings").latest("pk").detail
    assert (told["reason"], told["is_whole"]) == ("街道核对责任人电话", True)
    assert "13812345678" not in str(told)
    export_only = replace(alice, capabilities=frozenset({"venues.export"}))
    asked = HoldingExport(sort="person", reason="看看电话")
    with pytest.raises(NotYourRole):
        services.export_entries(export_only, asked, "csv", at=AT)
    assert "安居" not in b"".join(make_client(make_actor(CAROL)).get(
        "/api/dossiers/holdings/export.csv", {"sort": "person"})).decode()  # type: ignore[arg-type]  # fmt: skip


def test_what_somebody_changed_while_the_file_was_read_is_told(
    alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(alice, ZHANG)
    merge = file_merge.Stage.merge

    def late(stage: file_merge.Stage, *args: Any) -> None:
        Person.objects.update(version=2)
        merge(stage, *args)

    monkeypatch.setattr(file_merge.Stage, "merge", late)
    report = load(alice, (*ZHANG[:3], "张建军", *ZHANG[4:]))
    assert found(report) == [(2, "编号", "row_changed_meanwhile")]
    assert Person.objects.get().name == "张建国"


def test_an_entry_keeps_a_kind_that_the_pack_no_longer_has(alice: Actor) -> None:
    load(alice, ("P7", "V0", "tenant", "李四", "", "", ""))
    Kind.objects.filter(code="tenant").update(is_active=False)
    assert counts(load(alice, ("P7", "V0", "tenant", "李四五", "", "", ""))) == (0, 1, 0)
    assert found(load(alice, ("P8", "V0", "tenant", "李四", "", "", ""))) == [(2, "种类", "kind_unknown")]


def test_a_large_file_goes_in_by_parts(alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_loading, "BATCH", 3)
    monkeypatch.setattr(file_merge, "PART", 4)
    rows = [(f"T{n}", f"V{n % 2}", "tenant", f"租客{n}", "", "", "") for n in range(11)]
    assert counts(load(alice, *rows)) == (11, 0, 0)
    assert (Person.objects.count(), Change.objects.count()) == (11, 11)
