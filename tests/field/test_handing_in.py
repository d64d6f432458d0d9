"""FD-19: what a phone saved as a file reaches the house, once, in its owner's name."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.field.makers import NOW
from tests.makers import BOB, make_venues, photo_bytes
from tests.orders.makers import make_bob, make_plan, make_rules
from tests.orders.test_services import make_answers
from wangge.config.command import app
from wangge.field import services
from wangge.kernel import clock
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow, StoredFile
from wangge.orders.models import Order, Visit

pytestmark = pytest.mark.django_db


def file_of(user_id: int, order: Order) -> dict[str, Any]:
    """As the page of the unsent writes it: a visit that was signed, its signature, and a draft."""
    photo = photo_bytes()
    digest = sha256(photo).hexdigest()
    answers = [one.model_dump(mode="json") for one in make_answers()]
    payload = {"order_id": str(order.pk), "answers": answers, "signature": digest}
    command = {"id": str(new_id()), "kind": "orders.complete", "at": "2025-11-28T01:30:00Z"}
    return {
        "format": "wangge-outbox/1",
        "person": f"wangge-{user_id}",
        "made_at": "2025-11-28T01:45:00Z",
        "commands": [
            {
                "command": command | {"base_version": order.version, "payload": payload},
                "label": "一家店",
                "refusal": None,
                "photos": [digest],
            }
        ],
        "drafts": [{"key": "report", "value": {}, "photos": [], "saved_at": 0}],
        "photos": [
            {"sha256": digest, "media_type": "image/jpeg", "base64": base64.b64encode(photo).decode()},
            {"sha256": "a" * 64, "media_type": "image/jpeg", "base64": "bm8="},
        ],
    }


@pytest.fixture
def street(settings, tmp_path) -> tuple[int, Order]:
    settings.WANGGE_FILES = tmp_path
    bob = make_bob()
    make_rules()
    make_venues(class_code="crowded")
    make_plan()
    return bob.user_id, Order.objects.get()


def test_a_file_of_unsent_records_is_done_once_in_the_name_of_its_owner(street):
    user_id, order = street
    content = json.dumps(file_of(user_id, order)).encode()
    first = services.hand_in(content, at=NOW)
    assert [(what, fate.outcome.value) for what, fate in first.commands] == [
        ("orders.complete 一家店", "applied")
    ]
    assert first.person == BOB.name
    visit = Visit.objects.get()
    assert (visit.actor_id, StoredFile.objects.filter(pk=visit.signature).exists()) == (user_id, True)
    assert not StoredFile.objects.filter(pk="a" * 64).exists()  # what is not what it says is left out
    again = services.hand_in(content, at=NOW)
    assert [fate.outcome.value for _, fate in again.commands] == ["repeated"]
    assert AuditRow.objects.filter(action="field.hand_in", subject_id=str(user_id)).count() == 2


def test_another_file_and_a_person_without_a_post_are_refused(street):
    _, order = street
    with pytest.raises(Unreadable):
        services.hand_in(b"{}", at=NOW)
    with pytest.raises(NotVisible):
        services.hand_in(json.dumps(file_of(999_999_999, order)).encode(), at=NOW)


def test_the_office_brings_it_in_by_one_command(street, tmp_path):
    user_id, order = street
    path = tmp_path / "wangge-unsent.json"
    path.write_text(json.dumps(file_of(user_id, order)))
    with clock.standing_at(NOW):
        done = CliRunner().invoke(app, ["import", "unsent", str(path)])
    assert done.exit_code == 0, done.output
    assert "applied" in done.output
