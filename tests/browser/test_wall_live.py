"""A wall in a real browser: an event is on it within a second; a minute without a network loses nothing."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, open_desktop
from tests.browser.test_desk import NEW_IDS, ask
from tests.browser.test_walk import log_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.nightly]

EVENTS, MOST_S, WITHOUT_S = 10, 1.0, 60
# The moment at which the wall first shows a case, by the browser's own clock.
WATCH = """id => { window.seen = window.seen ?? {}
  const look = () => {
    const link = document.querySelector(`[data-testid="wall-events"] a[href="/cases/${id}"]`)
    if (link) window.seen[id] ??= Date.now()
  }
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true })
  look()
}"""


def report(page: Page, text: str) -> tuple[str, float]:
    """Report a case by the API; return it and the moment at which the server had answered."""
    one = ask(page, "/cases?limit=1")["items"][0]
    [new] = page.evaluate(NEW_IDS, 1)
    said = {"id": new, "at": one["reported_at"], "matter_code": one["matter_code"], "text": text}
    place = {"lon": one["lon"], "lat": one["lat"], "channel": "hotline", "address": "向阳路1号"}
    [fate] = ask(page, "/cases/reports", [said | place])
    assert fate["outcome"] == "applied", fate
    return str(fate["result"].get("case_id", new)), time.time()


def test_an_event_is_on_the_wall_within_a_second_and_none_is_lost(chromium: Browser, city: City) -> None:
    desk, wall = open_desktop(chromium), open_desktop(chromium)
    log_in(desk, city, "dispatcher")
    log_in(wall, city, "dispatcher")
    wall.goto(f"{city.url}/wall")
    expect(wall.get_by_test_id("wall-events")).to_be_visible()
    expect(wall.get_by_test_id("wall-age")).to_contain_text("实时")

    took = []
    for n in range(EVENTS):
        case, at = report(desk, f"大屏{n}")
        wall.evaluate(WATCH, case)
        wall.wait_for_function("id => window.seen[id] !== undefined", arg=case, timeout=10_000)
        took.append(wall.evaluate("id => window.seen[id] / 1000", case) - at)
    print(f"on the wall after {sorted(round(one, 2) for one in took)} s")
    assert sorted(took)[int(EVENTS * 0.9) - 1] <= MOST_S, took

    wall.context.set_offline(True)
    began = time.monotonic()
    cases = [report(desk, f"断网{n}")[0] for n in range(5)]
    wall.wait_for_timeout(max(0.0, WITHOUT_S - (time.monotonic() - began)) * 1000)
    wall.context.set_offline(False)
    for case in cases:
        link = wall.locator(f'[data-testid="wall-events"] a[href="/cases/{case}"]')
        expect(link).to_have_count(1, timeout=60_000)
    desk.context.close()
    wall.context.close()
