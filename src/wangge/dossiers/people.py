"""Persons responsible for a place: written, and shown unmasked for a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wangge.dossiers.models import Person
from wangge.dossiers.recording import Form, Ground, save
from wangge.dossiers.rules import Holder, Sort, check_single
from wangge.dossiers.schemas import PersonIn
from wangge.dossiers.vocabulary import Words
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.kernel.fates import Fate
from wangge.kernel.identity import check_credit_code
from wangge.kernel.secrets import decrypt, encrypt, mask_name
from wangge.venues.rules import is_masked
from wangge.venues.schemas import RevealedOut

KEPT = ("kind", "name", "phone", "credit_code", "since_on", "until_on")


def holder_of(row: Person) -> Holder:
    """Return what the rules look at."""
    return Holder(row.pk, row.kind, row.name, row.since_on, row.until_on)


def shown_name(name: str, kind: str, words: Words) -> str:
    """Return the name of a unit whole, that of a person masked. Rule: DS-1 (KE-10)."""
    row = words.kinds.get((Sort.PERSON.value, kind))
    return name if row is not None and row.is_unit else mask_name(name)


def sealed_phone(text: str, stands: bytes | None) -> bytes | None:
    """Return the phone as it is to lie: what came masked, or is the same, keeps its bytes. Rule: VE-6."""
    if stands is not None and (is_masked(text) or text == decrypt(stands)):
        return stands
    return encrypt(text) if text and not is_masked(text) else None


def _fill(row: Person, given: PersonIn, ground: Ground[Person]) -> None:
    """Raises: AnotherStands; Unreadable for a wrong credit code."""
    kind = ground.words.kinds[Sort.PERSON.value, given.kind]
    code = check_credit_code(given.credit_code) if given.credit_code else ""
    if kind.is_single:
        others = [
            replace(holder_of(one), name=shown_name(one.name, one.kind, ground.words))
            for one in ground.standing.values()
            if one.venue_id == given.venue_id and one.removed_at is None
        ]
        holder = Holder(given.entry_id, given.kind, given.name, given.since_on, given.until_on)
        check_single(holder, others, kind_zh=kind.name_zh, kind_en=kind.name_en)
    row.credit_code, row.since_on, row.until_on = code, given.since_on, given.until_on
    if not is_masked(given.name):  # VE-6: what went out masked comes back masked
        row.name = given.name.strip()
    row.phone = sealed_phone(given.phone, bytes(row.phone) if row.phone else None)


FORM: Form[PersonIn, Person] = Form(Sort.PERSON, Person, KEPT, looks_at_all=True, fill=_fill)


def save_people(commands: Sequence[PersonIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Name or change persons responsible, a fate each.

    Raises: NotYourRole, TooMany.
    Rule:   DS-1, DS-3, DS-7, DS-8.
    """
    return save(commands, FORM, actor=actor, at=at)


@transaction.atomic
def reveal_person(entry_id: UUID, reason: str, *, actor: Actor, at: datetime) -> RevealedOut:
    """Return name and phone as they are, and leave an audit row with the reason, without the values.

    Raises: NotYourRole, NotVisible.
    Rule:   VE-12 (domain.md §2.15).
    """
    actor.check_can("venues.reveal")
    row = Person.objects.visible_to(actor).filter(pk=entry_id).first()
    if row is None:
        raise NotVisible()
    detail = {"reason": reason, "venue": str(row.venue_id)}
    audit.record([("venues.reveal", "person", str(row.pk), detail)], actor=actor, at=at)
    return RevealedOut(name=row.name, address=decrypt(row.phone) if row.phone else "")
