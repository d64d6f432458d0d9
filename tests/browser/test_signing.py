"""Whoever was visited signs on the phone, and the member under the day: without signal, seen by all."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, open_desktop, open_phone
from tests.browser.pictures import take_picture
from tests.browser.shift import begin_owing, get, rows, send_all, walker
from tests.browser.test_faces import is_too_wide, violations
from tests.browser.test_walk import log_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LOADED = "image => image.complete && image.naturalWidth > 0"

WORDS = "下午走访两户，提醒关好燃气阀门。"


def fill(page: Page, city: City, order: str) -> None:
    """Open the sheet of an order and find everything in order; it is not handed in yet."""
    page.goto(f"{city.url}/m/orders/{order}")
    fine = page.locator('[data-testid^="item-"][data-testid$="-ok"]')
    expect(fine.first).to_be_visible()
    answered = 0
    while answered < fine.count():
        fine.nth(answered).click()
        answered += 1


def draw(page: Page) -> None:
    """Write something with a finger."""
    pad = page.get_by_test_id("signature")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    strokes = [((0.15, 0.7), (0.3, 0.2), (0.38, 0.8)), ((0.45, 0.3), (0.6, 0.75), (0.85, 0.35))]
    for stroke in strokes:
        (x, y), *rest = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in stroke]
        page.mouse.move(x, y)
        page.mouse.down()
        for at in rest:
            page.mouse.move(*at, steps=8)
        page.mouse.up()
    expect(page.get_by_test_id("signature-clear")).to_be_enabled()


def hand_in(page: Page) -> None:
    page.get_by_test_id("order-submit").click()
    expect(page.get_by_test_id("order-receipt")).to_be_visible()


def test_a_signature_drawn_without_signal_reaches_the_office_with_its_visit(
    chromium: Browser, city: City
) -> None:
    page = open_phone(chromium)
    signed, refused = begin_owing(chromium, page, city, walker(city, 3), 2)[:2]
    page.context.set_offline(True)
    fill(page, city, signed["id"])
    draw(page)
    assert (violations(page), is_too_wide(page)) == ([], False)
    page.get_by_test_id("sign-card").scroll_into_view_if_needed()
    take_picture(page, "field-sign")
    page.goto(f"{city.url}/m/today")  # killed before it was handed in: the drawing is kept with the draft
    page.goto(f"{city.url}/m/orders/{signed['id']}")
    expect(page.get_by_test_id("signature-clear")).to_be_enabled()
    hand_in(page)
    fill(page, city, refused["id"])
    page.get_by_test_id("unsigned-select").select_option("refused")
    hand_in(page)
    assert len(rows(page, "photos")) >= 1
    page.context.set_offline(False)
    send_all(page, city)
    told = [get(page, f"/api/orders/{one['id']}")["visits"][-1] for one in (signed, refused)]
    assert [(one["is_signed"], one["unsigned"]) for one in told] == [(True, None), (False, "refused")]
    page.goto(f"{city.url}/m/orders/{signed['id']}")
    mine = page.get_by_test_id("visit-signature").last
    mine.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert mine.evaluate(LOADED)
    page.context.close()
    desk = open_desktop(chromium)
    log_in(desk, city, "dispatcher", at=f"/orders/{signed['id']}")
    desk.goto(f"{city.url}/orders/{signed['id']}")
    shown = desk.get_by_test_id("order-signature").last.locator("img").first
    shown.scroll_into_view_if_needed()
    desk.wait_for_load_state("networkidle")
    assert shown.evaluate(LOADED)
    assert (violations(desk), is_too_wide(desk)) == ([], False)
    take_picture(desk, "console-order-signed")
    desk.goto(f"{city.url}/orders/{refused['id']}")
    expect(desk.get_by_test_id("order-unsigned").last).to_contain_text("拒绝签字")
    desk.context.close()


def wait_for_draft(page: Page, value: str) -> None:
    """Wait until the phone has written down what was typed."""
    for _ in range(100):
        if any(one["value"] == value for one in rows(page, "drafts")):
            return
        page.wait_for_timeout(50)
    raise AssertionError("no draft holds what was typed")


def test_the_grid_log_is_signed_without_signal_after_all_that_was_done(chromium: Browser, city: City) -> None:
    page = open_phone(chromium)
    order = begin_owing(chromium, page, city, walker(city, 3), 1)[0]
    page.context.set_offline(True)
    fill(page, city, order["id"])
    draw(page)
    hand_in(page)
    page.goto(f"{city.url}/m/grid-log")
    page.get_by_test_id("log-text").fill(WORDS)
    wait_for_draft(page, WORDS)
    page.goto(f"{city.url}/m/grid-log")  # killed: the words are kept
    expect(page.get_by_test_id("log-text")).to_have_value(WORDS)
    page.get_by_test_id("log-sign").click()
    expect(page.get_by_test_id("log-waiting")).to_be_visible()
    page.context.set_offline(False)
    send_all(page, city)
    receipts = {one["command"]["kind"]: one for one in rows(page, "receipts")}
    visit, log = receipts["orders.complete"], receipts["patrols.log"]
    assert (log["outcome"], log["result"]["signed"]) == ("applied", True)
    assert visit["received_at"] <= log["received_at"]
    told = get(page, f"/api/patrols/logs/mine?on={log['command']['payload']['on']}")
    assert told["signed_at"]
    assert told["text"] == WORDS
    assert any("检查场所" in fact["zh"] for fact in told["facts"])  # the visit with its photo came before
    page.goto(f"{city.url}/m/grid-log")
    expect(page.get_by_test_id("log-sign")).to_be_hidden()
    page.context.close()
