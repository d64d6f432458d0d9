"""DS-15: plans of a place: what may come in, which one stands, and for whom it opens."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.dossiers.makers import drawing, make_words, removal
from tests.makers import ALICE, AT, BOB, CAROL, make_actor, make_client, make_venues, photo_bytes, plain_actor
from wangge.accounts.rules import Role
from wangge.dossiers import queries, services
from wangge.dossiers.answers import DrawingOut
from wangge.dossiers.drawing_rules import NotADrawing, drawing_type
from wangge.kernel.actor import Actor
from wangge.kernel.models import AuditRow

PDF = b"%PDF-1.7\n%made up\n%%EOF"


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (PDF, "application/pdf"),
        (b"AC1032\x00\x00", "application/acad"),
        (photo_bytes(), "image/jpeg"),
        (photo_bytes(media_format="PNG"), "image/png"),
        (photo_bytes(media_format="WEBP"), "image/webp"),
        (b"ACME plan", None),
        (b"<svg onload=alert(1)>", None),
        (b"MZ\x90\x00", None),
        (b"", None),
    ],
)
def test_a_plan_is_told_by_its_first_bytes(head: bytes, media_type: str | None) -> None:
    assert drawing_type(head[:16]) == media_type


def keep(content: bytes, name: str, actor: Actor) -> dict[str, Any]:
    told = services.store_drawing(io.BytesIO(content), name, actor=actor, at=AT)
    return {"file": told.sha256, "file_name": told.file_name}


@pytest.mark.django_db
def test_a_new_plan_takes_the_place_of_the_old_one_and_opens_for_a_few() -> None:
    make_words()
    bob = make_actor(BOB)
    [shop] = make_venues()

    def listed() -> list[DrawingOut]:
        return queries.get_dossier(plain_actor(ALICE), shop.pk, at=AT).drawings

    with pytest.raises(NotADrawing):
        keep(b"MZ\x90", "plan.pdf", bob)
    old = drawing(shop.pk, **keep(PDF, "一层平面.pdf", bob))
    later = {"replaces": old.entry_id, "valid_from": "2025-06-01"}
    new = drawing(shop.pk, **keep(b"AC1032 made up", "一层.dwg", bob), **later)
    early = drawing(shop.pk, **keep(PDF, "x.pdf", bob), replaces=old.entry_id, valid_from="2024-06-01")
    unsent = drawing(shop.pk, file="0" * 64, file_name="x.pdf")
    fates = services.save_drawings([old, early, unsent, new], actor=bob, at=AT)
    assert [fate.code for fate in fates] == [None, "kernel.unreadable", "kernel.unreadable", None]
    again = drawing(shop.pk, **keep(PDF, "x.pdf", bob), replaces=old.entry_id, valid_from="2025-07-01")
    assert services.save_drawings([again], actor=bob, at=AT)[0].code == "dossiers.replaced_already"
    assert [(one.file_name, one.replaced_by, str(one.valid_until)) for one in listed()] == [
        ("一层.dwg", None, "None"),
        ("一层平面.pdf", new.entry_id, "2025-06-01"),
    ]
    assert [one.kind_zh for one in queries.list_history(bob, shop.pk).items] == ["floor_plan（中）"] * 3
    services.set_removed([removal(new.entry_id, "drawing")], actor=bob, at=AT)
    assert [one.id for one in listed()] == [old.entry_id]

    client, url = make_client(bob), f"/api/dossiers/drawings/{old.entry_id}/file"
    answer = client.get(url)
    assert (answer.status_code, b"".join(answer)) == (200, PDF)  # type: ignore[arg-type]
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E4%B8%80")
    assert AuditRow.objects.filter(action="dossiers.open_drawing").count() == 1
    assert client.get(f"/api/dossiers/drawings/{new.entry_id}/file").status_code == 404  # was taken out
    assert make_client(make_actor(CAROL)).get(url).status_code == 404
    keeper = make_actor(ALICE.acting_as(Role.SYSTEM_ADMIN))
    assert make_client(keeper).get(url).status_code == 403
    assert not queries.get_dossier(keeper, shop.pk, at=AT).drawings[0].can_open
