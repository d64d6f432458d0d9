"""The doctor names what is wrong and the remedy, in both languages."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings
from typer.testing import CliRunner

from wangge.config import doctor, faces
from wangge.config.command import app
from wangge.config.doctor import Finding
from wangge.config.doctor_database import check_database
from wangge.kernel import clock


def found(port: int = 1) -> dict[str, Finding]:
    return {finding.name: finding for finding in doctor.check_machine(port)}


def test_a_secret_that_others_may_read_is_bad(settings: Settings, tmp_path: Path) -> None:
    settings.WANGGE_HOME = tmp_path
    (tmp_path / "secret").write_text("x")
    (tmp_path / "secret").chmod(0o644)

    finding = found()["secret"]

    assert finding.level == "bad"
    assert "chmod 600" in finding.remedy_en


def test_pages_that_are_not_built_are_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces, "STATIC", Path("/nowhere"))

    assert found()["faces"].remedy_en == "run make setup"


def test_a_clock_before_the_program_was_made_is_bad() -> None:
    with clock.standing_at(datetime(1970, 1, 2, tzinfo=UTC)):
        assert found()["clock"].level == "bad"


def test_in_december_a_calendar_without_next_year_is_bad() -> None:
    with clock.standing_at(datetime(2026, 12, 2, tzinfo=UTC)):
        finding = found()["calendar"]

    assert finding.level == "bad"
    assert "2027.json" in finding.remedy_zh


def test_a_port_of_another_program_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert found(other.getsockname()[1])["port"].level == "warn"


@pytest.mark.django_db
def test_a_database_in_order_is_said_to_be() -> None:
    levels = {finding.name: finding.level for finding in check_database()}

    assert (
        levels["database"] == levels["migrations"] == levels["extensions"] == levels["server_clock"] == "ok"
    )


def test_every_remedy_speaks_both_languages() -> None:
    for finding in found().values():
        assert bool(finding.remedy_zh) == bool(finding.remedy_en) == (finding.level != "ok")


@pytest.mark.django_db
def test_a_program_reads_the_findings() -> None:
    answer = CliRunner().invoke(app, ["doctor", "--json"])

    body = json.loads(answer.stdout)
    assert body["ok"] is (answer.exit_code == 0)
    assert {"name", "level", "zh", "en", "remedy_zh", "remedy_en"} == body["findings"][0].keys()
