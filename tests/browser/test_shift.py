"""A shift without signal on a real phone page against the real server: nothing lost, nothing doubled."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import City, open_phone
from tests.browser.pictures import take_picture
from tests.browser.test_faces import is_too_wide, violations
from tests.browser.test_walk import log_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DAY_MS = 86_400_000


@pytest.fixture
def camera(tmp_path: Path) -> Callable[[], Path]:
    """Another photo each time, large enough that it goes in several parts."""
    number = count()

    def shoot() -> Path:
        n = next(number)
        path = tmp_path / f"photo-{n}.jpg"
        noise = random.Random(n).randbytes(160 * 120 * 3)
        Image.frombytes("RGB", (160, 120), noise).resize((1280, 960)).save(path, "JPEG", quality=88)
        return path

    return shoot


def get(page: Page, address: str) -> Any:
    return page.evaluate("address => fetch(address).then((answer) => answer.json())", address)


def walker(city: City, n: int) -> str:
    """Return the name of a member whose orders no other test does."""
    return [one["username"] for one in city.people if one["role"] == "grid_member"][n]


def begin(page: Page, city: City, username: str) -> list[dict[str, Any]]:
    """Log in, wait until the day is on the phone and the app opens by itself. Returns the orders due."""
    log_in(page, city, "grid_member", at="/m/", username=username)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.get_by_test_id("tab-me").click()
    expect(page.get_by_test_id("synced-at")).to_have_attribute("data-at", re.compile(r"^\d+$"))
    until = (date.today() + timedelta(days=8)).isoformat()
    return list(get(page, f"/api/orders?mine=true&status=open&opens_to={until}&limit=100")["items"])


def inspect(page: Page, city: City, order: dict[str, Any], photos: list[Path]) -> None:
    """Fill the sheet of one order and hand it in; with photos the first item is passed on as a finding."""
    page.goto(f"{city.url}/m/orders/{order['id']}")
    fine = page.locator('[data-testid^="item-"][data-testid$="-ok"]')
    expect(fine.first).to_be_visible()
    if photos:
        failed = (fine.first.get_attribute("data-testid") or "").removeprefix("item-").removesuffix("-ok")
        page.get_by_test_id(f"item-{failed}-fail").click()
        page.get_by_test_id(f"pass-on-{failed}").click()
        for n, photo in enumerate(photos, start=1):
            page.get_by_test_id(f"photo-{failed}").set_input_files(photo)
            expect(page.get_by_test_id(f"photo-{failed}-item")).to_have_count(n)
    answered = 1 if photos else 0
    while answered < fine.count():
        fine.nth(answered).click()
        answered += 1
    page.get_by_test_id("order-submit").click()
    expect(page.get_by_test_id("order-submit")).to_be_hidden()


def make_bad(page: Page) -> None:
    """From now on every second call is cut: by turns before it arrives and after its answer was made."""
    calls = count()

    def link(route: Route) -> None:
        n = next(calls)
        if n % 4 == 1:
            route.abort()
        elif n % 4 == 3:
            route.fetch()  # it arrives, and the answer is lost
            route.abort()
        else:
            route.continue_()

    page.context.route("**/api/field/photos/**", link)
    page.context.route("**/api/orders/result", link)


def send_all(page: Page, city: City) -> None:
    """Press "send now" until nothing is left, as an impatient person does."""
    page.goto(city.url + "/m/me")
    for _ in range(400):
        if page.get_by_test_id("unsent-count").inner_text() == "0":
            return
        button = page.get_by_test_id("unsent-send")
        if button.count() and button.is_enabled():
            button.click()
        page.wait_for_timeout(50)
    raise AssertionError(f"still unsent: {page.get_by_test_id('unsent-list').inner_text()}")


@pytest.mark.parametrize(("orders", "findings", "photos"), [(3, 1, 2)])
def test_a_shift_without_signal_and_then_over_a_bad_link_loses_and_doubles_nothing(
    chromium: Browser, city: City, camera: Callable[[], Path], orders: int, findings: int, photos: int
) -> None:
    page = open_phone(chromium)
    due = begin(page, city, walker(city, 1))[:orders]
    assert len(due) == orders, f"the member owes only {len(due)} orders"
    visits = [get(page, f"/api/orders/{order['id']}")["visits"] for order in due]  # nobody was there
    page.context.set_offline(True)
    page.goto(city.url + "/m/map")  # the app starts anew, without any signal
    expect(page.get_by_test_id("map-counts")).to_be_visible()
    expect(page.get_by_test_id("map")).to_have_attribute("data-ready", "true")
    assert (violations(page), is_too_wide(page)) == ([], False)
    take_picture(page, "field-map")
    each = [photos // findings + (n < photos % findings) for n in range(findings)]
    for n, order in enumerate(due):
        inspect(page, city, order, [camera() for _ in range(each[n])] if n < findings else [])
    expect(page.get_by_test_id("unsent-count")).to_have_text(str(orders))
    page.goto(city.url + "/m/me")  # killed and opened again: the queue is as it was
    expect(page.get_by_test_id("unsent-row")).to_have_count(orders)
    take_picture(page, "field-unsent")
    make_bad(page)
    page.context.set_offline(False)
    send_all(page, city)
    page.context.unroute_all()
    for n, order in enumerate(due):
        told = get(page, f"/api/orders/{order['id']}")
        assert (told["status"], len(told["visits"]), told["findings"]) == (
            "done",
            len(visits[n]) + 1,
            1 if n < findings else 0,
        )
        shown = [photo for answer in told["visits"][-1]["answers"] for photo in answer["photos"]]
        assert len(shown) == (each[n] if n < findings else 0)
    done = [get(page, f"/api/orders/{order['id']}")["visits"][-1]["at"] for order in due]
    assert done == sorted(done)  # in the order in which they were made
    page.context.close()


def test_a_wrong_clock_a_lost_session_and_a_revoked_phone_cost_no_record(
    chromium: Browser, city: City
) -> None:
    page = open_phone(chromium)
    page.context.add_init_script(f"const now = Date.now; Date.now = () => now() + {DAY_MS}")
    member = walker(city, 2)
    due = begin(page, city, member)
    expect(page.get_by_test_id("clock-note")).to_be_visible()
    take_picture(page, "field-clock")
    page.context.set_offline(True)
    inspect(page, city, due[-1], [])
    page.context.clear_cookies()  # the session ends meanwhile
    page.context.set_offline(False)
    page.goto(city.url + "/m/me")
    expect(page.get_by_test_id("login-submit")).to_be_visible()
    log_in(page, city, "grid_member", at="/m/login", username=member)
    page.get_by_test_id("tab-me").click()
    expect(page.get_by_test_id("unsent-count")).to_have_text("0")
    assert get(page, f"/api/orders/{due[-1]['id']}")["status"] == "done"
    mine = page.get_by_test_id("device-row").first
    take_picture(page, "field-phone")
    page.context.set_offline(True)
    inspect(page, city, due[-2], [])
    page.context.set_offline(False)
    page.goto(city.url + "/m/me")
    mine.get_by_test_id("device-revoke").click()
    page.locator(".van-dialog__confirm").click()
    expect(page.get_by_test_id("login-revoked")).to_be_visible()
    take_picture(page, "field-revoked")
    names = page.evaluate("indexedDB.databases().then((all) => all.map((one) => one.name))")
    assert [name for name in names if name.startswith("wangge-")] == []
    log_in(page, city, "grid_member", at="/m/login", username=member)
    assert get(page, f"/api/orders/{due[-2]['id']}")["status"] == "done"
    page.context.close()
