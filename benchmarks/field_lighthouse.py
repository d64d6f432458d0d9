"""The field face as a cheap phone meets it: Lighthouse with 4 × CPU and slow 4G. Against a house that runs:

    python -m benchmarks.field_lighthouse http://127.0.0.1:8000 USER PASSWORD [TIMES]

Needs Chromium and node; the first time it installs Lighthouse in `benchmarks/lighthouse`. Each page is
measured three times, or as often as is said; the median counts.
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
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent / "lighthouse"
PAGES = ("/m/login", "/m/today", "/m/me", "/m/report")
LEAST, INTERACTIVE_MS = 95, 3_000
TIMES, PORT = 3, 9_333
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


def measure(base: str, path: str, times: int) -> bool:
    """Print what one page is worth; return whether it holds its limits."""
    found = [look(base + path, keep=path != "/m/login") for _ in range(times)]
    performance = statistics.median(one["categories"]["performance"]["score"] for one in found) * 100
    access = min(one["categories"]["accessibility"]["score"] for one in found) * 100
    ready = statistics.median(one["audits"]["interactive"]["numericValue"] for one in found)
    paint = statistics.median(one["audits"]["largest-contentful-paint"]["numericValue"] for one in found)
    holds = performance >= LEAST and access >= LEAST and ready < INTERACTIVE_MS
    end = found[0]["finalDisplayedUrl"]
    print(
        f"{'ok ' if holds else 'NOT'} {path:<10} performance {performance:.0f}, accessibility {access:.0f},"
        f" interactive {ready:.0f} ms, largest paint {paint:.0f} ms ({end})"
    )
    for audit in found[0]["audits"].values():
        if (
            audit.get("score") is not None
            and audit["score"] < 0.9
            and audit["scoreDisplayMode"] != "informative"
        ):
            print(f"      {audit['id']}: {audit['score']} {audit.get('displayValue', '')}")
    return holds


def run(base: str, user: str, password: str, times: str = str(TIMES)) -> int:
    if not (HERE / "node_modules").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True)
    with tempfile.TemporaryDirectory() as folder:
        chromium = start_chromium(folder)
        try:
            first = [measure(base, PAGES[0], int(times))] if wait_for_chromium() else [False]
            log_in(base, user, password)
            held = first + [measure(base, path, int(times)) for path in PAGES[1:]]
        finally:
            chromium.terminate()
            chromium.wait()
    return held.count(False)


def wait_for_chromium() -> bool:
    import httpx

    for _ in range(50):
        try:
            return httpx.get(f"http://127.0.0.1:{PORT}/json/version").is_success
        except httpx.TransportError:
            time.sleep(0.2)
    return False


if __name__ == "__main__":
    sys.exit(run(*sys.argv[1:5]))
