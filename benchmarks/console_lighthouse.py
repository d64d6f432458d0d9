"""The main pages of the console by Lighthouse: accessibility and best practices. Against a house that runs:

    python -m benchmarks.console_lighthouse http://127.0.0.1:8000 USER PASSWORD [TIMES]

Needs Chromium and node; the first time it installs Lighthouse in `benchmarks/lighthouse`. Desktop, not
slowed down: how fast pages are is measured by `benchmarks.console_pages`. Each page is looked at once, or as
often as is said; the worst counts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks.field_lighthouse import HERE, PORT, start_chromium, wait_for_chromium

PAGES = ("/desk", "/cases", "/map", "/venues", "/orders", "/indicators", "/targets", "/fires", "/bulletins")
PAGES += ("/oversight", "/documents", "/wall")
LEAST = 95
SORTS = ("accessibility", "best-practices")
OPTIONS = ["--quiet", "--output=json", "--preset=desktop", "--throttling-method=provided"]


def log_in(base: str, user: str, password: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{PORT}")
        page = browser.contexts[0].new_page()
        page.goto(f"{base}/login")
        page.get_by_test_id("login-username").fill(user)
        page.get_by_test_id("login-password").fill(password)
        page.get_by_test_id("login-submit").click()
        page.get_by_test_id("nav-leave").wait_for()
        page.close()


def look(address: str) -> dict[str, Any]:
    command = ["node", str(HERE / "node_modules/lighthouse/cli/index.js"), address, *OPTIONS]
    command += [f"--only-categories={','.join(SORTS)}", f"--port={PORT}", "--disable-storage-reset"]
    found: dict[str, Any] = json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True).stdout
    )
    return found


def measure(base: str, path: str, times: int) -> bool:
    """Print what one page is worth; return whether it holds its limits."""
    found = [look(base + path) for _ in range(times)]
    worth = {sort: round(min(one["categories"][sort]["score"] for one in found) * 100) for sort in SORTS}
    holds = min(worth.values()) >= LEAST
    print(f"{'ok ' if holds else 'NOT'} {path:<12} " + ", ".join(f"{sort} {n}" for sort, n in worth.items()))
    for audit in found[0]["audits"].values():
        if audit.get("score") is not None and audit["score"] < 1 and audit["scoreDisplayMode"] == "binary":
            print(f"      {audit['id']}: {audit.get('title', '')}")
    return holds


def run(base: str, user: str, password: str, times: str = "1") -> int:
    if not (HERE / "node_modules").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True)
    with tempfile.TemporaryDirectory() as folder:
        chromium = start_chromium(folder)
        try:
            if not wait_for_chromium():
                return len(PAGES)
            log_in(base, user, password)
            held = [measure(base, path, int(times)) for path in PAGES]
        finally:
            chromium.terminate()
            chromium.wait()
    return held.count(False)


if __name__ == "__main__":
    sys.exit(run(*sys.argv[1:5]))
