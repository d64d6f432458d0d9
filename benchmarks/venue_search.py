"""Does anybody wait who looks for a place in a register of a million?

Question  p95 of a page of 50 found by a piece of name, keeper, address or code, or by pinyin initials, and
          of a list page with filters, in the scope of a city, a street and a grid. Before it: how long the
          register takes to come in by the importer, every place in its grid, and the memory of it.
Data      1,000,000 made-up places in 3,000 square grids of one city.
Peer      The plain way of Django: `icontains` on name, code, address and keeper, the page and its count.
Limit     One statement that reads 50 places by their keys.
Command   python -m benchmarks.venue_search [--keep] [--small]
          --keep copies the filled register aside; the next run with --keep begins with the copy.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.databases import filled_database  # isort: split

import shapely
from django.db import connection
from django.db.models import Q

from benchmarks.filling import address_of
from wangge.accounts.rules import CAPABILITIES, Role
from wangge.kernel.actor import Actor
from wangge.territory import services as territory
from wangge.territory.schemas import GridImport
from wangge.territory.services import GridFeature
from wangge.venues import queries, services
from wangge.venues.models import Venue, VenueClass
from wangge.venues.row_reading import VenueRecord
from wangge.venues.schemas import VenueFilter, VenueImport

RESULT = Path(__file__).parent / "results" / "venue_search.json"
AT = datetime(2025, 10, 13, 2, 0, tzinfo=UTC)
CITY, WIDE, HIGH = "44.19.", 60, 50
SCOPES = {"city": CITY, "street": f"{CITY}01.003.", "grid": f"{CITY}01.003.007.011."}
FAMILY, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂"
KINDS = {"shop": "小卖部", "food": "小吃店", "rental": "出租屋", "factory": "五金加工厂", "school": "幼儿园"}
BRANDS = ("红星", "鑫隆", "金福", "永盛", "宏达", "兴旺", "天天", "好运来", "家和", "万家")
BRANDS += ("顺发", "聚福", "老街", "阳光", "东方", "新世纪", "百姓", "惠民", "大众", "华联")


def path_of(x: int, y: int) -> str:
    n = y * WIDE + x
    return f"{CITY}01.{n // 600 + 1:03}.{n // 50 % 12 + 1:03}.{n % 50 + 1:03}."


def make_ground() -> None:
    territory.import_divisions([("44", "粤省"), ("4419", "江海市")], actor=admin(), at=AT)
    VenueClass.objects.bulk_create(
        VenueClass(code=code, name_zh=name, name_en=code, pack_version="bench@1")
        for code, name in KINDS.items()
    )
    grids = (
        GridFeature(
            f"格{x}-{y}",
            shapely.box(*(round(113.6 + a / 100, 6) if i % 2 == 0 else round(22.8 + a / 100, 6)
                          for i, a in enumerate((x, y, x + 1, y + 1)))),
            path=path_of(x, y),
        )
        for y in range(HIGH)
        for x in range(WIDE)
    )  # fmt: skip
    options = GridImport(tier="grid", datum="wgs84", within="44.")
    report = territory.import_grids(grids, options=options, actor=admin("44."), at=AT)
    assert report.loaded, report


def admin(scope: str = "44.") -> Actor:
    return Actor(1, "bench", Role.SYSTEM_ADMIN.value, scope, None, CAPABILITIES[Role.SYSTEM_ADMIN])


def records(count: int) -> Iterator[VenueRecord]:
    rng, kinds = random.Random(7), list(KINDS.items())
    for n in range(count):
        code, kind = kinds[int(rng.random() ** 2 * len(kinds))]
        yield VenueRecord(
            n + 2,
            {
                "code": f"DG{n:08}",
                "name": f"{rng.choice(BRANDS)}{rng.choice(GIVEN)}{rng.choice(GIVEN)}{kind}",
                "class_code": code,
                "tags": "red" if rng.random() < 0.001 else "key" if rng.random() < 0.05 else "",
                "address": address_of(rng),
                "keeper_name": rng.choice(FAMILY) + rng.choice(GIVEN) + rng.choice(GIVEN),
                "lon": 113.6 + rng.random() * WIDE / 100,
                "lat": 22.8 + rng.random() * HIGH / 100,
                "is_open": "否" if rng.random() < 0.01 else "是",
            },
        )


def load(count: int) -> dict[str, Any]:
    """Bring the register in as an import does, and return what it took."""
    before = peak_mb()
    options = VenueImport(source="bench", datum="wgs84", territory=CITY)
    start = time.perf_counter()
    report = services.import_venues(records(count), options=options, actor=admin(), at=AT)
    seconds = time.perf_counter() - start
    assert report.loaded, report.problems[:3]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE venues_venue")
        cursor.execute("SELECT pg_table_size('venues_venue'), pg_relation_size('venue_words')")
        table, index = cursor.fetchone()
    return {
        "rows": report.created,
        "in no grid": Venue.objects.filter(is_orphan=True).count(),
        "seconds": round(seconds, 1),
        "rows a second": round(count / seconds),
        "memory before and at the peak, MB": [before, peak_mb()],
        "table and index of words, MB": [table >> 20, index >> 20],
    }


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def words_of(count: int) -> dict[str, list[str]]:
    """Return what people type, from places that are there."""
    rng = random.Random(11)
    rows = []
    while len(rows) < count:
        code = f"DG{rng.randrange(Venue.objects.count()):08}"
        rows.append(Venue.objects.get(source="bench", code=code))
    return {
        "brand (every twentieth place)": [one.name[:2] for one in rows],
        "name": [one.name[:5] for one in rows],
        "keeper": [one.keeper_name for one in rows],
        "piece of the address": [one.address[3:9] for one in rows],
        "code": [one.code for one in rows],
        "end of the code": [one.code[-5:] for one in rows],
        "initials of the name": [one.initials.split()[0][:6] for one in rows],
        "three initials": [one.initials.split()[0][1:4] for one in rows],
        "two initials": [one.initials.split()[0][1:3] for one in rows],
        "two words": [f"{one.name[:2]} {one.address[4:7]}" for one in rows],
        "nothing has it": [f"{one.name[:2]}航天" for one in rows],
    }


FILTERS: dict[str, dict[str, Any]] = {
    "none": {},
    "class": {"venue_class": "school"},
    "tag of a thousandth": {"tag": "red"},
    "tag of a twentieth": {"tag": "key"},
    "class and tag": {"venue_class": "school", "tag": "red"},
    "closed ones": {"is_open": False},
    "orphans": {"orphan": True},
    "a street": {"grid": f"{CITY}01.002."},
    "a street, closed, by class": {"grid": f"{CITY}01.002.", "is_open": False, "venue_class": "food"},
}


def reader(scope: str) -> Actor:
    return Actor(1, "bench", Role.DISPATCHER.value, scope, None, CAPABILITIES[Role.DISPATCHER])


def timed(deeds: Sequence[Callable[[], object]]) -> dict[str, float]:
    took = []
    for deed in deeds:
        start = time.perf_counter()
        deed()
        took.append((time.perf_counter() - start) * 1000)
    p95 = statistics.quantiles(took, n=20)[-1] if len(took) > 1 else took[0]
    return {
        "p50_ms": round(statistics.median(took), 1),
        "p95_ms": round(p95, 1),
        "longest_ms": round(max(took), 1),
    }


def asked(scope: str, **filters: Any) -> Callable[[], object]:
    return lambda: queries.list_venues(reader(scope), VenueFilter(**filters))


def peer(word: str) -> Callable[[], object]:
    def ask() -> object:
        sought = Q()
        for field in ("name", "code", "address", "keeper_name"):
            sought |= Q(**{f"{field}__icontains": word})
        found = Venue.objects.filter(sought, grid_path__startswith=CITY)
        return found.count(), list(found.select_related("venue_class").order_by("grid_path", "id")[:50])

    return ask


def run(*, small: bool = False, keep: bool = False) -> dict[str, Any]:
    """Measure and return the figures."""
    count, searches = (50_000, 10) if small else (1_000_000, 40)

    def fill() -> dict[str, Any]:
        make_ground()
        return load(count)

    with filled_database(f"bench_venues_{count}", fill, keep=keep) as loaded:
        words = words_of(searches)
        for scope in SCOPES.values():  # plans and pages that a running house has at hand
            timed([asked(scope, q=some[0]) for some in words.values()])
        search = {
            name: {kind: timed([asked(scope, q=word) for word in some]) for kind, some in words.items()}
            for name, scope in SCOPES.items()
        }
        every = [
            asked(scope, q=word) for scope in SCOPES.values() for some in words.values() for word in some
        ]
        random.Random(3).shuffle(every)
        lists = {
            name: {kind: timed([asked(scope, **one)] * 20) for kind, one in FILTERS.items()}
            for name, scope in SCOPES.items()
        }
        all_lists = [asked(s, **one) for s in SCOPES.values() for one in FILTERS.values()] * 8
        plain = [peer(word) for kind in list(words)[:6] for word in words[kind][: 2 if small else 3]]
        keys = list(Venue.objects.values_list("pk", flat=True)[:50])
        return {
            "question": "a page of 50 of a register of a million, by words and by filters",
            "command": "python -m benchmarks.venue_search" + (" --small" if small else ""),
            "machine": {"cpus": os.cpu_count(), "load": [round(one, 1) for one in os.getloadavg()]},
            "load": loaded or "a copy of an earlier run",
            "search, all kinds and scopes": {"searches": len(every), **timed(every)},
            "list with filters, all": {"pages": len(all_lists), **timed(all_lists)},
            "peer: icontains by Django, whole city": {"searches": len(plain), **timed(plain)},
            "limit: 50 places by their keys": timed([lambda: list(Venue.objects.filter(pk__in=keys))] * 20),
            "search by scope and kind": search,
            "list by scope and filter": lists,
        }


def main() -> None:
    """Measure, print, and write the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", action="store_true", help="a quick look; nothing is written")
    parser.add_argument("--keep", action="store_true", help="begin with the register of the last run")
    options = parser.parse_args()
    text = json.dumps(run(small=options.small, keep=options.keep), ensure_ascii=False, indent=2)
    print(text)
    if not options.small:
        RESULT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
