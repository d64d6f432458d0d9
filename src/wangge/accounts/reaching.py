"""Where people are reached outside the house: kept sealed, shown masked, opened only to send (AC-8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Q

from wangge.accounts.models import Address, Post
from wangge.accounts.owning import check_own_people
from wangge.accounts.rules import Medium, check_address, mask_address
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.secrets import decrypt, encrypt


@transaction.atomic
def set_addresses(addresses: Mapping[Medium, str], *, user_id: int, actor: Actor, at: datetime) -> None:
    """Write a person's addresses, the own or with `accounts.write` anybody's; an empty one is removed.

    Raises: NotYourRole, NotVisible; Unreadable for what is no address of its medium.
    Rule:   AC-8. The audit row names the media and never an address.
    """
    if user_id != actor.user_id:
        actor.check_can("accounts.write")
        check_own_people(actor, [user_id], on=at.astimezone(CHINA).date())
    kept = {medium: check_address(medium, text.strip()) for medium, text in addresses.items() if text.strip()}
    Address.objects.filter(user_id=user_id, medium__in=[m for m in addresses if m not in kept]).delete()
    Address.objects.bulk_create(
        (
            Address(user_id=user_id, medium=m.value, sealed=encrypt(text), updated_at=at)
            for m, text in kept.items()
        ),
        update_conflicts=True,
        unique_fields=["user", "medium"],
        update_fields=["sealed", "updated_at"],
    )
    detail = {"media": sorted(medium.value for medium in addresses)}
    audit.record([("accounts.set_addresses", "user", str(user_id), detail)], actor=actor, at=at)


def list_addresses(user_id: int) -> dict[Medium, str]:
    """Return a person's addresses by medium, masked. Rule: AC-8."""
    rows = Address.objects.filter(user_id=user_id).values_list("medium", "sealed")
    return {Medium(m): mask_address(Medium(m), decrypt(sealed)) for m, sealed in rows}


def list_reachable(user_ids: Iterable[int], media: Iterable[str]) -> list[tuple[int, str]]:
    """Return (person, medium) of those who have an address there, in one statement."""
    found = Address.objects.filter(user_id__in=list(user_ids), medium__in=list(media), user__is_active=True)
    return list(found.order_by("user_id", "medium").values_list("user_id", "medium"))


def sealed_of(wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], bytes]:
    """Return the sealed address of each (person, medium) that has one, in one statement."""
    pairs = set(wanted)
    users, media = {user for user, _ in pairs}, {medium for _, medium in pairs}
    rows = Address.objects.filter(user_id__in=users, medium__in=media)
    return {
        (user, medium): bytes(sealed)
        for user, medium, sealed in rows.values_list("user_id", "medium", "sealed")
        if (user, medium) in pairs
    }


def count_reachable(actor: Actor, *, on: date) -> dict[str, int]:
    """Return how many people of the actor's territory have an address of each medium."""
    in_force = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    own = Post.objects.filter(in_force, starts_on__lte=on, scope__startswith=actor.scope).values("user_id")
    counted = Address.objects.filter(user__is_active=True, user_id__in=own)
    return dict(counted.values("medium").annotate(n=Count("id")).values_list("medium", "n"))
