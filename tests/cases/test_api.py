"""CS-8, CS-10 through HTTP: everybody sees their own, a stranger nothing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from PIL import Image

from tests.cases.doors import BOX, LATER, get, post
from tests.cases.makers import (
    HOUR,
    House,
    command,
    count_rows,
    make_case,
    make_house,
    report,
    suspend,
    take,
    walk,
)
from tests.makers import AT, make_client, make_photo, photo_bytes
from wangge.cases.models import Case
from wangge.kernel import clock, files, photo_copies
from wangge.kernel.models import AuditRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Iterator[House]:
    house = make_house()
    with clock.standing_at(LATER):
        yield house


# ---- writing ----


def test_a_case_is_reported_and_taken_through_http(house: House) -> None:
    given = report().model_dump(mode="json")
    answers = [post(house.bob, "/report", given) for _ in range(2)]
    assert [(one.status_code, one.json()["outcome"]) for one in answers] == [
        (200, "applied"),
        (208, "repeated"),
    ]
    step = command(UUID(given["id"]), "accept").model_dump(mode="json")
    assert post(house.bob, "/step", {**step, "id": str(UUID(int=7 << 76))}).status_code == 403
    assert post(house.carol, "/step", {**step, "id": str(UUID(int=8 << 76))}).status_code == 404
    answers = [post(house.alice, "/step", step) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 208]
    answer = post(house.alice, "/step", {**step, "id": str(UUID(int=9 << 76))})
    assert (answer.status_code, answer.json()["code"]) == (409, "kernel.version_conflict")
    assert answer.json()["zh"]


def test_batches_answer_with_fates(house: House) -> None:
    given = [report().model_dump(mode="json"), report(matter_code="X1").model_dump(mode="json")]
    answer = post(house.bob, "/reports", given)
    assert (answer.status_code, [fate["status"] for fate in answer.json()]) == (200, [200, 422])
    case = UUID(given[0]["id"])
    steps = [command(case, "accept").model_dump(mode="json"), command(case, "sign").model_dump(mode="json")]
    answer = post(house.alice, "/steps", steps)
    assert (answer.status_code, [fate["status"] for fate in answer.json()]) == (200, [200, 403])
    assert [fate["status"] for fate in post(house.carol, "/steps", steps).json()] == [409, 404]
    assert post(house.alice, "/steps", [steps[0]] * 501).status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"matter_code": None},
        {"at": "2025-10-13T10:00:00"},
        {"lon": "east"},
        {"lon": 181},
        {"lat": float("nan")},
        {"text": "a\0b"},
        {"text": "x" * 2001},
        {"photos": ["a"] * 10},
        {"id": "7"},
        {"datum": "bd09"},
    ],
)
def test_what_has_the_wrong_shape_is_refused_and_leaves_no_trace(house: House, wrong: dict[str, Any]) -> None:
    client = make_client(house.bob)
    before = count_rows()
    body = {**report().model_dump(mode="json"), **wrong}
    answer = client.post("/api/cases/report", body, content_type="application/json")
    assert answer.status_code == 422
    assert count_rows() == before


@pytest.mark.parametrize(
    "path", ["", "/export.csv", "/shapes.geojson?bbox=1,1,2,2", "/figures", f"/{UUID(int=1)}"]
)
def test_nobody_reads_without_logging_in(path: str) -> None:
    assert Client().get(f"/api/cases{path}").status_code == 401


# ---- one case ----


def test_a_case_shows_its_events_and_the_buttons_of_the_reader(house: House) -> None:
    case = make_case(house, photos=[house.photo])
    walk(house, case, "accepted")
    shown = get(house.alice, f"/{case}").json()
    assert [event["action"] for event in shown["events"]] == ["report", "accept"]
    assert [event["actor_name"] for event in shown["events"]] == ["包步行", "李爱丽"]
    assert {one["action"]: one["needs"] for one in shown["actions"]} == {
        "dispatch": ["department"],
        "reject": ["reason"],
        "merge": ["reason", "case"],
        "reclassify": ["matter"],
    }
    assert (shown["suggested_department_id"], shown["chain_is_valid"]) == (house.fire, True)
    assert (shown["stage_name"], shown["stage_name_en"]) == ("accepted", "accepted")  # the pack names it not
    assert (shown["basis"], shown["is_confirmed"], shown["photos"]) == ("消防法§28", True, [house.photo])
    assert all("facts" not in event["detail"] for event in shown["events"])
    assert get(house.bob, f"/{case}").json()["actions"] == []
    for stranger in (house.carol, house.han):
        assert get(stranger, f"/{case}").status_code == 404
    assert get(house.alice, f"/{UUID(int=1)}").status_code == 404


def test_a_broken_chain_is_shown(house: House) -> None:
    case = make_case(house)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_caseevent SET actor_name = 'x' WHERE case_id = %s", [case])
    assert get(house.alice, f"/{case}").json()["chain_is_valid"] is False


def test_the_reporter_is_hidden_from_whoever_handles(house: House) -> None:
    case = make_case(house)
    walk(house, case, "handling")
    assert get(house.alice, f"/{case}").json()["reporter_name"] == "包步行"
    shown = get(house.han, f"/{case}").json()
    assert shown["reporter_name"] is None
    assert "包步行" not in str(shown)
    assert "包步行" not in get(house.han, "").content.decode()
    assert shown["events"][0]["actor_name"] == ""


def test_a_deadline_is_explained_line_by_line(house: House) -> None:
    case = make_case(house)
    told = get(house.bob, f"/{case}/deadline").json()
    assert [line["zh"] for line in told["lines"]] == [
        "上报，限 3 个工作日",
        "第 1 个工作日",
        "第 2 个工作日",
        "第 3 个工作日",
        "到期（24:00）",
    ]
    assert told["lines"][-1]["at"][:16] == "2025-10-17T00:00"
    assert get(house.carol, f"/{case}/deadline").status_code == 404


def test_the_account_of_a_deadline_tells_of_a_suspension(house: House) -> None:
    case = make_case(house)
    walk(house, case, "handling")
    suspend(house, case, at=AT + HOUR * 2)
    take(house.alice, command(case, "resume", at=AT + HOUR * 50))
    told = get(house.bob, f"/{case}/deadline").json()
    assert [line["zh"] for line in told["lines"][-2:]] == [
        "批准延期，停止计时：停业施工",
        "恢复计时，期限顺延至 2025-10-20 24:00",  # two working days later, over the weekend
    ]
    assert told["due_at"][:16] in {"2025-10-20T16:00", "2025-10-21T00:00"}


def test_a_photo_is_seen_through_its_case_only(house: House) -> None:
    unrelated = make_photo(actor=house.bob, colour="blue")
    case = make_case(house, photos=[make_photo(actor=house.bob, colour="green")])
    walk(house, case, "verifying")
    mine = Case.objects.get(pk=case).photos[0]
    for photo in (mine, house.photo):  # of the report, and of the feedback
        answer = get(house.bob, f"/{case}/photos/{photo}")
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert answer.getvalue()[:2] == b"\xff\xd8"
    assert get(house.bob, f"/{case}/photos/{unrelated}").status_code == 404
    assert get(house.carol, f"/{case}/photos/{mine}").status_code == 404
    assert get(house.bob, f"/{make_case(house)}/photos/{mine}").status_code == 404


def test_who_does_not_keep_evidence_gets_a_copy_that_says_when_where_and_for_whom(house: House) -> None:
    case = make_case(house, photos=[make_photo(actor=house.bob, colour="green")])
    sha256 = Case.objects.get(pk=case).photos[0]
    plain, marked = get(house.bob, f"/{case}/photos/{sha256}"), get(house.alice, f"/{case}/photos/{sha256}")
    tall = [Image.open(io.BytesIO(one.getvalue())).height for one in (plain, marked)]
    assert tall[0] < tall[1] if photo_copies.has_font() else tall[0] == tall[1]
    small = [get(who, f"/{case}/photos/{sha256}?form=small").getvalue() for who in (house.bob, house.alice)]
    assert small[0] == small[1]


def test_a_photo_keeps_its_kind(house: House) -> None:
    png = files.store_file(photo_bytes(media_format="PNG"), actor=house.bob, at=AT).sha256
    case = make_case(house, photos=[png])
    answer = get(house.bob, f"/{case}/photos/{png}?form=original")
    assert answer["Content-Type"] == "image/png"
    answer.close()


# ---- map, figures, files ----


def test_open_cases_on_the_map(house: House) -> None:
    case, done = make_case(house), make_case(house)
    walk(house, done, "closed")
    answer = get(house.alice, "/shapes.geojson", bbox=BOX).json()
    assert [one["properties"]["id"] for one in answer["features"]] == [str(case)]
    assert answer["features"][0]["geometry"]["coordinates"] == [118.305, 31.305]
    assert get(house.alice, "/shapes.geojson", bbox="118,31,118.1,31.1").json()["features"] == []
    assert get(house.carol, "/shapes.geojson", bbox=BOX).json()["features"] == []
    assert get(house.alice, "/shapes.geojson", bbox="x").status_code == 422


def test_figures(house: House) -> None:
    spot = make_photo(actor=house.bob, colour="green")
    for goal in ("closed", "closed", "verifying"):
        walk(house, make_case(house), goal)
    reworked = make_case(house)
    walk(house, reworked, "verifying")
    take(house.chief, command(reworked, "fail", at=AT + HOUR * 4, reason="仍在"))
    make_case(house, fixed_on_spot=True, photos=[spot], after_photos=[spot])
    take(house.alice, command(make_case(house), "reject", reason="不属实"))
    late = make_case(house, matter_code="H601")
    walk(house, late, "closed", at=AT + HOUR * 5)
    figures = get(house.alice, "/figures").json()
    assert figures["reported"] == 7
    assert figures["by_status"] == {"closed": 4, "handling": 1, "rejected": 1, "verifying": 1}
    assert figures["fixed_on_spot"] == 1
    assert figures["effective_disposal_pct"] == 66.67  # 4 of 7 less 1
    assert figures["closed_on_time_pct"] == 75.0
    assert (figures["overdue"], figures["yellow"], figures["rework"]) == (0, 0, 1)
    assert figures["stage_hours"]["accepted"] == {"median": 0.5, "p90": 0.5}
    nothing = get(house.carol, "/figures").json()
    assert (nothing["reported"], nothing["effective_disposal_pct"], nothing["stage_hours"]) == (0, None, {})


@pytest.mark.parametrize(("suffix", "start"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_an_export_is_a_file_and_leaves_an_audit_row(house: House, suffix: str, start: bytes) -> None:
    make_case(house, text="=1+1")
    answer = get(house.alice, f"/export.{suffix}", matter="H3")
    content = answer.getvalue()
    assert (answer.status_code, content[: len(start)]) == (200, start)
    assert f".{suffix}" in answer["Content-Disposition"]
    if suffix == "csv":
        lines = content.decode("utf-8-sig").splitlines()
        assert len(lines) == 2
        assert ",=1+1" not in lines[1]
    row = AuditRow.objects.get(action="cases.export")
    assert (row.actor_id, row.detail) == (
        house.alice.user_id,
        {"filters": {"matter": "H3"}, "suffix": suffix},
    )


def test_an_export_is_refused_without_the_right_and_for_another_kind(house: House) -> None:
    make_case(house)
    assert get(house.bob, "/export.csv").status_code == 403
    assert get(house.alice, "/export.pdf").status_code == 422
    assert not AuditRow.objects.filter(action="cases.export").exists()
    content = get(house.carol, "/export.csv").getvalue().decode("utf-8-sig")
    assert len(content.splitlines()) == 1
