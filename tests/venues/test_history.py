"""VE-15: what became of each field, by whatever way; VE-10: closing and reopening."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.ground import admin, make_divisions, make_grids
from tests.makers import ALICE, AT, BOB, CAROL, Person, make_actor, make_client, make_venues, plain_actor
from wangge.kernel import clock
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow
from wangge.territory.rules import Problems
from wangge.territory.services import Carriage, Carried
from wangge.venues import services
from wangge.venues.models import Venue, VenueChange
from wangge.venues.schemas import VenueClassOut, VenueImport, VenueIn

pytestmark = pytest.mark.django_db
HEADER = ["编号", "名称", "类别", "经度", "纬度", "标签", "负责人", "负责人电话"]


@pytest.fixture(autouse=True)
def ground() -> None:
    make_divisions()
    make_grids()
    classes = [("shop", "商业门点", "Shop"), ("factory", "工业企业", "Factory")]
    services.install_classes(
        [VenueClassOut(code=c, name_zh=zh, name_en=en) for c, zh, en in classes], "test@1"
    )


def load(*rows: list[str], days: int = 0, dry_run: bool = False) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *rows])
    options = VenueImport(source="工商", datum="wgs84", territory="34.02.03.005.", dry_run=dry_run)
    problems = Problems()
    records, columns = services.read_file(io.BytesIO(text.getvalue().encode()), "a.csv", options, problems)
    services.import_venues(
        records,
        options=options,
        actor=admin(),
        at=AT + timedelta(days=days),
        columns=columns,
        problems=problems,
    )


def dossier(**changes: Any) -> VenueIn:
    given = {
        "id": new_id(),
        "code": "S1",
        "name": "一号店",
        "class_code": "shop",
        "lon": 118.305,
        "lat": 31.305,
    }
    return VenueIn.model_validate({**given, "keeper_name": "张三", "keeper_phone": "13812345678", **changes})


def kept() -> list[tuple[int, str, dict[str, list[Any]]]]:
    return [(c.version, c.way, c.fields) for c in VenueChange.objects.order_by("venue_id", "version")]


def test_an_import_keeps_what_it_changed_and_nothing_of_what_it_left() -> None:
    one = ["A1", "一号店", "shop", "118.305", "31.305", "重点", "张三", "13812345678"]
    two = ["A2", "二号店", "shop", "118.305", "31.305", "", "李四", "13900000000"]
    load(one, two)
    assert kept() == []
    load(one, two, days=1)
    assert kept() == []
    changed = ["A1", "壹号店", "factory", "118.305", "31.305", "重点;高层", "张五", "13812340000"]
    load(changed, two, days=2, dry_run=True)
    assert kept() == []
    load(changed, two, days=2)
    assert kept() == [
        (
            2,
            "import",
            {
                "name": ["一号店", "壹号店"],
                "class_code": ["shop", "factory"],
                "tags": [["重点"], ["重点", "高层"]],
                "keeper_name": ["张三", "张五"],
                "keeper_phone": [],
            },
        )
    ]
    row = VenueChange.objects.get()
    assert (row.at, row.by_id, row.source) == (AT + timedelta(days=2), admin().user_id, "工商")


def test_the_statements_of_an_import_do_not_grow_with_its_rows() -> None:
    def rename(name: str, count: int) -> int:
        rows = [[f"A{n}", f"{name}{n}", "shop", "118.305", "31.305", "", "", ""] for n in range(count)]
        with CaptureQueriesContext(connection) as seen:
            load(*rows)
        return len(seen)

    rename("旧", 300)
    assert rename("新", 2) == rename("更新", 300)
    assert VenueChange.objects.count() == 2 + 300


def test_every_version_has_its_change_by_whatever_way() -> None:
    given = dossier()
    bob = plain_actor(BOB)
    services.save_venues([given], actor=bob, at=AT)
    services.save_venues(
        [given.model_copy(update={"base_version": 1, "name": "新名", "keeper_phone": "13900001111"})],
        actor=bob,
        at=AT,
    )
    services.close_venues([given.id], actor=bob, at=AT)
    services.close_venues([given.id], actor=bob, at=AT)
    carriage = Carriage(new_id(), bob, AT, {})
    services.VenueMover().move([Carried(given.id, BOB.scope, "34.02.03.005.013.")], carriage)
    services.VenueMover().move([], carriage)
    assert kept() == [
        (1, "hand", {}),
        (2, "hand", {"name": ["一号店", "新名"], "keeper_phone": []}),
        (3, "visit", {"is_open": [True, False]}),
        (4, "grids", {"grid_path": [BOB.scope, "34.02.03.005.013."]}),
    ]
    assert Venue.objects.get().version == 4


def client_of(person: Person) -> Any:
    return make_client(make_actor(person))


def test_the_history_is_read_newest_first_with_names_and_masks() -> None:
    bob = client_of(BOB)
    with clock.standing_at(AT):
        given = dossier().model_dump(mode="json")
        url = f"/api/venues/{given['id']}/history"
        for version, changes in enumerate(
            [{}, {"class_code": "factory", "keeper_name": "李四"}, {"height_m": 9}]
        ):
            given |= changes
            body = [{**given, "base_version": version}]
            assert bob.post("/api/venues", body, content_type="application/json").json()[0]["status"] == 200
        page = bob.get(url).json()
    assert [(one["version"], one["by"], one["way"]) for one in page["items"]] == [
        (3, BOB.name, "hand"), (2, BOB.name, "hand"), (1, BOB.name, "hand"),
    ]  # fmt: skip
    keys = ("field", "old_zh", "new_zh", "old_en", "new_en")
    assert [[f[k] for k in keys] for f in page["items"][1]["fields"]] == [
        ["class_code", "商业门点", "工业企业", "Shop", "Factory"],
        ["keeper_name", "张*", "李*", "张*", "李*"],
    ]
    assert [[f[k] for k in keys] for f in page["items"][0]["fields"]] == [["height_m", "", "9", "", "9"]]
    assert bob.get(url, {"before": 2}).json()["items"][0]["version"] == 1


def test_a_long_history_is_paged(django_assert_max_num_queries: Any) -> None:
    bob, (venue,) = client_of(BOB), make_venues()
    VenueChange.objects.bulk_create(
        VenueChange(
            venue=venue, version=n, at=AT, by_id=n, way="hand", fields={"grid_path": [f"{n}.", BOB.scope]}
        )
        for n in range(2, 47)
    )
    seen, before = [], {}
    while True:
        with django_assert_max_num_queries(8):
            page = bob.get(f"/api/venues/{venue.pk}/history", before).json()
        seen += [one["version"] for one in page["items"]]
        if page["next_before"] is None:
            break
        before = {"before": page["next_before"]}
    assert seen == list(range(46, 1, -1))


def test_a_place_is_closed_with_a_reason_and_opened_again_once() -> None:
    bob, (venue,) = client_of(BOB), make_venues()
    url = f"/api/venues/{venue.pk}/open"

    def turn(is_open: bool, reason: str) -> Any:
        return bob.post(url, {"is_open": is_open, "reason": reason}, content_type="application/json")

    with clock.standing_at(AT):
        assert turn(False, " ").status_code == 422
        assert turn(False, "铺面已拆").json()["version"] == 2
        assert turn(False, "铺面已拆").json()["version"] == 2
        assert turn(True, "重新开张").json()["is_open"] is True
    assert [(c.version, c.fields, c.reason) for c in VenueChange.objects.order_by("version")] == [
        (2, {"is_open": [True, False]}, "铺面已拆"),
        (3, {"is_open": [False, True]}, "重新开张"),
    ]
    actions = AuditRow.objects.filter(subject_id=str(venue.pk)).order_by("id").values_list("action", "detail")
    assert list(actions) == [
        ("venues.close", {"reason": "铺面已拆"}),
        ("venues.reopen", {"reason": "重新开张"}),
    ]


def test_a_stranger_neither_reads_the_history_nor_closes_the_place() -> None:
    (venue,) = make_venues()
    carol = client_of(CAROL)
    assert carol.get(f"/api/venues/{venue.pk}/history").status_code == 404
    body = {"is_open": False, "reason": "路过"}
    refused = carol.post(f"/api/venues/{venue.pk}/open", body, content_type="application/json")
    assert refused.status_code == 404
    assert Venue.objects.get().is_open
    assert client_of(ALICE).get(f"/api/venues/{venue.pk}/history").status_code == 200
