"""The state diagram is drawn from the table, and drift is noticed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cases.test_rules import ROWS
from wangge.config import diagrams


def test_the_page_shows_every_row_and_drift_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "case-states.md"
    monkeypatch.setattr(diagrams, "PAGE", page)
    assert diagrams.main(["--check"]) == 1
    assert diagrams.main([]) == diagrams.main(["--check"]) == 0
    text = page.read_text(encoding="utf-8")
    drawn = sorted(re.findall(r"^  (\w+) --> (\w+): (\w+)$", text, re.MULTILINE))
    typed = [(before, after, action) for (before, action), ends in ROWS.items() for after in ends]
    assert drawn == sorted([*typed, ("reported", "closed", "fix_on_spot")])
    assert sorted(re.findall(r"^  (\w+) --> \[\*\]$", text, re.MULTILINE)) == ["closed", "merged", "rejected"]
    rows = re.findall(r"^\| (\w+) \| (\w+) \| (\w+) \| `cases\.\w+` \|$", text, re.MULTILINE)
    assert sorted((before, after, action) for before, action, after in rows) == drawn
    page.write_text(text.replace("pass", "nod", 1), encoding="utf-8")
    assert diagrams.main(["--check"]) == 1
    assert "make diagrams" in capsys.readouterr().err
