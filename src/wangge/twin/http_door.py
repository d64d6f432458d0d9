"""The people at their phones and desks: a running house, reached through HTTP only.

A command is sent with the same id until somebody answers it; what was acknowledged is written to a ledger.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import httpx
from pydantic import BaseModel, TypeAdapter

from wangge.accounts.rules import CAPABILITIES, Role
from wangge.accounts.schemas import Me
from wangge.cases.rules import Channel, Status
from wangge.cases.schemas import (
    CasePage,
    CaseReport,
    StepCommand,
)
from wangge.checklists.schemas import ChecklistOut, Item
from wangge.kernel.actor import Actor
from wangge.kernel.fates import Fate, Outcome
from wangge.kernel.schemas import FateOut
from wangge.matters.schemas import MatterOut, PowerOut
from wangge.orders.rules import started_on
from wangge.orders.schemas import OrderDetail, OrderPage, OrderResult, PlanRequest
from wangge.twin.cast import Cast, Office
from wangge.twin.ledger import Ledger
from wangge.twin.moves import LiveCase, Matter, to_matter
from wangge.twin.visiting import Task

PATIENCE_S = 120.0
VISITS_A_ROUND, LOOKED_AT = 4, 50
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 1.0
FATES = TypeAdapter(list[FateOut])
MATTERS = TypeAdapter(list[MatterOut])
POWERS = TypeAdapter(list[PowerOut])
DEPARTMENTS = TypeAdapter(list[dict[str, Any]])


class ServerAway(Exception):
    """Nobody answered for longer than `PATIENCE_S`."""


class Account(BaseModel):
    """Somebody who can log in; a line of demo-accounts.json."""

    username: str
    role: Role


@dataclass(slots=True)
class _Session:
    """One person's log-in."""

    client: httpx.Client
    me: Me


