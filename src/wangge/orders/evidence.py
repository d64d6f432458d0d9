"""What was drawn at a visit, handed out as photos are. Rule: OR-37."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpResponseBase

from wangge.kernel import photo_copies
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.matters import queries as matters
from wangge.orders.models import Order, Visit
from wangge.venues import queries as venues

READ, JUDGE = "orders.read", "evidence.read"


def get_signature(
    actor: Actor,
    order_id: UUID,
    visit_id: UUID,
    form: photo_copies.PhotoForm = photo_copies.PhotoForm.PLAIN,
    *,
    at: datetime,
) -> HttpResponseBase:
    """Return the signature of a visit; the original to those who judge by it, a marked copy to the others.

    Raises: NotYourRole; NotVisible, also for a visit of another order or without a signature.
    Rule:   OR-37, KE-21, KE-22.
    """
    actor.check_can(READ)
    order = Order.objects.visible_to(actor).filter(pk=order_id).first()
    visit = Visit.objects.filter(pk=visit_id, order_id=order_id).exclude(signature="").first()
    if order is None or visit is None:
        raise NotVisible
    if form is photo_copies.PhotoForm.ORIGINAL:
        actor.check_can(JUDGE)
    lines: list[str] = []
    if not actor.can(JUDGE):
        shows, place_id = matters.in_force().limits.photo_marks, order.venue_id
        address = venues.get_places({place_id})[place_id].address if place_id else ""
        lines = photo_copies.mark_lines(shows, used_at=visit.at, place=address, viewer=actor, at=at)
    return photo_copies.hand_out(visit.signature, form, lines=lines)
