"""How a deadline came to be where it is: what the steps of the case did to it (CS-6). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wangge.cases.chain import Event
from wangge.cases.deadlines import CHINA, Line
from wangge.cases.rules import Action, Mark


def list_moves(events: Sequence[Event]) -> list[Line]:
    """Return a line for every step that stopped the business clock, let it run again or set its end."""
    lines = [_move(event) for event in events]
    return [line for line in lines if line is not None]


def _move(event: Event) -> Line | None:
    if event.action == Action.SUSPEND:
        return Line(
            event.at,
            f"批准延期，停止计时：{event.detail.get('reason', '')}",
            f"Suspended, the clock stands still: {event.detail.get('reason', '')}",
        )
    if event.action not in {Action.RESUME, Mark.SET_DEADLINE}:
        return None
    moved = event.detail.get("facts", {}).get("due_at")
    if moved is None:
        return Line(event.at, "恢复计时，期限不变", "Resumed; the deadline has not moved")
    end = datetime.fromisoformat(moved).astimezone(CHINA)
    if event.action == Mark.SET_DEADLINE:
        zh, en = "年度日历已知，期限定为", "The year's calendar is known; the deadline is"
    else:
        zh, en = "恢复计时，期限顺延至", "Resumed; the deadline moved to"
    return Line(event.at, f"{zh} {end:%Y-%m-%d %H:%M}", f"{en} {end:%Y-%m-%d %H:%M} China time")
