"""What happens when 1,000 phones come back on line at once, with 40 results each?

Question  All send in the same moment. How long does a batch take from the send to its fates,
          how long until the last phone has all of them, and is every result there exactly once?
Data      1,000 grids with a member, 40 places each, a checklist of eight items; 11.3 % of the results have a
          finding, which becomes a case. Each fifth phone loses its first answer and sends the same again.
Phones    As our outbox: one batch, oldest first; on 429 they come in the second that they were told.
Server    granian with WSGI as `wangge run` starts it, one process; all on the same machine.
Command   python -m benchmarks.phones [--small]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.databases import clean_database  # isort: split

from django.conf import settings
from django.db import connection
from django.test import Client

from benchmarks.filling import AT, CITY, PHOTO, make_rules
from benchmarks.house import cpu_s, memory_mb, server
from wangge.accounts.models import Post, User
from wangge.accounts.rules import CAPABILITIES, Role
from wangge.cases.models import Case
from wangge.checklists.schemas import ChecklistIn, Item
from wangge.checklists.services import install_checklists
from wangge.config import partitions
from wangge.config.run import THREADS
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.ids import id_at
from wangge.kernel.models import AuditRow, Receipt, StoredFile
from wangge.orders import services
from wangge.orders.models import Order, Visit
from wangge.orders.schemas import PlanRequest
from wangge.territory.models import GridMember
from wangge.twin.days import first_of_next_month
from wangge.venues.models import Venue, VenueClass

RESULT = Path(__file__).parent / "results" / "phones.json"
A_PHONE = 40
FOUND = 0.113
TOKEN = "c" * 32
PATIENCE_S = 60.0
ITEMS = [Item(key=f"item{n}", zh=f"第{n}项", en=f"Item {n}", matter_code="H301") for n in range(1, 9)]


@dataclass(slots=True)
class Phone:
    """One phone: the session, what it has to send, and what it saw."""

    cookie: str
    body: bytes
    loses_first: bool
    took: list[float] = field(default_factory=list)
    busy: int = 0
    fates: list[dict[str, Any]] = field(default_factory=list)
    all_s: float = 0.0


def make_city(phones: int) -> list[User]:
    """Make members, each with a grid of 40 places and the month's orders."""
    make_rules()
    install_checklists(
        [ChecklistIn(code="general", name_zh="一般", name_en="General", items=ITEMS)],
        pack_version="bench@1",
        effective_on=AT.date(),
    )
    rule = {"code": "month", "name_zh": "每月", "name_en": "Monthly", "classes": [], "tags": []}
    rest = {"interval": "month", "checklist_code": "general", "source": "DG-10", "is_confirmed": True}
    services.install_plan_rules([rule | rest], pack_version="bench@1")
    VenueClass.objects.create(code="shop", name_zh="店", name_en="Shop", pack_version="bench@1")
    users = User.objects.bulk_create(
        User(username=f"phone{n}", name=f"网格员{n}", password="!", created_at=AT) for n in range(phones)
    )
    paths = [f"{CITY}{n:04}." for n in range(phones)]
    Post.objects.bulk_create(
        Post(user=user, role=Role.GRID_MEMBER, scope=path, scope_name=path, starts_on=AT.date())
        for user, path in zip(users, paths, strict=True)
    )
    GridMember.objects.bulk_create(
        GridMember(path=path, layer="comprehensive", user=user, starts_on=AT.date(), duty="primary", slot="")
        for user, path in zip(users, paths, strict=True)
    )
    Venue.objects.bulk_create(
        (
            Venue(
                id=uuid4(), code=f"{path}{n}", name=f"{n}号店", venue_class_id="shop", grid_path=path,
                lon=113.7, lat=23.0, source="bench", created_at=AT, updated_at=AT,
            )
            for path in paths
            for n in range(A_PHONE)
        ),
        batch_size=5_000,
    )  # fmt: skip
    StoredFile.objects.create(
        sha256=PHOTO, size_bytes=1, media_type="image/jpeg", created_at=AT, created_by=users[0].pk
    )
    now = datetime.now(UTC)
    partitions.make_ahead(now.date())
    first = now.astimezone(CHINA).date().replace(day=1)
    planner = Actor(users[0].pk, "bench", Role.DISPATCHER, CITY, None, CAPABILITIES[Role.DISPATCHER])
    month = PlanRequest(starts_on=first, ends_on=first_of_next_month(first))
    services.plan_orders(month, actor=planner, at=now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return users


def make_phones(users: list[User]) -> list[Phone]:
    rng, now = random.Random(5), datetime.now(UTC)
    owed: dict[int, list[Order]] = {}
    for order in Order.objects.order_by("id"):
        owed.setdefault(order.member_id or 0, []).append(order)
    phones = []
    for n, user in enumerate(users):
        client = Client()
        client.force_login(user)
        cookie = f"sessionid={client.cookies['sessionid'].value}; csrftoken={TOKEN}"
        commands = [_command(order, rng, now) for order in owed[user.pk][:A_PHONE]]
        body = json.dumps({"commands": commands}).encode()
        phones.append(Phone(cookie, body, loses_first=n % 5 == 0))
    return phones


def _command(order: Order, rng: random.Random, now: datetime) -> dict[str, Any]:
    bad = rng.choice(ITEMS).key if rng.random() < FOUND else ""
    answers = [
        {"item": item.key, "ok": item.key != bad}
        | (
            {"case_id": str(id_at(now, rng)), "photos": [PHOTO], "note": "灭火器过期"}
            if item.key == bad
            else {}
        )
        for item in ITEMS
    ]
    payload = {"order_id": str(order.id), "answers": answers, "checklist_id": order.checklist_id}
    at = {"id": str(id_at(now, rng)), "kind": "orders.complete", "at": now.isoformat(), "base_version": 1}
    return at | {"payload": payload}


async def send(phone: Phone, port: int, begin: asyncio.Event, rng: random.Random) -> None:
    """Send until every fate is there."""
    await begin.wait()
    start = time.perf_counter()
    while True:
        sent = time.perf_counter()
        status, retry_s, told = await asyncio.wait_for(_post(port, phone), PATIENCE_S * 5)
        if status == 200 and phone.loses_first:
            phone.loses_first = False  # the answer was lost on its way: everything is sent once more
            phone.took.append(time.perf_counter() - sent)
            continue
        if status == 200:
            phone.took.append(time.perf_counter() - sent)
            phone.fates, phone.all_s = told, time.perf_counter() - start
            return
        assert status == 429, (status, told)
        phone.busy += 1
        await asyncio.sleep(retry_s + rng.random())


async def _post(port: int, phone: Phone) -> tuple[int, float, Any]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        "POST /api/field/inbox HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Cookie: {phone.cookie}\r\nX-CSRFToken: {TOKEN}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(phone.body)}\r\n\r\n"
    )
    writer.write(head.encode() + phone.body)
    await writer.drain()
    raw = await reader.read()
    writer.close()
    said, _, body = raw.partition(b"\r\n\r\n")
    lines = said.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:])
    if headers.get("transfer-encoding") == "chunked":
        body = b"".join(_chunks(body))
    return int(lines[0].split()[1]), float(headers.get("retry-after", 0)), json.loads(body)


