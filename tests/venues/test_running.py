"""VE-20, VE-21: the register in and out as background work."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from tests.ground import make_divisions, make_grids
from tests.makers import ALICE, BOB, CAROL, Person, make_actor, make_client
from wangge.accounts.rules import Role
from wangge.config.run_kinds import KINDS, find_author
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow, FileRun
from wangge.kernel.run_rules import Outcome
from wangge.kernel.run_work import Desk, do_run
from wangge.kernel.spreadsheets import read_rows
from wangge.venues import services
from wangge.venues.models import Venue
from wangge.venues.schemas import VenueClassOut, VenueImport

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = ["编号", "名称", "类别", "经度", "纬度"]
CITY = Person("root", "系统管理员", Role.SYSTEM_ADMIN, "34.02.03.")
WITHIN_S = 60


@pytest.fixture(autouse=True)
def ground() -> None:
    make_divisions()
    make_grids()
    classes = [VenueClassOut(code="shop", name_zh="商业门点", name_en="Shop")]
    services.install_classes(classes, "test@1")


@pytest.fixture
def alice() -> Actor:
    return make_actor(ALICE)


def rows_of(count: int) -> list[list[str]]:
    return [[f"A{n}", f"{n} 号店", "shop", f"118.30{n % 10}", "31.305"] for n in range(count)]


def csv_of(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *rows])
    return text.getvalue().encode()


def post(client: Client, content: bytes, **changes: Any) -> Any:
    form = {"id": new_id(), "source": "工商", "datum": "wgs84", "territory": ALICE.scope, **changes}
    file = SimpleUploadedFile("r.csv", content)
    return client.post("/api/venues/imports", {**form, "file": file})


def work(run_id: object) -> str:
    run = FileRun.objects.get(pk=str(run_id))
    return do_run(run.pk, KINDS[run.kind], find_author, now=clock.now, every_s=0.02).value


def staged() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname = 'venue_new'")
        return int(cursor.fetchone()[0])


def test_a_file_is_asked_for_done_by_a_worker_and_told_of(alice: Actor) -> None:
    client = make_client(alice)
    asked = post(client, csv_of(rows_of(30))).json()
    assert (asked["state"], asked["way"], asked["share_pct"], Venue.objects.count()) == (
        "waiting",
        "in",
        None,
        0,
    )
    assert work(asked["id"]) == "done"
    told = client.get(f"/api/runs/{asked['id']}").json()
    assert (told["run"]["created"], told["run"]["share_pct"], told["report"]["loaded"]) == (30, 100, True)
    assert [one["id"] for one in client.get("/api/runs").json()["items"]] == [asked["id"]]
    assert Venue.objects.filter(grid_path=BOB.scope).count() == 30


def test_the_same_file_twice_changes_nothing(alice: Actor) -> None:
    client = make_client(alice)
    for expected in ((30, 0), (0, 30)):
        run_id = post(client, csv_of(rows_of(30))).json()["id"]
        assert work(run_id) == "done"
        run = FileRun.objects.get(pk=run_id)
        assert (run.created, run.unchanged) == expected


def test_a_dry_run_writes_nothing_tells_the_counts_and_can_be_loaded(alice: Actor) -> None:
    client = make_client(alice)
    work(post(client, csv_of(rows_of(5))).json()["id"])
    before = list(Venue.objects.order_by("code").values())
    changed = [["A0", "改名店", "shop", "118.300", "31.305"], *rows_of(8)[1:]]
    asked = post(client, csv_of(changed), dry_run=True).json()
    assert work(asked["id"]) == "done"
    told = client.get(f"/api/runs/{asked['id']}").json()["run"]
    assert [told[one] for one in ("created", "updated", "unchanged", "written")] == [3, 1, 4, 4]
    assert list(Venue.objects.order_by("code").values()) == before
    again = client.post(
        f"/api/runs/{asked['id']}/again", {"id": str(new_id()), "dry_run": False}, "application/json"
    ).json()
    assert work(again["id"]) == "done"
    assert (Venue.objects.count(), Venue.objects.get(code="A0").name) == (8, "改名店")


def test_the_error_file_holds_every_bad_row_and_the_mended_file_is_loaded(alice: Actor) -> None:
    client = make_client(alice)
    bad = [[*row[:2], "火箭场", *row[3:]] for row in rows_of(1_500)]
    asked = post(client, csv_of(bad)).json()
    assert work(asked["id"]) == "refused"
    told = client.get(f"/api/runs/{asked['id']}").json()
    assert (told["run"]["bad_rows"], len(told["report"]["problems"]), told["run"]["has_file"]) == (
        1_500,
        100,
        True,
    )
    answer = client.get(f"/api/runs/{asked['id']}/problems.csv")
    text = sent(answer).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [int(line["行 row"]) for line in lines] == list(range(2, 1_502))
    assert all(line["处理办法"] and line["remedy"] for line in lines)
    assert (lines[0]["列 column"], lines[0]["内容 value"]) == ("类别", "火箭场")
    mended = client.post(
        f"/api/runs/{asked['id']}/mended",
        {"id": new_id(), "dry_run": False, "file": SimpleUploadedFile("r2.csv", csv_of(rows_of(1_500)))},
    ).json()
    assert work(mended["id"]) == "done"
    assert [*Venue.objects.values_list("source", flat=True)] == ["工商"] * 1_500


def test_a_cancel_in_the_middle_leaves_the_register_as_it_was(
    alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client(alice)
    work(post(client, csv_of(rows_of(5))).json()["id"])
    before = list(Venue.objects.order_by("code").values())
    monkeypatch.setattr("wangge.venues.venue_import.PART", 10)
    asked = post(client, csv_of([[row[0], "改", *row[2:]] for row in rows_of(900)])).json()

    def ended(desk: Desk) -> Outcome:
        wrote = desk.watch.wrote

        def wrote_some(rows: int) -> None:
            if rows > 500:  # in the middle of writing
                with another_connection() as line:
                    sql = "UPDATE kernel_filerun SET cancel_asked_at = now() WHERE id = %s"
                    line.execute(sql, [asked["id"]])
                wait_until(lambda: desk.watch.why is not None)
            wrote(rows)

        monkeypatch.setattr(desk.watch, "wrote", wrote_some)
        return services.work_import(desk)

    state = do_run(UUID(asked["id"]), ended, find_author, now=clock.now, every_s=0.02)
    assert state.value == "cancelled"
    assert list(Venue.objects.order_by("code").values()) == before
    assert staged() == 0


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_run_says_so(alice: Actor) -> None:
    client = make_client(alice)
    run_id = post(client, csv_of(rows_of(60_000))).json()["id"]
    with worker() as first:
        wait_until(lambda: FileRun.objects.get(pk=run_id).rows >= 20_000)
        os.kill(first.pid, signal.SIGKILL)
        first.wait(timeout=30)
    wait_until(lambda: client.get(f"/api/runs/{run_id}").json()["run"]["state"] == "interrupted")
    wait_until(lambda: staged() == 0)  # the database ends what the dead worker had begun
    assert Venue.objects.count() == 0
    with worker():
        again = client.post(
            f"/api/runs/{run_id}/again", {"id": str(new_id()), "dry_run": False}, "application/json"
        ).json()
        wait_until(lambda: FileRun.objects.get(pk=again["id"]).state == "done")
    assert Venue.objects.count() == 60_000
    assert FileRun.objects.get(pk=run_id).state == "interrupted"


@pytest.mark.slow
def test_ctrl_c_of_the_command_leaves_nothing_and_the_run_says_so(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_bytes(csv_of(rows_of(60_000)))
    options = ["--source", "x", "--datum", "wgs84", "--territory", ALICE.scope]
    command = [sys.executable, "-m", "wangge.config.command", "import", "venues", str(file), *options]
    process = subprocess.Popen(
        command,
        env=of_this_test(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # as in a terminal
    )
    wait_until(lambda: FileRun.objects.filter(rows__gte=20_000).exists())
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=WITHIN_S)
    assert process.returncode != 0
    assert "已取消" in said.decode()
    assert (FileRun.objects.get().state, Venue.objects.count(), staged()) == ("cancelled", 0, 0)


def test_a_stranger_sees_no_run_and_somebody_of_the_territory_above_does(alice: Actor) -> None:
    run_id = post(make_client(alice), csv_of(rows_of(3))).json()["id"]
    stranger = make_client(make_actor(CAROL))
    assert stranger.get("/api/runs").json()["items"] == []
    assert stranger.get(f"/api/runs/{run_id}").status_code == 404
    assert stranger.post(f"/api/runs/{run_id}/cancel").status_code == 404
    chief = make_client(make_actor(CITY))
    [seen] = chief.get("/api/runs").json()["items"]
    assert (seen["id"], seen["is_own"], seen["asked_name"]) == (run_id, False, ALICE.name)


def test_who_may_not_is_told_at_once_and_no_file_is_kept(alice: Actor) -> None:
    assert post(make_client(alice), csv_of([]), territory="34.02.0.").status_code == 404
    leader = make_client(make_actor(Person("leo", "领导", Role.LEADER, ALICE.scope)))
    assert post(leader, csv_of([])).status_code == 403
    assert FileRun.objects.count() == 0


def test_an_export_keeps_filters_and_scope_and_can_be_imported_again(alice: Actor) -> None:
    client = make_client(alice)
    work(post(client, csv_of(rows_of(40))).json()["id"])
    body = {"id": str(new_id()), "suffix": "xlsx", "filters": {"q": "7 号店"}}
    asked = client.post("/api/venues/exports", body, "application/json").json()
    assert work(asked["id"]) == "done"
    told = AuditRow.objects.get(action="venues.export").detail
    assert told == {"suffix": "xlsx", "filters": {"q": "7 号店"}}
    answer = client.get(f"/api/runs/{asked['id']}/result")
    content = sent(answer)
    names = sorted(values["名称"] for _, values in read_rows(io.BytesIO(content), "x.xlsx"))
    assert names == ["17 号店", "27 号店", "37 号店", "7 号店"]
    again = SimpleUploadedFile("again.xlsx", content)
    form = {"id": new_id(), "source": "工商", "datum": "wgs84", "territory": ALICE.scope, "file": again}
    loaded = client.post("/api/venues/imports", form).json()
    assert work(loaded["id"]) == "done"
    assert FileRun.objects.get(pk=loaded["id"]).unchanged == 4
    assert make_client(make_actor(CAROL)).get(f"/api/runs/{asked['id']}/result").status_code == 404


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_template_is_read_as_an_empty_register_until_a_row_is_filled_in(
    alice: Actor, suffix: str
) -> None:
    answer = make_client(alice).get(f"/api/venues/template.{suffix}")
    content = sent(answer)
    assert list(read_rows(io.BytesIO(content), f"t.{suffix}")) == []
    text = content.decode("utf-8-sig") if suffix == "csv" else ""
    assert suffix == "xlsx" or ("#示例" in text and "shop 商业门点" in text)
    options = VenueImport.model_validate({"source": "x", "datum": "wgs84", "territory": ALICE.scope})
    if suffix == "csv":
        filled = text + "B1,新店,shop,,,118.305,31.305\n"
        run_id = post(make_client(alice), filled.encode(), source=options.source).json()["id"]
        assert (work(run_id), Venue.objects.get().code) == ("done", "B1")


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """A worker as `wangge run` starts it, on the database and the files of this test."""
    process = subprocess.Popen([sys.executable, "-m", "wangge.config.worker"], env=of_this_test())
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=30)


def of_this_test() -> dict[str, str]:
    """The environment of a process that works on the database and the files of this test."""
    where = connection.settings_dict
    url = f"postgresql:///{where['NAME']}?host={where['HOST']}&user={where['USER']}"
    given = {"WANGGE_DATABASE_URL": os.environ.get("WANGGE_DATABASE_URL") or url}
    return {**os.environ, **given, "WANGGE_FILES": str(settings.WANGGE_FILES)}


def sent(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def another_connection() -> psycopg.Connection[Any]:
    wanted = connection.get_connection_params()
    reach = {key: value for key, value in wanted.items() if key not in {"cursor_factory", "context"}}
    return psycopg.connect(**reach, autocommit=True)


def wait_until(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + WITHIN_S
    while not is_so():
        assert time.monotonic() < ends, "it took too long"
        time.sleep(0.02)  # between two looks; the result does not hang on it
