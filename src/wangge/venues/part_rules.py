"""What is part of what. Source: docs/rules/venues.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from wangge.kernel.errors import Refused, Unreadable


class PartOfItself(Refused):
    code = "venues.part_of_itself"
    zh = "“{part}”已经包含“{whole}”，不能再归到它之下。请先解除相反的关系。"
    en = "{part} holds {whole} already and cannot be a part of it. End the link the other way first."


class PartHolds(Refused):
    code = "venues.part_holds"
    zh = "归属关系已经是这样，别人可能刚刚改过。请刷新。"
    en = "It belongs there already; somebody may have done it just now. Reload."


@dataclass(frozen=True, slots=True)
class Link:
    """`part` belongs to `whole` in `[since_on, until_on)`."""

    id: UUID
    part: UUID
    whole: UUID
    since_on: date | None = None
    until_on: date | None = None

    def lasts_after(self, on: date | None) -> bool:
        """Return whether some day of the link is not before `on`."""
        return self.until_on is None or on is None or self.until_on > on


@dataclass(frozen=True, slots=True)
class Turn:
    """What becomes of the link that stands: it ends on a day, or was wrong from its first day and goes."""

    ends: UUID | None = None
    drops: UUID | None = None


Links = Mapping[UUID, Sequence[Link]]  # of each part


def above(place: UUID, links: Links, on: date | None) -> set[UUID]:
    """Return every place that holds `place` on some day from `on` on. Rule: VE-22."""
    found: set[UUID] = set()
    look = [place]
    while look:
        for link in links.get(look.pop(), ()):
            if link.lasts_after(on) and link.whole not in found:
                found.add(link.whole)
                look.append(link.whole)
    return found


def turn_of(part: UUID, whole: UUID | None, on: date | None, links: Links) -> Turn:
    """Return what becomes of the standing link of `part` if it belongs to `whole` (to none) from `on` on.

    Raises: PartHolds where it is so already; Unreadable for a day before what stands, or none beside a link.
    Rule:   VE-22: links go forward; what began on the same day was a slip and is replaced.
    """
    known = links.get(part, ())
    standing = next((link for link in known if link.until_on is None), None)
    if (standing.whole if standing else None) == whole:
        raise PartHolds()
    if on is None and known:
        raise Unreadable(field="on", why_zh="请填写从哪天起变更", why_en="say from which day on")
    last = max(_days(known), default=None)
    if on is not None and last is not None and on < last:
        raise Unreadable(
            field="on",
            why_zh=f"不能早于已登记的日期 {last.isoformat()}",
            why_en=f"not before {last.isoformat()}, which stands already",
        )
    if standing is None:
        return Turn()
    return Turn(drops=standing.id) if standing.since_on == on else Turn(ends=standing.id)


def _days(links: Iterable[Link]) -> list[date]:
    return [day for link in links for day in (link.since_on, link.until_on) if day is not None]
