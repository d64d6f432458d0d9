"""How long does the night count what is known of every dossier of a city?

Question  Seconds to count completeness, freshness and signs of all grids (DS-12 to DS-14), places a second,
          and whether the counts are those of the statement that explains one place.
Data      2,934 grids with 2,906,000 places as the twin's Dongguan has (a fifth with dossiers: three entries
          each); the shares and classes of the pack `base`; every third place was changed once.
Limit     One scan that sums one column of the register by grid.
Command   python -m benchmarks.count_quality [--small] [--places N] [--explain]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.databases import clean_database  # isort: split

from django.db import connection

from benchmarks.filling import AT, CITY, GRIDS
from wangge.dossiers import quality, services
from wangge.dossiers.models import GridFigures, Venue
from wangge.packs.pushing_dossiers import push_dossiers
from wangge.packs.services import load as read_pack
from wangge.territory.models import Grid
from wangge.venues.models import VenueClass

RESULT = Path(__file__).parent / "results" / "count_quality.json"
PLACES, FEW = 2_906_000, 60_000
TABLES = ("venues_venue", "venues_venuechange", "dossiers_person", "dossiers_holding", "dossiers_change")
CLASSES = ("building", "rental", "small_place", "shop", "factory", "crowded", "warehouse", "flammable")
VENUES = """
INSERT INTO venues_venue (id, code, name, class_code, tags, grid_path, is_orphan, address, lon, lat, area_m2,
  credit_code, keeper_name, keeper_phone, initials, is_open, last_visited_on, source, created_at, updated_at,
  version)
SELECT md5('v' || n)::uuid, 'B' || n, n || '号', (%(classes)s::text[])[1 + n %% %(count)s], '{}',
  (%(paths)s::text[])[1 + n %% %(grids)s], false, CASE WHEN n %% 3 > 0 THEN '人民路' || n ELSE '' END,
  113.5, 22.5,
  CASE WHEN n %% 2 = 0 THEN 80 END, '', CASE WHEN n %% 4 > 0 THEN '张三' ELSE '' END,
  CASE WHEN n %% 4 > 1 THEN 'sealed'::bytea END, '', n %% 100 <> 0,
  CASE WHEN n %% 5 > 0 THEN %(at)s::date - n %% 400 END, 'bench',
  %(at)s::timestamptz - interval '400 days', %(at)s, 1
FROM generate_series(1, %(places)s) n
"""
CHANGES = """
INSERT INTO venues_venuechange (venue_id, version, at, by_id, way, source, reason, fields)
SELECT id, 2, %(at)s::timestamptz - (lon::int %% 7 || ' days')::interval, 1, 'hand', '', '', '{}'
  FROM venues_venue WHERE substr(code, 2)::int %% 3 = 0
"""
ENTRIES = """
INSERT INTO dossiers_person (id, kind, source, version, created_at, updated_at, name, credit_code, venue_id)
SELECT md5('p' || code)::uuid, 'safety_responsible', '', 1, %(at)s, %(at)s, '某人', '', id
  FROM venues_venue WHERE substr(code, 2)::int %% 5 = 0;
INSERT INTO dossiers_holding (id, kind, source, version, created_at, updated_at, sort, count, place, maker,
  number, issued_by, photos, due_what, due_rule, class_code, venue_id)
SELECT md5('h' || code || kind)::uuid, kind, '', 1, %(at)s, %(at)s, sort, 1, '', '', '', '', '{}', '', '',
  class_code, id
  FROM venues_venue, (VALUES ('extinguisher_powder', 'facility'), ('business', 'licence')) k(kind, sort)
 WHERE substr(code, 2)::int %% 5 = 0;
INSERT INTO dossiers_change (venue_id, sort, entry_id, kind, deed, version, at, by_id, source, reason, fields)
SELECT venue_id, sort, id, kind, 'made', 1, created_at, 1, '', '', '{}' FROM dossiers_holding
"""


def fill(places: int) -> None:
    """Write grids, places, entries and what became of them."""
    paths = [f"{CITY}01.{n // 90 + 1:03}.{n // 5 % 18 + 1:03}.{n % 5 + 1:03}." for n in range(GRIDS)]
    Grid.objects.bulk_create(
        Grid(
            id=UUID(int=n + 1), layer="comprehensive", path=path, code=path, name=path, tier="grid",
            shape_wkb=b"", min_lon=0, min_lat=0, max_lon=0, max_lat=0, area_m2=0, valid_from=AT,
        )
        for n, path in enumerate(paths)
    )  # fmt: skip
    VenueClass.objects.bulk_create(
        VenueClass(code=c, name_zh=c, name_en=c, pack_version="bench@1") for c in CLASSES
    )
    push_dossiers(read_pack("base"))
    said = {
        "classes": list(CLASSES), "count": len(CLASSES), "paths": paths, "grids": len(paths),
        "at": AT, "places": places,
    }  # fmt: skip
    with connection.cursor() as cursor:
        for sql in (VENUES, CHANGES, *ENTRIES.split(";\n")):
            cursor.execute(sql, said)
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")


def explain() -> str:
    """Return the plan of the count of one piece of grids."""
    sql, said = quality.statement_in_force(AT.date())
    paths = list(Grid.objects.order_by("path").values_list("path", flat=True)[: quality.PIECE])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", {**said, "paths": paths})
        return "\n".join(row for (row,) in cursor.fetchall())


def agree(grids: int = 5) -> bool:
    """Return whether the night's counts are the sum of what each place explains of itself."""
    rows = random.Random(7).sample(list(GridFigures.objects.all()), grids)
    for row in rows:
        ids = list(Venue.objects.filter(grid_path=row.path, is_open=True).values_list("pk", flat=True))
        told = quality.knowing_of(ids, AT.date())
        sums = (len(told), sum(k.known for k in told.values()), sum(k.asked for k in told.values()))
        if sums != (row.places, row.known, row.asked):
            return False
    return True


def run(*, places: int, plans: bool = False) -> dict[str, Any]:
    """Measure and return the figures."""
    with clean_database():
        fill(places)
        began = time.perf_counter()
        grids = services.count_grids(at=AT)
        took = time.perf_counter() - began
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("SELECT grid_path, sum(area_m2) FROM venues_venue GROUP BY 1")
            cursor.fetchall()
        scan = time.perf_counter() - began
        if plans:
            print(explain())
        return {
            "places": places,
            "grids": grids,
            "seconds": round(took, 1),
            "places_a_second": round(places / took),
            "limit_scan_s": round(scan, 2),
            "agrees_with_each_place": agree(),
            "cpus": os.cpu_count(),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--places", type=int, default=PLACES)
    parser.add_argument("--explain", action="store_true")
    options = parser.parse_args()
    found = run(places=FEW if options.small else options.places, plans=options.explain)
    print(json.dumps(found, ensure_ascii=False, indent=2))
    if not options.small:
        RESULT.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
