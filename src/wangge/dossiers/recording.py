"""One way of writing for every sort of entry: locked places, a fate each, one history row a change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import models

from wangge.dossiers.models import Change, Drawing, Fact, Holding, Person, Venue
from wangge.dossiers.rules import Deed, Interval, IsRemoved, Sort
from wangge.dossiers.schemas import DrawingIn, EntryIn, FacilityIn, FactIn, LicenceIn, PersonIn
from wangge.dossiers.vocabulary import Words, words_in_force
from wangge.kernel import audit, batches
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, Refused, VersionConflict
from wangge.kernel.fates import Fate

WRITE = "venues.write"
SEALED = frozenset({"phone"})  # that it changed is kept, not the value
Row = Person | Holding | Fact | Drawing
G = TypeVar("G", PersonIn, FacilityIn, LicenceIn, FactIn, DrawingIn)
R = TypeVar("R", Person, Holding, Fact, Drawing)


@dataclass(slots=True)
class Ground(Generic[R]):
    """What the entries of one batch are judged by."""

    actor: Actor
    at: datetime
    places: Mapping[UUID, str]  # class of each visible place, locked
    standing: dict[UUID, R]  # entries among those named, and at these places whatever the form looks at
    words: Words
    changed: dict[UUID, R] = field(default_factory=dict)
    made: set[UUID] = field(default_factory=set)
    changes: list[Change] = field(default_factory=list)
    known_intervals: list[Interval] = field(default_factory=list)

    def intervals(self) -> list[Interval]:
        """Return the pack's intervals, made once a batch."""
        self.known_intervals = self.known_intervals or self.words.intervals()
        return self.known_intervals

    @property
    def today(self) -> date:
        return self.at.astimezone(CHINA).date()


@dataclass(frozen=True, slots=True)
class Form(Generic[G, R]):
    """How entries of a sort are kept."""

    sort: Sort
    model: type[R]
    kept: Sequence[str]  # the fields whose changes are kept
    looks_at_all: bool  # whether the others of the place matter
    fill: Callable[[R, G, Ground[R]], None]  # raises a refusal before it writes
    after: Callable[[Ground[R]], None] | None = None  # what follows in the same transaction


def lock_places(venue_ids: set[UUID], actor: Actor) -> dict[UUID, str]:
    """Return the class of each of the places that the actor sees, locked in order until the end."""
    found = Venue.objects.visible_to(actor).filter(pk__in=venue_ids).order_by("pk")
    return dict(found.select_for_update(no_key=True).values_list("pk", "venue_class_id"))


def save(commands: Sequence[G], form: Form[G, R], *, actor: Actor, at: datetime) -> list[Fate]:
    """Add or change entries, a fate each, in order; set-based whatever their number.

    Raises: NotYourRole; TooMany beyond 500.
    Rule:   DS-7 (history), DS-8 (version, place, kind).
    """
    actor.check_can(WRITE)

    def settle(fresh: Sequence[G]) -> dict[UUID, Fate]:
        ground = _ground(fresh, form, actor, at)
        fates: dict[UUID, Fate] = {}
        for given in fresh:
            try:
                row = apply(given, form, ground)
            except Refused as refusal:
                fates[given.id] = Fate.refused(given.id, refusal)
            else:
                fates[given.id] = Fate.applied(given.id, entry_id=str(row.pk), version=row.version)
        write(ground, form.model)
        if form.after is not None and ground.changed:
            form.after(ground)
        return fates

    return batches.apply_once(commands, settle, kind=f"dossiers.save_{form.sort}", actor=actor, at=at)


def write(ground: Ground[R], model: type[R]) -> None:
    """Write what a batch changed: entries, history, audit."""
    rows = ground.changed.values()
    new = [row for row in rows if row.pk in ground.made]
    old = [row for row in rows if row.pk not in ground.made]
    fields = [f.name for f in model._meta.concrete_fields if f.name not in {"id", "venue", "created_at"}]
    manager: models.Manager[Any] = model._default_manager
    manager.bulk_create(new)
    manager.bulk_update(old, fields)
    Change.objects.bulk_create(ground.changes)
    entries = [
        (
            f"dossiers.{change.deed}",
            change.sort,
            str(change.entry_id),
            {"venue": str(change.venue_id), "version": change.version, "reason": change.reason},
        )
        for change in ground.changes
    ]
    audit.record(entries, actor=ground.actor, at=ground.at)


def values_of(row: Row, kept: Sequence[str]) -> dict[str, Any]:
    """Return the fields whose changes are kept, as JSON holds them; a sealed one as its bytes."""
    values: dict[str, Any] = {}
    for name in kept:
        value = getattr(row, name)
        if name in SEALED:
            value = bytes(value or b"")
        elif isinstance(value, date):
            value = value.isoformat()
        elif isinstance(value, list):
            value = len(value)
        values[name] = value
    return values


def note(
    row: Row, sort: Sort, deed: Deed, ground: Ground[Any], fields: Mapping[str, Any], reason: str
) -> None:
    """Keep a change of an entry. Rule: DS-7."""
    ground.changes.append(
        Change(
            venue_id=row.venue_id,
            sort=sort.value,
            entry_id=row.pk,
            kind=row.kind,
            deed=deed.value,
            version=row.version,
            at=ground.at,
            by_id=ground.actor.user_id,
            source=row.source,
            reason=reason,
            fields=dict(fields),
        )
    )


def _ground(fresh: Sequence[G], form: Form[G, R], actor: Actor, at: datetime) -> Ground[R]:
    places = lock_places({given.venue_id for given in fresh}, actor)
    manager: models.Manager[Any] = form.model._default_manager
    named = manager.filter(pk__in={given.entry_id for given in fresh})
    found = (
        named | manager.filter(venue_id__in=places, removed_at__isnull=True) if form.looks_at_all else named
    )
    return Ground(actor, at, places, {row.pk: row for row in found.order_by("pk")}, words_in_force())


def apply(given: G, form: Form[G, R], ground: Ground[R]) -> R:
    """Return the entry as it will be. Raises: as `check_entry`, UnknownKind, and as the form."""
    row = ground.standing.get(given.entry_id)
    check_entry(given, row, ground)
    words = ground.words
    words.check_kind(form.sort, given.kind, standing=row.kind if row else None)
    before = values_of(row, form.kept) if row else None
    is_new = row is None
    if row is None:
        row = form.model(id=given.entry_id, venue_id=given.venue_id, created_at=ground.at, version=0)
    form.fill(row, given, ground)
    row.kind, row.source = given.kind, given.source
    row.version += 1
    row.updated_at = ground.at
    after = values_of(row, form.kept)
    fields = {
        name: [] if name in SEALED else [(before or {}).get(name), after[name]]
        for name in form.kept
        if (before or {}).get(name) != after[name] and not (before is None and not after[name])
    }
    ground.standing[row.pk] = ground.changed[row.pk] = row
    if is_new:
        ground.made.add(row.pk)
    note(row, form.sort, Deed.MADE if is_new else Deed.CHANGED, ground, fields, "")
    return row


def check_entry(given: EntryIn, row: Row | None, ground: Ground[Any]) -> None:
    """Raises: NotVisible for another's place or another place's entry; VersionConflict; IsRemoved."""
    if given.venue_id not in ground.places or (row is not None and row.venue_id != given.venue_id):
        raise NotVisible()
    version = row.version if row else 0
    if version != given.base_version:
        raise VersionConflict(current=version, given=given.base_version)
    if row is not None and row.removed_at is not None:
        raise IsRemoved()
