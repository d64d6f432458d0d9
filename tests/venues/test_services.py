"""VE-6 to VE-9: dossiers by hand, masks, exports, visits."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest

from tests.ground import NEXT, admin, make_divisions, make_grids
from tests.makers import ALICE, AT, BOB, CAROL, make_venues, plain_actor
from wangge.accounts.rules import Role
from wangge.kernel.errors import NotYourRole, Unreadable
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow, Receipt
from wangge.kernel.secrets import decrypt
from wangge.kernel.spreadsheets import read_rows
from wangge.territory.rules import Problems
from wangge.venues import queries, services
from wangge.venues.models import Venue
from wangge.venues.schemas import VenueClassOut, VenueFilter, VenueImport, VenueIn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ground() -> None:
    make_divisions()
    make_grids()
    services.install_classes([VenueClassOut(code="shop", name_zh="商业门点", name_en="Shop")], "test@1")


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


def save(*venues: VenueIn, actor: Any = None) -> list[tuple[int, str | None]]:
    fates = services.save_venues(venues, actor=actor or plain_actor(BOB), at=AT)
    assert [fate.command_id for fate in fates] == [venue.id for venue in venues]
    return [(fate.status, fate.code) for fate in fates]


def test_a_new_dossier_finds_its_grid_and_hides_the_phone() -> None:
    given = dossier()
    assert save(given) == [(200, None)]
    venue = Venue.objects.get()
    assert (venue.grid_path, venue.version, venue.is_orphan) == (BOB.scope, 1, False)
    assert venue.keeper_phone is not None
    assert decrypt(venue.keeper_phone) == "13812345678"
    detail = queries.get_detail(plain_actor(BOB), given.id)
    assert (detail.keeper_name, detail.keeper_phone) == ("张*", "138****5678")
    assert AuditRow.objects.filter(action="venues.save", subject_id=str(given.id)).count() == 1


def test_a_dossier_sent_twice_is_one_dossier() -> None:
    given = dossier()
    assert save(given) == [(200, None)]
    assert save(given) == [(208, "kernel.command_repeated")]
    assert save(given, given) == [(208, "kernel.command_repeated")] * 2
    assert (Venue.objects.count(), Receipt.objects.count()) == (1, 1)


def test_a_stale_version_is_a_conflict_and_leaves_no_trace() -> None:
    given = dossier()
    newer = given.model_copy(update={"base_version": 1, "name": "新名"})
    assert save(given) == [(200, None)]
    assert save(newer) == [(200, None)]
    stale = given.model_copy(update={"base_version": 1, "name": "旧名"})
    assert save(stale) == [(409, "kernel.version_conflict")]
    assert save(given.model_copy(update={"name": "抢注"})) == [(409, "kernel.version_conflict")]
    venue = Venue.objects.get()
    assert (venue.name, venue.version, Receipt.objects.count()) == ("新名", 2, 2)


def test_what_went_out_masked_comes_back_unchanged() -> None:
    given = dossier()
    save(given)
    back = given.model_copy(update={"base_version": 1, "keeper_name": "张*", "keeper_phone": "138****5678"})
    assert save(back) == [(200, None)]
    venue = Venue.objects.get()
    assert venue.keeper_phone is not None
    assert (venue.keeper_name, decrypt(venue.keeper_phone)) == ("张三", "13812345678")


def test_outside_ones_grids_nothing_is_found() -> None:
    given = dossier()
    save(given)
    assert save(dossier(lon=118.315, code="S2")) == [(404, "kernel.not_visible")]
    assert save(dossier(lon=119.0, code="S3")) == [(404, "kernel.not_visible")]
    assert save(given.model_copy(update={"lon": 118.325}), actor=plain_actor(CAROL)) == [
        (404, "kernel.not_visible")
    ]
    assert Venue.objects.get().grid_path == BOB.scope


def test_a_point_beside_ones_grid_is_an_orphan_of_ones_own() -> None:
    assert save(dossier(lat=31.3105)) == [(200, None)]
    venue = Venue.objects.get()
    assert (venue.is_orphan, venue.grid_path, venue.nearest_path) == (True, BOB.scope, BOB.scope)


@pytest.mark.parametrize(
    "changes",
    [{"class_code": "rocket"}, {"lon": 31.3, "lat": 118.3}, {"credit_code": "91350100M000100Y44"}],
)
def test_a_wrong_field_is_unreadable_and_the_others_are_saved(changes: dict[str, Any]) -> None:
    assert save(dossier(**changes), dossier(code="S2")) == [(422, "kernel.unreadable"), (200, None)]
    assert list(Venue.objects.values_list("code", flat=True)) == ["S2"]


def test_a_code_belongs_to_one_venue_of_a_source() -> None:
    assert save(dossier(), dossier()) == [(200, None), (409, "venues.code_taken")]


def test_who_may_save_and_how_many() -> None:
    with pytest.raises(NotYourRole):
        save(dossier(), actor=plain_actor(ALICE.acting_as(Role.LEADER)))
    with pytest.raises(Unreadable):
        services.save_venues([dossier()] * 501, actor=plain_actor(BOB), at=AT)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_an_export_is_masked_on_record_and_can_be_imported_again(suffix: str) -> None:
    save(dossier(), dossier(code="S2", keeper_phone="", lon=118.304999999))
    filters = VenueFilter.model_validate({})
    _, pieces = services.export_venues(plain_actor(ALICE), filters, suffix, at=AT)
    content = b"".join(pieces)
    rows = [values for _, values in read_rows(io.BytesIO(content), f"out.{suffix}")]
    assert {row["负责人电话"] for row in rows} == {"138****5678", ""}
    assert AuditRow.objects.filter(action="venues.export", actor_id=1).count() == 1
    options = VenueImport(source="manual", datum="wgs84", territory=ALICE.scope)
    problems = Problems()
    records, columns = services.read_file(io.BytesIO(content), f"out.{suffix}", options, problems)
    report = services.import_venues(
        records, options=options, actor=admin(), at=AT, columns=columns, problems=problems
    )
    assert (report.unchanged, report.updated, report.created, report.problems) == (2, 0, 0, [])


def test_an_export_needs_the_post_and_a_known_form() -> None:
    filters = VenueFilter.model_validate({})
    with pytest.raises(NotYourRole):
        services.export_venues(plain_actor(BOB), filters, "csv", at=AT)
    with pytest.raises(Unreadable):
        services.export_venues(plain_actor(ALICE), filters, "pdf", at=AT)


def test_a_later_visit_is_noted_and_an_older_one_is_not() -> None:
    one, two = make_venues(count=2)
    services.mark_visited({one.pk: date(2025, 10, 1), two.pk: date(2025, 10, 2)})
    services.mark_visited({one.pk: date(2025, 9, 1), two.pk: date(2025, 10, 3)})
    days = dict(Venue.objects.values_list("pk", "last_visited_on"))
    assert days == {one.pk: date(2025, 10, 1), two.pk: date(2025, 10, 3)}


def test_many_are_read_inside_ones_scope_only() -> None:
    mine, theirs = make_venues(grid_path=BOB.scope), make_venues(grid_path=NEXT)
    ids = {venue.pk for venue in (*mine, *theirs)}
    assert set(queries.get_many(plain_actor(BOB), ids)) == {mine[0].pk}
    assert queries.get_many(plain_actor(BOB), ids)[mine[0].pk].grid_name == "一格"
    assert set(queries.get_many(plain_actor(CAROL), ids)) == set()
    assert len(queries.names_of(ids)) == 2