def _chunks(body: bytes) -> list[bytes]:
    parts = []
    while body:
        size, _, body = body.partition(b"\r\n")
        parts.append(body[: int(size, 16)])
        body = body[int(size, 16) + 2 :]
    return parts


async def rush(phones: list[Phone], port: int) -> None:
    begin, rng = asyncio.Event(), random.Random(9)
    jobs = [asyncio.create_task(send(phone, port, begin, rng)) for phone in phones]
    await asyncio.sleep(0)
    begin.set()
    await asyncio.gather(*jobs)


def check(phones: list[Phone]) -> dict[str, int]:
    """Compare what the phones were told with what is there. Raises: AssertionError if one is lost."""
    fates = [fate for phone in phones for fate in phone.fates]
    wanted = len(phones) * A_PHONE
    outcomes: dict[str, int] = {}
    for fate in fates:
        outcomes[fate["outcome"]] = outcomes.get(fate["outcome"], 0) + 1
    found = sum(len(fate["result"]["case_ids"]) for fate in fates)
    stored = {
        "visits": Visit.objects.count(),
        "orders done once": Order.objects.filter(status="done", version=2).count(),
        "receipts": Receipt.objects.filter(kind="orders.complete").count(),
        "audit rows": AuditRow.objects.filter(action="orders.complete").count(),
    }
    assert set(outcomes) <= {"applied", "repeated"}, [fate for fate in fates if fate["code"]][:3]
    assert set(stored.values()) == {wanted}, stored
    assert Case.objects.count() == found
    return stored | {"cases": found, **outcomes}


def run(*, small: bool) -> dict[str, Any]:
    """Measure and return the figures."""
    count = 100 if small else 1_000
    settings.ALLOWED_HOSTS = ["*"]
    load = os.getloadavg()[0]
    with clean_database():
        phones = make_phones(make_city(count))
        with server(clients=THREADS, workers=1) as (port, house):
            before, start = cpu_s(house), time.perf_counter()
            asyncio.run(rush(phones, port))
            took, after = time.perf_counter() - start, cpu_s(house)
            memory = memory_mb(house)
        stored = check(phones)
    times = sorted(one for phone in phones for one in phone.took)
    whole = sorted(phone.all_s for phone in phones)
    cpu = {name: round(after[name] - before[name], 1) for name in after}
    return {
        "question": "phones that come back on line at once",
        "command": "python -m benchmarks.phones" + (" --small" if small else ""),
        "machine": {"cpus": os.cpu_count(), "load before": round(load, 1)},
        "phones": count,
        "results": count * A_PHONE,
        "stored": stored,
        "a batch that was taken, s": {
            "p50": round(times[len(times) // 2], 3),
            "p95": round(times[int(len(times) * 0.95)], 3),
            "worst": round(times[-1], 3),
        },
        "told to come again": sum(phone.busy for phone in phones),
        "a phone until it has all fates, s": {
            "p50": round(whole[len(whole) // 2], 1),
            "p95": round(whole[int(len(whole) * 0.95)], 1),
            "last": round(whole[-1], 1),
        },
        "results a second": round(count * A_PHONE / took),
        "cpu_s": cpu,
        "memory_mb": memory,
    }


def main() -> None:
    """Measure, print, and write the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", action="store_true", help="a quick look; nothing is written")
    options = parser.parse_args()
    text = json.dumps(run(small=options.small), ensure_ascii=False, indent=2)
    print(text)
    if not options.small:
        RESULT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
