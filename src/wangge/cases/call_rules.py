"""Teams called to a case: what may be noted after what. Source: docs/rules/cases.md, CS-45 (SX-19)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from wangge.kernel.errors import Refused


class Call(StrEnum):
    """What happened with a team that was called."""

    CALLED = "called"
    ANSWERED = "answered"  # it comes
    DECLINED = "declined"  # it does not
    ARRIVED = "arrived"
    LEFT = "left"


AFTER: dict[Call | None, frozenset[Call]] = {
    None: frozenset({Call.CALLED}),
    Call.CALLED: frozenset({Call.ANSWERED, Call.DECLINED, Call.ARRIVED}),
    Call.ANSWERED: frozenset({Call.DECLINED, Call.ARRIVED}),
    Call.DECLINED: frozenset({Call.CALLED}),
    Call.ARRIVED: frozenset({Call.LEFT}),
    Call.LEFT: frozenset({Call.CALLED}),
}
SAID_ZH = {
    Call.CALLED: "已呼叫",
    Call.ANSWERED: "已应答",
    Call.DECLINED: "不能来",
    Call.ARRIVED: "已到场",
    Call.LEFT: "已离开",
}


class CallNotAllowed(Refused):
    code = "cases.call_not_allowed"
    zh = "“{team}”现在是“{now_zh}”，不能记为“{what_zh}”。请刷新。"
    en = "{team} is {now} now and cannot be {what}. Reload."


class CallTooEarly(Refused):
    status = 422
    code = "cases.call_too_early"
    zh = "时间不能早于上一步，也不能晚于现在。"
    en = "The time lies before the step before, or in the future."


@dataclass(frozen=True, slots=True)
class Called:
    """One step of a call-out, as an event of the case holds it."""

    team_id: UUID
    what: Call
    at: datetime  # when it happened
    by: str
    note: str


def check_call(team: str, what: Call, happened_at: datetime, past: Sequence[Called], at: datetime) -> None:
    """Raises: CallNotAllowed, CallTooEarly. `past` are the steps of this team in this case, in order.

    Rule: CS-45.
    """
    last = past[-1] if past else None
    now = last.what if last else None
    if what not in AFTER[now]:
        raise CallNotAllowed(team=team, now=now or "-", now_zh=SAID_ZH[now] if now else "未呼叫", what=what,
                             what_zh=SAID_ZH[what])  # fmt: skip
    if happened_at > at or (last is not None and happened_at < last.at):
        raise CallTooEarly()
