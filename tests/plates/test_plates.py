"""PL-1 … PL-4: plates are printed, scanned, replaced."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.ground import make_divisions, make_grids
from tests.makers import ALICE, AT, BOB, CAROL, Person, make_actor, make_client, make_members, make_venues
from wangge.accounts.models import User
from wangge.accounts.rules import Role
from wangge.config.venue_merge_api import MOVERS
from wangge.kernel.actor import Actor
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow
from wangge.kernel.secrets import encrypt
from wangge.packs.reading import read
from wangge.plates import drawing, services
from wangge.plates.models import Plate, PlateSheet
from wangge.plates.rules import PlateKind
from wangge.plates.schemas import PlateFormIn, SheetIn
from wangge.venues import services as venues
from wangge.venues.merge_schemas import VenueMergeIn
from wangge.venues.models import Venue

pytestmark = pytest.mark.django_db
CHIEF = Person("chief", "网格长", Role.GRID_CHIEF, "34.02.03.005.012.")
URL = "http://testserver/q/"


@pytest.fixture
def chief() -> Actor:
    make_divisions()
    make_grids()
    services.install_forms(
        [form(PlateKind.VENUE), form(PlateKind.GRID, width_mm=180, height_mm=120)], pack_version="t@1"
    )
    return make_actor(CHIEF)


def form(kind: PlateKind, **changes: Any) -> PlateFormIn:
    given: dict[str, Any] = {
        "kind": kind, "width_mm": 90, "height_mm": 55, "margin_mm": 8, "title_zh": "网格服务牌",
        "title_en": "Grid plate", "hint_zh": "扫码", "hint_en": "Scan", "lines": ["name", "address", "grid"],
        "public": ["name", "grid", "member", "supervision"], "is_confirmed": False,
    }  # fmt: skip
    return PlateFormIn.model_validate(given | changes)


def shops(count: int = 1, **fields: Any) -> list[Venue]:
    return make_venues(
        count=count, lon=118.305, lat=31.305, keeper_name="张三丰", keeper_phone=encrypt("13811112222"),
        address="花园路 1 号", **fields,
    )  # fmt: skip


def print_all(actor: Actor, **given: Any) -> PlateSheet:
    sheet = services.ask_for_sheet(
        SheetIn.model_validate({"id": new_id()} | given), base_url=URL, actor=actor, at=AT
    )
    services.print_sheet(sheet.id, at=AT)
    return PlateSheet.objects.get(pk=sheet.id)


def test_a_grid_is_printed_once_and_a_second_sheet_has_the_same_codes(chief: Actor) -> None:
    shops(23)
    sheet = print_all(chief, grid=BOB.scope)
    assert (sheet.state, sheet.done, sheet.pages, len(sheet.plate_ids)) == ("ready", 23, 3, 23)
    codes = set(Plate.objects.values_list("code", flat=True))
    assert len(codes) == 23
    again = print_all(chief, grid=BOB.scope)
    assert again.plate_ids == sheet.plate_ids
    shops(2)
    assert len(print_all(chief, grid=BOB.scope, only_new=True).plate_ids) == 2
    pdf = make_client(chief).get(f"/api/plates/sheets/{sheet.pk}/plates.pdf")
    assert pdf["Content-Type"] == "application/pdf"
    content = b"".join(pdf)  # type: ignore[arg-type]
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", content)) == 3
    assert AuditRow.objects.filter(action="plates.print").count() == 3


def test_two_thousand_plates_take_as_many_statements_as_two(chief: Actor) -> None:
    shops(2)
    with CaptureQueriesContext(connection) as few:
        services.ask_for_sheet(SheetIn(id=new_id(), grid=BOB.scope), base_url=URL, actor=chief, at=AT)
    Plate.objects.all().delete()
    shops(1_000)
    with CaptureQueriesContext(connection) as many:
        services.ask_for_sheet(SheetIn(id=new_id(), grid=BOB.scope), base_url=URL, actor=chief, at=AT)
    assert len(many) == len(few)


def test_a_stranger_reads_what_the_pack_makes_public_and_nothing_else(chief: Actor) -> None:
    [shop] = shops()
    make_members({BOB.scope: User.objects.get(pk=make_actor(BOB).user_id)})
    client = make_client(chief)
    body = {"path": CHIEF.scope, "phone": "0553-1234567"}
    assert client.post("/api/plates/phones", body, content_type="application/json").status_code == 200
    print_all(chief, venue_ids=[str(shop.pk)])
    plate = Plate.objects.get()
    answer = Client().get(f"/q/{plate.code}")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    for said in (shop.name, "一格", "包步行", "0553-1234567", "网格服务牌"):
        assert said in text
    for hidden in ("张三丰", "13811112222", "花园路", str(shop.pk), BOB.scope):
        assert hidden not in text
    assert Client().get(f"/q/{plate.code[:4]}-{plate.code[4:8].lower()}-{plate.code[8:]}").status_code == 200
    english = Client().get(f"/q/{plate.code}", headers={"accept-language": "en"}).content.decode()
    assert "Grid plate" in english
    services.install_forms([form(PlateKind.VENUE, public=["grid"])], pack_version="t@2")
    narrow = Client().get(f"/q/{plate.code}").content.decode()
    assert "一格" in narrow
    assert shop.name not in narrow


def test_who_is_signed_in_lands_on_the_dossier_and_elsewhere_is_a_stranger(chief: Actor) -> None:
    [shop] = shops()
    print_all(chief, venue_ids=[str(shop.pk)])
    url = f"/q/{Plate.objects.get().code}"
    bob, alice, carol = (make_client(make_actor(one)) for one in (BOB, ALICE, CAROL))
    assert bob.get(url)["Location"] == f"/m/places/{shop.pk}"
    assert alice.get(url)["Location"] == f"/venues/{shop.pk}"
    assert carol.get(url).status_code == 200
    assert Client().get("/q/000000000000").status_code == 404
    assert Client().get("/q/nonsense").status_code == 404
    assert Client().get("/q/plate.css")["Content-Type"].startswith("text/css")


def test_a_lost_plate_ends_at_once_and_the_next_has_another_code(chief: Actor) -> None:
    [shop] = shops()
    print_all(chief, venue_ids=[str(shop.pk)])
    old = Plate.objects.get().code
    client, carol = make_client(chief), make_client(make_actor(CAROL))
    command = {"id": str(new_id()), "venue_id": str(shop.pk), "reason": "被撕掉"}

    def send(who: Client) -> dict[str, Any]:
        answer = who.post("/api/plates/replace", [command], content_type="application/json")
        [fate] = answer.json()
        told: dict[str, Any] = fate
        return told

    assert send(carol)["status"] == 404
    fate = send(client)
    assert fate["status"] == 200
    assert send(client)["status"] == 208
    now = client.get(f"/api/plates/venues/{shop.pk}").json()
    assert now["code"] == fate["result"]["code"] != old
    assert Client().get(f"/q/{old}").status_code == 404
    assert Client().get(f"/q/{now['code']}").status_code == 200
    assert carol.get(f"/api/plates/venues/{shop.pk}").status_code == 404
    assert Plate.objects.get(code=old).ended_reason == "被撕掉"


def test_the_plate_of_a_merged_place_leads_to_the_one_that_stays(chief: Actor) -> None:
    stay, gone = shops(2)
    print_all(chief, venue_ids=[str(gone.pk)])
    merge = VenueMergeIn(
        id=new_id(), stay_id=stay.pk, stay_version=1, gone_id=gone.pk, gone_version=1, take=[]
    )
    [fate] = venues.merge_venues([merge], movers=MOVERS, actor=chief, at=AT)
    assert fate.status == 200, fate
    url = f"/q/{Plate.objects.get().code}"
    assert stay.name in Client().get(url).content.decode()
    assert make_client(make_actor(BOB)).get(url)["Location"] == f"/m/places/{stay.pk}"


def test_plates_of_grids_and_of_nothing(chief: Actor) -> None:
    sheet = print_all(chief, kind="grid", grid=CHIEF.scope)
    assert (len(sheet.plate_ids), sheet.pages) == (2, 1)
    page = Client().get(f"/q/{Plate.objects.get(path=BOB.scope).code}").content.decode()
    assert "一格" in page
    client, bob = make_client(chief), make_client(make_actor(BOB))

    def ask(who: Client, **given: Any) -> int:
        body = {"id": str(new_id())} | given
        return who.post("/api/plates/sheets", body, content_type="application/json").status_code

    assert ask(client, grid=BOB.scope) == 422  # no place there
    assert ask(client, grid="34.02.0.") == 404
    assert ask(client) == 422
    assert ask(bob, grid=BOB.scope) == 403
    assert make_client(make_actor(CAROL)).get("/api/plates/sheets").json()["items"] == []
    assert len(client.get("/api/plates/sheets").json()["items"]) == 1


def test_the_job_can_be_done_twice_and_what_waits_is_not_there_yet(chief: Actor) -> None:
    shops(3)
    sheet = services.ask_for_sheet(SheetIn(id=new_id(), grid=BOB.scope), base_url=URL, actor=chief, at=AT)
    client = make_client(chief)
    url = f"/api/plates/sheets/{sheet.id}/plates.pdf"
    assert client.get(url).status_code == 409
    assert services.print_sheet(sheet.id, at=AT) == services.print_sheet(sheet.id, at=AT + timedelta(1)) == 3
    answer = client.get(url)
    assert answer.status_code == 200
    assert b"".join(answer).startswith(b"%PDF-")  # type: ignore[arg-type]
    assert make_client(make_actor(CAROL)).get(url).status_code == 404


def test_a_long_line_is_cut_and_of_the_font_only_what_is_used_goes_along() -> None:
    face = drawing.Face(URL + "7KQ2M9XT0B1C", "7KQ2-M9XT-0B1C", "网格" * 60, ["长" * 90], "扫" * 90)
    pdf, pages = drawing.draw([face], width_mm=90, height_mm=55, margin_mm=8, progress=lambda n: None)
    assert pages == 1
    assert 5_000 < len(pdf) < 200_000  # the font is embedded, not the whole of it


def test_the_packs_of_the_house_name_both_kinds_and_no_members_phone() -> None:
    for name in ("base", "wuhu", "dongguan"):
        forms = {row.code: row for row in read(name).plate_forms}
        assert set(forms) == {"venue", "grid"}
        assert {str(one) for row in forms.values() for one in row.public} <= {
            "name", "class", "address", "grid", "member", "supervision"
        }  # fmt: skip
