"""Ladder, promises, cards: what is due when, and who may do what. Pure. Source: docs/rules/oversight.md."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from wangge.cases.rules import Status
from wangge.kernel.errors import Refused
from wangge.kernel.ids import assemble
from wangge.matters.rules import Clock

INSTANT = timedelta(microseconds=1)
BITS = (1 << 74) - 1
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
BUSINESS, STAGE = "business", "stage"  # the clocks of every case; a promise's clock has the promise's code
TIPS = frozenset({"citizen", "hotline"})  # channels whose reporter waits for an answer


class ActKind(StrEnum):
    """What people do about a case that is late."""

    URGE = "urge"  # 催办
    SUPERVISE = "supervise"  # 督办: a letter that wants an answer
    YELLOW = "yellow"  # 黄牌
    RED = "red"  # 红牌
    BLACK = "black"  # 黑牌


CARDS = (ActKind.YELLOW, ActKind.RED, ActKind.BLACK)  # from the lightest on
CARD_ZH: Mapping[str, str] = {ActKind.YELLOW: "黄牌", ActKind.RED: "红牌", ActKind.BLACK: "黑牌"}
WANTS_ANSWER = frozenset({ActKind.SUPERVISE, *CARDS})
CAPABILITY: Mapping[ActKind, str] = {  # OV-5
    ActKind.URGE: "oversight.urge",
    ActKind.SUPERVISE: "oversight.supervise",
    ActKind.YELLOW: "oversight.supervise",
    ActKind.RED: "oversight.supervise",
    ActKind.BLACK: "oversight.supervise",
}


class KeptBy(StrEnum):
    """What keeps a promise."""

    VERIFIED = "verified"  # the desk has said whether the tip is true
    REPLIED = "replied"  # the reporter was told


class NothingLate(Refused):
    code = "oversight.nothing_late"
    zh = "该案件没有超期的时限，不能发{card_zh}。可以先催办。"
    en = "No clock of this case is over, so it gets no {card}. Urge it instead."


class CardStands(Refused):
    code = "oversight.card_stands"
    zh = "该案件已有{card_zh}或更重的牌未撤销。"
    en = "A {card} card or a heavier one stands on this case."


class NoDepartment(Refused):
    code = "oversight.no_department"
    zh = "该案件尚未派给部门，只能催办。"
    en = "No department has this case yet; it can only be urged."


class AlreadyAnswered(Refused):
    code = "oversight.already_answered"
    zh = "这份督办已答复或已撤销。"
    en = "This was answered or taken back already."


class NoReplyOwed(Refused):
    code = "oversight.no_reply_owed"
    zh = "该案件没有等待答复的举报人。"
    en = "No reporter of this case waits for an answer."


class Calendar(Protocol):
    def add_working_days(self, at: datetime, n: int) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder: who learns of a late case, and how many working days after its deadline."""

    level: int
    code: str
    role: str
    after_working_days: int
    name_zh: str
    name_en: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class CardRule:
    """When a card is due, and how long its answer may take."""

    card: str
    after_working_days: int
    answer_working_days: int
    name_zh: str
    name_en: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class PromiseRule:
    """What a reporter was promised: for which matters (prefixes; none: all others), and how fast."""

    code: str
    name_zh: str
    name_en: str
    kept_by: str
    matters: tuple[str, ...]
    clock: Clock
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Running:
    """A clock that runs: its name, when it began, when it ends."""

    clock: str
    started_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Climb:
    """A rung that a clock has reached: since when."""

    running: Running
    rung: Rung
    since: datetime


def climbs(
    clocks: Iterable[Running], ladder: Sequence[Rung], calendar: Calendar, *, at: datetime
) -> list[Climb]:
    """Return every rung that the clocks have reached at the moment, lowest first.

    A rung in a year that nobody knows is not reached yet; the rungs below it are.
    Rule: OV-1 (WH-34, SX-14), OV-2: what was reached while nobody looked is reached all the same.
    """
    found = []
    for running in clocks:
        for rung in ladder:
            since = reached_at(running.due_at, rung.after_working_days, calendar)
            if since is None or since > at:
                break
            found.append(Climb(running, rung, since))
    return found


