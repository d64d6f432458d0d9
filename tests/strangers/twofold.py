"""What A has of places kept twice, of plates on doors, and of a census."""

from __future__ import annotations

import zlib
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cases.makers import House
from tests.makers import AT, BOB, make_venues
from tests.strangers.patrolled import make_patrolled
from wangge.census import services as census
from wangge.census.schemas import AnswerIn, CensusIn, CompareIn
from wangge.config.venue_merge_api import MOVERS
from wangge.kernel.ids import new_id
from wangge.plates import services as plates
from wangge.plates.rules import PlateKind
from wangge.plates.schemas import PhoneIn, PlateFormIn, SheetIn
from wangge.rechecks.models import Draw, Sample
from wangge.venues import services as venues
from wangge.venues.merge_schemas import VenueMergeIn


def make_twofold(house: House, shop: UUID, other: UUID) -> dict[str, Any]:
    """Return what of it stands in an address or a body."""
    stay, gone, doubtful, again = make_venues(count=4, name="雪松分店", lon=118.305, lat=31.305)
    venues.find_duplicates("34.02.03.", at=AT)
    merge = VenueMergeIn(id=new_id(), stay_id=stay.pk, stay_version=1, gone_id=gone.pk, gone_version=1)
    [fate] = venues.merge_venues([merge], movers=MOVERS, actor=house.alice, at=AT)
    assert fate.status == 200, fate
    return {
        "stay_id": shop,
        "gone_id": other,
        "one_id": doubtful.pk,
        "other_id": again.pk,
        "merge_id": merge.id,
        **_plates(house, shop),
        **make_patrolled(house),
        **_census(house, doubtful.pk),
        **_rechecks(house, shop),
    }


def _plates(house: House, shop: UUID) -> dict[str, Any]:
    words = {"title_zh": "牌", "title_en": "Plate", "hint_zh": "", "hint_en": "", "is_confirmed": False}
    size = {"width_mm": 90, "height_mm": 55, "margin_mm": 8, "lines": ["name"], "public": ["name"]}
    form = PlateFormIn.model_validate({"kind": PlateKind.VENUE, **words, **size})
    plates.install_forms([form], pack_version="t@1")
    sheet = SheetIn(id=new_id(), venue_ids=[shop])
    plates.ask_for_sheet(sheet, base_url="http://testserver/q/", actor=house.alice, at=AT)
    plates.print_sheet(sheet.id, at=AT)
    plates.set_phone(PhoneIn(path=BOB.scope, phone="0553-7654321"), actor=house.alice, at=AT)
    return {"sheet_id": sheet.id, "venue_ids": [shop]}


def _rechecks(house: House, shop: UUID) -> dict[str, Any]:
    """Return a draw of BOB's work with one result."""
    kept = Draw.objects.create(
        id=new_id(), kind="spot_check", title="雪松抽查", path=BOB.scope, since_on=AT.date(),
        until_on=AT.date(), due_on=AT.date(), seed="1", population=1, population_sha256="",
        drawn_from=zlib.compress(f"{shop} {house.bob.user_id}\n".encode()), drawn_at=AT,
        drawn_by_id=house.super.user_id,
    )  # fmt: skip
    row = Sample.objects.create(
        id=new_id(), draw=kept, position=0, grid_path=BOB.scope, venue_id=shop, order_id=shop, done_at=AT,
        member_id=house.bob.user_id, verdict="agrees", looked_at=AT, looked_by_id=house.super.user_id,
    )  # fmt: skip
    return {"draw_id": kept.pk, "sample_id": row.pk}


def _census(house: House, place: UUID) -> dict[str, Any]:
    day = AT.date()
    given = CensusIn(id=new_id(), name="雪松普查", path=BOB.scope, starts_on=day, ends_on=day, asked=["name"])
    census.open_census(given, actor=house.alice, at=AT)
    found = {
        "id": new_id(),
        "at": AT,
        "finding": "changed",
        "venue_id": place,
        "values": {"name": "雪松新名"},
    }
    answer = AnswerIn.model_validate(found)
    [fate] = census.answer(given.id, [answer], actor=house.bob, at=AT)
    assert fate.status == 200, fate
    file = SimpleUploadedFile("a.csv", "名称,地址\n雪松饭店,雪松路 9 号\n".encode())
    compared = CompareIn(id=new_id(), name="雪松市监")
    census.compare(given.id, file, compared, actor=house.alice, at=AT)
    return {"census_id": given.id, "answer_id": answer.id, "comparison_id": compared.id}
