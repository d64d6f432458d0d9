"""The doctor names what is wrong and the remedy, in both languages."""

from __future__ import annotations

import json
import socket
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings
from typer.testing import CliRunner

from tests.makers import Person, make_actor
from wangge.accounts.rules import Role
from wangge.config import doctor, faces
from wangge.config.command import app
from wangge.config.doctor import Finding, check_calendar
from wangge.config.doctor_database import check_database, check_pack
from wangge.kernel import calendar_changes, calendars, clock
from wangge.kernel.calendar import Calendar
from wangge.packs import services as packs


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
        finding = check_calendar(years_through(2026))

    assert finding.level == "bad"
    assert "2027.json" in finding.remedy_zh


def test_a_calendar_that_lacks_this_very_year_is_bad_in_any_month() -> None:
    with clock.standing_at(datetime(2027, 3, 2, tzinfo=UTC)):
        finding = check_calendar(years_through(2026))

    assert (finding.level, finding.zh) == ("bad", "工作日历到 2026 年")


@pytest.mark.django_db
def test_a_year_that_was_loaded_on_the_page_counts() -> None:
    admin = make_actor(Person("admin", "管理员", Role.SYSTEM_ADMIN, "34.02."))
    free = [date(2031, 1, 1) + timedelta(days=n) for n in range(7)]
    calendar_changes.put_year(2031, free, [], actor=admin, at=datetime(2026, 11, 2, tzinfo=UTC))

    assert 2031 in calendars.in_force().nation.years
    with clock.standing_at(datetime(2031, 11, 2, tzinfo=UTC)):
        levels = {finding.name: finding.level for finding in check_database()}

    assert levels["calendar"] == "warn"  # this year is known, the next one is not yet


@pytest.mark.django_db
def test_rules_that_came_with_an_update_and_are_not_in_force_are_named() -> None:
    assert check_pack().remedy_en == "run wangge pack install NAME"
    shipped = packs.load("wuhu")
    older = shipped.model_copy(update={"version": "2026.01"})
    admin = make_actor(Person("admin", "管理员", Role.SYSTEM_ADMIN, "34.02."))
    at = datetime(2026, 11, 2, tzinfo=UTC)
    packs.install_pack(older, effective_on=at.date(), actor=admin, at=at)
    assert check_pack().remedy_en == "run wangge pack install wuhu"
    changed = shipped.model_copy(update={"cards": []})  # the same version, other rows
    packs.install_pack(changed, effective_on=at.date(), actor=admin, at=at)
    assert "change the version in pack.yaml" in check_pack().remedy_en


def years_through(year: int) -> Calendar:
    return Calendar(set(), set(), set(range(2020, year + 1)))


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
