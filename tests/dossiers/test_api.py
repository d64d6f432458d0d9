"""The HTTP face: a good answer, a refusal, a stranger an endpoint."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from tests.dossiers.makers import facility, licence, make_words, person, removal
from tests.makers import ALICE, AT, BOB, CAROL, make_actor, make_client, make_photo, make_venues
from wangge.accounts.rules import Role
from wangge.kernel import clock
from wangge.kernel.models import AuditRow

pytestmark = pytest.mark.django_db


def post(client: Client, path: str, *items: Any) -> Any:
    body = json.dumps([one.model_dump(mode="json") for one in items])
    return client.post(f"/api/dossiers/{path}", body, content_type="application/json")


def test_a_dossier_is_filled_and_read() -> None:
    make_words()
    [venue] = make_venues()
    actor = make_actor(BOB)
    bob, carol = make_client(actor), make_client(make_actor(CAROL))
    photo = make_photo(actor=actor)
    paper = licence(venue.pk, valid_until="2025-10-20", photos=[photo])
    who = person(venue.pk)
    with clock.standing_at(AT):
        for path, item in (("people", who), ("facilities", facility(venue.pk)), ("licences", paper)):
            assert [one["status"] for one in post(bob, path, item).json()] == [200]
            assert [one["status"] for one in post(bob, path, item).json()] == [208]
            assert [one["status"] for one in post(carol, path, item).json()] == [409]  # another's command
        found = bob.get(f"/api/dossiers/{venue.pk}").json()
        assert [len(found[part]) for part in ("people", "facilities", "licences")] == [1, 1, 1]
        assert found["answers"]["entry_id"] is None
        assert [one["kind"] for one in found["missing"]] == ["manager"]
        at_photo = f"/api/dossiers/licences/{paper.entry_id}/photos/"
        assert bob.get(f"{at_photo}{photo}").getvalue()[:2] == b"\xff\xd8"
        assert bob.get(f"{at_photo}{'0' * 64}").status_code == 404
        assert carol.get(f"{at_photo}{photo}").status_code == 404
        assert carol.get(f"/api/dossiers/{venue.pk}").status_code == 404
        history = bob.get(f"/api/dossiers/{venue.pk}/history").json()
        assert [one["sort"] for one in history["items"]] == ["licence", "facility", "person"]
        shown = bob.post(
            f"/api/dossiers/people/{who.entry_id}/reveal",
            json.dumps({"reason": "核实"}),
            content_type="application/json",
        )
        assert shown.json() == {"name": "张建国", "address": "13812345678"}
        gone = post(bob, "removals", removal(who.entry_id, "person")).json()
        assert [one["status"] for one in gone] == [200]
        assert bob.get(f"/api/dossiers/{venue.pk}").json()["people"] == []


def test_wrong_shapes_are_named() -> None:
    make_words()
    [venue] = make_venues()
    bob = make_client(make_actor(BOB))
    given = person(venue.pk).model_dump(mode="json")
    wrong = given | {"since_on": "2025-02-01", "until_on": "2025-02-01"}
    body = json.dumps([given, wrong])
    refused = bob.post("/api/dossiers/people", body, content_type="application/json")
    assert refused.status_code == 422
    assert "body.1" in refused.json()["zh"]
    assert bob.get("/api/dossiers/due?cursor=%21").status_code == 422
    assert bob.get("/api/dossiers/nobody-named?kind=nonsense").status_code == 422


def test_the_due_list_goes_out_as_a_file_and_is_on_record() -> None:
    make_words()
    [venue] = make_venues(name="=危险公式店")
    alice = make_client(make_actor(ALICE))
    with clock.standing_at(AT):
        post(alice, "facilities", facility(venue.pk, kind="hydrant", tested_on="2024-10-03"))
        answer = alice.get("/api/dossiers/due/export.csv?due=overdue")
    text = b"".join(answer).decode("utf-8-sig")  # type: ignore[arg-type]
    [row] = csv.DictReader(io.StringIO(text))
    assert (row["状态"], row["剩余天数"], row["到期日"]) == ("已逾期", "-10", "2025-10-03")
    assert not row["场所"].startswith("=")
    assert AuditRow.objects.get(action="dossiers.export_due").detail["filters"]["due"] == "overdue"
    member = make_client(make_actor(BOB))
    assert member.get("/api/dossiers/due/export.csv").status_code == 403
    assert alice.get("/api/dossiers/due/export.pdf").status_code == 422


def test_posts_without_the_register_are_refused() -> None:
    make_words()
    auditor = make_client(make_actor(BOB.acting_as(Role.AUDIT_ADMIN, scope="34.")))
    for path in ("due", "nobody-named", "019a9f6e-5b1c-7d2e-8f30-2b64c1d0e5aa"):
        assert auditor.get(f"/api/dossiers/{path}").status_code == 403
