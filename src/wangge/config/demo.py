"""The demo city of an empty installation, and who may log in to it."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from wangge.accounts import queries as accounts
from wangge.accounts.rules import Role
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.packs import services as packs
from wangge.twin import queries, services
from wangge.twin.absences import arrange_absences
from wangge.twin.city import DEMO, City, CitySpec, DepartmentSeed, PersonSeed, draw_city

PACK = "dongguan"
SEED = 7
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
    password = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
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
        "role_zh": ROLES_ZH[person.role],
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


ROLES_ZH = {
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDIT_ADMIN: "审计管理员",
    Role.DISPATCHER: "指挥中心坐席",
    Role.SUPERVISOR: "督查员",
    Role.GRID_CHIEF: "网格长",
    Role.GRID_MEMBER: "网格员",
    Role.DEPARTMENT_HANDLER: "部门承办人",
    Role.CITIZEN: "市民",
    Role.LEADER: "领导",
}
