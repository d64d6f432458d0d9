"""PK-9: which entry of which pack does a row of the catalogue."""

from __future__ import annotations

from typer.testing import CliRunner

from wangge.config.pack_command import app
from wangge.packs.source_rows import ids_in, list_source_rows

# The rows as the catalogue counts them.
COUNTS = {
    "WH": 40,
    "DG": 22,
    "TZ": 19,
    "LX": 1,
    "LN": 12,
    "DR": 1,
    "TJ": 1,
    "GQ": 11,
    "ZH": 11,
    "SC": 12,
    "HB": 18,
}
COUNTS |= {"SQ": 1, "SX": 22}


def found(row: str) -> set[tuple[str, str]]:
    (one,) = [one for one in list_source_rows() if one.id == row]
    return {(entry.pack, entry.code) for entry in one.entries}


def test_every_row_is_there_once_in_both_languages():
    rows = list_source_rows()
    assert [row.id for row in rows] == [
        f"{k}-{n:02}" for k, most in COUNTS.items() for n in range(1, most + 1)
    ]
    assert not [row.id for row in rows if not row.zh or not row.en]


def test_a_row_names_the_entries_that_do_it_and_others_say_that_none_does():
    assert ("taizhou", "FQ-02") in found("TZ-12")
    assert ("keqiao", "FQ-06-red") in found("SX-13")
    assert {("wuhu", "FQ-04-flammable"), ("base", "FQ-04-other")} <= found("WH-31")
    assert {pack for pack, _ in found("DR-01")} == {"drugs"}
    assert found("LN-10") == set()  # the deposit is not taken up


def test_a_source_may_name_several_rows():
    assert ids_in("SX-08, SX-09") == ["SX-08", "SX-09"]
    assert ids_in("WH-34 (body); domain 4.3 (days)") == ["WH-34"]
    assert ids_in("GB/T 34300") == []


def test_the_command_shows_rows_and_those_without_an_entry():
    out = CliRunner().invoke(app, ["rows"]).output
    assert "SX-13" in out
    assert "keqiao plans FQ-06-red" in out
    none = CliRunner().invoke(app, ["rows", "--none"]).output
    assert "LN-10" in none
    assert "SX-13" not in none
