"""Patrols of the last days in the demo city: most attained, some short, some with gaps and doubts (TW-10).

Made by the same services as phones use: duty, points in batches, the count of each day, the night's logs.
"""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from uuid import UUID

import numpy as np
import shapely

from wangge.accounts import queries as accounts
from wangge.accounts.rules import Role
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.fates import Fate
from wangge.kernel.ids import id_at
from wangge.patrols import services as patrols
from wangge.patrols.rules import PatrolAction
from wangge.patrols.schemas import DutyCommand, GridLogCommand
from wangge.twin.city import City, GridSeed

DAYS = 3
EVERY_S = 60
MADE_UP = 1  # the flag of a position that the phone says was made up
PACE = 0.6 * EVERY_S / 111_195  # degrees a step: looking about, not marching
OUT_NOW = 4  # every fourth member is out at the moment, whatever the hour
COPIED_DAYS = 6
COPIED = "上午、下午各巡查一遍，未发现异常。"
NOTE = "今天重点看了老旧小区的楼道和充电棚，已当面提醒住户。"


class CannotPatrol(Exception):
    """The city refused a patrol of the demo: a mistake in the twin."""


def arrange_patrols(city: City, *, at: datetime, seed: int) -> None:
    """Let the members walk their grids on each of the last days; close those that are over. Rule: TW-10."""
    today = at.astimezone(CHINA).date()
    members = {one.scope: one.username for one in city.people if one.role is Role.GRID_MEMBER}
    ids = accounts.ids_of(list(members.values()))
    for back in range(DAYS, -1, -1):
        on = today - timedelta(days=back)
        rng = random.Random(f"{seed}:patrols:{on}")
        actors = accounts.get_actors(list(ids.values()), on)
        for n, grid in enumerate(city.grids):
            actor = actors.get(ids.get(members.get(grid.path, ""), 0))
            if actor is None or actor.role != Role.GRID_MEMBER:
                continue
            if not back and n % OUT_NOW == OUT_NOW - 1:
                _be_out(grid, actor, at, rng)
            elif (n + back) % 7 != 6:
                _walk(grid, actor, on, n + back, at, rng)
        if back:
            patrols.close_day(on, at=min(at, datetime.combine(on + timedelta(days=1), time(1, 20), CHINA)))
            _write(list(actors.values())[:2], on, at, rng)
    if copier := next((one for one in accounts.get_actors(list(ids.values()), today).values()), None):
        _copy(copier, today, at, random.Random(f"{seed}:copied"))
    patrols.count_arrived(at=at)
    patrols.count_copied(today)


def _copy(actor: Actor, today: date, until: datetime, rng: random.Random) -> None:
    """Let somebody write the same words day after day: one hollow grid of the demo (PA-17)."""
    for back in range(COPIED_DAYS + DAYS, DAYS, -1):
        on = today - timedelta(days=back)
        at = min(until, datetime.combine(on, time(17, 40), CHINA))
        log = GridLogCommand(id=id_at(at, rng), on=on, text=COPIED, sign=False, base_version=0)
        _check(patrols.save_log([log], actor=actor, at=at)[0])


def _be_out(grid: GridSeed, actor: Actor, at: datetime, rng: random.Random) -> None:
    """Whatever the hour, some are out: on a round that they began within the hour."""
    midnight = datetime.combine(at.astimezone(CHINA).date(), time(0, 1), CHINA)
    start = max(midnight, at - timedelta(minutes=rng.randint(18, 50)))
    if start < at:
        _stroll(grid, actor, start, at, 0, rng)


def _walk(grid: GridSeed, actor: Actor, on: date, kind: int, at: datetime, rng: random.Random) -> None:
    """One patrol of about two hours. By `kind` one is short, one has a gap, one a made-up position."""
    start = datetime.combine(on, time(8, 30), CHINA) + timedelta(minutes=rng.randint(0, 40))
    minutes = 50 if kind % 5 == 3 else rng.randint(121, 150)
    end = min(start + timedelta(minutes=minutes), at)
    if end <= start:
        return
    session = _stroll(grid, actor, start, end, kind, rng)
    if end < at:
        _step(actor, PatrolAction.STOP, session, end, rng)


def _stroll(
    grid: GridSeed, actor: Actor, start: datetime, end: datetime, kind: int, rng: random.Random
) -> UUID:
    """Begin a patrol and send its positions as they come; return its id."""
    session = id_at(start, rng)
    _step(actor, PatrolAction.START, session, start, rng)
    rows = _points(grid, start, end, kind, rng)
    for first in range(0, len(rows), 60):
        part = np.array(rows[first : first + 60])
        sent = datetime.fromtimestamp(part[-1, 0] / 1000, CHINA)
        batch = patrols.TrackBatch(id_at(sent, rng), part)
        _check(patrols.ingest_points([batch], actor=actor, at=sent)[0])
    return session


def _points(
    grid: GridSeed, start: datetime, end: datetime, kind: int, rng: random.Random
) -> list[list[float]]:
    """Return a stroll about the grid, a point a minute; it turns back where the grid ends."""
    heart = grid.polygon.representative_point()
    lon, lat, heading = heart.x, heart.y, rng.uniform(0, 2 * np.pi)
    rows = []
    for n in range(int((end - start).total_seconds()) // EVERY_S + 1):
        ms = (start.timestamp() + n * EVERY_S) * 1000
        is_silent = (kind % 4 == 1 and 20 < n < 32) or (kind % 6 == 2 and 60 < n < 100)
        if not is_silent:
            rows.append(
                [ms, lon, lat, rng.choice((5.0, 8.0, 15.0)), MADE_UP if kind % 11 == 5 and n == 40 else 0]
            )
            heading += rng.gauss(0, 0.5)
            there = (lon + PACE * float(np.cos(heading)), lat + PACE * float(np.sin(heading)))
            if grid.polygon.covers(shapely.Point(there)):
                lon, lat = there
            else:
                heading += np.pi
    return rows


def _step(actor: Actor, action: PatrolAction, session: UUID, at: datetime, rng: random.Random) -> None:
    command = DutyCommand(id=id_at(at, rng), at=at, action=action, session_id=session)
    _check(patrols.take_duty([command], actor=actor, at=at)[0])


def _write(actors: list[Actor], on: date, until: datetime, rng: random.Random) -> None:
    """Let some sign what the night wrote, one of them in words of the own."""
    at = min(until, datetime.combine(on + timedelta(days=1), time(8, 5), CHINA))
    for n, actor in enumerate(actors):
        text = NOTE if n == 0 else ""
        log = GridLogCommand(id=id_at(at, rng), on=on, text=text, sign=True, base_version=1)
        patrols.save_log([log], actor=actor, at=at)


def _check(fate: Fate) -> None:
    if fate.code is not None:
        raise CannotPatrol(f"{fate.code}: {fate.en}")
