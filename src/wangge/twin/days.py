"""Simulated days: the clock is set from here, and nothing asks the machine for the time."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from wangge.accounts.rules import Role
from wangge.kernel import calendars
from wangge.kernel.calendar import YearUnknown
from wangge.orders.schemas import PlanRequest
from wangge.twin.behaviour import Behaviour
from wangge.twin.doors import Door
from wangge.twin.play import Play
from wangge.twin.visiting import Task, day_of
from wangge.twin.worktime import IsWorkday, add_work_hours, at_time, works_on

SYNCS = (12.5, 18.0, 21.0)  # hours of the day at which phones and desks send what they have
FIRST_VISIT, LAST_VISIT = 8.75, 17.75
PLANNED_AT = 0.5
Progress = Callable[[date], None]
Visit = tuple[datetime, Task]


def play_days(
    door: Door,
    habits: Behaviour,
    *,
    seed: int,
    starts_on: date,
    days: int,
    until: datetime | None = None,
    idle_on: date | None = None,
    plan_until: date | None = None,
    has_shared_photos: bool = False,
    on_day: Progress = lambda day: None,
) -> Play:
    """Let the city live `days` days from `starts_on`, at most until the moment `until`; return the play.

    Nobody goes out on `idle_on`; the last month is planned to `plan_until` instead of the end of the days.
    Rule: TW-5 (working hours), TW-6 (habits), TW-8 (equal seeds, equal cities).
    """
    works = partial(works_on, calendar=calendars.in_force().nation)
    play = Play(
        door,
        door.meet(starts_on),
        door.matters(),
        habits,
        seed=seed,
        pace=partial(add_work_hours, works=works),
        has_shared_photos=has_shared_photos,
    )
    play.adopt(door.open_cases())
    planned_to = plan_until or starts_on + timedelta(days=days)
    for day in (starts_on + timedelta(days=n) for n in range(days)):
        if day == starts_on or day.day == 1:
            _plan(play, day, min(planned_to, first_of_next_month(day)))
        visits = [] if day == idle_on else _timetable(play, day, works)
        if not _live_through(play, day, visits, until):
            break
        on_day(day)
    return play


def _plan(play: Play, starts_on: date, ends_on: date) -> None:
    request = PlanRequest(starts_on=starts_on, ends_on=ends_on)
    for actor in play.cast.of_role(Role.DISPATCHER):
        try:
            play.door.plan(request, actor=actor, at=at_time(starts_on, PLANNED_AT))
        except YearUnknown as refusal:  # no visits then, but everything else goes on
            play.counts.refused[refusal.code] += 1


def _live_through(play: Play, day: date, visits: Sequence[Visit], until: datetime | None) -> bool:
    """Play one day; return whether it was played to its end."""
    since, is_last = at_time(day, 0), until is not None and until < at_time(day, 24)
    syncs = [at_time(day, hour) for hour in SYNCS if until is None or at_time(day, hour) < until]
    if is_last and until is not None:
        syncs.append(until)
    for sent_at in syncs:
        play.make_visits([visit for visit in visits if since < visit[0] <= sent_at], sent_at=sent_at)
        play.send_reports(sent_at=sent_at)
        play.send_moves(sent_at=sent_at)
        since = sent_at
    if not is_last:
        play.door.end_day(day)
    return not is_last


def _timetable(play: Play, day: date, works: IsWorkday) -> list[Visit]:
    """Return the visits people mean to make that day, levelled to it or put off to it, by time."""
    if not works(day):
        return []
    visits = []
    for task in play.door.tasks(day):
        on = day_of(task, play.habits.visits, seed=play.seed, works=works)
        if on is not None and on <= day:
            hour = random.Random(f"{play.seed}:hour:{task.order_id}").uniform(FIRST_VISIT, LAST_VISIT)
            visits.append((at_time(day, hour).replace(microsecond=0), task))
    return sorted(visits, key=lambda visit: (visit[0], visit[1].order_id))


def first_of_next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
