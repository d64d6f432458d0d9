"""Who answers for a place, and what runs out when. Source: docs/rules/dossiers.md."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from wangge.dossiers.quality_rules import COLUMNS as COLUMNS
from wangge.dossiers.quality_rules import Sign as Sign
from wangge.kernel.errors import Refused
from wangge.kernel.paths import ancestors

COMMITTEE = 5  # codes of a path down to the committee: province, prefecture, county, township, committee


class Sort(StrEnum):
    """What hangs on a place."""

    PERSON = "person"
    FACILITY = "facility"
    LICENCE = "licence"
    FACT = "fact"
    DRAWING = "drawing"
    CLASS = "class"  # a decision on the class: only in the history


class What(StrEnum):
    """What of a facility or a licence falls due."""

    TEST = "test"  # 检测
    MAINTAIN = "maintain"  # 维护保养
    SCRAP = "scrap"  # 报废
    CONTRACT = "contract"  # 维保合同到期
    EXPIRE = "expire"  # 证照到期
    UNKNOWN = "unknown"  # a rule asks for a date that nobody wrote down


class State(StrEnum):
    FINE = "fine"
    SOON = "soon"
    OVERDUE = "overdue"
    UNKNOWN = "unknown"


class Deed(StrEnum):
    """What was done to an entry of a dossier."""

    MADE = "made"
    CHANGED = "changed"
    REMOVED = "removed"
    RESTORED = "restored"
    KEPT = "kept"  # the class stays, against the proposal
    ACCEPTED = "accepted"


class UnknownKind(Refused):
    status = 422
    code = "dossiers.unknown_kind"
    zh = "没有“{kind}”这一种类。请从列表中选择，或请管理员在规则包中添加。"
    en = "There is no kind {kind}. Choose one of the list, or have it added to the pack."


class AnotherStands(Refused):
    """Of this kind a place has one at a time (HB-04)."""

    code = "dossiers.another_stands"
    zh = "“{kind_zh}”同一时间只能有一个，{name} 在此期间仍在任。请先填写其离任日期。"
    en = "A place has one {kind_en} at a time, and {name} stands in these days. Enter the last day first."


class IsRemoved(Refused):
    code = "dossiers.removed"
    zh = "这一条已被删除。请先恢复，再修改。"
    en = "This entry was removed. Restore it, then change it."


class RemovedAlready(Refused):
    code = "dossiers.state_holds"
    zh = "这一条已经是这个状态，别人可能刚刚操作过。请刷新。"
    en = "The entry is in that state already; somebody may have done it just now. Reload."


class AnotherFact(Refused):
    code = "dossiers.another_fact"
    zh = "该场所已登记“{kind_zh}”。请修改原有的一条。"
    en = "The place has {kind_en} already. Change that entry."


class NothingProposed(Refused):
    code = "dossiers.nothing_proposed"
    zh = "该场所的类别与建议一致，或已有人处理。请刷新。"
    en = "The class is as proposed, or somebody decided already. Reload."


# ---- who answers ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who stands, stood or will stand for a place in `[since_on, until_on)`."""

    id: UUID
    kind: str
    name: str
    since_on: date | None = None
    until_on: date | None = None

    def stands_on(self, on: date) -> bool:
        """Return whether the day lies in the period. Rule: DS-1."""
        return not self.begins_after(on) and (self.until_on is None or self.until_on > on)

    def begins_after(self, on: date) -> bool:
        return self.since_on is not None and self.since_on > on

    def meets(self, other: Holder) -> bool:
        """Return whether the two periods share a day."""
        first = self.until_on is None or other.since_on is None or other.since_on < self.until_on
        second = other.until_on is None or self.since_on is None or self.since_on < other.until_on
        return first and second


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain: its kind, and who holds it; else when the last one ended."""

    kind: str
    holder: Holder | None
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answers for a place, and the links looked at on the way; nobody of the chain: the community."""

    holder: Holder | None
    links: tuple[Link, ...]


def who_answers(holders: Iterable[Holder], chain: Sequence[str], on: date) -> Answer:
    """Return who answers on a day: the first kind of the chain that somebody holds, else the community.

    Shape: `links` ends with the one that is held; of two holders of a kind the later begun answers.
    Rule:  DS-2 (HB-16: property manager, else owner unit, else who collects the fee, else the community).
    """
    known = list(holders)
    links: list[Link] = []
    for kind in chain:
        of_kind = [one for one in known if one.kind == kind]
        standing = [one for one in of_kind if one.stands_on(on)]
        ended = [one.until_on for one in of_kind if one.until_on is not None and one.until_on <= on]
        holder = max(standing, key=_since, default=None)
        links.append(Link(kind, holder, max(ended, default=None)))
        if holder is not None:
            return Answer(holder, tuple(links))
    return Answer(None, tuple(links))


