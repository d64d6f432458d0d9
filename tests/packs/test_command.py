"""`wangge pack` and `wangge plan`, as a program reads them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from typer import Typer
from typer.testing import CliRunner

from tests.makers import make_venues
from wangge.config.pack_command import app as pack
from wangge.config.plan_command import plan
from wangge.kernel import clock
from wangge.orders.models import Order

pytestmark = pytest.mark.django_db
run = CliRunner().invoke
planning = Typer()
planning.command()(plan)
MONTH = ["--from", "2026-11-01", "--to", "2026-12-01", "--json"]


@pytest.fixture(autouse=True)
def _in_november():
    with clock.standing_at(datetime(2026, 11, 2, 2, 0, tzinfo=UTC)):
        yield


@pytest.mark.slow
def test_a_pack_is_checked_installed_and_planned_with():
    assert json.loads(run(pack, ["check", "wuhu", "--json"]).stdout)["rows"]["matters"] == 79
    assert json.loads(run(pack, ["install", "wuhu", "--json"]).stdout)["installed"] is True
    assert json.loads(run(pack, ["install", "wuhu", "--json"]).stdout)["installed"] is False
    listed = json.loads(run(pack, ["list", "--json"]).stdout)
    assert [row["pack_version"] for row in listed if row["active"]] == ["wuhu@2026.11.5"]
    make_venues(class_code="flammable")
    dry = json.loads(run(planning, [*MONTH, "--dry-run"]).stdout)
    assert (dry["made"], Order.objects.count()) == (2, 0)
    assert json.loads(run(planning, MONTH).stdout)["by_rule"] == {"FQ-04-flammable": 2}
    assert json.loads(run(planning, [*MONTH, "--scope", "34."]).stdout)["already_there"] == 2


def test_what_cannot_be_done_ends_with_a_code_and_a_reason():
    unknown = run(pack, ["check", "nowhere", "--json"])
    assert (unknown.exit_code, json.loads(unknown.stdout)["code"]) == (1, "packs.unknown")
    early = run(pack, ["install", "wuhu", "--effective-on", "2026-12-01", "--json"])
    assert (early.exit_code, json.loads(early.stdout)["code"]) == (1, "packs.not_yet_effective")
    backwards = run(planning, ["--from", "2026-12-01", "--to", "2026-11-01", "--scope", "34.", "--json"])
    assert (backwards.exit_code, json.loads(backwards.stdout)["code"]) == (2, "orders.range_too_long")
    open_scope = run(planning, [*MONTH, "--scope", "34"])
    assert open_scope.exit_code == 2


def test_a_diff_and_a_pack_are_shown_for_people():
    shown = run(pack, ["diff", "wuhu", "dongguan"]).stdout
    assert "+ plans FQ-05-banned" in shown
    assert "~ plans FQ-04-rental" in shown
    assert "interval: quarter → month" in shown
    assert "宽管型" in run(pack, ["show", "dongguan"]).stdout
