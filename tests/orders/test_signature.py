"""OR-37: the signature of whoever was visited, or why there is none."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageDraw

from tests.cases.makers import make_pack
from tests.makers import ALICE, CAROL, make_actor, make_client
from tests.orders.test_services import LATER, complete, make_orders, make_result, no_trace
from wangge.kernel import clock, files
from wangge.kernel.actor import Actor
from wangge.kernel.fates import Outcome
from wangge.kernel.photo_copies import has_font
from wangge.orders.models import Order, Visit
from wangge.orders.rules import Unsigned, VisitOutcome, is_signing_clear


def draw_signature(actor: Actor) -> str:
    """Store what a finger drew, and return its digest."""
    picture = Image.new("L", (600, 240), 255)
    ImageDraw.Draw(picture).line([(40, 200), (200, 40), (280, 190), (560, 60)], fill=0, width=6)
    kept = BytesIO()
    picture.save(kept, "PNG")
    return files.store_file(kept.getvalue(), actor=actor, at=LATER).sha256


@pytest.mark.parametrize(
    ("outcome", "is_signed", "has_reason", "is_clear"),
    [
        ("inspected", True, False, True),
        ("inspected", False, True, True),
        ("inspected", False, False, True),
        ("inspected", True, True, False),
        ("nobody_there", True, False, False),
        ("refused_entry", False, True, False),
        ("moved_away", False, False, True),
    ],
)
def test_one_of_both_at_most_and_of_an_inspection_only(outcome, is_signed, has_reason, is_clear):
    said = VisitOutcome(outcome)
    assert is_signing_clear(said, is_signed=is_signed, has_reason=has_reason) is is_clear


@pytest.fixture
def street(settings, tmp_path, db) -> tuple[Actor, Order]:
    settings.WANGGE_FILES = tmp_path
    make_pack()
    bob, [order] = make_orders()
    return bob, order


def ask(client: Any, order: Order, visit: Visit, form: str = "plain") -> Any:
    with clock.standing_at(LATER):
        return client.get(f"/api/orders/{order.pk}/visits/{visit.pk}/signature?form={form}")


def body_of(answer: Any) -> bytes:
    """Return the whole answer."""
    content: bytes = answer.getvalue()
    return content


@pytest.mark.django_db
def test_a_signature_travels_with_its_visit_and_is_seen_by_whoever_sees_the_order(street):
    bob, order = street
    digest = draw_signature(bob)
    [fate] = complete(bob, make_result(order, signature=digest))
    assert fate.outcome is Outcome.APPLIED, fate
    visit = Visit.objects.get()
    assert (visit.signature, visit.unsigned) == (digest, "")
    walker = make_client(bob)
    with clock.standing_at(LATER):
        [told] = walker.get(f"/api/orders/{order.pk}").json()["visits"]
    assert (told["id"], told["is_signed"], told["unsigned"]) == (str(visit.pk), True, None)
    assert digest not in str(told)
    desk = make_client(make_actor(ALICE))
    seen = ask(desk, order, visit)
    assert (seen.status_code, seen["Content-Type"]) == (200, "image/jpeg")
    with Image.open(BytesIO(body_of(seen))) as copy:
        assert (copy.height > 240) is has_font()  # the band below says for whom it is
    with Image.open(BytesIO(body_of(ask(walker, order, visit, "small")))) as copy:
        assert copy.width == 320
    assert ask(desk, order, visit, "original").status_code == 403
    original = ask(walker, order, visit, "original")  # who walks there judges by it
    assert original["Content-Type"] == "image/png"
    assert sha256(body_of(original)).hexdigest() == digest
    assert ask(make_client(make_actor(CAROL)), order, visit).status_code == 404


@pytest.mark.django_db
def test_who_would_not_sign_is_written_down_with_the_reason(street):
    bob, order = street
    [fate] = complete(bob, make_result(order, unsigned=Unsigned.REFUSED))
    assert fate.outcome is Outcome.APPLIED, fate
    visit = Visit.objects.get()
    assert (visit.signature, visit.unsigned) == ("", "refused")
    walker = make_client(bob)
    with clock.standing_at(LATER + timedelta(minutes=1)):
        [told] = walker.get(f"/api/orders/{order.pk}").json()["visits"]
    assert (told["is_signed"], told["unsigned"]) == (False, "refused")
    assert ask(walker, order, visit).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("orders.signature_unclear", {"unsigned": Unsigned.UNABLE}),
        ("orders.signature_unclear", {"outcome": VisitOutcome.NOBODY_THERE, "answers": []}),
        ("kernel.unreadable", {"signature": "f" * 64}),
    ],
)
def test_a_signature_that_is_not_clear_or_never_came_refuses_its_result(street, code, change):
    bob, order = street
    [fate] = complete(bob, make_result(order, **{"signature": draw_signature(bob), **change}))
    assert (fate.code, fate.status) == (code, 422)
    no_trace()
