"""How long does one Dongguan month take to plan, and how long a year?

Question  2.9 million subjects, of which the month owes about 548,000 orders: how long until they are durable,
          indexed and counted; and how long a second plan, the levelling of the days and the proof take.
          Then the same for the whole year in one request.
Data      Made from a seed: rentals and small places in 2,934 grids; most are seen by quarter.
Peer      Django's bulk_create of the same orders, computed beforehand, on fewer rows.
Limit     A bare INSERT … SELECT of the same rows: into a table without any index, and into one with all.
Command   python -m benchmarks.plan_month [--small]
"""

from __future__ import annotations

import argparse
import json
import os
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import plan_orders as plain  # isort: split

from django.db import connection

from benchmarks.databases import clean_database
from wangge.orders import coverage, services
from wangge.orders.models import Order
from wangge.orders.schemas import PlanRequest

RESULT = Path(__file__).parent / "results" / "plan_month.json"


def make_rules() -> None:
    """Nearly one in seven is seen monthly; the rest owe a visit a quarter, levelled over its three months."""
    rule = {
        "name_zh": "规则",
        "name_en": "Rule",
        "checklist_code": "general",
        "source": "DG-10",
        "is_confirmed": True,
    }
    services.install_plan_rules(
        [
            {**rule, "code": "strict", "classes": [], "tags": ["rental_strict"], "interval": "month"},
            {**rule, "code": "rest", "classes": ["rental"], "tags": [], "interval": "quarter"},
        ],
        pack_version="month@1",
    )


YEAR = PlanRequest(starts_on=date(2025, 1, 1), ends_on=date(2026, 1, 1))


def year(peer_s_an_order: float) -> dict[str, Any]:
    """Plan the year where nothing is planned; return the figures."""
    plain.forget_orders()
    found: list[Any] = []
    took = plain.seconds(lambda: found.append(services.plan_orders(YEAR, actor=plain.PLANNER, at=plain.AT)))
    made = found[0].made
    bare_s, keyed_s = plain.bare(is_indexed=False), plain.bare(is_indexed=True)
    return {
        "orders": made,
        "seconds": round(took, 2),
        "orders_a_second": round(made / took),
        "times_the_peer": round(made * peer_s_an_order / took, 1),
        "times_the_bare_insert": {
            "no index": round(took / bare_s, 2),
            "with its indexes": round(took / keyed_s, 2),
        },
    }


def run(*, small: bool) -> dict[str, Any]:
    """Measure and return the figures."""
    places, peer_rows = (60_000, 4_000) if small else (2_900_000, 40_000)
    seconds: dict[str, float] = {}
    with clean_database():
        plain.make_city(places)
        make_rules()
        plain.forget_orders()
        found: list[Any] = []
        load = os.getloadavg()[0]
        seconds["plan, nothing there yet"] = plain.seconds(
            lambda: found.append(services.plan_orders(plain.MONTH, actor=plain.PLANNER, at=plain.AT))
        )
        made = found[0].made
        seconds["plan again"] = plain.seconds(plain.ours)
        seconds["proof"] = plain.seconds(
            lambda: found.append(coverage.prove(plain.MONTH, actor=plain.PLANNER, at=plain.AT))
        )
        seconds["level the days"] = plain.seconds(
            lambda: services.level_for(plain.MONTH, actor=plain.PLANNER, at=plain.AT)
        )
        bare_s, keyed_s = plain.bare(is_indexed=False), plain.bare(is_indexed=True)
        rows = list(Order.objects.order_by("venue_id")[:peer_rows])
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM orders_order")
            cursor.execute("VACUUM ANALYZE orders_order")
        peer_s = plain.seconds(lambda: plain.peer(rows))
        whole = year(peer_s / len(rows))
    plan_s = seconds["plan, nothing there yet"]
    return {
        "question": "one Dongguan month",
        "command": "python -m benchmarks.plan_month" + (" --small" if small else ""),
        "data": {"subjects": places, "orders": made, "unplanned": found[1].unplanned},
        "load_before": round(load, 1),
        "year": whole,
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
        "bulk_create_seconds_of_so_many": round(peer_s / len(rows) * made, 1),
        "bare_insert_seconds": {"no index": round(bare_s, 2), "with its indexes": round(keyed_s, 2)},
        "times_the_peer": round(peer_s / len(rows) * made / plan_s, 1),
        "times_the_bare_insert": {
            "no index": round(plan_s / bare_s, 2),
            "with its indexes": round(plan_s / keyed_s, 2),
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
        RESULT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
