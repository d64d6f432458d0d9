"""DS-17 with DS-9 and DS-10: facts of places from a file, a row a place, a column a fact."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from tests.dossiers.makers import FACTS, KINDS, PACK, fact, kind, make_class_words, removal, shape
from tests.makers import ALICE, AT, CAROL, make_actor, make_client, make_venues
from wangge.dossiers import file_facts, file_import, file_loading, file_merge, services
from wangge.dossiers.classing import reckon_classes
from wangge.dossiers.classing_rules import NoSuchValue
from wangge.dossiers.file_fact_rows import read_cell
from wangge.dossiers.models import Change, Classing, Fact, Kind
from wangge.dossiers.rules import Sort
from wangge.kernel.actor import Actor
from wangge.territory.schemas import ImportReport
from wangge.venues.models import Venue

MORE = [
    kind("fact", "beds", name_zh="床位数", name_en="Beds", shape=shape("whole") | {"unit_zh": "张"}),
    kind(
        "fact", "cellar", name_zh="设在地下", name_en="Below ground", shape=shape("yes_no") | {"unit_zh": ""}
    ),
]
HEADER = ("场所编号", "use（中）", "area（中）（平方米）", "床位数", "设在地下")
SHOP = ("V0", "shop", "1,200平方米", "", "否")
HOTEL = ("V1", "hotel", "800.5", "60 张", "有")


@pytest.fixture
def alice(db: None) -> Actor:
    make_class_words()
    services.install_kinds([*KINDS, *FACTS, *MORE], pack_version=PACK)
    make_venues(count=2)
    return make_actor(ALICE)


def load(actor: Actor, *rows: tuple[str, ...], header: tuple[str, ...] = HEADER, **more: Any) -> ImportReport:
    lines = [(n, dict(zip(header, row, strict=True))) for n, row in enumerate(rows, 2)]
    return file_import.import_entries(
        lines, **{"sort": Sort.FACT, "source": "商铺底数", "actor": actor, "at": AT, **more}
    )


def found(report: ImportReport) -> list[tuple[int | None, str | None, str]]:
    return [(one.row, one.column, one.code.removeprefix("dossiers.")) for one in report.problems]


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.created, report.updated, report.unchanged


def values(code: str) -> dict[str, str]:
    return dict(Fact.objects.standing().filter(venue__code=code).values_list("kind", "value"))


def pk_of(code: str) -> UUID:
    return Venue.objects.get(code=code).pk


def test_a_row_a_place_comes_in_once_with_history_and_proposal(alice: Actor) -> None:
    assert counts(load(alice, SHOP, HOTEL, dry_run=True)) == (7, 0, 0)
    assert not Fact.objects.exists()
    report = load(alice, SHOP, HOTEL)
    assert (counts(report), report.rows, report.problem_count) == ((7, 0, 0), 2, 0)
    assert values("V0") == {"use": "shop", "area": "1200", "cellar": "0"}
    assert values("V1") == {"use": "hotel", "area": "800.5", "beds": "60", "cellar": "1"}
    area = Change.objects.get(venue_id=pk_of("V0"), kind="area")
    assert (area.deed, area.version, area.source, area.by_id) == ("made", 1, "商铺底数", alice.user_id)
    assert area.fields == {"kind": [None, "area"], "value": [None, "1200"]}
    proposal = Classing.objects.get(pk=pk_of("V0"))
    assert (proposal.class_code, proposal.tags) == ("crowded", ["key_unit"]), "DS-10, in the same transaction"
    again = load(alice, SHOP, HOTEL, source="另一份名单")
    assert (counts(again), Change.objects.count()) == ((0, 0, 7), 7)
    few = load(alice, ("V0", "900"), header=("场所编号", "area"), source="2025 复核")
    assert counts(few) == (0, 1, 0)
    assert values("V0") == {"use": "shop", "area": "900", "cellar": "0"}, "what no column or cell says stays"
    later = Change.objects.get(venue_id=pk_of("V0"), kind="area", version=2)
    assert (later.deed, later.source, later.fields) == ("changed", "2025 复核", {"value": ["1200", "900"]})
    assert Classing.objects.get(pk=pk_of("V0")).tags == []


def test_a_file_changes_what_was_written_by_hand_and_the_hand_what_a_file_wrote(alice: Actor) -> None:
    services.save_facts([fact(pk_of("V0"), "area", "1000")], actor=alice, at=AT)
    assert counts(load(alice, ("V0", "1000"), header=("场所编号", "area"))) == (0, 0, 1)
    assert counts(load(alice, ("V0", "1500"), header=("场所编号", "area"))) == (0, 1, 0)
    row = Fact.objects.get()
    by_hand = fact(pk_of("V0"), "area", "1600", entry_id=row.pk, base_version=2)
    [fate] = services.save_facts([by_hand], actor=alice, at=AT)
    assert fate.outcome == "applied"
    assert (Fact.objects.get().value, Fact.objects.get().version) == ("1600", 3)


def test_every_bad_cell_is_named_with_what_may_stand_there_and_none_is_loaded(alice: Actor) -> None:
    make_venues(grid_path=CAROL.scope)  # V2
    report = load(
        alice,
        ("V0", "bank", "10 亩", "2.5", "也许"),
        ("V1", "", "100001", "", ""),
        ("V2", "shop", "1", "", ""),
        ("", "shop", "1", "", ""),
    )
    assert found(report) == [
        (2, "use（中）", "fact_unreadable"),
        (2, "area（中）（平方米）", "fact_unreadable"),
        (2, "床位数", "fact_unreadable"),
        (2, "设在地下", "fact_unreadable"),
        (3, "area（中）（平方米）", "fact_unreadable"),
        (4, "场所编号", "place_unknown"),
        (5, "场所编号", "place_unknown"),
    ]
    use, area, beds, cellar, outside = report.problems[:5]
    assert ("shop；hotel" in use.remedy_zh, "yes, no" in cellar.remedy_en) == (True, True)
    assert ("0–100,000 平方米" in area.remedy_zh, "m²" in area.remedy_en) == (True, True)
    assert ("应为整数" in beds.zh, "100000" in outside.en) == (True, True)
    assert (report.loaded, Fact.objects.exists()) == (False, False)
    twice = load(alice, SHOP, ("V0", "", "", "5", ""))
    assert found(twice) == [(3, "场所编号", "place_twice")]
    assert "第 2 行" in twice.problems[0].zh
    assert not Fact.objects.exists()


def test_columns_are_known_by_name_unit_or_code_and_strange_ones_are_told_once(alice: Actor) -> None:
    header = ("venue", "Area（中）(平方米)", "beds", "负责人", "场所名称")
    report = load(alice, ("V0", "5", "6", "张三", "店"), ("V1", "7", "", "李四", "店"), header=header)
    assert (found(report), report.loaded) == ([(None, "负责人", "column_passed_over")], True)
    assert (values("V0"), values("V1")) == ({"area": "5", "beds": "6"}, {"area": "7"})
    both = load(alice, ("V0", "5", "6"), header=("场所编号", "area", "area（中）"))
    assert found(both) == [(None, "area（中）", "fact_in_two_columns")]
    none = load(alice, ("V0", "5"), header=("场所编号", "面积"))
    assert found(none)[0] == (None, None, "file_without_facts")
    assert "床位数（张）" in none.problems[0].remedy_zh
    assert found(load(alice)) == [(None, None, "file_empty")]


def test_numbers_are_read_in_the_unit_of_the_pack_alone() -> None:
    area = Kind(code="area", sort="fact", shape=shape("number"))
    assert [read_cell(area, one) for one in ("12", "12.50", "1,200", "12 平方米", "12m²")] == [
        "12", "12.5", "1200", "12", "12",
    ]  # fmt: skip
    for wrong in ("12 亩", "1,2", "nan", "-1", "", "1" * 100):
        with pytest.raises(NoSuchValue):
            read_cell(area, wrong)


def test_what_was_taken_out_is_not_put_back_by_the_same_value(alice: Actor) -> None:
    load(alice, SHOP)
    area = Fact.objects.get(kind="area")
    services.set_removed([removal(area.pk, "fact")], actor=alice, at=AT)
    told = load(alice, SHOP)
    assert (found(told), told.loaded, counts(told)) == (
        [(2, "area（中）（平方米）", "fact_taken_out")],
        True,
        (0, 0, 2),
    )
    assert "area" not in values("V0")
    other = ("V0", "1300")
    assert counts(load(alice, other, header=("场所编号", "area"))) == (1, 0, 0)
    assert values("V0")["area"] == "1300"
    assert counts(load(alice, other, header=("场所编号", "area"))) == (0, 0, 1)
    area.refresh_from_db()
    assert (area.value, area.removed_at) == ("1200", AT), "the old entry stays as it was taken out"


@pytest.mark.parametrize("stood", [False, True])
def test_what_somebody_wrote_while_the_file_was_read_is_told(
    alice: Actor, monkeypatch: pytest.MonkeyPatch, stood: bool
) -> None:
    if stood:
        services.save_facts([fact(pk_of("V0"), "area", "7")], actor=alice, at=AT)
    check = file_merge.Stage.check_once

    def late(stage: file_merge.Stage) -> None:
        Fact.objects.update(version=2)
        if not stood:
            services.save_facts([fact(pk_of("V0"), "area", "7")], actor=alice, at=AT)
        check(stage)

    monkeypatch.setattr(file_merge.Stage, "check_once", late)
    report = load(alice, SHOP)
    assert found(report) == [(2, "场所编号", "row_changed_meanwhile")]
    assert values("V0") == ({"area": "7"} if stood else {}), (
        "of the file nothing; a row of the same transaction goes with it"
    )


def test_what_goes_out_comes_in_again_and_only_of_the_own_places(alice: Actor) -> None:
    load(alice, SHOP, HOTEL)
    client = make_client(alice)

    def out(who: Any, **asked: str) -> str:
        reply = who.get("/api/dossiers/holdings/export.csv", {"sort": "fact", **asked})
        return b"".join(reply).decode("utf-8-sig")

    text = out(client)
    rows = list(enumerate(csv.DictReader(io.StringIO(text)), 2))
    told = {row["场所编号"]: row for _, row in rows}
    assert (told["V0"]["area（中）（平方米）"], told["V0"]["床位数（张）"]) == ("1200", "")
    assert (told["V1"]["床位数（张）"], told["V1"]["设在地下"]) == ("60", "是")
    again = file_import.import_entries(rows, sort=Sort.FACT, source="别的名单", actor=alice, at=AT)
    assert (again.unchanged, again.problem_count) == (7, 0)
    assert "V0" in out(client, grid=alice.scope)
    assert "V0" not in out(make_client(make_actor(CAROL)))
    form = b"".join(client.get("/api/dossiers/holdings/template.csv?sort=fact")).decode()
    assert "场所编号,场所来源,use（中）,area（中）（平方米）,床位数（张）,设在地下" in form
    assert "#示例 GS0001" in form
    assert "#说明 设在地下：是、否" in form


def test_a_fact_that_the_pack_no_longer_has_stays_and_is_no_column(alice: Actor) -> None:
    load(alice, HOTEL)
    Kind.objects.filter(code="beds").update(is_active=False)
    report = load(alice, ("V1", "", "801", "70", ""))
    assert (found(report), counts(report)) == ([(None, "床位数", "column_passed_over")], (0, 1, 0))
    assert values("V1") == {"use": "hotel", "area": "801", "beds": "60", "cellar": "1"}


def test_a_large_file_goes_in_by_parts(alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_loading, "BATCH", 3)
    monkeypatch.setattr(file_merge, "PART", 4)
    monkeypatch.setattr(file_merge, "PIECE", 2)
    pieces: list[int] = []

    def reckon(some: list[UUID], *, at: datetime) -> int:
        pieces.append(len(some))
        return reckon_classes(some, at=at)

    monkeypatch.setattr(file_facts, "reckon_classes", reckon)
    make_venues(count=9)  # V2 to V10
    rows = [(f"V{n}", "shop", str(1000 + n), "", "") for n in range(11)]
    assert counts(load(alice, *rows)) == (22, 0, 0)
    assert (Fact.objects.count(), Change.objects.count(), Classing.objects.count()) == (22, 22, 11)
    assert (sum(pieces), max(pieces)) == (11, 2)
    assert found(load(alice, *rows, rows[0])) == [(13, "场所编号", "place_twice")]
