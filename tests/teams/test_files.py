"""TM-14: teams from a file, whole or not at all, and out again."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.ground import make_divisions, make_grids
from tests.makers import ALICE, AT, CAROL, make_actor, make_client, plain_actor
from tests.teams.makers import make_kinds, team
from wangge.accounts.models import User
from wangge.config.run_kinds import KINDS as RUNS
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Unreadable
from wangge.kernel.ids import new_id
from wangge.teams import file_import, services
from wangge.teams.file_import import import_teams
from wangge.teams.models import Equipment, Team, TeamMember
from wangge.teams.schemas import TeamIn
from wangge.territory.schemas import ImportReport

HEADER = ("编号", "队伍", "类型", "辖区编码", "经度", "纬度", "值班电话", "队员姓名", "队员电话", "队员工号",
          "职责", "器材名称", "器材数量", "保养间隔（天）")  # fmt: skip
HEAD = ("W1", "花园微站", "微型消防站", "340203005012001", "118.305", "31.305", "0553-3810119")
FIRST = (*HEAD, "钱外援", "13812345678", "", "队长", "水带", "6", "30")
SECOND = ("W1", "", "", "", "", "", "", "", "", "G1", "", "", "", "")


@pytest.fixture
def alice(db: None) -> Actor:
    make_divisions()
    make_grids()
    make_kinds()
    actor = make_actor(ALICE)
    User.objects.filter(pk=actor.user_id).update(staff_number="G1")
    return actor


def load(actor: Actor, *rows: tuple[str, ...], header: tuple[str, ...] = HEADER, **more: Any) -> ImportReport:
    lines = [(n, dict(zip(header, row, strict=True))) for n, row in enumerate(rows, 2)]
    return import_teams(lines, actor=actor, at=AT, **{"datum": "wgs84", **more})


def test_a_team_of_two_rows_is_one_team_and_a_second_time_changes_nothing(alice: Actor) -> None:
    assert load(alice, FIRST, SECOND, dry_run=True).created == 1
    assert not Team.objects.exists()
    report = load(alice, FIRST, SECOND)
    assert (report.created, report.problems, report.loaded) == (1, [], True)
    people = TeamMember.objects.order_by("position").values_list("name", "user_id", "duty")
    assert list(people) == [("钱外援", None, "leader"), ("", alice.user_id, "member")]
    piece = Equipment.objects.get()
    assert (piece.kind, piece.count, piece.interval_days) == ("hose", 6, 30)
    assert load(alice, FIRST, SECOND).unchanged == 1
    few = load(alice, ("W1", "花园站"), header=("编号", "队伍"))
    assert (few.updated, TeamMember.objects.count(), Equipment.objects.count()) == (1, 2, 1)
    assert Team.objects.get().name == "花园站"
    moved = load(alice, ("W1", "118.31", "31.31"), header=("编号", "经度", "纬度"), datum="gcj02")
    assert moved.updated == 1
    assert abs(Team.objects.get().lon - 118.31) > 0.002


def test_every_bad_row_is_named_and_none_is_loaded(alice: Actor) -> None:
    bad = ("W2", "", "消防艇", "340200", "x", "", "", "钱*", "", "", "会计", "水带", "0", "")
    report = load(alice, FIRST, ("", *FIRST[1:]), bad, ("W3", *FIRST[1:-4], "队长", "", "", ""),
                  ("W3", "", "", "", "", "", "", "孙二", "", "G9", "队长", "", "", ""))  # fmt: skip
    assert [(one.row, one.column, one.code.removeprefix("teams.")) for one in report.problems] == [
        (3, "编号", "row_without_code"),
        (4, "队伍", "row_without_name"),
        (4, "类型", "kind_unknown"),
        (4, "辖区编码", "place_unknown"),
        (4, "经度", "no_position"),
        (4, "职责", "duty_unknown"),
        (4, "器材数量", "bad_number"),
        (6, "队员工号", "person_unknown"),
    ]
    assert not Team.objects.exists()
    two = load(alice, FIRST, ("W1", *SECOND[1:9], "G1", "队长", "", "", ""))
    assert [one.code for one in two.problems] == ["teams.row_refused"]


def test_what_goes_out_is_masked_and_comes_in_again_unchanged(alice: Actor) -> None:
    load(alice, FIRST, SECOND)
    services.save_teams([TeamIn.model_validate(team(name="无编号"))], actor=alice, at=AT)
    client = make_client(alice)
    text = b"".join(client.get("/api/teams/files/export.csv")).decode("utf-8-sig")  # type: ignore[arg-type]
    assert "13812345678" not in text
    rows = list(enumerate(csv.DictReader(io.StringIO(text)), 2))
    report = import_teams(rows, datum="wgs84", actor=alice, at=AT)
    assert (report.unchanged, report.problem_count, Team.objects.count()) == (2, 0, 2)
    carol = make_client(make_actor(CAROL))
    assert "花园" not in b"".join(carol.get("/api/teams/files/export.csv")).decode()  # type: ignore[arg-type]
    taken = load(plain_actor(CAROL), ("W1", "x", "微型消防站", "34020", "118.3", "31.3"), header=HEADER[:6])
    assert not taken.loaded


def test_a_worker_reads_teams_and_a_file_has_a_bound(alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert services.IMPORT in RUNS
    monkeypatch.setattr(file_import, "MOST", 1)
    assert load(alice, FIRST).created == 1
    with pytest.raises(Unreadable, match="more than 1 rows"):
        load(alice, FIRST, SECOND)
    file = SimpleUploadedFile("teams.csv", ",".join(HEADER).encode() + b"\n")
    asked = {"id": str(new_id()), "datum": "wgs84", "dry_run": "true", "file": file}
    told = make_client(alice).post("/api/teams/files/imports", asked)
    assert (told.status_code, told.json()["state"], told.json()["kind"]) == (200, "waiting", "teams.import")
