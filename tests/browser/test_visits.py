"""Visits, arrivals and quick reports on a real phone page with the network cut; the desk's pages; ledgers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, open_desktop, open_phone
from tests.browser.pictures import take_picture
from tests.browser.shift import begin, get, make_camera, post, walker
from tests.browser.test_faces import is_too_wide, violations
from tests.browser.test_field_pages import TOUCH_PX, out_of_reach, too_small
from tests.browser.test_walk import log_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LONG = "和顺街道向阳社区人民路三百六十六号花园小区二期十八栋三单元一千二百零一室靠近东门快递柜一侧的住户"


def owe(desk: Page, home: dict[str, Any]) -> tuple[str, str]:
    """The office registers somebody at a position, and calls somebody there. Returns both ids."""
    at = datetime.now(UTC).isoformat()
    person, call = str(uuid4()), str(uuid4())
    where = {"lon": home["lon"], "lat": home["lat"], "at": at}
    who = {"id": str(uuid4()), "person_id": person, "name": "欧阳测试", "phone": "13900000000"}
    [fate] = post(desk, "/api/visits/people", [who | where | {"address": LONG, "groups": ["disabled"]}])
    assert fate["outcome"] == "applied", fate
    called = {"id": call, "trigger": "help_call", "text": "有人被困，请求帮助", "address": LONG}
    [fate] = post(desk, "/api/visits/calls", [called | where])
    assert fate["outcome"] == "applied", fate
    return person, call


def check(page: Page, name: str) -> None:
    """The page holds at 360 px, for fingers, keys and everybody."""
    take_picture(page, name)
    assert too_small(page, TOUCH_PX) + violations(page) + out_of_reach(page) == [], name
    assert not is_too_wide(page), name


def handed(page: Page) -> None:
    expect(page.get_by_test_id("handed")).to_have_attribute("data-state", "waiting")


def test_visits_arrivals_and_reports_are_made_without_signal(
    chromium: Browser, city: City, tmp_path: Path
) -> None:
    camera = make_camera(tmp_path, size=(320, 240))
    page, desk = open_phone(chromium), open_desktop(chromium)
    begin(page, city, walker(city, 1))
    [home] = get(page, "/api/orders?mine=true&limit=1")["items"]
    log_in(desk, city, "dispatcher")
    person, call = owe(desk, home)
    page.context.set_geolocation({"longitude": home["lon"], "latitude": home["lat"]})
    page.get_by_test_id("sync-now").click()
    expect(page.get_by_test_id("sync-now")).to_be_enabled()
    page.context.set_offline(True)

    page.goto(city.url + "/m/visits")
    expect(page.locator(f'[data-testid="person-card"][href$="{person}"]')).to_contain_text("欧***")
    check(page, "field-visits")
    page.locator(f'[data-testid="person-card"][href$="{person}"]').click()
    page.get_by_test_id("outcome-met").check()
    page.get_by_test_id("visit-note").fill("燃气软管已更换")
    check(page, "field-visit")
    page.get_by_test_id("visit-submit").click()
    handed(page)

    page.get_by_test_id("handed-back").click()
    page.locator(f'[data-testid="call-card"][href$="{call}"]').click()
    page.get_by_test_id("arrive-photo").set_input_files(camera())
    expect(page.get_by_test_id("arrive-photo-item")).to_have_count(1)
    check(page, "field-arrive")
    page.get_by_test_id("arrive-submit").click()
    handed(page)

    page.goto(city.url + "/m/quick")
    page.get_by_test_id("quick-lane_blocked").click()
    page.get_by_test_id("quick-submit").click()
    expect(page.get_by_role("alert")).to_be_visible()  # it says what is lacking
    page.get_by_test_id("quick-matter").select_option("H201")
    page.get_by_test_id("quick-address").fill(LONG)
    page.get_by_test_id("quick-photo").set_input_files(camera())
    expect(page.get_by_test_id("quick-photo-item")).to_have_count(1)
    check(page, "field-quick")
    page.get_by_test_id("quick-submit").click()
    handed(page)

    page.context.set_offline(False)
    page.goto(city.url + "/m/me")
    expect(page.get_by_test_id("unsent-row")).to_have_count(0, timeout=20_000)
    told = get(desk, f"/api/visits/people/{person}")
    assert (told["standing"], told["visits"][0]["note"]) == ("done", "燃气软管已更换")
    [came] = [one for one in get(desk, "/api/visits/arrivals?state=arrived")["items"] if one["id"] == call]
    assert (came["off_m"], len(came["photos"])) == (0, 1)
    [report] = get(desk, "/api/visits/reports?kind=lane_blocked&limit=1")["items"]
    assert report["address"] == LONG
    assert get(desk, f"/api/cases/{report['subject_id']}")["matter_code"] == "H201"
    page.context.close()
    desk.context.close()


def test_far_from_the_place_nobody_can_report_an_arrival(chromium: Browser, city: City) -> None:
    page, desk = open_phone(chromium), open_desktop(chromium)
    begin(page, city, walker(city, 1))
    [home] = get(page, "/api/orders?mine=true&limit=1")["items"]
    log_in(desk, city, "dispatcher")
    _, call = owe(desk, home)
    page.context.set_geolocation({"longitude": home["lon"] + 0.03, "latitude": home["lat"]})
    page.goto(f"{city.url}/m/arrivals/{call}")
    expect(page.get_by_test_id("arrive-place")).to_contain_text("km")
    expect(page.get_by_test_id("arrive-submit")).to_be_disabled()
    page.context.close()
    desk.context.close()


def test_the_desk_reveals_for_a_reason_and_reads_ledgers(chromium: Browser, city: City) -> None:
    page = open_desktop(chromium)
    log_in(page, city, "dispatcher")
    page.goto(city.url + "/visits")
    page.get_by_test_id("person-open").first.click()
    expect(page.get_by_test_id("reveal-send")).to_be_disabled()
    page.get_by_test_id("reveal-reason").fill("上门走访前核对")
    page.get_by_test_id("reveal-send").click()
    expect(page.get_by_test_id("revealed")).not_to_contain_text("*")
    assert violations(page) == []
    for tab in ("arrivals", "reports", "coverage"):
        page.goto(f"{city.url}/visits?tab={tab}")
        page.wait_for_load_state("networkidle")
        assert (violations(page), is_too_wide(page)) == ([], False), tab
        if tab == "arrivals":
            take_picture(page, "visits-arrivals")
    page.goto(f"{city.url}/ledgers?code=units")
    expect(page.get_by_test_id("ledger-row").first).to_be_visible()
    assert (violations(page), is_too_wide(page)) == ([], False)
    take_picture(page, "ledgers")
    with page.expect_download() as file:
        page.get_by_test_id("ledgers-all").click()
    assert file.value.suggested_filename.startswith("ledgers-")
    assert file.value.path().stat().st_size > 10_000
    page.context.close()
