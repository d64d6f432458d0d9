"""Who else is told of a place: its owner, and the managers of HB-12, here or of the territory (VE-11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wangge.accounts.rules import Language, Medium, check_address, mask_address
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.paths import ancestors, is_closed
from wangge.kernel.secrets import decrypt, encrypt, mask_name
from wangge.venues.merging import check_stands
from wangge.venues.models import Contact, Venue
from wangge.venues.rules import ContactKind
from wangge.venues.schemas import ContactIn, ContactOut, RevealedOut

Place = tuple[UUID | None, str]  # a venue if there is one, and the grid
Line = tuple[str, str, bytes, str]  # short name, medium, sealed address, language


@transaction.atomic
def add_contact(given: ContactIn, *, actor: Actor, at: datetime) -> int:
    """Add a contact of a place or of a whole territory and return its id.

    Raises: NotYourRole, NotVisible, Merged; Unreadable for what is no address of its medium.
    Rule:   VE-11. The audit row holds neither name nor address.
    """
    actor.check_can("venues.write")
    path = given.path
    if given.venue_id is not None:
        venue = Venue.objects.visible_to(actor).filter(pk=given.venue_id).first()
        if venue is None:
            raise NotVisible()
        check_stands(venue)
        path = ""
    elif not is_closed(path):
        raise Unreadable(field="path", why_zh="请写明场所或辖区", why_en="name a place or a territory")
    elif not actor.covers(path):
        raise NotVisible()
    row = Contact.objects.create(
        venue_id=given.venue_id,
        path=path,
        kind=given.kind.value,
        name=given.name,
        medium=given.medium.value,
        sealed=encrypt(check_address(given.medium, given.address.strip())),
        language=given.language.value,
    )
    detail = {"kind": row.kind, "medium": row.medium, "venue": str(given.venue_id or ""), "path": path}
    audit.record([("venues.add_contact", "contact", str(row.pk), detail)], actor=actor, at=at)
    return row.pk


@transaction.atomic
def remove_contact(contact_id: int, *, actor: Actor, at: datetime) -> None:
    """Remove a contact. Raises: NotYourRole, NotVisible. Rule: VE-11."""
    actor.check_can("venues.write")
    if not Contact.objects.visible_to(actor).filter(pk=contact_id).delete()[0]:
        raise NotVisible()
    audit.record([("venues.remove_contact", "contact", str(contact_id), {})], actor=actor, at=at)


@transaction.atomic
def reveal_contact(contact_id: int, reason: str, *, actor: Actor, at: datetime) -> RevealedOut:
    """Return the name and the address of a contact as they are, and leave an audit row with the reason.

    Raises: NotYourRole, NotVisible.
    Rule:   VE-12 (domain.md §2.15). A contact of the territory around the actor's is seen from below.
    """
    actor.check_can("venues.reveal")
    own = Contact.objects.visible_to(actor) | Contact.objects.filter(path__in=ancestors(actor.scope))
    row = own.filter(pk=contact_id).first()
    if row is None:
        raise NotVisible()
    _told_why("contact", str(row.pk), reason, actor, at)
    return RevealedOut(name=row.name, address=decrypt(row.sealed))


@transaction.atomic
def reveal_keeper(venue_id: UUID, reason: str, *, actor: Actor, at: datetime) -> RevealedOut:
    """Return the keeper of a place and the phone as they are; as `reveal_contact`."""
    actor.check_can("venues.reveal")
    venue = Venue.objects.visible_to(actor).filter(pk=venue_id).first()
    if venue is None:
        raise NotVisible()
    _told_why("venue", str(venue.pk), reason, actor, at)
    phone = decrypt(venue.keeper_phone) if venue.keeper_phone else ""
    return RevealedOut(name=venue.keeper_name, address=phone)


def _told_why(subject: str, subject_id: str, reason: str, actor: Actor, at: datetime) -> None:
    audit.record([("venues.reveal", subject, subject_id, {"reason": reason})], actor=actor, at=at)


def contact_names(contact_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return kind and masked name of each contact that is still there."""
    rows = Contact.objects.filter(pk__in=set(contact_ids)).values_list("pk", "kind", "name")
    return {pk: (kind, mask_name(name)) for pk, kind, name in rows}


def list_contacts(actor: Actor, venue_id: UUID) -> list[ContactOut]:
    """Return whom a place's messages go to: its own contacts and those of its territory, masked.

    Raises: NotVisible. Rule: VE-11, KE-10.
    """
    actor.check_can("venues.read")
    venue = Venue.objects.visible_to(actor).filter(pk=venue_id).first()
    if venue is None:
        raise NotVisible()
    place = (venue.pk, venue.grid_path)
    return [
        ContactOut(
            id=one.pk,
            kind=ContactKind(one.kind),
            name=mask_name(one.name),
            medium=Medium(one.medium),
            address=mask_address(Medium(one.medium), decrypt(one.sealed)),
            language=Language(one.language),
            path=one.path,
        )
        for kind in ContactKind
        for one in _nearest([place], [kind])[place, kind.value]
    ]


def contacts_of(places: Iterable[Place], kinds: Iterable[ContactKind]) -> dict[tuple[Place, str], list[Line]]:
    """Return the lines of the contacts of each place and kind, in one statement.

    Shape: every pair has an entry. The place's own come first; without any, those of the nearest territory.
    Rule:  VE-11 (HB-12).
    """
    return {
        key: [(f"c{one.pk}", one.medium, bytes(one.sealed), one.language) for one in found]
        for key, found in _nearest(places, kinds).items()
    }


def keeper_lines_of(venue_ids: Iterable[UUID]) -> dict[UUID, list[Line]]:
    """Return the keeper's phone of each place that has one, as `contacts_of` does."""
    rows = Venue.objects.filter(pk__in=set(venue_ids), keeper_phone__isnull=False)
    return {
        pk: [(f"k{pk.hex[-12:]}", Medium.SMS.value, bytes(phone), Language.ZH.value)]
        for pk, phone in rows.values_list("pk", "keeper_phone")
        if phone
    }


def classes_in(scopes: Iterable[str], class_codes: Iterable[str]) -> set[tuple[str, str]]:
    """Return (grid, class) of the open places of these classes in these grids, in one statement."""
    found = Venue.objects.filter(grid_path__in=set(scopes), venue_class_id__in=set(class_codes), is_open=True)
    return set(found.values_list("grid_path", "venue_class_id").distinct())


def _nearest(
    places: Iterable[Place], kinds: Iterable[ContactKind]
) -> Mapping[tuple[Place, str], list[Contact]]:
    wanted, kinds = set(places), list(kinds)
    up = {path: ancestors(path) for _, path in wanted}
    rows = Contact.objects.filter(kind__in=[kind.value for kind in kinds])
    rows = rows.filter(venue_id__in={venue for venue, _ in wanted if venue}) | rows.filter(
        path__in={one for paths in up.values() for one in paths}
    )
    known: dict[tuple[object, str], list[Contact]] = defaultdict(list)
    for row in rows.order_by("pk"):
        known[row.venue_id or row.path, row.kind].append(row)
    return {
        ((venue, path), kind.value): next(
            (
                known[place, kind.value]
                for place in (*([venue] if venue else []), *reversed(up[path]))
                if (place, kind.value) in known
            ),
            [],
        )
        for venue, path in wanted
        for kind in kinds
    }
