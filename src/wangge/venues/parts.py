"""Places become parts of others, or of none. Rule: VE-22."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from wangge.kernel import audit, batches, staging
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, Refused, Unreadable, VersionConflict
from wangge.kernel.fates import Fate
from wangge.kernel.ids import new_id
from wangge.venues.merging import check_stands
from wangge.venues.models import PartLink, Venue, VenueChange
from wangge.venues.part_links import LOCK, links_above
from wangge.venues.part_rules import Link, PartOfItself, Turn, above, turn_of
from wangge.venues.part_schemas import PartIn
from wangge.venues.rules import PART_OF, Way

WRITE = "venues.write"


def set_parts(commands: Sequence[PartIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Let places belong to another from a day on, or to none; a fate each, in order.

    Raises: NotYourRole, TooMany; for a single item nothing: a refusal is a fate.
    Rule:   VE-22. The place that belongs gets a version and a line of history; its whole does not.
    """
    actor.check_can(WRITE)

    def settle(fresh: Sequence[PartIn]) -> dict[UUID, Fate]:
        staging.lock_name(LOCK)
        work = _Work(fresh, actor, at)
        fates: dict[UUID, Fate] = {}
        for given in fresh:
            try:
                venue = work.apply(given)
            except Refused as refusal:
                fates[given.id] = Fate.refused(given.id, refusal)
            else:
                fates[given.id] = Fate.applied(given.id, version=venue.version)
        work.write()
        return fates

    return batches.apply_once(commands, settle, kind="venues.set_parts", actor=actor, at=at)


class _Work:
    """The links of one batch."""

    def __init__(self, commands: Sequence[PartIn], actor: Actor, at: datetime) -> None:
        self.actor, self.at, self.today = actor, at, at.astimezone(CHINA).date()
        named = {pk for one in commands for pk in (one.venue_id, one.whole_id) if pk is not None}
        rows = Venue.objects.visible_to(actor).filter(pk__in=named).order_by("pk")
        self.places = {row.pk: row for row in rows.select_for_update(no_key=True)}
        self.links = links_above(named)
        self.new: dict[UUID, PartLink] = {}
        self.ended: dict[UUID, date] = {}
        self.dropped: set[UUID] = set()
        self.changed: dict[UUID, Venue] = {}
        self.changes: list[VenueChange] = []

    def apply(self, given: PartIn) -> Venue:
        """Return the place that belongs.

        Raises: NotVisible, Merged, VersionConflict, PartOfItself, PartHolds, Unreadable.
        """
        part, whole = self._checked(given)
        before = next((one.whole for one in self.links.get(part.pk, ()) if one.until_on is None), None)
        turn = turn_of(part.pk, given.whole_id, given.on, self.links)
        if whole is not None and part.pk in {whole.pk, *above(whole.pk, self.links, given.on)}:
            raise PartOfItself(part=part.name, whole=whole.name)
        self._turn(turn, part.pk, given)
        part.version += 1
        part.updated_at = self.at
        self.changed[part.pk] = part
        told = [str(one) if one else "" for one in (before, given.whole_id)]
        self.changes.append(
            VenueChange(
                venue=part, version=part.version, at=self.at, by_id=self.actor.user_id, way=Way.HAND.value,
                reason=given.reason, fields={PART_OF: told},
            )
        )  # fmt: skip
        return part

    def _checked(self, given: PartIn) -> tuple[Venue, Venue | None]:
        part = self.places.get(given.venue_id)
        whole = self.places.get(given.whole_id) if given.whole_id else None
        if part is None or (given.whole_id is not None and whole is None):
            raise NotVisible()
        for place in filter(None, (part, whole)):
            check_stands(place)
        if part.version != given.base_version:
            raise VersionConflict(current=part.version, given=given.base_version)
        if given.on is not None and given.on > self.today:
            raise Unreadable(field="on", why_zh="日期不能晚于今天", why_en="the day has not come yet")
        return part, whole

    def _turn(self, turn: Turn, part: UUID, given: PartIn) -> None:
        kept = [one for one in self.links.get(part, ()) if one.id not in (turn.drops, turn.ends)]
        for one in self.links.get(part, ()):
            if one.id == turn.ends and given.on is not None:
                self.ended[one.id] = given.on
                kept.append(Link(one.id, one.part, one.whole, one.since_on, given.on))
        if turn.drops:
            self.dropped.add(turn.drops)
        if given.whole_id is not None:
            link = PartLink(
                id=new_id(), part_id=part, whole_id=given.whole_id, since_on=given.on,
                created_at=self.at, by_id=self.actor.user_id,
            )  # fmt: skip
            self.new[link.pk] = link
            kept.append(Link(link.pk, part, given.whole_id, given.on))
        self.links[part] = kept

    def write(self) -> None:
        """Write links, versions, history and audit, a statement each."""
        for pk in self.dropped & self.new.keys():  # made and replaced in one batch
            del self.new[pk]
        PartLink.objects.filter(pk__in=self.dropped).delete()
        for pk in self.ended.keys() & self.new.keys():
            self.new[pk].until_on = self.ended.pop(pk)
        ended = [PartLink(pk=pk, until_on=on) for pk, on in self.ended.items() if pk not in self.dropped]
        PartLink.objects.bulk_update(ended, ["until_on"])
        PartLink.objects.bulk_create(self.new.values())
        Venue.objects.bulk_update(self.changed.values(), ["version", "updated_at"])
        VenueChange.objects.bulk_create(self.changes)
        entries: list[tuple[str, str, str, dict[str, Any]]] = [
            (
                "venues.set_part",
                "venue",
                str(one.venue_id),
                {"of": one.fields[PART_OF][1], "reason": one.reason},
            )
            for one in self.changes
        ]
        audit.record(entries, actor=self.actor, at=self.at)