class HttpDoor:
    """A `Door` into a running house. Its clock is the real one."""

    def __init__(
        self,
        url: str,
        accounts: Sequence[Account],
        password: str,
        ledger: Ledger,
        *,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._url, self._password, self._ledger, self._patience_s = (
            url.rstrip("/"),
            password,
            ledger,
            patience_s,
        )
        self._accounts = accounts
        self._sessions: dict[int, _Session] = {}
        self._lists: dict[int, ChecklistOut] = {}
        self.retries = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in self._sessions.values():
            session.client.close()
        self._ledger.close()

    # ---- what people see ----

    def meet(self, on: date) -> Cast:
        """Log everybody in. Returns them with the departments the first dispatcher sees."""
        people = {}
        for account in self._accounts:
            session = self._log_in(account.username)
            self._sessions[session.me.id] = session
            people[session.me.id] = _actor(session.me)
        rows = [
            row
            for actor in people.values()
            if actor.role == Role.DISPATCHER
            for row in DEPARTMENTS.validate_json(self._get(actor, "/accounts/departments").content)
        ]
        offices = {row["id"]: Office(row["id"], row["kind"], row["path"]) for row in rows}
        return Cast(dict(sorted(people.items())), [offices[key] for key in sorted(offices)])

    def matters(self) -> Mapping[str, Matter]:
        desk = self._any_of(Role.DISPATCHER)
        found = MATTERS.validate_json(self._get(desk, "/matters").content)
        powers = POWERS.validate_json(self._get(desk, "/matters/powers").content)
        return {one.code: to_matter(one, powers) for one in found}

    def items(self, checklist_id: int) -> Sequence[Item]:
        if checklist_id not in self._lists:
            member = self._any_of(Role.GRID_MEMBER)
            answer = self._get(member, f"/checklists/{checklist_id}")
            self._lists[checklist_id] = ChecklistOut.model_validate_json(answer.content)
        return self._lists[checklist_id].items

    def tasks(self, day: date) -> list[Task]:
        """Return a few open orders of each member whose period has begun, as the phone shows them."""
        tasks = []
        for session in list(self._sessions.values()):
            if session.me.role == Role.GRID_MEMBER:
                tasks += self._tasks_of(_actor(session.me), day)
        return tasks

    def _tasks_of(self, member: Actor, day: date) -> list[Task]:
        answer = self._get(member, "/orders", mine=True, status="open", limit=LOOKED_AT)
        rows = OrderPage.model_validate_json(answer.content).items
        begun = [row.id for row in rows if started_on(row.id) <= day]
        return [self._task(member, order_id) for order_id in begun[:VISITS_A_ROUND]]

    def _task(self, member: Actor, order_id: UUID) -> Task:
        order = OrderDetail.model_validate_json(self._get(member, f"/orders/{order_id}").content)
        self._lists[order.checklist.id] = order.checklist
        return Task(
            order_id=order.id,
            venue_id=order.venue_id,
            member_id=member.user_id,
            checklist_id=order.checklist.id,
            opens_on=order.opens_on,
            due_on=order.due_on,
            lon=order.lon,
            lat=order.lat,
            address=order.address,
            path=order.grid_path,
            version=order.version,
        )

    def open_cases(self) -> list[LiveCase]:
        """Return the open cases nobody has taken yet: of later ones the desk does not see who is on them."""
        cases: dict[UUID, LiveCase] = {}
        for actor in [_actor(s.me) for s in self._sessions.values() if s.me.role == Role.DISPATCHER]:
            answer = self._get(actor, "/cases", status="reported", limit=200)
            for row in CasePage.model_validate_json(answer.content).items:
                cases[row.id] = LiveCase(
                    id=row.id,
                    path=row.grid_path,
                    matter_code=row.matter_code,
                    channel=Channel(row.channel),
                    venue_id=row.venue_id,
                    reporter_id=0,
                    status=Status.REPORTED,
                    since=row.reported_at,
                    version=row.version,
                    point=(row.lon, row.lat),
                )
        return [cases[key] for key in sorted(cases)]

    # ---- what people do ----

    def store_photos(self, contents: Sequence[bytes], *, actor: Actor, at: datetime) -> None:
        for content in contents:
            files = {"file": ("photo.jpg", content, "image/jpeg")}
            self._send(actor, "POST", "/files", files=files)

    def plan(self, plan: PlanRequest, *, actor: Actor, at: datetime) -> None:
        self._send(actor, "POST", "/orders/plan", content=plan.model_dump_json())

    def complete(self, results: Sequence[OrderResult], *, actor: Actor, at: datetime) -> list[Fate]:
        return self._command(actor, "/orders/results", results)

    def report(self, reports: Sequence[CaseReport], *, actor: Actor, at: datetime) -> list[Fate]:
        return self._command(actor, "/cases/reports", reports)

    def step(self, steps: Sequence[StepCommand], *, actor: Actor, at: datetime) -> list[Fate]:
        return self._command(actor, "/cases/steps", steps)

    def end_day(self, day: date) -> None:
        """The house closes missed orders itself."""

    def _command(self, actor: Actor, path: str, commands: Sequence[BaseModel]) -> list[Fate]:
        body = "[" + ",".join(command.model_dump_json() for command in commands) + "]"
        answer = self._send(actor, "POST", path, content=body)
        fates = [_fate(one) for one in FATES.validate_json(answer.content)]
        self._ledger.note(fates)
        return fates

    # ---- the wire ----

    def _get(self, actor: Actor, path: str, **query: Any) -> httpx.Response:
        return self._send(actor, "GET", path, params=query)

    def _send(self, actor: Actor, method: str, path: str, **request: Any) -> httpx.Response:
        """Send until somebody answers. A log-in that has ended is renewed.

        Raises: ServerAway; httpx.HTTPStatusError for a refusal of the whole request.
        """
        session = self._sessions[actor.user_id]
        answer = self._until_answered(session, method, path, request)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            session = self._sessions[actor.user_id] = self._log_in(session.me.username)
            answer = self._until_answered(session, method, path, request)
        return answer.raise_for_status()

    def _until_answered(
        self, session: _Session, method: str, path: str, request: Mapping[str, Any]
    ) -> httpx.Response:
        headers = {"X-CSRFToken": session.me.csrf_token}
        if "content" in request:
            headers["Content-Type"] = "application/json"
        return self._patiently(session.client, method, f"{self._url}/api{path}", headers=headers, **request)

    def _log_in(self, username: str) -> _Session:
        client = httpx.Client(timeout=30)
        body = {"username": username, "password": self._password}
        answer = self._patiently(client, "POST", f"{self._url}/api/accounts/login", json=body)
        return _Session(client, Me.model_validate_json(answer.raise_for_status().content))

    def _patiently(self, client: httpx.Client, method: str, url: str, **request: Any) -> httpx.Response:
        pause, waited = FIRST_PAUSE_S, 0.0
        while True:
            try:
                answer = client.request(method, url, **request)
                if answer.status_code < 500:
                    return answer
                reason = f"HTTP {answer.status_code}"
            except httpx.TransportError as error:
                reason = repr(error)
            if waited > self._patience_s:
                raise ServerAway(f"{url}: {reason}")
            self.retries += 1
            time.sleep(pause)  # back-off between two tries of one command
            waited += pause
            pause = min(pause * 2, LONGEST_PAUSE_S)

    def _any_of(self, role: Role) -> Actor:
        return next(_actor(s.me) for s in self._sessions.values() if s.me.role == role)


def _actor(me: Me) -> Actor:
    return Actor(me.id, me.name, me.role.value, me.scope, me.department_id, CAPABILITIES[me.role])


def _fate(one: FateOut) -> Fate:
    return Fate(one.command_id, Outcome(one.outcome), one.status, one.code, one.zh, one.en, one.result)
