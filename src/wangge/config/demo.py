"""The demo city of an empty installation, and who may log in to it."""

from __future__ import annotations

import json
import os
import resource
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from wangge.accounts import queries as accounts
from wangge.accounts.rules import ROLE_ZH, Role
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.packs import services as packs
from wangge.twin import queries, services
from wangge.twin.absences import arrange_absences
from wangge.twin.big_city import Profile
from wangge.twin.city import DEMO, City, CitySpec, DepartmentSeed, PersonSeed, draw_city

PACK = "dongguan"
SEED = 7
HANDLERS = 4  # a department of the big city
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that two people read differently


def accounts_file() -> Path:
    """Return where the demo accounts stand, readable for their owner only."""
    return Path(settings.WANGGE_HOME) / "demo-accounts.json"


def is_empty() -> bool:
    """Return whether the city has neither people nor places yet."""
    return queries.is_empty()


def make(
    at: datetime | None = None,
    *,
    seed: int = SEED,
    spec: CitySpec = DEMO,
    history_days: int = services.HISTORY_DAYS,
) -> None:
    """Make the demo city and write down who may log in; broken off, nothing of it is left.

    The password is this installation's own.
    """
    password = _new_password()
    now = at or clock.now()
    with transaction.atomic():
        services.make_demo(
            seed=seed,
            at=now,
            password=password,
            install_pack=pack_installer(PACK),
            spec=spec,
            history_days=history_days,
        )
        arrange_absences(draw_city(spec, seed=seed), at=now, seed=seed)
        _write(draw_city(spec, seed=seed), password)


def _new_password() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


def pack_installer(name: str) -> services.InstallPack:
    """Return what installs the pack `name`: twin and packs stand beside each other and meet here."""

    def install(actor: Actor, at: datetime) -> None:
        packs.install(name, effective_on=at.astimezone(CHINA).date(), actor=actor, at=at)

    return install


def account_lines() -> list[str]:
    """Return the demo accounts, one a role, as text; nothing in a city that is not the demo's."""
    path = accounts_file()
    if not path.exists():
        return []
    kept = json.loads(path.read_text(encoding="utf-8"))
    if not accounts.ids_of([kept["accounts"][0]["username"]]):
        return []
    lines = [
        f"示范账号，密码都是 {kept['password']}（{path}）  "
        f"Demo accounts, the password of all is {kept['password']}"
    ]
    lines += [
        f"  {one['username']:24} {one['role_zh']} {one['name']}（{one['place']}）  {one['role']}"
        for one in _one_each(kept["accounts"])
    ]
    return lines


def _write(city: City, password: str) -> None:
    path = accounts_file()
    desks = {desk.code: desk for desk in city.departments}
    kept = {
        "password": password,
        "accounts": [_line(one, desks.get(one.department_code)) for one in city.people],
    }
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(kept, file, ensure_ascii=False, indent=1)


def _line(person: PersonSeed, desk: DepartmentSeed | None) -> dict[str, str]:
    return {
        "username": person.username,
        "role": person.role.value,
        "role_zh": ROLE_ZH[person.role],
        "name": person.name,
        "place": desk.name if desk else person.scope_name,
        "department_kind": desk.kind if desk else "",
    }


def _one_each(accounts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the first account of each role; of handlers one of the police, the brigade, the street."""
    first: dict[tuple[str, str], dict[str, Any]] = {}
    for one in accounts:
        kind = one["department_kind"]
        first.setdefault((one["role"], kind if kind in {"police", "fire", "street"} else ""), one)
    return [one for (role, kind), one in first.items() if role != Role.DEPARTMENT_HANDLER or kind]


@dataclass(frozen=True, slots=True)
class BigFigures:
    """What the big city holds, and what making it took."""

    grids: int
    objects: int
    classes: dict[str, int]
    without_grid: int
    was_there: int
    ground_s: float
    objects_s: float
    peak_mb: int  # of this process; the database's memory is its own


def make_big(
    chosen: Profile, *, seed: int = SEED, at: datetime | None = None, progress: Callable[[int], object]
) -> BigFigures | None:
    """Make a city of a profile's size, or complete one that was broken off; None if another city is there."""
    now, start = at or clock.now(), time.perf_counter()
    spec = replace(chosen.spec, handlers_a_department=HANDLERS)
    if queries.is_empty():
        password = _new_password()
        with transaction.atomic():
            made = services.found_city(
                spec, seed=seed, at=now, password=password, install_pack=pack_installer(PACK)
            )
            _write(made.city, password)
    elif (found := services.find_city(spec, seed=seed, at=now)) is not None:
        made = found
    else:
        return None
    was_there = sum(one.places for one in queries.object_facts(services.LAYER))
    founded = time.perf_counter()
    services.fill_city(made, chosen, at=now, progress=progress)
    ended = time.perf_counter()
    facts = queries.object_facts(services.LAYER)
    return BigFigures(
        grids=len(made.city.grids),
        objects=sum(one.places for one in facts),
        classes={one.class_code: one.places for one in facts},
        without_grid=sum(one.without_grid for one in facts),
        was_there=was_there,
        ground_s=round(founded - start, 1),
        objects_s=round(ended - founded, 1),
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


def big_lines(figures: BigFigures) -> list[str]:
    """Return what was made as text for people."""
    fresh = figures.objects - figures.was_there
    rate = f"{fresh / max(figures.objects_s, 0.1):,.0f}"
    return [
        f"网格 {figures.grids:,} 个，对象 {figures.objects:,} 个，"
        f"不在网格内的 {figures.without_grid:,} 个。  "
        f"{figures.grids:,} grids, {figures.objects:,} objects, {figures.without_grid:,} of them in no grid.",
        "  " + "，".join(f"{code} {count:,}" for code, count in figures.classes.items()),
        f"地面和人员 {figures.ground_s} 秒，对象 {figures.objects_s} 秒（新增 {fresh:,}，每秒 {rate}），"
        f"内存峰值 {figures.peak_mb:,} MB（不含数据库）。  Ground and people {figures.ground_s} s, objects "
        f"{figures.objects_s} s ({fresh:,} new, {rate} a second), peak memory {figures.peak_mb:,} MB "
        "(the database apart).",
    ]
