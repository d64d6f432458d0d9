"""A long history in few batches: phones that send seldom, desks that work through what came."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from wangge.accounts.rules import Role
from wangge.kernel import calendars
from wangge.orders.schemas import PlanRequest
from wangge.twin import queries
from wangge.twin.behaviour import Behaviour
from wangge.twin.days import FIRST_VISIT, LAST_VISIT, PLANNED_AT, first_of_next_month
from wangge.twin.doors import Door
from wangge.twin.play import Play
from wangge.twin.visiting import Task, day_of
from wangge.twin.worktime import add_work_hours, at_time, works_on

EVERY_DAYS = 7
SENT_AT = 23.5  # on the last day


def plan_months(door: Door, starts_on: date, months: int) -> None:
    """Let the dispatchers plan month after month, as they do on its first day."""
    cast = door.meet(starts_on)
    for _ in range(months):
        ends_on = first_of_next_month(starts_on)
        for actor in cast.of_role(Role.DISPATCHER):
            request = PlanRequest(starts_on=starts_on, ends_on=ends_on)
            door.plan(request, actor=actor, at=at_time(starts_on, PLANNED_AT))
        starts_on = ends_on


def replay(
    door: Door,
    habits: Behaviour,
    *,
    path: str,
    seed: int,
    starts_on: date,
    ends_on: date,
    every_days: int = EVERY_DAYS,
) -> Play:
    """Let the people under `path` do what is planned, and their desks what comes of it; return the play.

    Members and desks send every so many days, in the batches that the API takes; nothing else differs from
    `play_days`. Memory holds the orders of that time and the open cases.
    Rule: TW-5, TW-6, TW-8.
    """
    works = partial(works_on, calendar=calendars.in_force().nation)
    play = Play(
        door,
        door.meet(starts_on),
        door.matters(),
        habits,
        seed=seed,
        pace=partial(add_work_hours, works=works),
        has_shared_photos=True,
    )
    first = starts_on
    while first < ends_on:
        following = min(first + timedelta(days=every_days), ends_on)
        by_day: dict[date, list[Task]] = defaultdict(list)
        for task in queries.tasks_between(path, first, following):
            day = day_of(task, habits.visits, seed=seed, works=works)
            if day is not None and first <= day < following:
                by_day[day].append(task)
        visits = [
            (at_time(day, _hour(seed, task.order_id)).replace(microsecond=0), task)
            for day, tasks in by_day.items()
            for task in tasks
        ]
        sent_at = at_time(following - timedelta(days=1), SENT_AT)
        play.make_visits(sorted(visits, key=lambda one: (one[0], one[1].order_id)), sent_at=sent_at)
        play.send_reports(sent_at=sent_at)
        play.send_moves(sent_at=sent_at)
        play.forget_ended()
        first = following
    return play


def _hour(seed: int, order_id: UUID) -> float:
    return random.Random(f"{seed}:hour:{order_id}").uniform(FIRST_VISIT, LAST_VISIT)
