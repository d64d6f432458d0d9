"""A street full of cases for the benchmarks: chains that hold, written by COPY."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from psycopg.types.json import Jsonb

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
COLUMNS = [field.column for field in Case._meta.concrete_fields]
EVENT_COLUMNS = [field.column for field in CaseEvent._meta.concrete_fields]


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


def fill(count: int, reporter: Actor, *, seed: int = 7) -> list[UUID]:
    """Write `count` cases of the past month, every other closed; return the ids of the open ones."""
    rng = random.Random(seed)
    open_ids: list[UUID] = []
    with transaction.atomic(), connection.cursor() as cursor:
        for first in range(0, count, 20_000):
            started = list(_start_many(min(20_000, count - first), reporter, rng, first))
            cases = f"COPY cases_case ({', '.join(COLUMNS)}) FROM STDIN"
            with cursor.copy(cases) as copy:
                for one in started:
                    copy.write_row([one.told[n] if n in one.told else getattr(one.facts, n) for n in COLUMNS])
            events = f"COPY cases_caseevent ({', '.join(EVENT_COLUMNS)}) FROM STDIN"
            with cursor.copy(events) as copy:
                for one in started:
                    for event in one.events:
                        row = [getattr(event, name) for name in EVENT_COLUMNS]
                        row[EVENT_COLUMNS.index("detail")] = Jsonb(dict(event.detail))
                        copy.write_row(row)
            open_ids += [one.facts.id for one in started if one.facts.closed_at is None]
    with connection.cursor() as cursor:
        for table in ("cases_case", "cases_caseevent"):
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("CHECKPOINT")
    return open_ids


def _start_many(count: int, reporter: Actor, rng: random.Random, first: int) -> Iterator[Started]:
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
        at = AT - timedelta(minutes=rng.randrange(43_200))
        report = CaseReport(id=id_at(at, rng), at=at, matter_code="H301", lon=113.7, lat=23.0, **_fixed(n))
        places[report.id] = Place(113.7, 23.0, f"{CITY}{n % GRIDS:04}.")
        yield start(report, reporter, intake)


def _fixed(n: int) -> dict[str, Any]:
    return {"fixed_on_spot": True, "photos": [PHOTO], "after_photos": [PHOTO]} if n % 2 else {}
