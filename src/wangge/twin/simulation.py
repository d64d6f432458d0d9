"""One simulation from beginning to end: the missing people, the days, and the circle in figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from wangge.accounts.rules import CAPABILITIES, Role
from wangge.cases import queries as cases
from wangge.kernel import calendars
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Refused
from wangge.oversight.rules import reached_at
from wangge.twin import queries, report
from wangge.twin.backdating import backdate
from wangge.twin.behaviour import behaviour
from wangge.twin.days import Progress, play_days
from wangge.twin.doors import ServicesDoor, in_a_hurry
from wangge.twin.play import Play
from wangge.twin.report import Rung
from wangge.twin.services import InstallPack, fill_cast
from wangge.twin.worktime import at_time

FIRST_DAY = date(2026, 3, 2)  # of a city without history


class NothingToPlay(Refused):
    """A city without places."""

    code = "twin.nothing_to_play"
    zh = "这座城市还没有网格内的场所，没有可模拟的工作。请先导入场所，或在空库上运行。"
    en = "No place lies in a grid of this city, so there is no work to simulate. Import venues first."


@dataclass(frozen=True, slots=True)
class Settings:
    """What a simulation is made of; equal settings on equal cities give equal figures (TW-8)."""

    pack: str
    pack_version: str
    ladder: Sequence[Rung]
    days: int
    seed: int
    starts_on: date
    is_copy: bool = True


def first_day() -> date:
    """Return the Monday after the latest day of the city's history, or 2026-03-02 in a city without one."""
    latest = queries.latest_day()
    if latest is None:
        return FIRST_DAY
    return latest + timedelta(days=7 - latest.weekday())


def get_ready(starts_on: date, install_pack: InstallPack, *, is_copy: bool) -> None:
    """Install the pack as of the first day; in a copy, let the city have stood since before it.

    Rule: TW-11.
    """
    installer = Actor(
        user_id=0,
        name="wangge simulate",
        role=Role.SYSTEM_ADMIN,
        scope="simulate.",
        capabilities=CAPABILITIES[Role.SYSTEM_ADMIN],
    )
    install_pack(installer, at_time(starts_on, 0))
    if is_copy:
        backdate(starts_on)


def simulate(settings: Settings, *, on_day: Progress = lambda day: None) -> dict[str, Any]:
    """Play the days in the database this process stands in, and return the circle in figures.

    Raises: NothingToPlay.
    Rule:   TW-3 (who is hired), TW-8 (equal seeds), TW-9 (figures).
    """
    if not queries.venue_paths():
        raise NothingToPlay()
    starts_at = at_time(settings.starts_on, 0)
    kinds = {matter.department_kind for matter in ServicesDoor().matters().values()}
    fill_cast(seed=settings.seed, on=settings.starts_on, kinds=kinds, at=starts_at)
    with in_a_hurry():
        play = play_days(
            ServicesDoor(),
            behaviour(),
            seed=settings.seed,
            starts_on=settings.starts_on,
            days=settings.days,
            has_shared_photos=settings.is_copy,
            on_day=on_day,
        )
    return figures(settings, play.counts.refused, starts_at, starts_at + timedelta(days=settings.days))


def figures(
    settings: Settings, refused: Mapping[str, int], starts_at: datetime, ends_at: datetime
) -> dict[str, Any]:
    """Return the circle in figures, read from the database."""
    found = queries.case_facts(starts_at, ends_at)
    stages = queries.stage_facts(starts_at, ends_at)
    ends_on = settings.starts_on + timedelta(days=settings.days)
    return {
        "pack": settings.pack_version,
        "seed": settings.seed,
        "starts_on": settings.starts_on.isoformat(),
        "ends_on": ends_on.isoformat(),
        "days": settings.days,
        "city": queries.city_facts(),
        "orders": report.order_figures(queries.order_facts(settings.starts_on, ends_on)),
        "cases": report.case_figures(found, stages, at=ends_at),
        "escalated": report.escalations(
            found,
            settings.ladder,
            at=ends_at,
            reached_at=partial(reached_at, calendar=calendars.in_force().nation),
        ),
        "refused": dict(sorted(refused.items())),
        "fingerprint": report.fingerprint(found),
        "chains": {"checked": cases.count_chained(""), "broken": sum(1 for _ in cases.verify_chains(""))},
    }


def own_figures(play: Play) -> dict[str, Any]:
    """Return what the people themselves know of their cases: the other side of `figures`."""
    status: dict[str, int] = {}
    for case in play.cases.values():
        status[case.status.value] = status.get(case.status.value, 0) + 1
    return {
        "by_status": dict(sorted(status.items())),
        "applied": play.counts.applied,
        "refused": dict(sorted(play.counts.refused.items())),
    }
