"""When somebody is away, and what may be changed of it. Source: docs/rules/accounts.md (AC-13, AC-14)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from wangge.kernel.errors import Refused


class WordList(StrEnum):
    """What a pack names about people."""

    LEAVE = "leave"
    STAFF_CLASS = "staff_class"
    STAFF_KIND = "staff_kind"
    EMPLOYMENT = "employment"
    EDUCATION = "education"
    POLITICS = "politics"
    HIRING = "hiring"  # criteria by which members are taken (TZ-09)


class LeaveBackward(Refused):
    status = 422
    code = "accounts.leave_backward"
    zh = "返岗日期须晚于开始日期。请重新选择。"
    en = "The first day back must come after the first day away. Choose again."


class LeaveInThePast(Refused):
    code = "accounts.leave_in_the_past"
    zh = "最早可从 {earliest} 起登记，更早的日子已成事实。请从这一天开始。"
    en = "It can begin on {earliest} at the earliest: what was before stays. Begin on that day."


class LeavesOverlap(Refused):
    code = "accounts.leaves_overlap"
    zh = "{starts_on} 至 {last_on} 已登记离岗。请避开这些日子，或先结束、撤回那一次。"
    en = (
        "{starts_on} to {last_on} is entered already. Choose other days, or end or withdraw that leave first."
    )


class LeaveOver(Refused):
    code = "accounts.leave_over"
    zh = "这次离岗已于 {ends_on} 结束，历史不再改动。"
    en = "This leave ended on {ends_on}, and what was stays."


class LeaveNotBegun(Refused):
    code = "accounts.leave_not_begun"
    zh = "这次离岗从 {starts_on} 才开始。请改为撤回。"
    en = "This leave begins on {starts_on}. Withdraw it instead."


class LeaveBegan(Refused):
    code = "accounts.leave_began"
    zh = "这次离岗已于 {starts_on} 开始，不能撤回。请改为提前返岗。"
    en = "This leave began on {starts_on} and cannot be withdrawn. End it early instead."


class LeaveGone(Refused):
    code = "accounts.leave_withdrawn"
    zh = "这次离岗已撤回。如需离岗，请重新登记。"
    en = "This leave was withdrawn. Enter a new one."


class EndNotEarlier(Refused):
    code = "accounts.leave_end_not_earlier"
    zh = "提前返岗须在 {earliest} 至 {latest} 之间。如需延长，请另行登记。"
    en = "Somebody is back early between {earliest} and {latest}. To stay away longer, enter another leave."


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is away in `[starts_on, ends_on)`."""

    starts_on: date
    ends_on: date

    def meets(self, other: Away) -> bool:
        return self.starts_on < other.ends_on and other.starts_on < self.ends_on

    def holds(self, on: date) -> bool:
        return self.starts_on <= on < self.ends_on


def check_leave(leave: Away, others: Iterable[Away], *, today: date) -> None:
    """Check a new leave against the person's others.

    Raises: LeaveBackward, LeaveInThePast, LeavesOverlap naming the first it meets.
    Rule:   AC-13.
    """
    if leave.ends_on <= leave.starts_on:
        raise LeaveBackward()
    if leave.starts_on < today:
        raise LeaveInThePast(earliest=today)
    met = sorted((one for one in others if one.meets(leave)), key=lambda one: one.starts_on)
    if met:
        raise LeavesOverlap(starts_on=met[0].starts_on, last_on=met[0].ends_on - timedelta(days=1))


def end_early(leave: Away, ends_on: date, *, today: date) -> Away:
    """Return the leave with an earlier first day back.

    Raises: LeaveOver, LeaveNotBegun, EndNotEarlier.
    Rule:   AC-14.
    """
    if leave.ends_on <= today:
        raise LeaveOver(ends_on=leave.ends_on)
    if leave.starts_on > today:
        raise LeaveNotBegun(starts_on=leave.starts_on)
    earliest = max(today, leave.starts_on + timedelta(days=1))
    if not earliest <= ends_on < leave.ends_on:
        raise EndNotEarlier(earliest=earliest, latest=leave.ends_on - timedelta(days=1))
    return replace(leave, ends_on=ends_on)


def check_leave_withdrawal(leave: Away, *, today: date) -> None:
    """Raises: LeaveBegan for one that has begun, LeaveOver for one that is over. Rule: AC-14."""
    if leave.ends_on <= today:
        raise LeaveOver(ends_on=leave.ends_on)
    if leave.starts_on <= today:
        raise LeaveBegan(starts_on=leave.starts_on)
