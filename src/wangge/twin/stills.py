"""A few cases that stand still in each state, so that a new demo city shows all of them (TW-10)."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from wangge.accounts.rules import Role
from wangge.cases.rules import Action, Channel, Status
from wangge.cases.schemas import CaseReport
from wangge.kernel.clock import CHINA
from wangge.kernel.ids import id_at
from wangge.twin.moves import forced_move
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
    Status.VERIFYING: (*SIGNED, A.FEED_BACK),
    Status.REJECTED: (A.REJECT,),
    Status.CLOSED: (*SIGNED, A.FEED_BACK, A.PASS),
}
EACH = 2
MATTERS = ("H101", "H401", "H302", "H804")
APART = timedelta(minutes=7)


def arrange(play: Play, *, path: str, at: datetime) -> None:
    """Report hazards under `path` in the hours before `at` and lead each to its state, as people would."""
    tasks = [task for task in play.door.tasks(at.astimezone(CHINA).date()) if task.path.startswith(path)]
    rng = random.Random(f"{play.seed}:stills")
    rng.shuffle(tasks)
    for way in WAYS.values():
        for task in [tasks.pop() for _ in range(min(EACH, len(tasks)))]:
            _lead(play, task, way, at - APART * (len(way) + rng.randint(1, 12)), rng)


def _lead(play: Play, task: Task, way: Sequence[Action], at: datetime, rng: random.Random) -> None:
    citizen = play.cast.choose((Role.CITIZEN,), task.path, rng)
    if citizen is None:
        return
    matter = rng.choice([code for code in MATTERS if code in play.stage.matters])
    command = CaseReport(
        id=id_at(at, rng),
        at=at,
        matter_code=matter,
        text=say(matter, Channel.CITIZEN, random.Random(f"{play.seed}:saying:{task.venue_id}:{at}")),
        lon=task.lon,
        lat=task.lat,
        address=task.address,
        venue_id=task.venue_id,
        channel=Channel.CITIZEN,
        photos=[play.stage.album.pair(rng)[0]],
    )
    case = play.report_now(Report(at, citizen, task.path, command))
    for action in way:
        at += APART
        if case is None:
            return
        move = forced_move(case, play.stage, action, at)
        if move is None or not play.move_now(case, move):
            return
