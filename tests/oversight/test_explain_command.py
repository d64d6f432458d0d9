"""`wangge explain`, as people and programs read it."""

from __future__ import annotations

import json

import pytest
from typer import Typer
from typer.testing import CliRunner

from tests.cases.makers import make_case
from tests.oversight.makers import china, make_handled, make_watched_house
from wangge.config.explain_command import explain
from wangge.kernel import clock
from wangge.kernel.errors import NotVisible
from wangge.kernel.ids import new_id
from wangge.oversight import services

pytestmark = pytest.mark.django_db
app = Typer()
app.command()(explain)
run = CliRunner().invoke


@pytest.fixture(autouse=True)
def _on_tuesday():
    with clock.standing_at(china("2025-10-14T09:00")):
        yield


def test_every_clock_is_told_line_by_line_in_both_languages():
    case_id = make_handled(make_watched_house())
    told = run(app, [str(case_id)]).stdout.splitlines()
    assert told[0] == "全案时限：2025-10-17 00:00  The whole case: 2025-10-17 00:00"
    assert told[1].startswith("  2025-10-13 ")
    assert told[1].endswith("Reported; 3 working days, from the next day")
    assert told[2:6] == [
        "  2025-10-14 00:00 第 1 个工作日  Working day 1",
        "  2025-10-15 00:00 第 2 个工作日  Working day 2",
        "  2025-10-16 00:00 第 3 个工作日  Working day 3",
        "  2025-10-17 00:00 到期（24:00）  Time is up (24:00)",
    ]


def test_what_the_reporter_was_promised_is_explained_too():
    case_id = make_case(make_watched_house(), channel="hotline")
    services.note_promises([case_id])
    told = json.loads(run(app, [str(case_id), "--json"]).stdout)
    assert [one["code"] for one in told["promises"]] == ["verify_other", "reply_reporter"]
    assert all(one["lines"] for one in told["promises"])


def test_a_case_that_is_not_there_is_refused():
    assert isinstance(run(app, [str(new_id())]).exception, NotVisible)
