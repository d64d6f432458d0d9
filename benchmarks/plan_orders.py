"""How fast are the orders of a month made?

Question  Every place is owed an order in the month. How many a second are written, indexed, durable?
Data      Places of three kinds in 2,934 grids with one member each, made from a seed. One rule a kind.
Peer      Django's bulk_create, 1,000 rows a statement, of the same orders into the same table, where they are
          computed beforehand: only its writing is measured, and on fewer rows, as it takes its time.
Limit     A bare INSERT … SELECT of the same rows: into a table without any index, and into one with all.
Command   python -m benchmarks.plan_orders [--small]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from benchmarks.databases import clean_database  # isort: split

from django.db import connection, transaction

from wangge.accounts.rules import CAPABILITIES, Role
from wangge.checklists.schemas import ChecklistIn, Item
from wangge.checklists.services import install_checklists
from wangge.kernel.actor import Actor
from wangge.orders import services
from wangge.orders.models import Order
from wangge.orders.schemas import PlanRequest

RESULT = Path(__file__).parent / "results" / "plan_orders.json"
GRIDS = 2_934
AT = datetime(2025, 11, 1, tzinfo=UTC)
MONTH = PlanRequest(starts_on=date(2025, 11, 1), ends_on=date(2025, 12, 1))
PLANNER = Actor(1, "bench", Role.DISPATCHER, "44.19.", None, CAPABILITIES[Role.DISPATCHER])
PLACES = """
INSERT INTO venues_venue (id, code, name, class_code, tags, grid_path, is_orphan, address, lon, lat,
  credit_code, keeper_name, initials, is_open, source, created_at, updated_at, version)
SELECT md5('place ' || n)::uuid, n::text, 'place ' || n, (ARRAY['shop', 'rental', 'small_place'])[1 + n %% 3],
  CASE WHEN n %% 7 = 0 THEN ARRAY['rental_strict'] ELSE ARRAY[]::varchar[] END,
  '44.19.' || lpad((n %% %(grids)s)::text, 4, '0') || '.', false, '', 113.7, 23.0, '', '', '', true, 'bench',
  %(at)s, %(at)s, 1
FROM generate_series(1, %(count)s) n
"""
MEMBERS = """
INSERT INTO accounts_user (username, name, password, is_active, created_at)
SELECT 'bench-' || n, 'member ' || n, '!', true, %(at)s FROM generate_series(0, %(grids)s - 1) n
ON CONFLICT (username) DO NOTHING;
INSERT INTO territory_gridmember (path, layer, user_id, duty, slot, starts_on)
SELECT '44.19.' || lpad(substr(username, 7), 4, '0') || '.', 'comprehensive', id, 'primary', '', '2025-01-01'
FROM accounts_user WHERE username LIKE 'bench-%%'
"""


def make_city(count: int) -> None:
    """Make the places, their members, and a rule a kind."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO venues_venueclass (code, name_zh, name_en, pack_version)"
            " SELECT c, c, c, 'bench@1' FROM unnest(ARRAY['shop', 'rental', 'small_place']) c"
        )
        parameters = {"count": count, "grids": GRIDS, "at": AT}
        for statement in (PLACES, *MEMBERS.split(";")):
            cursor.execute(statement, parameters)
        cursor.execute("ANALYZE venues_venue")
    item = Item(key="exits", zh="出口", en="Exits", matter_code="H102")
    lists = [ChecklistIn(code="general", name_zh="一般", name_en="General", items=[item])]
    install_checklists(lists, pack_version="bench@1", effective_on=date(2025, 1, 1))
    rule = {
        "name_zh": "规则",
        "name_en": "Rule",
        "checklist_code": "general",
        "source": "DG-10",
        "is_confirmed": True,
    }
    services.install_plan_rules(
        [
            {**rule, "code": "month", "classes": [], "tags": [], "interval": "month"},
            {
                **rule,
                "code": "strict",
                "classes": ["rental"],
                "tags": ["rental_strict"],
                "interval": "half_month",
            },
        ],
        pack_version="bench@1",
    )


def seconds(job: Callable[[], Any]) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def forget_orders() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS orders_order_2025_11")
        cursor.execute("CHECKPOINT")


def ours() -> int:
    return services.plan_orders(MONTH, actor=PLANNER, at=AT).made


def into_indexes() -> int:
    """The same plan where the month has its table and indexes already."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM orders_order")
        cursor.execute("VACUUM ANALYZE orders_order")
        cursor.execute("CHECKPOINT")
    return ours()


def peer(orders: list[Order]) -> None:
    with transaction.atomic():
        Order.objects.bulk_create(orders, batch_size=1_000)


def bare(*, is_indexed: bool) -> float:
    """Return the seconds of one INSERT … SELECT of the orders that stand there, into a table like theirs.

    Without keys, indexes and checks; or with all of them, as the rows of a plan have them in the end.
    """
    how = "INCLUDING ALL" if is_indexed else ""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_bare (LIKE orders_order {how})")

    def insert() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_bare SELECT * FROM orders_order")

    took = seconds(insert)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_bare")
    return took


def run(*, small: bool = False) -> dict[str, Any]:
    """Measure and return the figures."""
    places, peer_rows = (60_000, 6_000) if small else (1_000_000, 60_000)
    with clean_database():
        make_city(places)
        forget_orders()
        made = 0

        def plan() -> None:
            nonlocal made
            made = ours()

        ours_s = seconds(plan)
        again_s = seconds(ours)
        indexed_s = seconds(into_indexes)
        limit_s, keyed_s = bare(is_indexed=False), bare(is_indexed=True)
        rows = list(Order.objects.order_by("venue_id")[:peer_rows])
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM orders_order")
            cursor.execute("VACUUM ANALYZE orders_order")
        peer_s = seconds(lambda: peer(rows))
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
    per_second = {
        "wangge plan, empty month": round(made / ours_s),
        "wangge plan, month with its indexes": round(made / indexed_s),
        "wangge plan, everything there already (checked)": round(made / again_s),
        "peer: Django bulk_create": round(len(rows) / peer_s),
        "limit: bare INSERT … SELECT of the same rows, no index": round(made / limit_s),
        "the same with the keys, indexes and checks of orders": round(made / keyed_s),
    }
    return {
        "question": "orders of a month, durable and indexed",
        "command": "python -m benchmarks.plan_orders" + (" --small" if small else ""),
        "data": {"places": places, "grids": GRIDS, "orders": made, "orders_of_the_peer": len(rows)},
        "machine": {
            "cpus": os.cpu_count(),
            "processor": platform.machine(),
            "python": platform.python_version(),
            "postgresql": version,
            "load": round(os.getloadavg()[0], 1),
        },
        "orders_a_second": per_second,
        "times_the_peer": round(made / ours_s * peer_s / len(rows), 1),
        "seconds_a_second_of_the_bare_insert": {
            "no index": round(ours_s / limit_s, 2),
            "with its indexes": round(ours_s / keyed_s, 2),
        },
    }


def main() -> None:
    """Measure, print, and write the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", action="store_true", help="a quick look; nothing is written")
    options = parser.parse_args()
    figures = run(small=options.small)
    text = json.dumps(figures, ensure_ascii=False, indent=2)
    print(text)
    if not options.small:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