def next_rung_at(
    clocks: Iterable[Running], ladder: Sequence[Rung], calendar: Calendar, *, at: datetime
) -> datetime:
    """Return the moment after `at` at which one of the clocks reaches its next rung; NEVER if none will.

    A rung in a year that nobody knows is never reached: once the year is known, it is another calendar.
    Rule: OV-9.
    """
    coming = [NEVER]
    for running in clocks:
        for rung in ladder:
            since = reached_at(running.due_at, rung.after_working_days, calendar)
            if since is None or since > at:
                coming.append(since or NEVER)
                break
    return min(coming)


def reached_at(due_at: datetime, working_days: int, calendar: Calendar) -> datetime | None:
    """Return when so many working days after a deadline are over; None: a year is unknown. Rule: OV-1."""
    if working_days == 0:
        return due_at
    try:
        return calendar.add_working_days(due_at - INSTANT, working_days)
    except Refused:
        return None


def climb_id(case_id: UUID, climb: Climb) -> UUID:
    """Return the id of an escalation and its mark: one rung of one clock is one id. Rule: OV-2."""
    running, rung = climb.running, climb.rung
    words = f"{case_id}|{running.clock}|{running.started_at.timestamp()}|{rung.level}"
    return assemble(climb.since, int.from_bytes(hashlib.sha256(words.encode()).digest()) & BITS)


def clocks_of(
    *,
    reported_at: datetime,
    due_at: datetime | None,
    stage_started_at: datetime,
    stage_due_at: datetime | None,
) -> list[Running]:
    """Return the clocks that every case has and that have an end."""
    clocks = [(BUSINESS, reported_at, due_at), (STAGE, stage_started_at, stage_due_at)]
    return [Running(name, start, end) for name, start, end in clocks if end is not None]


def promises_for(rules: Sequence[PromiseRule], *, channel: str, matter_code: str) -> list[PromiseRule]:
    """Return what a tip's reporter is promised: of each kind the rule that names the matter, else the rest.

    Rule: OV-4 (公安部令120号: blocked routes and disabled systems within 24 hours, others in three working
          days; WH-34: an answer in three working days).
    """
    if channel not in TIPS:
        return []
    found: dict[str, PromiseRule] = {}
    for rule in sorted(rules, key=lambda rule: len(rule.matters) > 0):
        if not rule.matters or matter_code.startswith(rule.matters):
            found[rule.kept_by] = rule
    return list(found.values())


def is_verified(status: Status) -> bool:
    """Return whether the desk has said if a tip is true: it left the first status. Rule: OV-4."""
    return status is not Status.REPORTED


def card_due(
    rules: Sequence[CardRule],
    late_since: datetime | None,
    standing: Iterable[str],
    calendar: Calendar,
    *,
    at: datetime,
) -> CardRule | None:
    """Return the heaviest card that is due and does not stand yet, or None.

    Rule: OV-6.
    """
    if late_since is None:
        return None
    weight = {card.value: place for place, card in enumerate(CARDS)}
    heaviest = max((weight[card] for card in standing if card in weight), default=-1)
    due = [
        rule
        for rule in rules
        if (since := reached_at(late_since, rule.after_working_days, calendar)) is not None
        and since <= at
        and weight[rule.card] > heaviest
    ]
    return max(due, key=lambda rule: weight[rule.card], default=None)


def check_card(kind: ActKind, *, is_late: bool, standing: Iterable[str]) -> None:
    """Refuse a card on a case that is not late, or below one that stands.

    Raises: NothingLate, CardStands.
    Rule:   OV-6.
    """
    if kind not in CARDS:
        return
    names = {"card": kind.value, "card_zh": CARD_ZH[kind]}
    if not is_late:
        raise NothingLate(**names)
    if any(card in CARDS and CARDS.index(ActKind(card)) >= CARDS.index(kind) for card in standing):
        raise CardStands(**names)
