"""The ledger of a deadline, line by line: what was counted, and what steps did to it (CS-6). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from wangge.cases.chain import Event
from wangge.cases.deadlines import CHINA, Calendar, deadline, extended, moved_by_days
from wangge.cases.rules import Action, Mark
from wangge.kernel.calendar import HALVES, DayKind
from wangge.kernel.clock import deadline_words
from wangge.kernel.errors import Refused
from wangge.matters.rules import Clock

DAY = timedelta(days=1)
COUNTED = frozenset({Mark.SET_DEADLINE, Mark.MOVE_DEADLINE, Action.RECLASSIFY})  # not set by people
NOT_COUNTED: Mapping[DayKind, tuple[str, str]] = {
    DayKind.WEEKEND: ("休息日", "Weekend"),
    DayKind.HOLIDAY: ("法定节假日", "Public holiday"),
    DayKind.LOCAL_OFF: ("当地放假", "Local day off"),
}
REMARK: Mapping[DayKind, tuple[str, str]] = {
    DayKind.MAKEUP: ("（调休上班）", " (make-up day)"),
    DayKind.LOCAL_WORK: ("（当地上班）", " (worked here)"),
    DayKind.MORNING_OFF: ("（上午放假）", " (morning off)"),
    DayKind.AFTERNOON_OFF: ("（下午放假）", " (afternoon off)"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the account of a deadline."""

    at: datetime
    zh: str
    en: str


def explain(
    start: datetime, clock: Clock, calendar: Calendar, *, began: tuple[str, str] = ("上报", "Reported")
) -> list[Line]:
    """Return the account of a clock, day by day: what counts and when the time is up.

    `began` says in both languages what started it. An unknown year ends the account with the remedy.
    Rule: CS-6.
    """
    zh, en = began
    if clock.working_hours is not None:
        hours = clock.working_hours
        lines = [Line(start, f"{zh}，限 {hours} 个工作小时", f"{en}; {hours} hours of work")]
        days = _work_lines(start, clock, calendar)
    elif clock.hours is not None:
        return [
            Line(start, f"{zh}，限 {clock.hours} 小时", f"{en}; {clock.hours} plain hours"),
            Line(start + timedelta(hours=clock.hours), "到期", "Time is up"),
        ]
    else:
        n = clock.working_days
        lines = [Line(start, f"{zh}，限 {n} 个工作日", f"{en}; {n} working days, from the next day")]
        days = _day_lines(start, n, calendar)
    try:
        for line in days:
            lines.append(line)
    except Refused as unknown:
        day = (
            lines[-1].at.astimezone(CHINA).date() + DAY if len(lines) > 1 else start.astimezone(CHINA).date()
        )
        return [*lines, Line(_midnight(day), unknown.message("zh"), unknown.message("en"))]
    return lines


def _day_lines(start: datetime, n: int, calendar: Calendar) -> Iterator[Line]:
    day, done = start.astimezone(CHINA).date(), 0
    while done < 2 * n:
        day += DAY
        kind = calendar.kind_of(day)
        done += HALVES[kind]
        yield _day_line(day, kind, done)
    yield Line(_midnight(day + DAY), "到期（24:00）", "Time is up (24:00)")


def _day_line(day: date, kind: DayKind, done: int) -> Line:
    if HALVES[kind] == 0:
        zh, en = NOT_COUNTED[kind]
        return Line(_midnight(day), f"{zh}，不计", f"{en}, not counted")
    remark_zh, remark_en = REMARK.get(kind, ("", ""))
    if HALVES[kind] == 1:
        total = f"{done / 2:g}"
        zh, en = f"计半天，累计 {total} 个工作日", f"Counts half a day, {total} working days so far"
    elif done % 2:
        total = f"{done / 2:g}"
        zh, en = f"计一天，累计 {total} 个工作日", f"Counts a day, {total} working days so far"
    else:
        zh, en = f"第 {done // 2} 个工作日", f"Working day {done // 2}"
    return Line(_midnight(day), zh + remark_zh, en + remark_en)


