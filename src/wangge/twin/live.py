"""Rounds against a running house: the same people, with the real clock and no waiting between the stages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from wangge.twin.behaviour import Behaviour
from wangge.twin.doors import Door
from wangge.twin.play import Play

Now = Callable[[], datetime]


def play_rounds(
    door: Door,
    habits: Behaviour,
    *,
    seed: int,
    rounds: int,
    now: Now,
    today: Callable[[], date],
    goes_on: Callable[[], bool] = lambda: True,
) -> Play:
    """Let everybody act `rounds` times: a few visits each, reports, then the next step on every open case.

    Equal seeds make equal decisions; the ids carry the real time, so a second run is new commands.
    `goes_on` is asked before each round.
    """
    play = Play(door, door.meet(today()), door.matters(), habits, seed=seed, pace=lambda since, hours: now())
    play.adopt(door.open_cases())
    for _ in range(rounds):
        if not goes_on():
            break
        play.make_visits([(now(), task) for task in door.tasks(today())], sent_at=now())
        play.send_reports(sent_at=now())
        play.send_moves(sent_at=now())
    return play
