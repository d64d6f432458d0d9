"""Every page of both faces: readable by everybody, inside its screen, and nothing fetched from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.conftest import City, open_desktop, open_phone
from tests.browser.test_walk import log_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CONSOLE = ["/desk", "/cases", "/cases/new", "/map", "/venues", "/orders"]
FIELD = ["/m/today", "/m/map", "/m/cases", "/m/report", "/m/me"]


# What fades in has no colour of its own yet.
AT_REST = """() => Promise.all(document.getAnimations()
  .filter((one) => one.effect?.getComputedTiming().iterations !== Infinity)
  .map((one) => one.finished.catch(() => undefined)))"""


def violations(page: Page) -> list[str]:
    """Return the accessibility rules that the page at rest breaks, with the places."""
    page.evaluate(AT_REST)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
    assert found["passes"], "axe looked at nothing"
    return [f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in found["violations"]]


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def watch(page: Page, city: City) -> list[str]:
    """Return the list that fills with addresses outside the house."""
    foreign: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((city.url, "data:", "blob:")):
            foreign.append(request.url)

    page.on("request", note)
    return foreign


def look(page: Page, city: City, paths: list[str]) -> dict[str, list[str]]:
    """Open each page; return what is wrong with it."""
    wrong: dict[str, list[str]] = {}
    for path in paths:
        page.goto(city.url + path)
        page.wait_for_load_state("networkidle")
        found = violations(page) + (["wider than its screen"] if is_too_wide(page) else [])
        if found:
            wrong[path] = found
    return wrong


def test_the_console_is_readable_fits_and_stays_at_home(chromium: Browser, city: City) -> None:
    page = open_desktop(chromium)
    foreign = watch(page, city)
    page.goto(city.url)
    expect(page.get_by_test_id("login-submit")).to_be_visible()
    at_the_door = violations(page)
    log_in(page, city, "dispatcher", at="/cases")
    page.get_by_test_id("case-link").first.click()
    expect(page.get_by_test_id("case-page")).to_be_visible()
    one_case = page.url.removeprefix(city.url)
    assert (at_the_door, look(page, city, [*CONSOLE, one_case]), foreign) == ([], {}, [])
    page.context.close()


def test_the_phone_is_readable_fits_and_stays_at_home(chromium: Browser, city: City) -> None:
    page = open_phone(chromium)
    foreign = watch(page, city)
    page.goto(city.url + "/m/")
    expect(page.get_by_test_id("login-submit")).to_be_visible()
    at_the_door = violations(page)
    log_in(page, city, "grid_member", at="/m/")
    page.get_by_test_id("order-row").first.click()
    expect(page.get_by_test_id("order-submit")).to_be_visible()
    one_order = page.url.removeprefix(city.url)
    assert (at_the_door, look(page, city, [*FIELD, one_order]), foreign) == ([], {}, [])
    page.context.close()


def test_the_whole_house_speaks_english_too(chromium: Browser, city: City) -> None:
    page = open_desktop(chromium)
    log_in(page, city, "dispatcher")
    page.get_by_test_id("lang-en").click()
    expect(page.get_by_test_id("nav-cases")).to_contain_text("Cases")
    page.reload()
    expect(page.get_by_test_id("nav-cases")).to_contain_text("Cases")
    page.context.close()
