"""Do the facilities of a whole city come in from a file within minutes, in the memory of a batch?

Question  Rows a second and the memory of the process at the peak: a dry run, a load into a register of
          places, the same rows again, rows of which every tenth changed; people with phones beside them.
Data      As many places as half of the rows; made-up facilities with three dates, people with a phone each.
Command   python -m benchmarks.import_entries [--rows 200000] [--profile]
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import resource
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.databases import clean_database  # isort: split

from django.db import connection

from benchmarks.due_list import VENUES
from benchmarks.venue_search import AT, admin
from wangge.dossiers import services
from wangge.dossiers.file_import import import_entries
from wangge.dossiers.rules import Sort
from wangge.venues.models import VenueClass

RESULT = Path(__file__).parent / "results" / "import_entries.json"
SCOPE = "44.19."


def make_ground(places: int) -> None:
    classes = [f"c{n}" for n in range(8)] + ["rare"]
    VenueClass.objects.bulk_create(
        VenueClass(code=c, name_zh=c, name_en=c, pack_version="bench@1") for c in classes
    )
    named = {"name_zh": "x", "name_en": "x", "source": "bench", "is_confirmed": True}
    kinds: list[dict[str, Any]] = [{"sort": "facility", "code": "k1", "soon_days": 30, **named}]
    kinds += [{"sort": "person", "code": "responsible", "is_single": True, **named}]
    services.install_kinds(kinds, pack_version="bench@1")
    interval = {"code": "test", "what": "test", "kinds": ["k1"], "months": 12, "days": None, "classes": []}
    services.install_due_rules([{**named, **interval}], pack_version="bench@1")
    with connection.cursor() as cursor:
        cursor.execute(VENUES, [AT, AT, places])
        cursor.execute("VACUUM ANALYZE venues_venue")


def facilities(count: int, *, changed: bool = False) -> Iterator[tuple[int, dict[str, str]]]:
    for n in range(count):
        made = AT.date() - timedelta(days=100 + n % 3000)
        tested = AT.date() - timedelta(days=n % 90)
        yield n + 2, {
            "编号": f"MH-{n:07}", "场所编号": f"B{n // 2 + 1}", "种类": "k1",
            "数量": str(n % 7 + 1 + (changed and n % 10 == 0)), "位置": "一层", "生产单位": "某厂",
            "出厂日期": made.isoformat(), "检测日期": tested.isoformat(), "维保日期": tested.isoformat(),
        }  # fmt: skip


def people(count: int) -> Iterator[tuple[int, dict[str, str]]]:
    for n in range(count):
        yield n + 2, {
            "编号": f"ZR-{n:07}", "场所编号": f"B{n + 1}", "种类": "responsible", "姓名或单位名称": "张建国",
            "电话": f"138{n:08}", "任职日期": "2025-01-01",
        }  # fmt: skip


def load(rows: Iterator[tuple[int, dict[str, str]]], sort: Sort, *, dry_run: bool = False) -> dict[str, Any]:
    begun = time.perf_counter()
    report = import_entries(rows, sort=sort, source="bench", actor=admin(SCOPE), at=AT, dry_run=dry_run)
    took = time.perf_counter() - begun
    return {
        "seconds": round(took, 1),
        "rows a second": round(report.rows / took),
        "created, updated, unchanged": [report.created, report.updated, report.unchanged],
        "problems": report.problem_count,
        "peak of the process, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }


def run(count: int) -> dict[str, Any]:
    make_ground(count // 2)
    found: dict[str, Any] = {"measured_at": time.strftime("%Y-%m-%d"), "rows": count}
    found["facilities, dry run"] = load(facilities(count), Sort.FACILITY, dry_run=True)
    found["facilities, load"] = load(facilities(count), Sort.FACILITY)
    found["facilities, the same again"] = load(facilities(count), Sort.FACILITY)
    found["facilities, every tenth changed"] = load(facilities(count, changed=True), Sort.FACILITY)
    found["people with phones, load"] = load(people(count // 2), Sort.PERSON)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    with clean_database():
        if given.profile:
            make_ground(given.rows // 2)
            profile = cProfile.Profile()
            profile.runcall(load, facilities(given.rows), Sort.FACILITY)
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)
            return
        found = run(given.rows)
    print(json.dumps(found, ensure_ascii=False, indent=2))
    if given.rows >= 200_000:
        RESULT.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
