"""A few cases that stand still in each state, so that a new demo city shows all of them (TW-10)."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from wangge.accounts.rules import Role
from wangge.cases.rules import Action, Channel, Status
from wangge.cases.schemas import CaseReport
from wangge.kernel.clock import CHINA
from wangge.kernel.ids import id_at
from wangge.twin.moves import LiveCase, Matter, Move, forced_move
from wangge.twin.photos import Shot, choose_phone, moved
from wangge.twin.play import Play, Report
from wangge.twin.sayings import say
from wangge.twin.visiting import Task

A = Action
DISPATCHED = (A.ACCEPT, A.DISPATCH)
SIGNED = (*DISPATCHED, A.SIGN)
WAYS: Mapping[Status, Sequence[Action]] = {
    Status.REPORTED: (),
    Status.ACCEPTED: (A.ACCEPT,),
    Status.DISPATCHED: DISPATCHED,
    Status.SUSPENDED: (*SIGNED, A.ASK_SUSPENSION, A.SUSPEND),
    Status.HANDLING: SIGNED,
    Status.TRANSFERRED: (*SIGNED, A.TRANSFER),
    Status.REJECTED: (A.REJECT,),
    Status.CLOSED: (*SIGNED, A.FEED_BACK, A.PASS),
    Status.VERIFYING: (*SIGNED, A.FEED_BACK),  # last: one of them sends a photo of a closed one again
}
EACH = 2
MATTERS = ("H101", "H401", "H302", "H804")
APART = timedelta(minutes=7)
Slip = Callable[[Play, LiveCase, Move, list[str]], Move]


def arrange(play: Play, *, path: str, at: datetime) -> list[Task]:
    """Report hazards under `path` in the hours before `at` and lead each to its state, as people would.

    Return the visits there whose places have none.
    """
    tasks = [task for task in play.door.tasks(at.astimezone(CHINA).date()) if task.path.startswith(path)]
    rng = random.Random(f"{play.seed}:stills")
    rng.shuffle(tasks)
    sent: list[str] = []
    for status, way in WAYS.items():
        for n, task in enumerate([tasks.pop() for _ in range(min(EACH, len(tasks)))]):
            slip = SLIPS[n] if status is Status.VERIFYING else None
            starts_at = at - APART * (len(way) + rng.randint(1, 12))
            fits = [code for code in MATTERS if _fits(play.stage.matters.get(code), way)]
            lead(play, task, way, starts_at, rng, matter=rng.choice(fits), slip=slip, sent=sent)
    return tasks


def lead(
    play: Play,
    task: Task,
    way: Sequence[Action],
    at: datetime,
    rng: random.Random,
    *,
    matter: str,
    slip: Slip | None = None,
    sent: list[str],
) -> LiveCase | None:
    """Let a citizen report the matter and people take the steps; return the case, None if they cannot."""
    citizen = play.cast.choose((Role.CITIZEN,), task.path, rng)
    if citizen is None:
        return None
    case_id, phone = id_at(at, rng), choose_phone(rng)
    command = CaseReport(
        id=case_id,
        at=at,
        matter_code=matter,
        text=say(matter, Channel.CITIZEN, random.Random(f"{play.seed}:saying:{task.venue_id}:{at}")),
        lon=task.lon,
        lat=task.lat,
        address=task.address,
        venue_id=task.venue_id,
        channel=Channel.CITIZEN,
        photos=[
            play.stage.album.take(case_id, phone, number=0, tidy=False, at=at, point=(task.lon, task.lat))
        ],
    )
    case = play.report_now(Report(at, citizen, task.path, command))
    for action in way:
        at += APART
        if case is None:
            return None
        move = forced_move(case, play.stage, action, at)
        if move is not None and slip is not None and action is A.FEED_BACK:
            move = slip(play, case, move, sent)
        if move is None or not play.move_now(case, move):
            return None
        sent += move.command.photos
    return case


def _fits(matter: Matter | None, way: Sequence[Action]) -> bool:
    """Return whether a case of the matter can go this way: who hands over to itself has the power (CS-38)."""
    if matter is None or A.TRANSFER not in way:
        return matter is not None
    return not matter.enforcers or matter.department_kind in matter.enforcers


def _taken_elsewhere(play: Play, case: LiveCase, move: Move, sent: list[str]) -> Move:
    """The photo after was taken 400 metres away."""
    assert case.point is not None
    there = moved(case.point, east_m=400, north_m=0)
    shot = Shot(f"elsewhere:{case.id}", 0, tidy=True, phone=0, taken_at=move.at, point=there)
    return _with(move, play.stage.album.keep(shot))


def _sent_again(play: Play, case: LiveCase, move: Move, sent: list[str]) -> Move:
    """The photo after is one that an earlier case was closed with."""
    return _with(move, sent[-1])


def _with(move: Move, photo: str) -> Move:
    return replace(move, command=move.command.model_copy(update={"photos": [photo]}))


SLIPS: Sequence[Slip] = (_sent_again, _taken_elsewhere)  # what a demo needs for its findings (TW-12)
