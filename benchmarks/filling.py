"""A street full of cases for the benchmarks: chains that hold, written by COPY."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction

from wangge.accounts.models import Department, Post, User
from wangge.accounts.rules import CAPABILITIES, Role
from wangge.cases.models import Case, CaseEvent
from wangge.cases.reporting import Intake, Place, Started, start
from wangge.cases.schemas import CaseReport
from wangge.kernel.actor import Actor
from wangge.kernel.calendar import national
from wangge.kernel.ids import id_at
from wangge.matters import queries as matter_queries
from wangge.matters import services as matters

AT = datetime(2025, 11, 3, 1, 0, tzinfo=UTC)  # a Monday, 9 o'clock in China
CITY = "44.19."
GRIDS = 2_934
PHOTO = "a" * 64
COLUMNS = [field.column for field in Case._meta.concrete_fields if not field.generated]
EVENT_COLUMNS = [field.column for field in CaseEvent._meta.concrete_fields]
PART = 20_000
INDEXES = """
SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisunique
"""
MATTERS = ("H101", "H301", "H401", "H501")
TOWNS = ("城东街道", "河西镇", "北湖街道", "南岭镇", "中心街道", "石桥镇", "莲塘街道", "沙溪镇")
ROADS = "花园河滨工业学府青松金桂长虹凤凰环城解放人民建设东风朝阳新华文化银湖振兴团结".strip()
SHOPS = (
    "五金店",
    "小吃店",
    "电动车行",
    "仓库",
    "宿舍楼",
    "幼儿园",
    "加工厂",
    "网吧",
    "旅馆",
    "菜市场",
    "出租屋",
)
SEEN = (
    "灭火器过期",
    "消防通道被堵",
    "电线私拉乱接",
    "安全出口上锁",
    "电动车楼道充电",
    "应急灯损坏",
    "燃气软管老化",
)
SPOTS = ("在一楼门口", "在二楼楼梯间", "在地下车库", "在后院", "在厨房", "在配电房旁", "在三楼走廊尽头")
ASKED = ("请尽快处理", "已经三天了", "居民反映多次", "现场有人劝阻", "夜间更严重", "附近有学校")
_encode = msgspec.json.Encoder().encode


def make_rules() -> None:
    """Install four matters, their routes and clocks."""
    matters.install_matters(
        [
            {
                "code": code,
                "group_code": code[:2],
                "group_zh": "组",
                "group_en": "Group",
                "name_zh": code,
                "name_en": code,
                "basis": "",
                "severity": "general",
                "fix_days": days,
                "fix_hours": None,
                "department_kind": "fire",
                "is_confirmed": False,
            }
            for code, days in (("H101", 1), ("H301", 3), ("H401", 7), ("H501", 0))
        ],
        pack_version="bench@1",
    )
    matters.install_routes([], pack_version="bench@1")
    matters.install_clocks(
        [
            {"status": status, "working_days": days, "hours": None, "source": "bench", "is_confirmed": False}
            for status, days in (("reported", 1), ("accepted", 1), ("dispatched", 1), ("verifying", 3))
        ],
        pack_version="bench@1",
    )
    matters.install_stages([], pack_version="bench@1")
    matters.install_timing(yellow_at_pct=75, at_once_hours=24, pack_version="bench@1")


def make_person(name: str, role: Role, *, department: Department | None = None) -> Actor:
    """Return somebody in a post over the whole city."""
    user = User.objects.create(username=name, name=name, password="!", created_at=AT)
    Post.objects.create(
        user=user, role=role, scope=CITY, scope_name=CITY, department=department, starts_on=AT.date()
    )
    where = department.pk if department else None
    return Actor(user.pk, name, role, CITY, where, CAPABILITIES[role])


def make_department() -> Department:
    return Department.objects.create(code="fire-44", name="fire", kind="fire", path=CITY)


def fill(count: int, reporter: Actor, *, seed: int = 7, open_every: int = 2) -> list[UUID]:
    """Write `count` cases of the past month, each `open_every`th still open; return the open ones.

    Two processes write by COPY into tables without their secondary indexes, which are built at the end.
    """
    parts = [
        (min(PART, count - first), reporter, seed + first, first, count, open_every)
        for first in range(0, count, PART)
    ]
    with _without_indexes("cases_case", "cases_caseevent"):
        if len(parts) == 1:
            open_ids = [_fill_part(*parts[0])]
        else:
            connection.close()  # no process shares a connection with another
            with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("fork")) as pool:
                open_ids = list(pool.map(_fill_part, *zip(*parts, strict=True)))
    with connection.cursor() as cursor:
        for table in ("cases_case", "cases_caseevent", "cases_opencase"):
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("CHECKPOINT")
    return [one for part in open_ids for one in part]


def _fill_part(count: int, reporter: Actor, seed: int, first: int, whole: int, open_every: int) -> list[UUID]:
    started = list(_start_many(count, reporter, random.Random(seed), first, whole, open_every))
    with transaction.atomic(), connection.cursor() as cursor:
        with cursor.copy(f"COPY cases_case ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for one in started:
                row = [one.told[name] if name in one.told else getattr(one.facts, name) for name in COLUMNS]
                copy.write_row([list(value) if isinstance(value, tuple) else value for value in row])
        with cursor.copy(f"COPY cases_caseevent ({', '.join(EVENT_COLUMNS)}) FROM STDIN") as copy:
            for one in started:
                for event in one.events:
                    row = [getattr(event, name) for name in EVENT_COLUMNS]
                    row[EVENT_COLUMNS.index("detail")] = _encode(event.detail).decode()
                    copy.write_row(row)
    connection.close()
    return [one.facts.id for one in started if one.facts.closed_at is None]


@contextmanager
def _without_indexes(*tables: str) -> Iterator[None]:
    """Take the indexes away that hold no constraint, and build them again at the end."""
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, [list(tables)])
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
    yield
    with connection.cursor() as cursor:
        for _, definition in indexes:  # of a partitioned table it says ONLY, which would leave the parts out
            cursor.execute(definition.replace(" ON ONLY ", " ON "))


def _start_many(
    count: int, reporter: Actor, rng: random.Random, first: int, whole: int, open_every: int
) -> Iterator[Started]:
    rules = matter_queries.in_force()
    places: dict[UUID, Place] = {}
    intake = Intake(
        calendars=national,
        stage_clocks=rules.stage_clocks,
        matters=rules.matters,
        places=places,
        venue_ids=frozenset(),
        pack_version=rules.pack_version,
        order_ids={},
    )
    for n in range(first, first + count):
        at = AT - timedelta(minutes=43_200 * (1 - n / whole) + rng.random())  # they came in this order
        told = {"text": text_of(rng), "address": address_of(rng), **_fixed(n % open_every > 0)}
        matter = rng.choice(MATTERS)
        report = CaseReport(id=id_at(at, rng), at=at, matter_code=matter, lon=113.7, lat=23.0, **told)
        places[report.id] = Place(113.7, 23.0, f"{CITY}{n % GRIDS:04}.")
        yield start(report, reporter, intake)


def address_of(rng: random.Random) -> str:
    """Return a place as people write it: 4,000 roads, and some are longer than others."""
    first, second, kind = ROADS[int(rng.random() ** 2 * 20)], rng.choice(ROADS), rng.choice("路街巷里")
    return f"{rng.choice(TOWNS)}{first}{second}{kind}{rng.randrange(1, 400)}号{rng.choice(SHOPS)}"


def text_of(rng: random.Random) -> str:
    """Return what somebody saw, where, and what they ask for."""
    return f"{rng.choice(SEEN)}{rng.choice(SPOTS)}，{rng.choice(ASKED)}"


def _fixed(is_closed: bool) -> dict[str, Any]:
    return {"fixed_on_spot": True, "photos": [PHOTO], "after_photos": [PHOTO]} if is_closed else {}
