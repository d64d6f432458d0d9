"""A free text is reported, a suggestion is taken with one click, and the case has the matter."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import City, open_desktop
from tests.browser.test_walk import log_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SAID = "楼道里停了好多电动车在充电"
SUGGESTED, OTHER = "H701", "H302"  # parked and charged in a corridor; a spent extinguisher


def test_a_suggestion_is_taken_at_the_report_and_at_the_desk(chromium: Browser, city: City) -> None:
    page = open_desktop(chromium)
    log_in(page, city, "dispatcher")
    near = page.evaluate("fetch('/api/cases?limit=1').then((answer) => answer.json())")["items"][0]
    page.goto(f"{city.url}/cases/new")
    page.get_by_test_id("report-lon").fill(str(near["lon"]))
    page.get_by_test_id("report-lat").fill(str(near["lat"]))
    page.get_by_test_id("report-text").fill(SAID)
    page.get_by_test_id("suggestion-choose").first.click()
    expect(page.get_by_test_id("report-submit")).to_be_enabled()
    page.get_by_test_id("report-submit").click()
    expect(page.get_by_test_id("case-matter")).to_contain_text(SUGGESTED)

    page.get_by_test_id("action-reclassify").click()  # somebody thinks otherwise …
    page.get_by_test_id("step-matter").click()
    page.get_by_test_id("step-matter-option").filter(has_text=OTHER).click()
    page.get_by_test_id("dialog-submit").click()
    expect(page.get_by_test_id("case-matter")).to_contain_text(OTHER)
    take = page.get_by_test_id("suggestion-take")
    expect(take).to_be_in_viewport()  # a dispatcher decides without scrolling
    take.click()  # … and is told otherwise
    expect(page.get_by_test_id("case-matter")).to_contain_text(SUGGESTED)
    expect(page.get_by_test_id("case-page")).to_have_attribute("data-version", "3")
    expect(page.get_by_test_id("chain-badge")).to_have_attribute("data-valid", "true")
    moved = page.locator('[data-testid="case-event"][data-action="reclassify"]')
    expect(moved).to_have_count(2)

    page.get_by_test_id("action-accept").click()
    page.get_by_test_id("dialog-submit").click()
    page.get_by_test_id("suggestion-send").click()  # one click sends it away …
    expect(page.get_by_test_id("case-page")).to_have_attribute("data-status", "dispatched")
    page.get_by_test_id("suggestion-undo").click()  # … and one more takes it back
    page.get_by_test_id("dialog-reason").fill("点错了")
    page.get_by_test_id("dialog-submit").click()
    expect(page.get_by_test_id("case-page")).to_have_attribute("data-status", "accepted")
