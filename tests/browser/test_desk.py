"""A dispatcher's list worked by the keyboard alone."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, open_desktop
from tests.browser.test_walk import log_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WORDS = "键盘清单"
MOST_S = 30
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


def ask(page: Page, path: str, body: Any = None) -> Any:
    """Ask the API as the person who is logged in."""
    return page.evaluate(ASK, [path, body])


def step(page: Page, rows: list[dict[str, Any]], action: str, **carried: Any) -> list[dict[str, Any]]:
    """Take a step on cases by the API, as somebody at another desk does; return the cases after it."""
    commands = [
        {"id": new, "case_id": row["id"], "action": action, "at": row["reported_at"]}
        | {"base_version": row["version"], **carried}
        for new, row in zip(page.evaluate(NEW_IDS, len(rows)), rows, strict=True)
    ]
    fates = ask(page, "/cases/steps", commands)
    assert {fate["outcome"] for fate in fates} == {"applied"}, fates
    return find(page)


def find(page: Page) -> list[dict[str, Any]]:
    return list(ask(page, f"/cases?q={WORDS}&waiting_for_me=true&sort=due&limit=100")["items"])


def make_mixed(page: Page) -> None:
    """Twenty-five cases that wait to be accepted and as many that wait to be dispatched."""
    one = ask(page, "/cases?limit=1")["items"][0]
    place = ask(page, f"/cases/{one['id']}")
    reports = [
        {"id": new, "at": one["reported_at"], "matter_code": one["matter_code"], "text": f"{WORDS}{n}"}
        | {"lon": place["lon"], "lat": place["lat"], "channel": "hotline", "address": f"向阳路{n}号"}
        for n, new in enumerate(page.evaluate(NEW_IDS, 50))
    ]
    fates = ask(page, "/cases/reports", reports)
    assert {fate["outcome"] for fate in fates} == {"applied"}, fates
    step(page, find(page)[:25], "accept")


def test_a_dispatcher_clears_fifty_mixed_cases_by_keyboard_alone(chromium: Browser, city: City) -> None:
    desk = open_desktop(chromium)
    log_in(desk, city, "dispatcher")
    make_mixed(desk)
    desk.goto(f"{city.url}/cases?q={WORDS}")
    expect(desk.get_by_test_id("case-table")).to_have_attribute("aria-rowcount", "51")  # those near are drawn
    press = desk.keyboard.press

    began = time.monotonic()
    press("j")
    press("x")
    expect(desk.locator("tr.is-current.is-chosen")).to_have_count(1)
    press("X")
    expect(desk.get_by_test_id("batch-bar")).to_contain_text("50")
    press("a")
    expect(desk.get_by_test_id("batch-submit")).to_be_focused()
    press("Enter")
    expect(desk.get_by_test_id("batch-summary")).to_contain_text("完成 25 件")
    expect(desk.locator('[data-testid="batch-fate"][data-outcome="refused"]')).to_have_count(25)
    press("Escape")
    expect(desk.get_by_test_id("batch-dialog")).to_be_hidden()
    expect(desk.locator('tr[data-status="reported"]')).to_have_count(0)
    assert {row["status"] for row in find(desk)} == {"accepted"}

    office = find(desk)[0]["id"]  # meanwhile another desk sends one away and takes it back
    there = ask(desk, f"/cases/{office}")
    step(desk, [there], "dispatch", department_id=there["suggested_department_id"])
    step(desk, [ask(desk, f"/cases/{office}")], "recall", reason="派错了")

    press("X")
    press("d")
    expect(desk.get_by_test_id("batch-submit")).to_be_focused()
    press("Enter")
    expect(desk.get_by_test_id("batch-summary")).to_contain_text("完成 49 件")
    expect(desk.locator('[data-testid="batch-fate"][data-outcome="conflict"]')).to_have_count(1)
    expect(desk.get_by_test_id("batch-retry")).to_be_focused()
    press("Enter")
    expect(desk.get_by_test_id("batch-summary")).to_contain_text("完成 50 件")
    expect(desk.get_by_test_id("batch-close")).to_be_focused()
    press("Enter")
    expect(desk.get_by_test_id("empty-state")).to_be_visible()
    assert time.monotonic() - began < MOST_S

    desk.goto(f"{city.url}/cases")
    for view, query in (("waiting", "waiting_for_me"), ("mine", "mine"), ("open", "is_open")):
        listed = ask(desk, f"/cases?{query}=true&limit=200")
        assert listed["total_is_exact"]
        expect(desk.get_by_test_id(f"cases-count-{view}")).to_have_text(f"{listed['total']:,}")
    desk.context.close()
