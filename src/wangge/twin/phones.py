"""The phones of the demo city's members, and what the app asked of them in the last days (TW-10, FD-15).

Made by the services that phones use: introduced, heard from, revoked, and the counts of each day.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from wangge.accounts import queries as accounts
from wangge.accounts.rules import Role
from wangge.field import services as field
from wangge.field.schemas import BurdenIn, DeviceIn, SyncIn
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.fates import Fate
from wangge.kernel.ids import id_at
from wangge.twin.city import City
from wangge.twin.worktime import works_on

DAYS = 14
MODELS = ("红米 12C", "荣耀 Play8T", "vivo Y36", "OPPO A58", "华为畅享 60", "红米 Note 12", "荣耀 X40i")
HEARD = 5  # so many of them sync for real: each costs a cut of its day
LOST = 3  # the member of this number has lost a phone and revoked it
CLOCK_OFF = 2  # the clock of this one runs a day ahead


class CannotPhone(Exception):
    """The city refused a phone of the demo: a mistake in the twin."""


def arrange_phones(city: City, *, at: datetime, seed: int) -> None:
    """Give each member a phone, one of them a lost one besides, and count what the app asked. Rule: TW-10."""
    names = [one.username for one in city.people if one.role is Role.GRID_MEMBER]
    ids = accounts.ids_of(names)
    actors = accounts.get_actors(list(ids.values()), at.astimezone(CHINA).date())
    for n, name in enumerate(names):
        member = actors.get(ids.get(name, 0))
        if member is not None and member.role == Role.GRID_MEMBER:
            _arrange(member, n, at, random.Random(f"{seed}:phone:{name}"))


def _arrange(member: Actor, n: int, at: datetime, rng: random.Random) -> None:
    since = at - timedelta(days=DAYS + rng.randint(2, 30), minutes=rng.randint(0, 400))
    if n == LOST:
        lost = _introduce(member, since - timedelta(days=90), rng)
        field.revoke_device(lost.id, actor=member, at=since)
    phone = _introduce(member, since, rng)
    if n < HEARD:
        heard_at = at - timedelta(minutes=rng.randint(3, 50))
        ahead = timedelta(days=1) if n == CLOCK_OFF else timedelta(0)
        told = SyncIn(device_id=phone.id, key=phone.key, phone_at=heard_at + ahead)
        field.sync(told, actor=member, at=heard_at)
    days = list(_days(phone, rng, at))
    if days:
        for fate in field.note_burdens(days, actor=member, at=at):
            _check(fate)


def _introduce(member: Actor, at: datetime, rng: random.Random) -> DeviceIn:
    """The key is the phone's own: nobody who knows the seed may know it."""
    phone = DeviceIn(id=id_at(at, rng), name=rng.choice(MODELS), key=secrets.token_urlsafe(32))
    field.enrol_device(phone, actor=member, at=at)
    return phone


def _days(phone: DeviceIn, rng: random.Random, at: datetime) -> Iterator[BurdenIn]:
    """What the app asked on the working days of two weeks: some forty minutes, less from week to week."""
    today = at.astimezone(CHINA).date()
    for back in range(DAYS, 0, -1):
        on = today - timedelta(days=back)
        if works_on(on):
            yield _day(phone, on, back, at, rng)


def _day(phone: DeviceIn, on: date, back: int, at: datetime, rng: random.Random) -> BurdenIn:
    evening = min(at, datetime.combine(on, time(18, 5), CHINA))
    return BurdenIn(
        id=id_at(evening, rng),
        at=evening,
        phone_id=phone.id,
        on=on,
        active_s=60 * max(8, round(rng.gauss(34 + back * 0.6, 9))),
        fields=max(5, round(rng.gauss(46, 14))),
        photos=max(0, round(rng.gauss(7, 4))),
    )


def _check(fate: Fate) -> None:
    if fate.code is not None:
        raise CannotPhone(f"{fate.code}: {fate.en}")
