"""The field face as a cheap phone meets it: Lighthouse with 4 × CPU and slow 4G. Against a house that runs:

    python -m benchmarks.field_lighthouse http://127.0.0.1:8000 USER PASSWORD [TIMES]

Needs Chromium and node; the first time it installs Lighthouse in `benchmarks/lighthouse`. Each page is
measured three times, or as often as is said; the median counts. All runs are kept, each with
the load of the machine before it, in `benchmarks/results/field_lighthouse.json`.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent / "lighthouse"
RESULT = Path(__file__).parent / "results" / "field_lighthouse.json"
PAGES = ("/m/login", "/m/today", "/m/me", "/m/report")
LEAST, INTERACTIVE_MS = 95, 3_000
TIMES, PORT = 3, 9_333
MOMENTS = {
    "first_paint_ms": "first-contentful-paint",
    "largest_paint_ms": "largest-contentful-paint",
    "interactive_ms": "interactive",
    "blocking_ms": "total-blocking-time",
    "speed_index_ms": "speed-index",
    "layout_shift": "cumulative-layout-shift",
}
# Lighthouse's own mobile profile: slow 4G (150 ms, 1.6 Mbit/s) and a CPU four times slower, simulated.
OPTIONS = ["--quiet", "--output=json", "--form-factor=mobile", "--throttling.cpuSlowdownMultiplier=4"]
ONLY = "--only-categories=performance,accessibility"


def start_chromium(folder: str) -> subprocess.Popen[bytes]:
    path = os.environ.get("WANGGE_CHROMIUM") or shutil.which("chromium")
    if path is None:
        raise SystemExit("no Chromium on this machine")
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--lang=zh-CN", "--no-first-run"]
    arguments = [path, *flags, f"--remote-debugging-port={PORT}", f"--user-data-dir={folder}", "about:blank"]
    return subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def log_in(base: str, user: str, password: str) -> None:
    with sync_playwright() as playwright:
        for _ in range(50):
            try:
                browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{PORT}")
                break
            except Exception:
                time.sleep(0.2)
        page = browser.contexts[0].new_page()
        page.goto(f"{base}/m/login")
        page.get_by_test_id("login-username").fill(user)
        page.get_by_test_id("login-password").fill(password)
        page.get_by_test_id("login-submit").click()
        page.get_by_test_id("tab-me").wait_for()
        page.close()


def look(address: str, *, keep: bool) -> dict[str, Any]:
    command = ["node", str(HERE / "node_modules/lighthouse/cli/index.js"), address, *OPTIONS, ONLY]
    command += [f"--port={PORT}", *(["--disable-storage-reset"] if keep else [])]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, Any] = json.loads(told)
    return found


def figures_of(told: dict[str, Any], load: float) -> dict[str, Any]:
    """Return what one run says: two scores and the moments behind the first."""
    audits, scores = told["audits"], told["categories"]
    moments = {name: round(audits[audit]["numericValue"], 3) for name, audit in MOMENTS.items()}
    return {
        "performance": round(scores["performance"]["score"] * 100),
        "accessibility": round(scores["accessibility"]["score"] * 100),
        **moments,
        "load": load,
    }


def measure(base: str, path: str, times: int) -> dict[str, Any]:
    """Print and return what one page is worth, and whether it holds its limits."""
    runs, found = [], {}
    for _ in range(times):
        load = round(os.getloadavg()[0], 1)
        found = look(base + path, keep=path != "/m/login")
        runs.append(figures_of(found, load))
    middle = {name: statistics.median(one[name] for one in runs) for name in runs[0] if name != "load"}
    holds = (
        middle["performance"] >= LEAST
        and min(one["accessibility"] for one in runs) >= LEAST
        and middle["interactive_ms"] < INTERACTIVE_MS
    )
    print(f"{'ok ' if holds else 'NOT'} {path:<10} {middle} ({found['finalDisplayedUrl']})")
    for audit in found["audits"].values():
        is_score = audit.get("score") is not None and audit["scoreDisplayMode"] != "informative"
        if is_score and audit["score"] < 0.9:
            print(f"      {audit['id']}: {audit['score']} {audit.get('displayValue', '')}")
    return {"page": path, "holds": holds, "median": middle, "runs": runs}


def run(base: str, user: str, password: str, times: str = str(TIMES)) -> int:
    if not (HERE / "node_modules").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True)
    with tempfile.TemporaryDirectory() as folder:
        chromium = start_chromium(folder)
        try:
            wait_for_chromium()
            found = [measure(base, PAGES[0], int(times))]
            log_in(base, user, password)
            found += [measure(base, path, int(times)) for path in PAGES[1:]]
        finally:
            chromium.terminate()
            chromium.wait()
    told = {
        "question": "the field face on a phone with 4 x CPU and slow 4G, simulated by Lighthouse",
        "command": "python -m benchmarks.field_lighthouse http://127.0.0.1:PORT USER PASSWORD",
        "limits": {"performance": LEAST, "accessibility": LEAST, "interactive_ms": INTERACTIVE_MS},
        "pages": found,
    }
    RESULT.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return sum(not one["holds"] for one in found)


def wait_for_chromium() -> None:
    for _ in range(50):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/json/version", timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("Chromium does not answer")


if __name__ == "__main__":
    sys.exit(run(*sys.argv[1:5]))
