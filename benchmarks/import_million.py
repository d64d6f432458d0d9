"""Does a register of a million rows come in from Excel in bounded memory, seen and endable at any moment?

Question  How long the job takes for a million rows of an xlsx and how much memory its process needs at most;
          how long a dry run, the same file again, a cancel while it reads and one while it writes take; what
          a cancel and kill -9 leave behind: it must be nothing.
Data      1,000,000 made-up places with ten columns, in 3,000 square grids of one city; the file is written by
          xlsxwriter in constant memory, and once more with shared strings as Excel writes them.
Peer      openpyxl (read_only) and Django's bulk_create of 20,000 rows, without grids, problems, sealing or
          initials; its seconds for a million are scaled from them. Readers alone: calamine and openpyxl.
Command   python -m benchmarks.import_million [--small] [--readers]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.databases import clean_database  # isort: split

import xlsxwriter
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import connection, transaction
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from benchmarks.filling import address_of
from benchmarks.venue_search import AT, BRANDS, CITY, FAMILY, GIVEN, HIGH, KINDS, WIDE, admin, make_ground
from wangge.config.run_kinds import KINDS as WORK
from wangge.kernel import clock, runs
from wangge.kernel.ids import new_id
from wangge.kernel.models import FileRun
from wangge.kernel.run_work import do_run
from wangge.kernel.xlsx_rows import Workbook
from wangge.venues import services
from wangge.venues.models import Venue
from wangge.venues.schemas import VenueImport

RESULT = Path(__file__).parent / "results" / "import_million.json"
HEADER = (
    "编号",
    "名称",
    "类别代码",
    "地址",
    "经度",
    "纬度",
    "负责人",
    "负责人电话",
    "面积（平方米）",
    "在营",
)
PEER_ROWS = 20_000
READERS = ("ours", "calamine", "openpyxl")


def write_file(path: Path, count: int, *, is_shared: bool) -> None:
    rng, kinds = random.Random(7), list(KINDS.items())
    with xlsxwriter.Workbook(path, {"constant_memory": not is_shared}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        for n in range(count):
            code, kind = kinds[int(rng.random() ** 2 * len(kinds))]
            name = f"{rng.choice(BRANDS)}{rng.choice(GIVEN)}{rng.choice(GIVEN)}{kind}"
            keeper = rng.choice(FAMILY) + rng.choice(GIVEN) + rng.choice(GIVEN)
            lon, lat = 113.6 + rng.random() * WIDE / 100, 22.8 + rng.random() * HIGH / 100
            phone, area = f"13{rng.randrange(10**9):09}", round(rng.random() * 300, 1)
            texts = {0: f"DG{n:08}", 1: name, 2: code, 3: address_of(rng), 6: keeper, 7: phone, 9: "是"}
            for column, text in texts.items():
                sheet.write_string(n + 1, column, text)
            for column, number in ((4, lon), (5, lat), (8, area)):
                sheet.write_number(n + 1, column, number)


def ask(path: Path, *, dry_run: bool = False, source: str = "bench") -> UUID:
    options = VenueImport(source=source, datum="wgs84", territory=CITY, dry_run=dry_run)
    with path.open("rb") as content:
        file = TemporaryUploadedFile("register.xlsx", None, path.stat().st_size, None)
        while piece := content.read(1 << 20):
            file.write(piece)
        run = services.ask_import(file, options, new_id(), actor=admin(), at=clock.now())
        file.close()
    return run.pk


def work(run_id: str) -> None:
    """Be the worker of one run, and say how much memory it took."""
    run = FileRun.objects.get(pk=run_id)
    before = peak_mb()
    state = do_run(run.pk, WORK[run.kind], lambda _: admin(), now=clock.now)
    print(json.dumps({"state": state.value, "before": before, "peak": peak_mb()}))


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def worker(run_id: UUID) -> subprocess.Popen[str]:
    where = connection.settings_dict
    url = f"postgresql:///{where['NAME']}?host={where['HOST']}&user={where['USER']}"
    command = [sys.executable, "-m", "benchmarks.import_million", "--work", str(run_id)]
    environment = {**os.environ, "WANGGE_DATABASE_URL": url}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def follow(run_id: UUID, when: Callable[[FileRun], bool] = lambda run: False) -> FileRun:
    """Look at a run as the page does, until it is over or `when` says so."""
    while True:
        run = FileRun.objects.get(pk=run_id)
        if run.ended_at is not None or when(run):
            return run
        time.sleep(0.1)


def whole(path: Path, *, dry_run: bool = False) -> dict[str, Any]:
    run_id = ask(path, dry_run=dry_run)
    start = time.perf_counter()
    process, seen, read_s = worker(run_id), 0, None
    last = (-1, -1)
    while process.poll() is None:
        run = FileRun.objects.get(pk=run_id)
        seen += (run.rows, run.written) != last
        last = (run.rows, run.written)
        if read_s is None and run.rows_total and run.rows >= run.rows_total:
            read_s = time.perf_counter() - start
        time.sleep(0.2)
    seconds = time.perf_counter() - start
    told = json.loads(process.stdout.read() if process.stdout else "{}")
    run = FileRun.objects.get(pk=run_id)
    assert run.state == "done", (run.state, run.report)
    return {
        "seconds": round(seconds, 1),
        "of them until the last row was read and placed": round(read_s or seconds, 1),
        "rows a second": round(run.rows / seconds),
        "created, updated, unchanged": [run.created, run.updated, run.unchanged],
        "memory of the process before and at the peak, MB": [told["before"], told["peak"]],
        "times another connection saw it go on": seen,
    }


def cancelled(path: Path, when: Callable[[FileRun], bool], *, source: str = "bench") -> dict[str, Any]:
    run_id, before = ask(path, source=source), Venue.objects.count()
    process = worker(run_id)
    at = follow(run_id, when)
    start = time.perf_counter()
    runs.cancel_run(run_id, actor=admin(), at=clock.now())
    run = follow(run_id)
    seconds = time.perf_counter() - start
    process.wait()
    assert run.state == "cancelled", run.state
    return {
        "asked when rows were read and written": [at.rows, at.written],
        "seconds until it was over": round(seconds, 1),
        "rows left behind": left_behind() - before,
    }


def killed(path: Path, when: Callable[[FileRun], bool]) -> dict[str, Any]:
    run_id, before = ask(path), Venue.objects.count()
    process = worker(run_id)
    at = follow(run_id, when)
    process.send_signal(signal.SIGKILL)
    process.wait()
    start = time.perf_counter()
    while not runs.settle_lost(at=clock.now()):
        time.sleep(0.1)
    return {
        "killed when rows were read and written": [at.rows, at.written],
        "seconds until the run said so": round(time.perf_counter() - start, 1),
        "state": FileRun.objects.get(pk=run_id).state,
        "rows left behind": left_behind() - before,
    }


def left_behind() -> int:
    """Return the rows of the register and of a staging table that others can see."""
    while True:
        with connection.cursor() as cursor:  # the database ends a dead client's transaction by itself
            cursor.execute("SELECT count(*) FROM pg_class WHERE relname = 'venue_new'")
            [staging] = cursor.fetchone()
        if not staging:
            return Venue.objects.count()
        time.sleep(0.1)


def peer(path: Path) -> dict[str, Any]:
    """The plain way: openpyxl row by row, bulk_create; no grid, no problem, no seal, no history."""
    start = time.perf_counter()
    rows = load_workbook(path, read_only=True).worksheets[0].iter_rows(min_row=2, values_only=True)
    with transaction.atomic():
        some = (
            Venue(
                id=new_id(), code=f"P{row[0]}", name=row[1], venue_class_id=row[2], address=row[3],
                lon=row[4], lat=row[5], keeper_name=row[6], area_m2=row[8], grid_path=CITY,
                source="peer", created_at=AT, updated_at=AT,
            )
            for row in islice(rows, PEER_ROWS)
        )  # fmt: skip
        Venue.objects.bulk_create(some, batch_size=1_000)
    seconds = time.perf_counter() - start
    Venue.objects.filter(source="peer").delete()
    return {"rows": PEER_ROWS, "seconds": round(seconds, 1), "a million, scaled": round(seconds * 50)}


def read_alone(reader: str, path: str) -> None:
    start = time.perf_counter()
    rows: Iterator[Any]
    if reader == "ours":
        rows = Workbook(open(path, "rb")).rows()  # noqa: SIM115
    elif reader == "calamine":
        rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()
    else:
        rows = load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True)
    count = sum(1 for _ in rows)
    seconds = round(time.perf_counter() - start, 1)
    print(json.dumps({"rows": count, "seconds": seconds, "peak_mb": peak_mb()}))


def readers(paths: dict[str, Path]) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.import_million", "--read"]
    return {
        f"{reader}, {kind}": json.loads(
            subprocess.run([*command, reader, str(path)], check=True, capture_output=True, text=True).stdout
        )
        for kind, path in paths.items()
        for reader in READERS
    }


def measure(count: int, folder: Path, keep: Callable[[dict[str, Any]], None], *, with_readers: bool) -> None:
    """Measure one thing after the other; what is found so far is kept after each."""
    path, few = folder / "inline.xlsx", folder / "few.xlsx"
    write_file(path, count, is_shared=False)
    write_file(few, count // 5, is_shared=False)
    some = count // 5 // 4
    steps: dict[str, Callable[[], Any]] = {
        "dry run": lambda: whole(path, dry_run=True),
        "cancel while it reads": lambda: cancelled(path, lambda run: run.rows > 0),
        "kill -9 while it reads": lambda: killed(path, lambda run: run.rows > 0),
        "load": lambda: whole(path),
        "cancel while it writes, a fifth of the rows into the full register": lambda: cancelled(
            few, lambda run: run.written >= some, source="second"
        ),
        "peer": lambda: peer(path),
        "the same file again": lambda: whole(path),
    }
    if with_readers:
        shared = folder / "shared.xlsx"
        write_file(shared, count, is_shared=True)
        steps["readers alone"] = lambda: readers({"inline texts": path, "shared texts": shared})
    found: dict[str, Any] = {"measured_at": datetime.now(UTC).date().isoformat(), "rows": count}
    found["file, MB"] = path.stat().st_size >> 20
    for name, step in steps.items():
        found[name] = step()
        print(name, json.dumps(found[name], ensure_ascii=False), flush=True)
        keep(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a quick look; no result is written")
    parser.add_argument("--readers", action="store_true", help="the readers alone too, with shared texts")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    parser.add_argument("--read", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        return work(options.work)
    if options.read:
        return read_alone(*options.read)

    def keep(found: dict[str, Any]) -> None:
        if not options.small:
            RESULT.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

    with clean_database(), tempfile.TemporaryDirectory() as folder:
        make_ground()
        count = 100_000 if options.small else 1_000_000
        measure(count, Path(folder), keep, with_readers=options.readers)
    return None


if __name__ == "__main__":
    main()
