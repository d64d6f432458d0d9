"""Does anybody wait for the list of what is due, or of the places for which nobody is named?

Question  p95 of a page of 50 with its total, in the scope of a city, a street and a grid, with each filter.
          Also the worst that a scope can be: a street in which nothing is due while the city is full of it.
Data      200,000 places with five facilities or licences each, 1,000,000 in all; 1 in 10 is late, 1 in 25 has
          no date; 2 in 3 places have a person responsible; one street has nothing late and everybody named.
Limit     One statement that reads 50 entries by their keys.
Command   python -m benchmarks.due_list [--small] [--explain]
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from benchmarks.databases import clean_database  # isort: split

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.venue_search import AT, reader, timed
from wangge.dossiers import queries, services
from wangge.dossiers.models import Holding
from wangge.dossiers.schemas import DueFilter, NobodyFilter
from wangge.venues.models import VenueClass

RESULT = Path(__file__).parent / "results" / "due_list.json"
CITY = "44.19."
SCOPES = {"city": CITY, "street": f"{CITY}01.003.", "grid": f"{CITY}01.003.001.004."}
QUIET = f"{CITY}01.005."  # where nothing is late and somebody is named everywhere
FILTERS: dict[str, dict[str, Any]] = {
    "none": {},
    "late": {"due": "overdue"},
    "coming": {"due": "coming", "days": 7},
    "a year": {"days": 365},
    "kind": {"kind": "k3"},
    "rare kind": {"kind": "rare"},
    "class": {"venue_class": "c2"},
    "rare class": {"venue_class": "rare"},
    "kind and class, late": {"kind": "k3", "venue_class": "c2", "due": "overdue"},
    "licences": {"sort": "licence"},
    "no date": {"due": "unknown"},
    "a street": {"grid": f"{CITY}01.002."},
    "a street, late, kind": {"grid": f"{CITY}01.002.", "due": "overdue", "kind": "k1"},
    "the quiet street": {"grid": QUIET},
    "the quiet street, late": {"grid": QUIET, "due": "overdue"},
}
NOBODY: dict[str, dict[str, Any]] = {
    "none": {},
    "one kind": {"kind": "manager"},
    "class": {"venue_class": "c2"},
    "a street": {"grid": f"{CITY}01.002."},
    "the quiet street": {"grid": QUIET},
}
VENUES = f"""
INSERT INTO venues_venue (id, code, name, class_code, tags, grid_path, is_orphan, address, lon, lat,
  credit_code, keeper_name, initials, is_open, source, created_at, updated_at, version)
SELECT md5('v' || n)::uuid, 'B' || n, n || '号店',
  CASE WHEN n %% 1000 = 0 THEN 'rare' ELSE 'c' || n %% 8 END, '{{}}',
  '{CITY}01.' || lpad((n %% 33 + 1)::text, 3, '0') || '.' || lpad((n / 33 %% 18 + 1)::text, 3, '0') || '.'
    || lpad((n / 594 %% 5 + 1)::text, 3, '0') || '.',
  false, '', 113.5, 22.5, '', '', '', n %% 100 <> 0, 'bench', %s, %s, 1
FROM generate_series(1, %s) n
"""
HOLDINGS = f"""
INSERT INTO dossiers_holding (id, kind, source, version, created_at, updated_at, sort, count, place, maker,
  number, issued_by, photos, due_on, due_what, due_rule, class_code, venue_id)
SELECT md5('h' || v.code || k)::uuid,
  CASE WHEN k = 1 AND abs(hashtext(v.code)) %% 500 = 0 THEN 'rare' ELSE 'k' || k END, '', 1, %s, %s,
  CASE WHEN k = 5 THEN 'licence' ELSE 'facility' END, 1, '', '', '', '', '{{}}',
  CASE WHEN r < 40 THEN NULL WHEN v.grid_path LIKE '{QUIET}%%' THEN d + 400
    WHEN r < 140 THEN d - r ELSE d + r END,
  CASE WHEN r < 40 THEN 'unknown' ELSE 'test' END, '', v.class_code, v.id
FROM venues_venue v, generate_series(1, 5) k, LATERAL (SELECT abs(hashtext(v.code || k)) %% 1000 AS r) x,
  LATERAL (SELECT %s::date AS d) y