def _work_lines(start: datetime, clock: Clock, calendar: Calendar) -> Iterator[Line]:
    end = deadline(start, clock, calendar)
    day, last = start.astimezone(CHINA).date(), end.astimezone(CHINA).date()
    while day <= last:
        kind = calendar.kind_of(day)
        spans = [
            (max(first, start), min(until, end))
            for first, until in calendar.worked(day, clock.spans)
            if max(first, start) < min(until, end)
        ]
        if spans:
            said = "、".join(f"{a.astimezone(CHINA):%H:%M}-{b.astimezone(CHINA):%H:%M}" for a, b in spans)
            minutes = sum(((b - a) for a, b in spans), timedelta()) // timedelta(minutes=1)
            zh, en = REMARK.get(kind, ("", ""))
            yield Line(
                spans[0][0],
                f"{said}，计 {minutes} 分钟{zh}",
                f"{said.replace('、', ', ')}: {minutes} minutes count{en}",
            )
        elif HALVES[kind] == 0:
            zh, en = NOT_COUNTED[kind]
            yield Line(_midnight(day), f"{zh}，不计", f"{en}, not counted")
        day += DAY
    yield Line(end, "到期", "Time is up")


def list_moves(events: Sequence[Event]) -> list[Line]:
    """Return a line for every step that stopped the business clock, let it run again or set its end."""
    return [line for event in events for line in _move(event)]


def _move(event: Event) -> Iterator[Line]:
    facts: Mapping[str, Any] = event.detail.get("facts", {})
    reason = event.detail.get("reason", "")
    if event.action == Action.SUSPEND:
        yield Line(
            event.at,
            f"批准延期，停止计时：{reason}",
            f"Suspended, the clock stands still: {reason}",
        )
    elif event.action == Action.RESUME and "due_at" not in facts:
        yield Line(event.at, "恢复计时，期限不变", "Resumed; the deadline has not moved")
    elif facts.get("due_at") and event.seq > 1:
        day, time = deadline_words(datetime.fromisoformat(facts["due_at"]))
        zh, en = _why(event, reason)
        yield Line(event.at, f"{zh} {day} {time}", f"{en} {day} {time} China time")


def _why(event: Event, reason: str) -> tuple[str, str]:
    if event.action == Action.RESUME:
        return "恢复计时，期限顺延至", "Resumed; the deadline moved to"
    if event.action == Mark.MOVE_DEADLINE:
        who = event.actor_name
        return f"工作日历有变，{who}确认后期限改为", f"The calendar changed; {who} moved the deadline to"
    if event.action == Mark.SET_DEADLINE:
        return "年度日历已知，期限定为", "The year's calendar is known; the deadline is"
    if event.action == Action.RECLASSIFY:
        return "重新归类，自上报起按新事项计，期限为", "Another matter; counted from the report to"
    return f"期限改为（{reason}）", f"The deadline was moved ({reason}) to"


def recount(
    reported_at: datetime, clock: Clock, events: Sequence[Event], calendar: Calendar
) -> datetime | None:
    """Return the business deadline as `calendar` has it, counted anew through every suspension of the case.

    A deadline that people moved to a day of their own stays where they put it; an extension that was granted
    while a year was unknown is counted now. None: a year is unknown.
    Rule: CS-6.
    """
    try:
        due_at: datetime | None = deadline(reported_at, clock, calendar)
    except Refused:
        return None
    stopped_at: datetime | None = None
    days = 0
    for event in events:
        facts = event.detail.get("facts", {})
        if event.action == Action.SUSPEND:
            stopped_at = event.at
        elif event.action == Action.RESUME and stopped_at is not None:
            due_at = extended(due_at, clock, suspended_at=stopped_at, resumed_at=event.at, calendar=calendar)
            stopped_at = None
        elif event.action == Action.ASK_EXTENSION:
            days = event.detail.get("days", 0)
        elif event.action == Action.EXTEND and not facts.get("due_at"):  # granted while a year was unknown
            due_at = moved_by_days(due_at, days, clock, calendar)
        elif facts.get("due_at") and event.seq > 1 and event.action not in COUNTED:
            due_at = datetime.fromisoformat(facts["due_at"])
    return due_at


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)
