"""Does the dispatcher's list ever make anybody wait, with 400 open cases?

Question  Which tasks of the page are longer than 100 ms while the list opens at 200 lines, grows to 400, is
          chosen whole, moved through by keyboard, grouped, and read anew?
Data      400 open cases at one desk, reported by hand into a served demo city.
Limit     What Chromium itself counts as a long task begins at 50 ms. Measured as the machine is, and with the
          processor held to a quarter, as an old office computer has it.
Command   wangge run --port 8000 (with its own WANGGE_HOME), then
          python -m benchmarks.desk_list http://127.0.0.1:8000 $WANGGE_HOME
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

RESULT = Path(__file__).parent / "results" / "desk_list.json"
CASES = 400
WORDS = "长清单"
AT_ONCE = 50
WATCH = """() => { globalThis.tasks = []; new PerformanceObserver((list) => {
  for (const one of list.getEntries()) globalThis.tasks.push(Math.round(one.duration))
}).observe({ type: 'longtask', buffered: true }) }"""
ASK = """async ([path, body]) => {
  const token = (await (await fetch('/api/accounts/me')).json()).csrf_token
  const headers = { 'Content-Type': 'application/json', 'X-CSRFToken': token }
  const sent = body === null ? {} : { method: 'POST', headers, body: JSON.stringify(body) }
  return await (await fetch('/api' + path, sent)).json()
}"""
NEW_IDS = """n => [...Array(n)].map(() => {
  const ms = Date.now().toString(16).padStart(12, '0')
  return `${ms.slice(0, 8)}-${ms.slice(8)}-7${crypto.randomUUID().slice(15)}`
})"""


def log_in(page: Page, url: str, home: Path) -> None:
    told = json.loads((home / "demo-accounts.json").read_text())
    name = next(one["username"] for one in told["accounts"] if one["role"] == "dispatcher")
    page.goto(url)
    page.get_by_test_id("login-username").fill(name)
    page.get_by_test_id("login-password").fill(told["password"])
    page.get_by_test_id("login-submit").click()
    page.get_by_test_id("cases-refresh").wait_for()


def fill(page: Page) -> None:
    """Report what is missing to 400 open cases of these words."""
    there = page.evaluate(ASK, [f"/cases?q={WORDS}&is_open=true&limit=1", None])["total"]
    one = page.evaluate(ASK, ["/cases?limit=1", None])["items"][0]
    place = page.evaluate(ASK, [f"/cases/{one['id']}", None])
    for first in range(there, CASES, AT_ONCE):
        reports = [
            {"id": new, "at": one["reported_at"], "matter_code": one["matter_code"], "channel": "hotline"}
            | {"lon": place["lon"], "lat": place["lat"], "text": f"{WORDS}{n}号楼", "address": f"向阳路{n}号"}
            for n, new in enumerate(page.evaluate(NEW_IDS, min(AT_ONCE, CASES - first)), first)
        ]
        fates = page.evaluate(ASK, ["/cases/reports", reports])
        assert {fate["outcome"] for fate in fates} == {"applied"}, fates


def of_deed(page: Page, deed: Callable[[], object]) -> dict[str, Any]:
    """Do something, let the page come to rest, and return its long tasks."""
    page.evaluate("globalThis.tasks = []")
    began = time.perf_counter()
    deed()
    page.wait_for_load_state("networkidle")
    took = time.perf_counter() - began
    page.wait_for_timeout(700)
    tasks = page.evaluate("globalThis.tasks")
    return {
        "longest_ms": max(tasks, default=0),
        "over_50_ms": len(tasks),
        "over_100_ms": sum(one > 100 for one in tasks),
        "s": round(took, 2),
    }


def walk(page: Page, url: str) -> dict[str, dict[str, Any]]:
    """Work through the list and return what each deed cost."""
    row = page.get_by_test_id("case-row")

    def count(n: int) -> None:
        page.wait_for_function("n => document.querySelector('[aria-rowcount]')?.ariaRowCount > n", arg=n)

    def opened() -> None:
        page.goto(f"{url}/cases?q={WORDS}&view=open")
        count(1)

    def pressed(key: str, times: int = 1) -> None:
        for _ in range(times):
            page.keyboard.press(key)

    found = {"open 200 lines": of_deed(page, opened)}
    count(min(200, CASES))
    found["choose all 200"] = of_deed(page, lambda: pressed("X"))
    found["choose none"] = of_deed(page, lambda: pressed("X"))
    found["40 lines down"] = of_deed(page, lambda: pressed("j", 40))
    found["choose a line"] = of_deed(page, lambda: pressed("x"))
    found["read anew"] = of_deed(page, lambda: pressed("r"))
    found["200 more"] = of_deed(page, lambda: (page.get_by_test_id("cases-more").click(), count(CASES)))
    found["choose all 400"] = of_deed(page, lambda: pressed("X"))
    found["choose none of 400"] = of_deed(page, lambda: pressed("X"))
    found["open a case"] = of_deed(page, lambda: row.first.locator("a").click())
    found["back to the list"] = of_deed(page, lambda: page.go_back())
    return found


def measure() -> None:
    """Measure, print, and write the result. Not one of `python -m benchmarks`: it needs a served city."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url")
    parser.add_argument("home", type=Path, help="WANGGE_HOME of the served city")
    options = parser.parse_args()
    chromium = os.environ.get("WANGGE_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        context.add_init_script(f"({WATCH})()")
        context.add_init_script("localStorage['wangge.cases.look'] = JSON.stringify({size: 200})")
        page = context.new_page()
        log_in(page, options.url, options.home)
        fill(page)
        told: dict[str, Any] = {
            "question": "long tasks of the dispatcher's list with 400 open cases",
            "command": "python -m benchmarks.desk_list URL WANGGE_HOME",
            "machine": {"cpus": os.cpu_count(), "load": round(os.getloadavg()[0], 1)},
            "chromium": browser.version,
        }
        told["as it is"] = walk(page, options.url)
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
        told["a quarter of the processor"] = walk(page, options.url)
        browser.close()
    text = json.dumps(told, ensure_ascii=False, indent=2)
    RESULT.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    measure()
