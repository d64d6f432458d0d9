"""A bundle is exported by clicking and checked by a program that knows no house (EV-10, EV-11)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import City, open_desktop
from tests.browser.test_walk import log_in
from wangge.evidence import bundle_check

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_bundle_of_two_chosen_cases_is_proven_without_the_house(
    chromium: Browser, city: City, tmp_path: Path
) -> None:
    page = open_desktop(chromium)
    log_in(page, city, "supervisor", at="/cases?view=open")
    ticks = page.locator('[data-testid="case-row"] input[type="checkbox"]')
    for n in range(2):
        ticks.nth(n).check()
    page.get_by_test_id("batch-evidence").click()
    page.get_by_test_id("evidence-reason").fill("行政复议需要")
    page.get_by_test_id("evidence-ask").click()
    ready = page.get_by_test_id("evidence-file")
    expect(ready).to_be_visible(timeout=30_000)
    with page.expect_download() as coming:
        ready.click()
    bundle, key, program = (tmp_path / name for name in ("bundle.zip", "city.pem", "check.py"))
    coming.value.save_as(bundle)
    page.context.close()
    key.write_text(httpx.get(f"{city.url}/api/evidence/keys").json()[0]["pem"])
    shutil.copy(bundle_check.__file__, program)

    command = [sys.executable, "-S", str(program), str(bundle), "--key", str(key)]
    environment = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"}  # no packages: openssl proves it
    proven = subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=tmp_path, check=False
    )

    assert (proven.returncode, proven.stderr) == (0, ""), proven.stdout
    assert "2 个案件" in proven.stdout
