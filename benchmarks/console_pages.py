"""Does anybody wait who opens a page of the console?

Question  From a click to the first useful paint of each page of a dispatcher's console, in Chromium with no
          cache; the answer of every filter of cases, places, orders and indicators over HTTP; the longest
          task while the map is dragged and zoomed.
Data      The demo city (--small), or a home that holds a city: `wangge demo --city dongguan` fills one.
Aims      1.5 s to the first useful paint, 300 ms p95 a filter, 100 ms for indicators and the longest task.
Command   python -m benchmarks.console_pages --small | --home PATH
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

RESULT = Path(__file__).parent / "results" / "console_pages.json"
PORT = 8797
URL = f"http://127.0.0.1:{PORT}"
FLAGS = ["--no-sandbox", "--disable-gpu", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
# A page is of use when this is on it.
PAGES = {
    "/desk": "[data-testid=desk] .card, [data-testid=desk] .columns",
    "/cases": "[data-testid=case-row], [data-testid=empty-state]",
    "/map": "[data-testid=map][data-ready=true]",
    "/venues": "[data-testid=venue-row]",
    "/orders": "[data-testid=order-row], [data-testid=empty-state]",
    "/targets": "[data-testid=target-row], [data-testid=empty-state]",
    "/fires": "[data-testid=fire-row], [data-testid=empty-state]",
    "/bulletins": "[data-testid=bulletin-row], [data-testid=empty-state]",
    "/indicators": "[data-testid=indicator-page] table, [data-testid=indicator-page] .card",
    "/oversight": "main table, [data-testid=empty-state]",
    "/patrols": "main table, [data-testid=empty-state]",
    "/teams": "main table, [data-testid=empty-state]",
    "/wall": "[data-testid=wall] .wall__figures a",
}
FILTERS: dict[str, list[tuple[str, dict[str, str]]]] = {
    "cases": [
        ("/api/cases", {"waiting_for_me": "true", "is_open": "true"}),
        ("/api/cases", {"is_open": "true", "light": "red"}),
        ("/api/cases", {"q": "灭火器"}),
        ("/api/cases", {"matter": "H3", "is_open": "true"}),
        ("/api/cases", {"severity": "larger", "sort": "oldest"}),
    ],
    "places": [
        ("/api/venues", {}),
        ("/api/venues", {"q": "小卖"}),
        ("/api/venues", {"orphan": "true"}),
        ("/api/venues", {"is_open": "false"}),
    ],
    "orders": [
        ("/api/orders", {}),
        ("/api/orders", {"overdue": "true"}),
        ("/api/orders", {"status": "done"}),
    ],
    "indicators": [
        ("/api/appraisal/figures", {"first": "2025-01", "last": "2026-12", "by": by})
        for by in ("none", "territory", "month", "matter", "channel", "department")
    ],
    "targets, fires, heat": [
        ("/api/appraisal/targets", {"year": "2026"}),
        ("/api/fires/figures", {"first": "2026-01", "last": "2026-12", "by": "territory"}),
        ("/api/map/heat", {"first_on": "2026-10-01", "last_on": "2026-10-31"}),
        ("/api/dossiers/quality", {}),
    ],
    "work place and wall": [("/api/console/desk", {}), ("/api/console/wall", {}), ("/api/map/legend", {})],
}
LONG = """() => { window.tasks = []
  new PerformanceObserver(list => list.getEntries().forEach(one => window.tasks.push(one.duration)))
    .observe({ type: 'longtask' }) }"""


@contextmanager
def house(home: Path) -> Iterator[dict[str, Any]]:
    """Run the house of a home; yields its demo accounts."""
    environment = {**os.environ, "WANGGE_HOME": str(home)}
    environment.pop("WANGGE_DATABASE_URL", None)
    command = [str(Path(sys.executable).parent / "wangge"), "run", "--port", str(PORT)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 300
        while True:
            try:
                httpx.get(f"{URL}/api/health", timeout=5).raise_for_status()
                break
            except httpx.HTTPError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise
                time.sleep(0.5)
        told: dict[str, Any] = json.loads((home / "demo-accounts.json").read_text(encoding="utf-8"))
        yield told
    finally:
        process.terminate()
        process.wait(60)


def log_in(page: Page, user: str, password: str) -> None:
    page.goto(URL)
    page.get_by_test_id("login-username").fill(user)
    page.get_by_test_id("login-password").fill(password)
    page.get_by_test_id("login-submit").click()
    page.get_by_test_id("login-submit").wait_for(state="hidden")


def paints(browser: Browser, user: str, password: str, rounds: int) -> dict[str, Any]:
    """Return milliseconds to the first useful paint of each page, without a cache."""
    told: dict[str, Any] = {}
    for path, useful in PAGES.items():
        took = []
        for _ in range(rounds):
            page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
            log_in(page, user, password)
            page.goto("about:blank")
            began = time.perf_counter()
            page.goto(URL + path, wait_until="commit")
            page.locator(useful).first.wait_for(timeout=30_000)
            took.append((time.perf_counter() - began) * 1000)
            page.context.close()
        told[path] = {"median_ms": round(statistics.median(took)), "longest_ms": round(max(took))}
    return told


def longest_task(browser: Browser, user: str, password: str) -> float:
    """Return the longest task of the page in ms while its map is dragged and zoomed."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    log_in(page, user, password)
    page.goto(f"{URL}/map")
    page.locator(PAGES["/map"]).wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate(LONG)
    box = page.get_by_test_id("map").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for turn in range(6):
        page.mouse.move(x, y)
        page.mouse.wheel(0, -400 if turn % 3 else 300)
        page.mouse.down()
        page.mouse.move(x + 180, y + 90, steps=12)
        page.mouse.up()
        page.wait_for_load_state("networkidle")
    tasks: list[float] = page.evaluate("() => window.tasks")
    page.context.close()
    return max(tasks, default=0.0)


