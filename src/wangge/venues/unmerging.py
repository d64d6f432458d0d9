"""A merge is undone: all goes back, unless what was written since cannot be told apart (VE-19)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from wangge.kernel import audit, batches, staging
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, NotYourRole, Refused
from wangge.kernel.fates import Fate
from wangge.territory import queries as territory
from wangge.venues import history, standing
from wangge.venues.merge_movers import Back, MergeMover, Standing
from wangge.venues.merge_rules import CHOICE_NAMES, CHOICES, MergedOn, MergeUndone, WrittenSince
from wangge.venues.merge_schemas import VenueUnmergeIn
from wangge.venues.merging import LOCK, MERGE, OWN, WRITTEN
from wangge.venues.models import MergeMove, Venue, VenueChange, VenueMerge
from wangge.venues.rules import Way, initials_for

UNMERGE = "venues.unmerge"
LAYER = "comprehensive"
GROUND = frozenset({"grid_path", "is_orphan", "nearest_path", "nearest_m"})  # follow the grids
SPOKEN = frozenset({"name", "keeper_name", "address"})  # of which the initials are made


def unmerge_venues(
    commands: Sequence[VenueUnmergeIn], *, movers: Sequence[MergeMover], actor: Actor, at: datetime
) -> list[Fate]:
    """Undo merges, one fate an item, in order.

    Shape:  len(fates) == len(commands); a repeated id gives the fate of its first time.
    Raises: TooMany; nothing for a single item: a refusal is a fate.
    Rule:   VE-19. Each is undone by itself: two merges may concern one dossier.
    """

    def settle(fresh: Sequence[VenueUnmergeIn]) -> dict[UUID, Fate]:
        if not actor.can(MERGE):
            refusal = NotYourRole(capability=MERGE, role=actor.role)
            return {one.id: Fate.refused(one.id, refusal) for one in fresh}
        staging.lock_name(LOCK)
        fates = {}
        for one in fresh:
            try:
                fates[one.id] = _Undo.of(one, tuple(movers) + OWN, actor, at).carry_out()
            except Refused as refusal:
                fates[one.id] = Fate.refused(one.id, refusal)
        return fates

    return batches.apply_once(commands, settle, kind=UNMERGE, actor=actor, at=at)


@dataclass(slots=True)
class _Undo:
    """One merge that is to be undone, its two dossiers locked."""

    command: VenueUnmergeIn
    merge: VenueMerge
    stay: Venue
    gone: Venue
    movers: Sequence[MergeMover]
    actor: Actor
    at: datetime
    since: list[VenueChange] = field(default_factory=list)

    @classmethod
    def of(cls, command: VenueUnmergeIn, movers: Sequence[MergeMover], actor: Actor, at: datetime) -> _Undo:
        """Raises: NotVisible, MergeUndone, MergedOn, WrittenSince."""
        merge = VenueMerge.objects.filter(pk=command.merge_id).first()
        if merge is None:
            raise NotVisible
        both = Venue.objects.visible_to(actor).filter(pk__in=(merge.stay_id, merge.gone_id))
        there = {venue.pk: venue for venue in both.order_by("pk").select_for_update()}
        if len(there) != 2:
            raise NotVisible
        undo = cls(command, merge, there[merge.stay_id], there[merge.gone_id], movers, actor, at)
        undo._check()
        return undo

    def _check(self) -> None:
        if self.merge.undone_at is not None:
            raise MergeUndone
        if self.stay.merged_into_id is not None:
            raise MergedOn(name=Venue.objects.get(pk=self.stay.merged_into_id).name)
        found = VenueChange.objects.filter(venue=self.stay, version__gt=self.merge.stay_version)
        self.since = list(found.order_by("version"))
        written = [*self._rewritten(), *self._things_since()]
        if written:
            what_zh, what_en = ("、".join(one[0] for one in written), ", ".join(one[1] for one in written))
            raise WrittenSince(what_zh=what_zh, what_en=what_en)

    def _rewritten(self) -> Iterable[tuple[str, str]]:
        """Yield the choices of the merge that say something else by now; a change of grids is none of them.

        Nobody writes on the merged dossier, so it still says what was taken over.
        """
        for choice in self.merge.taken:
            for column in CHOICES[choice]:
                taken = (
                    self.merge.before["gone_is_open"] if choice == "is_open" else getattr(self.gone, column)
                )
                if column not in GROUND and _plain(getattr(self.stay, column)) != _plain(taken):
                    yield CHOICE_NAMES[choice]
                    break

    def _things_since(self) -> Iterable[tuple[str, str]]:
        asked = [Standing(self.merge.pk, self.stay.pk, self.merge.at, self.merge.last_contact)]
        for mover in self.movers:
            if n := mover.count_since(asked).get(self.merge.pk, 0):
                yield f"{n} {mover.zh}", f"{n} {mover.en}"

    def carry_out(self) -> Fate:
        before = history.values_of(self.stay), history.values_of(self.gone)
        self._restore()
        changes = []
        for venue, told, other in ((self.stay, before[0], self.gone), (self.gone, before[1], self.stay)):
            venue.version += 1
            change = history.change_of(told, venue, Way.MERGE, actor=self.actor, at=self.at)
            change.source, change.reason = other.code, self.command.reason
            changes.append(change)
        Venue.objects.bulk_update([self.stay, self.gone], WRITTEN)
        history.write(changes)
        counts = self._put_back()
        standing.write_former([self.stay.pk, self.gone.pk])
        self.merge.undone_at, self.merge.undone_by = self.at, self.actor.user_id
        self.merge.save(update_fields=["undone_at", "undone_by"])
        detail = {"from": str(self.stay.pk), "reason": self.command.reason}
        audit.record([("venues.unmerge", "venue", str(self.gone.pk), detail)], actor=self.actor, at=self.at)
        return Fate.applied(
            self.command.id, stay_id=str(self.stay.pk), gone_id=str(self.gone.pk), moved=counts
        )

    def _restore(self) -> None:
        """Write what stood before; where the ground changed since, the grid of the old position is found."""
        kept: Mapping[str, Any] = self.merge.before
        for choice in self.merge.taken:
            for column in CHOICES[choice]:
                setattr(self.stay, column, _as_value(column, kept[column]))
        if "place" in self.merge.taken and any(one.way == Way.GRIDS.value for one in self.since):
            self._find_grid()
        self.stay.initials = kept["initials"]
        if self._speaks_otherwise():
            self.stay.initials = initials_for(self.stay.name, self.stay.keeper_name, self.stay.address)
        seen = [self.gone.last_visited_on, _as_value("last_visited_on", kept["last_visited_on"])]
        if self.stay.last_visited_on == max(filter(None, seen), default=None):
            self.stay.last_visited_on = seen[1]
        was_written = self.stay.updated_at != self.merge.at
        self.stay.updated_at = self.at if was_written else datetime.fromisoformat(kept["stay_updated_at"])
        self.gone.merged_into_id, self.gone.is_open = None, kept["gone_is_open"]
        self.gone.updated_at = datetime.fromisoformat(kept["gone_updated_at"])

    def _speaks_otherwise(self) -> bool:
        """Whether name, keeper or address were written since by anything but merges that were undone."""
        if any(one.way != Way.MERGE.value and one.fields.keys() & SPOKEN for one in self.since):
            return True
        later = VenueMerge.objects.filter(stay=self.stay, undone_at__isnull=True, at__gt=self.merge.at)
        return later.exists()

    def _find_grid(self) -> None:
        path = territory.locate(self.stay.lon, self.stay.lat, LAYER, self.at)
        if path is not None:
            self.stay.grid_path, self.stay.is_orphan = path, False
            self.stay.nearest_path = self.stay.nearest_m = None

    def _put_back(self) -> dict[str, int]:
        by_kind: dict[str, list[Back]] = defaultdict(list)
        for row in MergeMove.objects.filter(merge=self.merge).order_by("pk"):
            by_kind[row.kind].append(
                Back(
                    self.merge.pk, row.subject_id, row.before, self.gone.pk,
                    self.gone.grid_path, self.stay.grid_path,
                )
            )  # fmt: skip
        for mover in self.movers:
            if mover.kind in by_kind:
                mover.put_back(by_kind[mover.kind], actor=self.actor, at=self.at)
        return {kind: len(things) for kind, things in by_kind.items()}


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _as_value(column: str, kept: Any) -> Any:
    if kept is not None and column == "keeper_phone":
        return kept.encode("ascii")
    return date.fromisoformat(kept) if kept is not None and column == "last_visited_on" else kept
