"""The fire register of the demo city: this year and the year before it, and one that burns now (TW-10)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from shapely import Polygon

from wangge.accounts import queries as accounts
from wangge.accounts.rules import Role
from wangge.fires import services as fires
from wangge.fires.rules import FireAction, FireSource
from wangge.fires.schemas import FireIn, FireStepIn
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.fates import Fate
from wangge.kernel.ids import id_at
from wangge.twin.city import City, GridSeed

DAYS = 700
EVERY_DAYS = (14, 21)  # between two fires: this year, and the year before it
HOURS = (2, 7, 11, 12, 17, 18, 18, 19, 20, 21, 22, 23)  # when people cook, charge and sleep
CAUSES = (
    ("cause_electric", "place_home", "插线板过载起火，烧毁家具"),
    ("cause_daily", "place_home", "厨房油锅起火"),
    ("cause_ebike", "place_rental", "一楼过道电动自行车充电起火"),
    ("cause_electric", "place_shop", "店内冰柜线路老化起火"),
    ("cause_leftover", "place_outdoor", "空地垃圾堆起火"),
    ("cause_smoking", "place_rental", "烟头引燃被褥"),
    ("cause_work", "place_workshop", "电焊火花引燃泡沫"),
    ("cause_firework", "place_outdoor", "燃放鞭炮引燃枯草"),
    ("cause_open", "place_store", "仓库夜间起火，原因待查"),
)
SOURCES = (FireSource.BRIGADE, FireSource.MEMBER, FireSource.CITIZEN, FireSource.BRIGADE)


class CannotBurn(Exception):
    """The city refused a fire of the demo: a mistake in the twin."""


def arrange_fires(city: City, *, at: datetime, seed: int) -> int:
    """Record the fires of two years, each taken to its end, and one under way; return how many.

    Rule: TW-10.
    """
    rng = random.Random(f"{seed}:fires")
    desk = next(
        one for one in city.people if one.role is Role.DISPATCHER and city.grids[0].path.startswith(one.scope)
    )
    ids = accounts.ids_of([desk.username])
    actor = accounts.get_actors(list(ids.values()), at.astimezone(CHINA).date())[ids[desk.username]]
    grids = [grid for grid in city.grids if grid.path.startswith(actor.scope)]
    count, day = 0, timedelta(days=3)
    while day.days < DAYS:
        on = (at - day).astimezone(CHINA).date()
        moment = datetime.combine(on, time(rng.choice(HOURS), rng.randrange(60)), CHINA)
        _burn(rng, rng.choice(grids), moment, actor, at, ends=True)
        count += 1
        day += timedelta(days=rng.randint(*EVERY_DAYS) - (6 if day.days > 365 else 0))
    _burn(rng, grids[0], at - timedelta(minutes=25), actor, at, ends=False)
    return count + 1


def _burn(
    rng: random.Random, grid: GridSeed, moment: datetime, actor: Actor, now: datetime, *, ends: bool
) -> None:
    cause, place, text = rng.choice(CAUSES)
    lon, lat = _inside(rng, grid.polygon)
    fire_id = id_at(moment, rng)
    told = FireIn.model_validate(
        {
            "id": id_at(moment, rng),
            "fire_id": fire_id,
            "occurred_at": moment,
            "source": rng.choice(SOURCES),
            "lon": lon,
            "lat": lat,
            "address": f"{grid.name}{rng.randint(1, 180)}号",
            "place": place,
            "text": text,
        }
    )
    _check(fires.report_fires([told], actor=actor, at=now))
    hurt = rng.random()
    steps: list[tuple[FireAction, int, dict[str, object]]] = [
        (FireAction.CONFIRM, rng.randint(3, 6), {}),
        (FireAction.TURN_OUT, rng.randint(7, 10), {}),
    ]
    if ends:
        figures = {
            "cause": cause,
            "dead": int(hurt > 0.97),
            "injured": int(hurt > 0.86),
            "loss_fen": rng.choice((0, 80_000, 150_000, 350_000, 620_000, 1_800_000)),
        }
        steps.append((FireAction.END, rng.randint(35, 150), figures))
    for version, (action, minutes, figures) in enumerate(steps, start=1):
        then = moment + timedelta(minutes=minutes)
        step = {
            "id": id_at(then, rng),
            "fire_id": fire_id,
            "base_version": version,
            "action": action,
            "at": then,
        }
        _check(fires.take_fire_steps([FireStepIn.model_validate(step | figures)], actor=actor, at=now))


def _inside(rng: random.Random, shape: Polygon) -> tuple[float, float]:
    middle = shape.representative_point()
    corner = shape.exterior.coords[rng.randrange(len(shape.exterior.coords))]
    part = rng.uniform(0, 0.3)
    lon, lat = middle.x + (corner[0] - middle.x) * part, middle.y + (corner[1] - middle.y) * part
    return round(lon, 6), round(lat, 6)


def _check(fates: Sequence[Fate]) -> None:
    if wrong := [fate.en for fate in fates if fate.status != 200]:
        raise CannotBurn(str(wrong[:3]))
