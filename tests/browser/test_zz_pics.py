from __future__ import annotations

import csv
import io
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.conftest import City, _open
from tests.browser.test_walk import log_in

OUT = Path("/tmp/w/jobs-scratch/pics")
OUT.mkdir(exist_ok=True)


def test_pics(city: City, chromium: Browser, tmp_path: Path) -> None:
    page = _open(chromium, width=1366, height=768).new_page()
    log_in(page, city, "dispatcher")
    page.goto(f"{city.url}/runs")
    page.get_by_test_id("runs").wait_for()
    page.wait_for_timeout(800)
    page.screenshot(path=OUT / "1-empty-zh.png")
    text = page.request.get(f"{city.url}/api/venues/export.csv?limit=5").text().lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    one = rows[0]
    head = ["编号", "名称", "类别代码", "地址", "经度", "纬度", "负责人", "负责人电话"]

    def write(name: str, n: int, bad: int = 0) -> Path:
        p = tmp_path / name
        with p.open("w", newline="", encoding="utf-8-sig") as f:
            w = csv.writer(f)
            w.writerow(head)
            for i in range(n):
                w.writerow(
                    [
                        f"N{i}",
                        f"新店{i}",
                        "火箭场" if i < bad else one["类别代码"],
                        "人民路",
                        one["经度"],
                        one["纬度"],
                        "王某",
                        f"138{i:08d}",
                    ]
                )
        return p

    page.goto(f"{city.url}/venues")
    page.get_by_test_id("venues-import").click()
    page.get_by_test_id("import-file").set_input_files(str(write("坏登记册.csv", 500, 180)))
    page.get_by_test_id("import-datum-wgs84").check()
    page.screenshot(path=OUT / "2-dialog.png")
    page.get_by_test_id("import-check").click()
    page.get_by_test_id("import-report").wait_for(timeout=60000)
    page.screenshot(path=OUT / "3-refused.png")
    page.get_by_test_id("import-file").set_input_files(str(write("登记册.csv", 30000)))
    page.get_by_test_id("import-check").click()
    page.get_by_test_id("run-progress").wait_for()
    page.wait_for_timeout(2500)
    page.screenshot(path=OUT / "4-running-dialog.png")
    page.goto(f"{city.url}/runs")
    page.get_by_test_id("run").first.wait_for()
    page.wait_for_timeout(1500)
    page.screenshot(path=OUT / "5-runs-running.png")
    page.locator("[data-testid=run-load]").first.wait_for(timeout=120000)
    page.screenshot(path=OUT / "6-runs-checked.png")
    page.get_by_test_id("run-load").first.click()
    page.get_by_test_id("run-cancel").first.wait_for(timeout=60000)
    page.wait_for_timeout(4000)
    page.screenshot(path=OUT / "7-loading.png")
    page.get_by_test_id("run-cancel").first.click()
    page.locator("[data-testid=run][data-state=cancelled]").first.wait_for(timeout=60000)
    page.get_by_test_id("run-mend").first.click()
    page.get_by_test_id("run-look").first.click()
    page.get_by_test_id("import-report").first.wait_for()
    page.screenshot(path=OUT / "8-cancelled.png", full_page=True)
    r = page.request.get(f"{city.url}/api/runs").json()
    (OUT / "runs.txt").write_text(str(r))
    phone = _open(chromium, width=360, height=740).new_page()
    log_in(phone, city, "dispatcher")
    phone.goto(f"{city.url}/runs")
    phone.get_by_test_id("run").first.wait_for()
    phone.wait_for_timeout(500)
    phone.screenshot(path=OUT / "9-360.png")
    print("WIDE", phone.evaluate("document.scrollingElement.scrollWidth"))
    phone.goto(f"{city.url}/venues")
    phone.get_by_test_id("venues-import").wait_for()
    phone.screenshot(path=OUT / "10-venues-360.png")
    phone.get_by_test_id("venues-import").click()
    phone.wait_for_timeout(500)
    phone.screenshot(path=OUT / "11-dialog-360.png")
    page.evaluate("localStorage.setItem('wangge.lang','en')")
    page.goto(f"{city.url}/runs")
    for sel in ("lang-en", "lang"):
        if page.get_by_test_id(sel).count():
            page.get_by_test_id(sel).first.click()
            break
    page.wait_for_timeout(1200)
    page.screenshot(path=OUT / "12-en.png")
