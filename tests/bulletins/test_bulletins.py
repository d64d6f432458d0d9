"""Bulletins: made once, with the figures of their days, as Word and workbook. Rules: BU-1 … BU-6."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook

from tests.appraisal.makers import make_busy_street
from tests.documents.makers import make_formats, text_of
from tests.fires.makers import make_ended, make_words
from tests.makers import AT, make_client
from tests.teams.makers import make_kinds
from wangge.bulletins import services
from wangge.bulletins.models import Bulletin
from wangge.bulletins.rules import BulletinKind, last_complete, span_at
from wangge.bulletins.schemas import BulletinIn
from wangge.bulletins.telling import facts_of
from wangge.cases.models import Case
from wangge.kernel.clock import CHINA
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow
from wangge.orders.models import Order

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
STREET = "34.02.03.005."
LATER = AT + timedelta(days=40)


@pytest.fixture
def house():
    house = make_busy_street()
    make_kinds()
    make_formats()
    make_words()
    make_ended(house.alice, occurred_at=AT + timedelta(hours=1), loss_fen=350_000)
    return house


def make(actor, *, at=LATER, **fields):
    plain = {"id": new_id(), "kind": "month", "on": AT.date()}
    [fate] = services.make_bulletins([BulletinIn.model_validate(plain | fields)], actor=actor, at=at)
    return fate


def test_each_figure_is_a_recount_of_its_days(house):
    span = span_at(BulletinKind.MONTH, AT.date())
    facts = facts_of(house.alice, STREET, span, at=LATER.astimezone(CHINA))
    figures = {one["name"]: one["value"] for one in facts["figures"]}

    def inside(moment):
        return moment is not None and span.starts_on <= moment.astimezone(CHINA).date() < span.ends_on

    cases, orders = list(Case.objects.all()), list(Order.objects.all())
    closed = [one for one in cases if one.status == "closed" and inside(one.closed_at)]
    done = [one for one in orders if one.status == "done" and inside(one.done_at)]
    assert figures["上报案件（件）"] == str(sum(inside(one.reported_at) for one in cases))
    assert figures["办结案件（件）"] == str(len(closed))
    assert figures["完成工单（张）"] == str(len(done))
    assert figures["发现隐患的工单（张）"] == str(sum(one.findings > 0 for one in done))
    assert (figures["火灾起数（起）"], figures["火灾直接财产损失"]) == ("1", "3,500 元")
    [days, *_] = facts["charts"]
    assert sum(days["series"][0]["values"]) == int(figures["上报案件（件）"])
    assert sum(days["series"][1]["values"]) == len(closed)


def test_the_morning_makes_what_is_due_once(house):
    made = services.make_due(at=LATER)
    assert made == Bulletin.objects.count() > 0
    assert services.make_due(at=LATER + timedelta(hours=1)) == 0
    week = last_complete(BulletinKind.WEEK, LATER.date())
    own = Bulletin.objects.get(path=STREET, kind="week")
    assert (own.starts_on, own.document.issued_by_name) == (week.starts_on, "系统")
    assert services.make_due(at=LATER + timedelta(days=7)) > 0


def test_it_is_a_word_file_with_charts_of_its_own_and_a_workbook_with_the_same(house):
    fate = make(house.alice)
    client = make_client(house.alice)
    word = client.get(f"/api/bulletins/{fate.result['bulletin_id']}/file.docx")
    content = word.content
    read = text_of(content)
    assert "消防安全网格化工作月报" in read
    assert "本月上报案件" in read
    assert "非官方认定" in read
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        charts = [name for name in parts.namelist() if name.startswith("word/charts/")]
        assert len(charts) >= 1
        assert "每日上报与办结" in parts.read(charts[0]).decode()
        assert charts[0] in parts.read("[Content_Types].xml").decode()
    sheet = client.get(f"/api/bulletins/{fate.result['bulletin_id']}/file.xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheet.content))
    assert book.sheet_names[:4] == ["概述", "指标", "各辖区", "目标"]
    assert [row[0] for row in book.get_sheet_by_name("指标").to_python()][1] == "上报案件（件）"
    assert AuditRow.objects.filter(action="bulletins.hand_out").count() == 1
    assert client.get(f"/api/bulletins/{fate.result['bulletin_id']}/file.odt").status_code == 422


def test_one_that_is_there_is_answered_and_one_that_is_not_over_is_refused(house):
    first, again = make(house.alice), make(house.alice)
    assert first.result["bulletin_id"] == again.result["bulletin_id"]
    assert not again.result["is_new"]
    assert make(house.alice, on=LATER.date()).code == "bulletins.period_not_over"
    assert make(house.alice, path="34.02.03.005.012.001.").code == "bulletins.no_territory"
    assert make(house.alice, path="34.02.03.").status == 404


def test_who_sees_and_makes_them(house):
    fate = make(house.alice)
    path = f"/api/bulletins/{fate.result['bulletin_id']}/file.docx"
    alice, bob, carol = (make_client(one) for one in (house.alice, house.bob, house.carol))
    page = alice.get("/api/bulletins?kind=month").json()
    assert (page["total"], page["items"][0]["last_on"], page["may_make"]) == (1, "2025-10-31", True)
    assert alice.get("/api/bulletins?kind=week").json()["total"] == 0
    assert bob.get("/api/bulletins").status_code == 403
    assert carol.get("/api/bulletins").json()["total"] == 0
    assert carol.get(path).status_code == 404
    assert carol.get(f"/api/bulletins?within={STREET}").status_code == 404
    chief = make_client(house.chief)
    assert chief.post("/api/bulletins", [], content_type="application/json").status_code == 403