def filters(user: str, password: str, rounds: int) -> dict[str, Any]:
    told = {}
    with httpx.Client(base_url=URL, timeout=60) as client:
        client.post("/api/accounts/login", json={"username": user, "password": password}).raise_for_status()
        for name, asks in FILTERS.items():
            took = []
            for path, query in asks * rounds:
                began = time.perf_counter()
                client.get(path, params=query).raise_for_status()
                took.append((time.perf_counter() - began) * 1000)
            told[name] = {
                "asks": len(took),
                "median_ms": round(statistics.median(took), 1),
                "p95_ms": round(statistics.quantiles(took, n=20)[-1], 1),
                "longest_ms": round(max(took), 1),
            }
    return told


def run(home: Path, *, small: bool) -> dict[str, Any]:
    """Measure and return the figures."""
    rounds = 2 if small else 5
    with house(home) as told, sync_playwright() as playwright:
        user = next(one["username"] for one in told["accounts"] if one["role"] == "dispatcher")
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("WANGGE_CHROMIUM", "/usr/bin/chromium"), args=FLAGS
        )
        figures = {
            "question": "milliseconds that a dispatcher waits",
            "command": "python -m benchmarks.console_pages" + (" --small" if small else " --home PATH"),
            "machine": {"cpus": os.cpu_count(), "load": [round(one, 1) for one in os.getloadavg()]},
            "filters over HTTP": filters(user, told["password"], rounds * 4),
            "first useful paint": paints(browser, user, told["password"], rounds),
            "longest task on the map, ms": round(longest_task(browser, user, told["password"]), 1),
        }
        browser.close()
    return figures


def main() -> None:
    """Measure, print, and write the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", action="store_true", help="the demo city; nothing is written")
    parser.add_argument("--home", type=Path, help="a home with a city in it")
    options = parser.parse_args()
    if not options.small and not options.home:
        parser.error("--small, or --home PATH")
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder:
        Path(folder).chmod(0o755)
        figures = run(options.home or Path(folder), small=options.small)
    text = json.dumps(figures, ensure_ascii=False, indent=2)
    print(text)
    if not options.small:
        RESULT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
