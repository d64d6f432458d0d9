"""DS-16: people, facilities and licences from a file, whole or not at all, and out again."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.dossiers.makers import make_words, removal
from tests.makers import ALICE, AT, CAROL, make_actor, make_client, make_venues, plain_actor
from wangge.config.run_kinds import KINDS as RUNS
from wangge.dossiers import services
from wangge.dossiers.file_import import import_entries
from wangge.dossiers.file_rows import read_day
from wangge.dossiers.models import Change, Holding
from wangge.dossiers.rules import Sort
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotYourRole
from wangge.territory.schemas import ImportReport
from wangge.venues.models import Venue

HEADER = ("编号", "场所编号", "种类", "数量", "出厂日期", "检测日期")
GOOD = ("M1", "V0", "powder（中）", "4", "2020-05-01", "2025/3/1")


@pytest.fixture
def alice(db: None) -> Actor:
    make_words()
    make_venues(count=2)
    return make_actor(ALICE)


def load(
    actor: Actor,
    *rows: tuple[str, ...],
    header: tuple[str, ...] = HEADER,
    sort: Sort = Sort.FACILITY,
    **more: Any,
) -> ImportReport:
    lines = [(n, dict(zip(header, row, strict=True))) for n, row in enumerate(rows, 2)]
    return import_entries(lines, sort=sort, source="器材名单", actor=actor, at=AT, **more)


def found(report: ImportReport) -> list[tuple[int | None, str | None, str]]:
    return [(one.row, one.column, one.code.removeprefix("dossiers.")) for one in report.problems]


def test_days_are_read_as_people_write_them() -> None:
    said = ("2026-01-31", "2026/1/31", "2026.01.31", "2026-02-30", "20260131", "", "1800-01-01")
    assert [str(read_day(one)) for one in said] == ["2026-01-31"] * 3 + ["None"] * 4


def test_a_file_is_loaded_once_and_a_second_time_changes_nothing(alice: Actor) -> None:
    assert load(alice, GOOD, dry_run=True).created == 1
    assert not Holding.objects.exists()
    assert (load(alice, GOOD).created, load(alice, GOOD).unchanged, Change.objects.count()) == (1, 1, 1)
    row = Holding.objects.get()
    assert (row.kind, row.count, row.source, str(row.tested_on)) == ("powder", 4, "器材名单", "2025-03-01")
    assert str(row.due_on) == "2020-06-01", "as if by hand: the next due day is kept"
    few = load(alice, ("M1", "V0", "powder", "6"), header=("编号", "场所编号", "种类", "数量"))
    assert few.updated == 1
    row.refresh_from_db()
    assert (row.count, str(row.made_on), row.version) == (6, "2020-05-01", 2)
    services.set_removed([removal(row.pk, "facility", base_version=2)], actor=alice, at=AT)
    told = load(alice, GOOD)
    assert (found(told), told.loaded) == ([(2, "编号", "row_of_a_removed_entry")], True)


def test_every_bad_row_is_named_and_none_is_loaded(alice: Actor) -> None:
    make_venues(grid_path=CAROL.scope)  # V2
    Venue.objects.filter(code="V1").update(code="V0", source="other")
    report = load(
        alice,
        ("", "V9", "powder", "1", "", ""),
        ("M2", "V2", "powder", "1", "", ""),
        ("M3", "V0", "powder", "1", "", ""),
        ("M4", "V0", "laser", "0", "31.1.", ""),
        ("M5", "V2", "powder", "1", "", ""),
        ("M5", "V2", "powder", "1", "", ""),
    )
    assert found(report) == [
        (2, "编号", "row_without_number"),
        (3, "场所编号", "place_unknown"),
        (4, "场所编号", "place_in_two_registers"),
        (5, "种类", "kind_unknown"),
        (5, "数量", "count_unreadable"),
        (5, "出厂日期", "day_unreadable"),
        (6, "场所编号", "place_unknown"),
        (7, "场所编号", "place_unknown"),
        (7, "编号", "number_twice"),
    ]
    assert not report.loaded
    again = load(alice, (*GOOD, "test"), ("M2", "V0", "powder", "1", "2025-05-01", "2025-01-01", "test"),
                 header=(*HEADER, "场所来源"))  # fmt: skip
    assert found(again) == [(3, "检测日期", "days_crossed")]
    assert not Holding.objects.exists()
    with pytest.raises(NotYourRole):
        load(plain_actor(ALICE.acting_as(type(ALICE.role).LEADER)), GOOD)


def test_licences_come_in_by_a_run_and_what_goes_out_comes_in_again(alice: Actor) -> None:
    header = ("编号", "场所编号", "种类", "证号", "有效期止")
    licence = ("L1", "V0", "business", "示1", "2027-02-28")
    assert load(alice, licence, header=header, sort=Sort.LICENCE).created == 1
    assert services.IMPORT in RUNS
    client = make_client(alice)
    text = b"".join(client.get("/api/dossiers/holdings/export.csv?sort=licence")).decode("utf-8-sig")  # type: ignore[arg-type]
    rows = [(n, row) for n, row in enumerate(csv.DictReader(io.StringIO(text)), 2)]
    said = [(row["证号"], row["场所编号"], row["有效期止"]) for _, row in rows]
    assert said == [("示1", "V0", "2027-02-28")]
    again = import_entries(rows, sort=Sort.LICENCE, source="别的名单", actor=alice, at=AT)
    assert (again.unchanged, again.problem_count) == (1, 0)
    carol = make_client(make_actor(CAROL))
    assert "示1" not in b"".join(carol.get("/api/dossiers/holdings/export.csv?sort=licence")).decode()  # type: ignore[arg-type]
    form = b"".join(client.get("/api/dossiers/holdings/template.csv?sort=facility")).decode()  # type: ignore[arg-type]
    assert "#示例 MH-0001" in form
    assert "powder（中）" in form
