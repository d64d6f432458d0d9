"""The register of fires: its loop, its figures, its files, and who sees what. Rules: FR-1 … FR-9."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from random import Random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cases.makers import make_house
from tests.fires.makers import fire, make_ended, make_fire, make_words, step
from tests.makers import AT, BOB, make_client
from wangge.config.territory_api import MOVERS
from wangge.fires import queries, services
from wangge.fires.models import Fire, FireEvent
from wangge.fires.schemas import FireFigureFilter, FireFilter
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible
from wangge.kernel.models import AuditRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    make_words()
    return make_house()


def figures(actor, **words):
    given = {"first": "2025-10", "last": "2025-10", **words}
    return queries.count_fires(actor, FireFigureFilter.model_validate(given))


def test_a_fire_is_heard_of_confirmed_turned_out_to_and_ended(house):
    fire_id = make_fire(house.alice)
    minutes = {"confirm": 5, "turn_out": 8, "end": 60}
    for version, (action, minute) in enumerate(minutes.items(), start=1):
        at = AT - timedelta(hours=2) + timedelta(minutes=minute)
        assert step(house.alice, fire_id, action, version, at=at, loss_fen=350_000).status == 200
    found = queries.get_fire(house.alice, fire_id)
    assert (found.status, found.loss_fen, found.version) == ("ended", 350_000, 4)
    assert [one.action for one in found.events] == ["report", "confirm", "turn_out", "end"]
    assert found.may == ["state"]
    assert "非官方认定" in found.notice_zh


def test_a_retry_is_the_same_fire_and_the_same_step(house):
    one = fire()
    first, again = (services.report_fires([one], actor=house.alice, at=AT)[0] for _ in range(2))
    assert (first.outcome, again.outcome) == ("applied", "repeated")
    assert Fire.objects.count() == FireEvent.objects.count() == 1


def test_what_cannot_be_is_refused_each_for_itself(house):
    fire_id = make_fire(house.alice)
    there = fire(fire_id=fire_id)
    nowhere = fire(grid_path="", lon=None, lat=None)
    future = fire(occurred_at=AT + timedelta(minutes=1))
    word = fire(cause="cause_nobody")
    fates = services.report_fires([there, nowhere, future, word, fire()], actor=house.alice, at=AT)
    codes = ["fires.fire_wrong", "fires.fire_wrong", "fires.times_wrong", "fires.fire_wrong", None]
    assert [one.code for one in fates] == codes
    assert step(house.alice, fire_id, "end", 1).code == "fires.step_not_allowed"
    assert step(house.alice, fire_id, "confirm", 9).status == 409
    assert step(house.alice, fire_id, "dismiss", 1).code == "fires.reason_missing"


def test_a_correction_after_the_end_leaves_its_reason(house):
    fire_id = make_ended(house.alice, dead=1)
    assert step(house.alice, fire_id, "state", 3, dead=0).code == "fires.reason_missing"
    assert step(house.alice, fire_id, "state", 3, dead=0, note="医院更正").status == 200
    detail = FireEvent.objects.get(fire_id=fire_id, action="state").detail
    assert detail == {"note": "医院更正", "dead": "1 → 0"}
    assert AuditRow.objects.filter(action="fires.state", subject_id=str(fire_id)).exists()


def test_the_four_figures_equal_a_recount_and_stand_beside_a_year_before(house):
    rng = Random(7)
    rows = []
    for _ in range(30):
        at = AT - timedelta(days=rng.randrange(1, 700), hours=rng.randrange(20))
        given = {"dead": rng.randrange(2), "injured": rng.randrange(3), "loss_fen": rng.randrange(10**6)}
        make_ended(house.alice, occurred_at=at, **given)
        rows.append((at.astimezone(CHINA), given))
    make_fire(house.alice)  # heard of only: it does not count
    found = figures(house.alice, first="2025-01", last="2025-10", by="month")
    for year, four in ((2025, found.total.now), (2024, found.total.before)):
        mine = [given for at, given in rows if at.year == year and at.month <= 10]
        assert four.fires == len(mine)
        for name in ("dead", "injured", "loss_fen"):
            assert getattr(four, name) == sum(one[name] for one in mine)
    for row in found.rows:
        assert row.now.fires == sum(f"{at:%Y-%m}" == row.key for at, _ in rows)
        assert row.before.fires == sum(f"{at.year + 1}-{at:%m}" == row.key for at, _ in rows)
    was, now = found.total.before.fires, found.total.now.fires
    assert found.total.change.fires == (round(100 * (now - was) / was, 1) if was else None)


def test_a_false_alarm_never_counts_and_is_not_on_the_map(house):
    fire_id = make_fire(house.alice)
    box = {"bbox": "118,31,119,32", "first_on": AT.date() - timedelta(days=2), "last_on": AT.date()}
    assert len(queries.list_points(house.alice, **box).items) == 1
    assert step(house.alice, fire_id, "dismiss", 1, note="炊烟").status == 200
    assert figures(house.alice).total.now.fires == 0
    assert queries.list_points(house.alice, **box).items == []


def test_a_file_goes_out_and_comes_in_again_without_a_change(house):
    for _ in range(3):
        make_ended(house.alice, loss_fen=12_345)
    rows = list(services.export_fires(house.alice, FireFilter.model_validate({}), at=AT))
    assert all("非官方认定" in row["性质"] for row in rows)
    said = [(n, {key: str(value) for key, value in row.items()}) for n, row in enumerate(rows, 2)]
    report = services.import_fires(said, actor=house.alice, at=AT)
    assert (report.unchanged, report.created, report.updated, report.problems) == (3, 0, 0, [])
    said[0][1]["死亡"] = "2"
    dry = services.import_fires(said, actor=house.alice, at=AT, dry_run=True)
    assert (dry.updated, dry.loaded, Fire.objects.filter(dead=2).count()) == (1, False, 0)
    assert services.import_fires(said, actor=house.alice, at=AT).updated == 1
    assert Fire.objects.filter(dead=2).count() == 1


def test_a_file_with_an_error_loads_nothing_and_names_it(house):
    good = {"编号": "HZ-1", "发生时间": "2025-10-01 21:40", "网格编码": BOB.scope, "起火原因": "电气"}
    bad = good | {"编号": "HZ-2", "死亡": "两人", "起火原因": "外星人"}
    late = good | {"编号": "HZ-3", "结束救援时间": "2025-10-01 20:00"}
    report = services.import_fires([(2, good), (3, bad), (4, late)], actor=house.alice, at=AT)
    assert {(one.row, one.column) for one in report.problems} == {
        (3, "死亡"),
        (3, "起火原因"),
        (4, "发生时间"),
    }
    assert not report.loaded
    assert Fire.objects.count() == 0


def test_the_endpoints_answer_who_may_and_refuse_who_may_not(house):
    fire_id = make_ended(house.alice)
    alice, bob, carol = (make_client(one) for one in (house.alice, house.bob, house.carol))
    assert alice.get("/api/fires").json()["total"] == 1
    assert alice.get("/api/fires/words").json()[0]["code"] == "cause_electric"
    assert alice.get("/api/fires/figures?first=2025-10&last=2025-10").json()["total"]["now"]["fires"] == 1
    assert alice.get("/api/fires/figures?first=2025-10&last=2025-09").json()["code"] == "fires.times_wrong"
    text = b"".join(alice.get("/api/fires/export.csv").streaming_content).decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(text)))) == 2
    sheet = SimpleUploadedFile("fires.csv", text.encode())
    done = alice.post("/api/fires/imports", {"file": sheet, "dry_run": "true"})
    assert done.json()["unchanged"] == 1
    assert bob.get(f"/api/fires/{fire_id}").json()["may"] == []
    assert bob.post("/api/fires", [], content_type="application/json").status_code == 403
    assert bob.get("/api/fires/export.csv").status_code == 403
    assert carol.get("/api/fires").json()["total"] == 0
    assert carol.get(f"/api/fires/{fire_id}").status_code == 404
    assert carol.get("/api/fires?within=34.02.03.").status_code == 404
    with pytest.raises(NotVisible):
        figures(house.carol, territory="34.02.03.005.")


def test_a_fire_under_way_is_moved_with_its_ground_and_a_past_one_stays(house):
    burning, _ = make_fire(house.alice), make_ended(house.alice)
    mover = next(one for one in MOVERS if one.kind == "fire")
    assert [one.id for one in mover.list_open([BOB.scope], AT)] == [burning]
