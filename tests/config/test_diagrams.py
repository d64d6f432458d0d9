"""The state diagram is drawn from the table, and drift is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from wangge.config import diagrams


def test_the_page_shows_every_row_and_drift_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "case-states.md"
    monkeypatch.setattr(diagrams, "PAGE", page)
    assert diagrams.main(["--check"]) == 1
    assert diagrams.main([]) == diagrams.main(["--check"]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.count(" --> ") == 1 + 17 + 3
    assert "  verifying --> closed: pass\n" in text
    page.write_text(text.replace("pass", "nod", 1), encoding="utf-8")
    assert diagrams.main(["--check"]) == 1
    assert "make diagrams" in capsys.readouterr().err