"""
PEOPLE = f"""
INSERT INTO dossiers_person (id, kind, source, version, created_at, updated_at, name, credit_code, venue_id)
SELECT md5('p' || code || kind)::uuid, kind, '', 1, %s, %s, '某人', '', id
FROM venues_venue, unnest(ARRAY['responsible', 'manager']) kind
WHERE abs(hashtext(code || kind)) %% 3 > 0 OR grid_path LIKE '{QUIET}%%'
"""


def fill(places: int) -> None:
    """Write places, entries and people; a due day is what the rule would have kept."""
    classes = [f"c{n}" for n in range(8)] + ["rare"]
    VenueClass.objects.bulk_create(
        VenueClass(code=c, name_zh=c, name_en=c, pack_version="bench@1") for c in classes
    )
    named = {"name_zh": "x", "name_en": "x", "source": "bench", "is_confirmed": True}
    kinds = [{"sort": "person", "code": c, "is_required": True, **named} for c in ("responsible", "manager")]
    kinds += [{"sort": "facility", "code": f"k{n}", "soon_days": 30, **named} for n in range(1, 5)]
    kinds += [{"sort": "licence", "code": "k5", "soon_days": 30, **named}]
    services.install_kinds(kinds, pack_version="bench@1")
    with connection.cursor() as cursor:
        cursor.execute(VENUES, [AT, AT, places])
        cursor.execute(HOLDINGS, [AT, AT, AT.date()])
        cursor.execute(PEOPLE, [AT, AT])
        for table in ("venues_venue", "dossiers_holding", "dossiers_person"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def due(scope: str, filters: dict[str, Any]) -> Any:
    return lambda: queries.list_due(reader(scope), DueFilter(**filters), at=AT)


def nobody(scope: str, filters: dict[str, Any]) -> Any:
    return lambda: queries.list_nobody(reader(scope), NobodyFilter(**filters), at=AT)


def explain(deed: Any) -> str:
    """Return the plans of the two longest statements of a page."""
    with CaptureQueriesContext(connection) as seen:
        deed()
    longest = sorted(seen.captured_queries, key=lambda one: -float(one["time"]))[:2]
    with connection.cursor() as cursor:
        plans = []
        for one in longest:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {one['sql']}")
            plans.append("\n".join(row for (row,) in cursor.fetchall()))
    return "\n\n".join(plans)


def run(*, small: bool = False, plans: bool = False) -> dict[str, Any]:
    """Measure and return the figures."""
    with clean_database():
        fill(10_000 if small else 200_000)
        lists = {"due": (due, FILTERS), "nobody named": (nobody, NOBODY)}
        pages = {
            name: {
                place: {kind: timed([deed(scope, one)] * 20) for kind, one in filters.items()}
                for place, scope in SCOPES.items()
            }
            for name, (deed, filters) in lists.items()
        }
        for name, (deed, filters) in lists.items() if plans else ():
            for place, kinds in pages[name].items():
                for kind in [one for one, took in kinds.items() if took["p95_ms"] > 60]:
                    print(f"== {name} {place} {kind}")
                    print(explain(deed(SCOPES[place], filters[kind])))
        keys = list(Holding.objects.values_list("pk", flat=True)[:50])
        every = [
            took["p95_ms"]
            for places in pages.values()
            for kinds in places.values()
            for took in kinds.values()
        ]
        return {
            "question": "a page of what is due, and of places without a person responsible",
            "command": "python -m benchmarks.due_list",
            "machine": {"cpus": os.cpu_count(), "load": [round(one, 1) for one in os.getloadavg()]},
            "entries": Holding.objects.count(),
            "longest p95 of all, ms": max(every),
            "limit: 50 entries by their keys": timed(
                [lambda: list(Holding.objects.filter(pk__in=keys))] * 20
            ),
            "pages": pages,
        }


def main() -> None:
    """Measure, print, and write the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", action="store_true", help="a quick look; nothing is written")
    parser.add_argument("--explain", action="store_true", help="print the plans of what takes over 60 ms")
    options = parser.parse_args()
    text = json.dumps(run(small=options.small, plans=options.explain), ensure_ascii=False, indent=2)
    print(text)
    if not options.small:
        RESULT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