def _since(holder: Holder) -> tuple[date, UUID]:
    return holder.since_on or date.min, holder.id


def missing_of(holders: Iterable[Holder], required: Iterable[str], on: date) -> list[str]:
    """Return the required kinds that nobody holds on a day. Rule: DS-3 (HB-04)."""
    held = {one.kind for one in holders if one.stands_on(on)}
    return [kind for kind in required if kind not in held]


def check_single(given: Holder, others: Iterable[Holder], *, kind_zh: str, kind_en: str) -> None:
    """Raises: AnotherStands if one of the same kind shares a day with `given`. Rule: DS-3 (HB-04)."""
    for other in others:
        if other.id != given.id and other.kind == given.kind and given.meets(other):
            raise AnotherStands(kind_zh=kind_zh, kind_en=kind_en, name=other.name)


def community_of(grid_path: str) -> str:
    """Return the path of the committee that a place lies in; of a shorter path, the path. Rule: DS-2."""
    return ancestors(grid_path)[:COMMITTEE][-1]


# ---- what runs out ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Interval:
    """A row of the pack: after so many months or days something of these kinds is due."""

    code: str
    what: What
    kinds: frozenset[str]
    months: int | None = None
    days: int | None = None
    classes: frozenset[str] = frozenset()  # of places; none: every class

    def covers(self, kind: str, venue_class: str) -> bool:
        return kind in self.kinds and (not self.classes or venue_class in self.classes)

    def after(self, since: date) -> date:
        return after_months(since, self.months) if self.months else since + timedelta(days=self.days or 0)


@dataclass(frozen=True, slots=True)
class Dates:
    """What is known of a facility or a licence."""

    made_on: date | None = None
    tested_on: date | None = None
    maintained_on: date | None = None
    contract_until: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class DueLine:
    """One thing that falls due: the last day for it, counted from when, by which row of the pack.

    No `due_on`: the row asks for a date that nobody wrote down. No `rule`: the day was written down itself.
    """

    what: What
    due_on: date | None
    since_on: date | None = None
    rule: Interval | None = None


_COUNTED: Mapping[What, tuple[str, ...]] = {  # from the latest of these; what was replaced begins anew
    What.TEST: ("tested_on", "made_on"),
    What.MAINTAIN: ("maintained_on", "made_on"),
    What.SCRAP: ("made_on",),
}


def after_months(since: date, months: int) -> date:
    """Return the same day so many months later; of a shorter month, its last day. Rule: DS-4."""
    year, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    return date(year, month + 1, min(since.day, calendar.monthrange(year, month + 1)[1]))


def due_lines(kind: str, venue_class: str, dates: Dates, intervals: Sequence[Interval]) -> list[DueLine]:
    """Return what falls due, each explained; where several rows fix one thing, the smallest interval wins.

    Rule: DS-4 (WH-30; domain.md 2.2, 2.7), DS-5 (licences).
    """
    lines = []
    for what, names in _COUNTED.items():
        rows = [one for one in intervals if one.what is what and one.covers(kind, venue_class)]
        if not rows:
            continue
        known = [day for name in names if (day := getattr(dates, name)) is not None]
        since = max(known, default=None)
        rule = min(rows, key=lambda one: one.after(since or date(2001, 1, 1)))
        lines.append(DueLine(what, rule.after(since) if since else None, since, rule))
    if dates.contract_until is not None:
        lines.append(DueLine(What.CONTRACT, dates.contract_until))
    if dates.valid_until is not None:
        lines.append(DueLine(What.EXPIRE, dates.valid_until))
    return lines


def next_due(lines: Iterable[DueLine]) -> DueLine | None:
    """Return the earliest line with a day; without any, the first that lacks one. Rule: DS-4."""
    known = list(lines)
    dated = [(one.due_on, n) for n, one in enumerate(known) if one.due_on is not None]
    if dated:
        return known[min(dated)[1]]
    return known[0] if known else None


def state_of(due_on: date | None, what: str, on: date, soon_days: int) -> State:
    """Return how it stands: the due day itself is not late yet. Rule: DS-6."""
    if due_on is None:
        return State.UNKNOWN if what == What.UNKNOWN else State.FINE
    if due_on < on:
        return State.OVERDUE
    return State.SOON if due_on <= on + timedelta(days=soon_days) else State.FINE
