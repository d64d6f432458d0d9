"""DS-9 … DS-11 through the services and the API, on a real database."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from tests.dossiers.makers import PACK, fact, make_class_words, rule
from tests.makers import AT, BOB, CAROL, make_actor, make_client, make_venues, plain_actor
from wangge.accounts.rules import Role
from wangge.dossiers import queries, services
from wangge.dossiers.models import Change, Classing, Fact
from wangge.dossiers.schemas import ClassDecisionIn, ClassFilter, RemovalIn
from wangge.kernel.errors import NotYourRole
from wangge.kernel.fates import Fate
from wangge.kernel.ids import new_id
from wangge.kernel.jobs import is_waiting
from wangge.kernel.models import AuditRow
from wangge.venues.models import Venue, VenueChange

pytestmark = pytest.mark.django_db
BOBS = plain_actor(BOB)


@pytest.fixture(autouse=True)
def ground() -> None:
    make_class_words()


def decision(venue_id: UUID, accepts: bool, **changes: Any) -> ClassDecisionIn:
    given = {
        "id": new_id(),
        "venue_id": venue_id,
        "base_version": 1,
        "accepts": accepts,
        "reason": "现场核实",
    }
    return ClassDecisionIn.model_validate({**given, **changes})


def make_big_shop(**fields: Any) -> Venue:
    [venue] = make_venues(**fields)
    facts = [fact(venue.pk, "use", "shop"), fact(venue.pk, "area", "1200")]
    assert codes(services.save_facts(facts, actor=BOBS, at=AT)) == [None, None]
    return venue


def codes(fates: list[Fate]) -> list[str | None]:
    return [fate.code for fate in fates]


def test_facts_are_typed_by_the_pack_and_stand_once() -> None:
    [venue] = make_venues()
    fates = services.save_facts(
        [
            fact(venue.pk, "area", "1200.50"),
            fact(venue.pk, "area", "7"),
            fact(venue.pk, "use", "palace"),
            fact(venue.pk, "height", "7"),
            fact(new_id(), "area", "7"),
        ],
        actor=BOBS,
        at=AT,
    )
    assert codes(fates) == [
        None,
        "dossiers.another_fact",
        "kernel.unreadable",
        "dossiers.unknown_kind",
        "kernel.not_visible",
    ]
    [shown] = queries.get_dossier(BOBS, venue.pk, at=AT).facts
    assert (shown.value, shown.shown_zh, shown.shown_en) == ("1200.5", "1200.5 平方米", "1200.5 m²")


def test_a_proposal_stands_beside_the_class_with_its_rows() -> None:
    make_venues(class_code="crowded", grid_path="34.02.0.001.")
    venue = make_big_shop()
    found = queries.get_dossier(BOBS, venue.pk, at=AT).proposal
    assert found is not None
    assert (found.class_code, found.tags, found.differs) == ("crowded", ["key_unit"], True)
    assert [(one.en, one.tag) for one in found.why] == [("big_shop", ""), ("key_shop", "key_unit")]
    [row] = queries.list_differing(BOBS, ClassFilter()).items
    assert (row.id, row.class_code, row.proposal.class_code) == (venue.pk, "shop", "crowded")
    assert queries.list_differing(plain_actor(CAROL), ClassFilter()).items == []
    assert queries.list_differing(BOBS, ClassFilter(venue_class="crowded")).items == []
    assert queries.list_differing(BOBS, ClassFilter(grid="34.02.03.005.012.009.")).items == []


def test_a_proposal_that_is_taken_changes_the_place_and_both_histories() -> None:
    make_venues(class_code="crowded", grid_path="34.02.0.001.")
    venue = make_big_shop(tags=["red"])
    version = Classing.objects.get(pk=venue.pk).version
    given = decision(venue.pk, True, base_version=version)
    assert [one.status for one in services.decide_classes([given], actor=BOBS, at=AT)] == [200]
    assert [one.status for one in services.decide_classes([given], actor=BOBS, at=AT)] == [208]
    after = Venue.objects.get(pk=venue.pk)
    assert (after.venue_class_id, after.tags, after.version) == ("crowded", ["red", "key_unit"], 2)
    change = VenueChange.objects.get(venue=venue)
    assert (change.fields["class_code"], change.reason) == (["shop", "crowded"], "现场核实")
    assert Change.objects.get(sort="class").deed == "accepted"
    assert queries.list_differing(BOBS, ClassFilter()).items == []
    assert AuditRow.objects.filter(action="dossiers.accept_class").count() == 1
    again = decision(venue.pk, True, base_version=version + 1)
    assert codes(services.decide_classes([again], actor=BOBS, at=AT)) == ["dossiers.nothing_proposed"]


def test_what_somebody_kept_stays_kept_until_the_facts_say_something_else() -> None:
    make_venues(class_code="crowded", grid_path="34.02.0.001.")
    venue = make_big_shop()
    version = Classing.objects.get(pk=venue.pk).version
    services.decide_classes([decision(venue.pk, False, base_version=version)], actor=BOBS, at=AT)
    area = Fact.objects.get(kind="area")

    def measured(value: str) -> None:
        area.refresh_from_db()
        given = fact(venue.pk, "area", value, entry_id=area.pk, base_version=area.version)
        services.save_facts([given], actor=BOBS, at=AT)

    measured("1300")
    row = Classing.objects.get(pk=venue.pk)
    assert (row.differs, row.is_kept, row.kept_reason) == (False, True, "现场核实")
    measured("20")
    assert Classing.objects.get(pk=venue.pk).is_kept is False
    measured("1300")
    assert Classing.objects.get(pk=venue.pk).differs is True
    assert Venue.objects.get(pk=venue.pk).venue_class_id == "shop"


def test_a_fact_taken_out_is_reckoned_without() -> None:
    venue = make_big_shop()
    area = Fact.objects.get(kind="area")
    given = {"id": new_id(), "entry_id": area.pk, "sort": "fact", "base_version": 1, "reason": "量错了"}
    services.set_removed([RemovalIn.model_validate(given)], actor=BOBS, at=AT)
    assert Classing.objects.get(pk=venue.pk).rules == []


def test_other_rules_and_another_class_are_followed_by_jobs() -> None:
    make_venues(class_code="crowded", grid_path="34.02.0.001.")
    venue = make_big_shop(tags=["key_unit"])
    assert services.reckon_classes_again(None, at=AT) == 0
    Venue.objects.filter(pk=venue.pk).update(venue_class="crowded")
    assert services.reckon_classes_again([venue.pk], at=AT) == 1
    assert Classing.objects.get(pk=venue.pk).differs is False
    services.install_class_rules([rule("big_shop", ["shop"], 2000, venue_class="shop")], pack_version=PACK)
    assert is_waiting(services.RECKON_CLASSES)
    assert services.reckon_classes_again(None, at=AT) == 1
    assert Classing.objects.get(pk=venue.pk).class_code == ""


def test_decisions_have_fates_and_only_writers_decide() -> None:
    venue = make_big_shop()
    [far] = make_venues(grid_path="34.02.0.001.")
    fates = services.decide_classes(
        [decision(far.pk, False), decision(venue.pk, False, base_version=9)], actor=BOBS, at=AT
    )
    assert [fate.status for fate in fates] == [404, 409]
    with pytest.raises(NotYourRole):
        services.decide_classes([], actor=plain_actor(BOB.acting_as(Role.LEADER)), at=AT)


def test_the_api_writes_facts_and_lists_what_differs() -> None:
    [venue] = make_venues()
    bob, carol = make_client(make_actor(BOB)), make_client(make_actor(CAROL))
    facts = [fact(venue.pk, "use", "shop"), fact(venue.pk, "area", "1200")]
    body = json.dumps([one.model_dump(mode="json") for one in facts])
    told = bob.post("/api/dossiers/facts", body, content_type="application/json").json()
    assert [one["status"] for one in told] == [200, 200]
    [row] = bob.get("/api/dossiers/classes").json()["items"]
    assert row["id"] == str(venue.pk)
    assert carol.get("/api/dossiers/classes").json()["items"] == []
    assert bob.get("/api/dossiers/classes?cursor=%21").status_code == 422
    version = row["proposal"]["version"]
    body = json.dumps([decision(venue.pk, False, base_version=version).model_dump(mode="json")])
    strange = carol.post("/api/dossiers/classes", body, content_type="application/json").json()
    assert [one["status"] for one in strange] == [404]
    kept = bob.post("/api/dossiers/classes", body, content_type="application/json").json()
    assert [one["status"] for one in kept] == [200]
