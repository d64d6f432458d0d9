"""One dossier goes into another: what is taken over, what goes along, what is kept for an undo (VE-18)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from wangge.kernel import audit, batches, staging
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, NotYourRole, Refused, VersionConflict
from wangge.kernel.fates import Fate
from wangge.kernel.secrets import decrypt
from wangge.venues import history, standing
from wangge.venues.merge_movers import ContactMover, MergeMover, Moved, Pair
from wangge.venues.merge_rules import CHOICES, Merged, SamePlace, Side, choose
from wangge.venues.merge_schemas import VenueMergeIn
from wangge.venues.models import Contact, LikePair, MergeMove, Venue, VenueChange, VenueMerge
from wangge.venues.part_movers import PartMover
from wangge.venues.rules import Way, initials_for

MERGE = "venues.merge"
LOCK = "venues.merges"
READ = frozenset({"name", "keeper", "address"})  # choices of which the initials are made
OWN: tuple[MergeMover, ...] = (ContactMover(), PartMover())
WRITTEN = (
    *(column for columns in CHOICES.values() for column in columns),
    "initials", "merged_into", "last_visited_on", "version", "updated_at",
)  # fmt: skip


def merge_venues(
    commands: Sequence[VenueMergeIn], *, movers: Sequence[MergeMover], actor: Actor, at: datetime
) -> list[Fate]:
    """Merge dossiers, one fate an item, in order; a fate carries what went along.

    Shape:  len(fates) == len(commands); a repeated id gives the fate of its first time.
    Raises: TooMany; nothing for a single item: a refusal is a fate.
    Rule:   VE-18. A later one of a batch sees what the earlier ones did.
    """

    def settle(fresh: Sequence[VenueMergeIn]) -> dict[UUID, Fate]:
        if not actor.can(MERGE):
            refusal = NotYourRole(capability=MERGE, role=actor.role)
            return {one.id: Fate.refused(one.id, refusal) for one in fresh}
        staging.lock_name(LOCK)
        fates: dict[UUID, Fate] = {}
        for some in _rounds(fresh):
            fates |= _Round(tuple(movers) + OWN, actor, at).merge(some)
        return fates

    return batches.apply_once(commands, settle, kind=MERGE, actor=actor, at=at)


def _rounds(commands: Iterable[VenueMergeIn]) -> Iterable[list[VenueMergeIn]]:
    """Yield the commands in pieces in which no dossier occurs twice."""
    some: list[VenueMergeIn] = []
    touched: set[UUID] = set()
    for command in commands:
        pair = {command.stay_id, command.gone_id}
        if pair & touched:
            yield some
            some, touched = [], set()
        some.append(command)
        touched |= pair
    yield some


@dataclass(slots=True)
class _Round:
    """Merges that do not concern each other, written set by set."""

    movers: Sequence[MergeMover]
    actor: Actor
    at: datetime
    merges: list[VenueMerge] = field(default_factory=list)
    venues: list[Venue] = field(default_factory=list)
    changes: list[VenueChange] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    last_contact: int = 0

    def merge(self, commands: Sequence[VenueMergeIn]) -> dict[UUID, Fate]:
        there = _lock(self.actor, {pk for one in commands for pk in (one.stay_id, one.gone_id)})
        self.last_contact = Contact.objects.aggregate(last=Max("id"))["last"] or 0
        fates = {}
        for command in commands:
            try:
                stay, gone = _check(command, there)
            except Refused as refusal:
                fates[command.id] = Fate.refused(command.id, refusal)
            else:
                self._prepare(command, stay, gone)
        counts = self._write() if self.merges else {}
        for one in self.merges:
            moved = counts.get(one.pk, {})
            fates[one.pk] = Fate.applied(
                one.pk, stay_id=str(one.stay_id), version=one.stay_version, moved=moved
            )
        return fates

    def _prepare(self, command: VenueMergeIn, stay: Venue, gone: Venue) -> None:
        taken = (
            choose(side_of(stay), side_of(gone))
            if command.take is None
            else list(dict.fromkeys(command.take))
        )
        columns = [column for choice in taken for column in CHOICES[choice]]
        kept = {column: as_json(getattr(stay, column)) for column in columns}
        kept |= {
            "initials": stay.initials,
            "last_visited_on": as_json(stay.last_visited_on),
            "stay_updated_at": stay.updated_at.isoformat(),
            "gone_updated_at": gone.updated_at.isoformat(),
            "gone_is_open": gone.is_open,
        }
        before = history.values_of(stay), history.values_of(gone)
        self.pairs.append(Pair(command.id, gone.pk, stay.pk, gone.grid_path, stay.grid_path))
        for column in columns:
            setattr(stay, column, getattr(gone, column))
        if READ.intersection(taken):
            stay.initials = initials_for(stay.name, stay.keeper_name, stay.address)
        stay.last_visited_on = max(filter(None, (stay.last_visited_on, gone.last_visited_on)), default=None)
        gone.is_open, gone.merged_into_id = False, stay.pk
        for venue, told, other in ((stay, before[0], gone), (gone, before[1], stay)):
            venue.version += 1
            venue.updated_at = self.at
            change = history.change_of(told, venue, Way.MERGE, actor=self.actor, at=self.at)
            change.source, change.reason = other.code, command.reason
            self.changes.append(change)
        self.venues += [stay, gone]
        self.merges.append(
            VenueMerge(
                id=command.id, stay=stay, gone=gone, at=self.at, by_id=self.actor.user_id,
                reason=command.reason, taken=taken, before=kept, stay_version=stay.version,
                last_contact=self.last_contact,
            )
        )  # fmt: skip

    def _write(self) -> dict[UUID, dict[str, int]]:
        Venue.objects.bulk_update(self.venues, WRITTEN)
        history.write(self.changes)
        VenueMerge.objects.bulk_create(self.merges)
        counts: dict[UUID, dict[str, int]] = {}
        for mover in self.movers:
            moved = mover.move(self.pairs, actor=self.actor, at=self.at)
            note_moved(mover.kind, moved)
            for one in moved:
                of_merge = counts.setdefault(one.merge, {})
                of_merge[mover.kind] = of_merge.get(mover.kind, 0) + 1
        standing.write_former(one.stay_id for one in self.merges)
        gone = [one.gone_id for one in self.merges]
        LikePair.objects.filter(one_id__in=gone).delete()
        LikePair.objects.filter(other_id__in=gone).delete()
        audit.record(
            (
                ("venues.merge", "venue", str(one.gone_id), {"into": str(one.stay_id), "reason": one.reason})
                for one in self.merges
            ),
            actor=self.actor,
            at=self.at,
        )
        return counts


def _lock(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Venue]:
    found = Venue.objects.visible_to(actor).filter(pk__in=set(ids)).order_by("pk").select_for_update()
    return {venue.pk: venue for venue in found}


def _check(command: VenueMergeIn, there: Mapping[UUID, Venue]) -> tuple[Venue, Venue]:
    if command.stay_id == command.gone_id:
        raise SamePlace
    stay, gone = there.get(command.stay_id), there.get(command.gone_id)
    if stay is None or gone is None:
        raise NotVisible
    for venue, given in ((stay, command.stay_version), (gone, command.gone_version)):
        check_stands(venue)
        if venue.version != given:
            raise VersionConflict(current=venue.version, given=given)
    return stay, gone


def check_stands(venue: Venue) -> None:
    """Raises: Merged for a dossier that was merged into another. Rule: VE-18."""
    if venue.merged_into_id is not None:
        stay = Venue.objects.get(pk=standing.standing_of([venue.pk])[venue.pk])
        raise Merged(name=stay.name, number=stay.code)


def side_of(venue: Venue) -> Side:
    """Return what a dossier says in each choice, the phone plain: seals of one number are never alike."""
    phone = decrypt(venue.keeper_phone) if venue.keeper_phone else ""
    said: dict[str, Any] = {
        choice: getattr(venue, columns[0]) for choice, columns in CHOICES.items() if len(columns) == 1
    }
    said["place"] = None if venue.is_orphan else (venue.lon, venue.lat)
    said["keeper"] = (venue.keeper_name, phone)
    return Side(said, venue.updated_at)


def as_json(value: Any) -> Any:
    """Return a column as the journal keeps it; what is sealed stays sealed."""
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode("ascii")
    return value.isoformat() if hasattr(value, "isoformat") else value


def note_moved(kind: str, moved: Iterable[Moved]) -> None:
    """Keep what went along, for an undo."""
    MergeMove.objects.bulk_create(
        (
            MergeMove(merge_id=one.merge, kind=kind, subject_id=one.subject, before=one.before)
            for one in moved
        ),
        batch_size=2_000,
    )


def merge_found(
    pairs: Sequence[tuple[UUID, UUID, UUID]],
    *,
    movers: Sequence[MergeMover],
    reason: str,
    actor: Actor,
    at: datetime,
) -> dict[UUID, Fate]:
    """Merge (id, the one that stays, the other) as they stand now; return a fate an id. Rule: VE-18."""
    ids = {pk for _, stay, gone in pairs for pk in (stay, gone)}
    now = dict(Venue.objects.filter(pk__in=ids).values_list("pk", "version"))
    fates: dict[UUID, Fate] = {}
    for identifier, stay, gone in pairs:
        command = VenueMergeIn(
            id=batches.id_for(identifier, at),
            stay_id=stay,
            stay_version=now[stay],
            gone_id=gone,
            gone_version=now[gone],
            reason=reason,
        )
        [fates[identifier]] = merge_venues([command], movers=movers, actor=actor, at=at)
        now |= dict(Venue.objects.filter(pk__in=(stay, gone)).values_list("pk", "version"))
    return fates
