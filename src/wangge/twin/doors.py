"""How simulated people reach the city: through its services here, through HTTP in `http_door`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Protocol

from django.db import connection

from wangge.accounts import queries as accounts
from wangge.cases import services as cases
from wangge.cases.schemas import CaseReport, StepCommand
from wangge.checklists import queries as checklists
from wangge.checklists.schemas import Item
from wangge.kernel import clock, files
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.fates import Fate
from wangge.matters import queries as matter_queries
from wangge.orders import services as orders
from wangge.orders.schemas import OrderResult, PlanRequest
from wangge.twin import queries
from wangge.twin.cast import Cast, Office
from wangge.twin.moves import LiveCase, Matter, to_matter
from wangge.twin.visiting import Task

BATCH = 500  # what the API takes at once


class Door(Protocol):
    """What people can do to the city and see of it. A batch answers one fate an item, in order."""

    def meet(self, on: date) -> Cast: ...
    def matters(self) -> Mapping[str, Matter]: ...
    def items(self, checklist_id: int) -> Sequence[Item]: ...
    def tasks(self, day: date) -> list[Task]: ...
    def open_cases(self) -> list[LiveCase]: ...
    def store_photos(self, contents: Sequence[bytes], *, actor: Actor, at: datetime) -> None: ...
    def plan(self, plan: PlanRequest, *, actor: Actor, at: datetime) -> None: ...
    def complete(self, results: Sequence[OrderResult], *, actor: Actor, at: datetime) -> list[Fate]: ...
    def report(self, reports: Sequence[CaseReport], *, actor: Actor, at: datetime) -> list[Fate]: ...
    def step(self, steps: Sequence[StepCommand], *, actor: Actor, at: datetime) -> list[Fate]: ...
    def end_day(self, day: date) -> None: ...


@contextmanager
def in_a_hurry() -> Iterator[None]:
    """Do not wait for the disk at each commit: a simulated month that is lost in a crash is played again.

    Never for what people did. The last commit, after the block, waits and so makes all of them durable.
    """
    _set_synchronous("off")
    try:
        yield
    finally:
        _set_synchronous("on")


def _set_synchronous(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET synchronous_commit = {word}")


class ServicesDoor:
    """The services of this process, with the clock standing at the simulated moment."""

    def __init__(self) -> None:
        self._items: dict[int, Sequence[Item]] = {}

    def meet(self, on: date) -> Cast:
        people = accounts.get_actors(queries.user_ids(), on)
        offices = accounts.get_departments(queries.department_ids())
        return Cast(
            {user_id: people[user_id] for user_id in sorted(people)},
            [Office(one.id, one.kind, one.path) for _, one in sorted(offices.items())],
        )

    def matters(self) -> Mapping[str, Matter]:
        powers = matter_queries.in_force().powers
        return {one.code: to_matter(one, powers) for one in matter_queries.list_matters()}

    def items(self, checklist_id: int) -> Sequence[Item]:
        if checklist_id not in self._items:
            self._items[checklist_id] = checklists.get_checklist(checklist_id).items
        return self._items[checklist_id]

    def tasks(self, day: date) -> list[Task]:
        return queries.open_tasks(day)

    def open_cases(self) -> list[LiveCase]:
        return queries.open_cases()

    def store_photos(self, contents: Sequence[bytes], *, actor: Actor, at: datetime) -> None:
        for content in contents:
            files.store_file(content, actor=actor, at=at)

    def plan(self, plan: PlanRequest, *, actor: Actor, at: datetime) -> None:
        with clock.standing_at(at):
            orders.plan_orders(plan, actor=actor, at=at)

    def complete(self, results: Sequence[OrderResult], *, actor: Actor, at: datetime) -> list[Fate]:
        with clock.standing_at(at):
            return orders.complete_orders(results, actor=actor, at=at)

    def report(self, reports: Sequence[CaseReport], *, actor: Actor, at: datetime) -> list[Fate]:
        with clock.standing_at(at):
            return cases.report_cases(reports, actor=actor, at=at)

    def step(self, steps: Sequence[StepCommand], *, actor: Actor, at: datetime) -> list[Fate]:
        with clock.standing_at(at):
            return cases.take_steps(steps, actor=actor, at=at)

    def end_day(self, day: date) -> None:
        at = datetime.combine(day, time(23, 59, 59), CHINA)
        with clock.standing_at(at):
            orders.close_missed(at=at)
