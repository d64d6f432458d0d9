"""A security administrator appoints somebody and ends the post; nobody changes their own (AC-11)."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, open_desktop
from tests.browser.test_faces import is_too_wide, violations
from tests.browser.test_walk import log_in
from wangge.kernel import clock

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def look(page: Page, name: str) -> None:
    if folder := os.environ.get("WANGGE_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_a_post_is_given_and_ended_on_the_page_of_people(chromium: Browser, city: City) -> None:
    page = open_desktop(chromium)
    log_in(page, city, "security_admin")
    page.goto(f"{city.url}/people")
    people = page.get_by_test_id("person")
    mine = people.filter(has_text=city.accounts["security_admin"]["username"])
    expect(mine.get_by_test_id("post")).to_have_count(1)
    expect(mine.get_by_role("button")).to_have_count(0)  # nobody changes their own posts

    username = city.accounts["leader"]["username"]
    page.get_by_test_id("people-q").fill(username)
    page.get_by_test_id("people-find").click()
    expect(people).to_have_count(1)
    page.get_by_test_id("appoint").click()
    page.get_by_test_id("appoint-role").select_option("supervisor")
    page.get_by_test_id("appoint-place").locator("input").fill("社区")
    page.locator(".el-select-dropdown__item:visible").first.click()
    expect(page.locator(".el-select-dropdown:visible")).to_have_count(0)
    assert violations(page) == []
    look(page, "people-appoint")
    page.get_by_test_id("appoint-send").click()
    expect(page.get_by_test_id("appoint-form")).to_be_hidden()
    posts = people.get_by_test_id("post")
    expect(posts).to_have_count(2)

    fresh = posts.filter(has_text="督查员")
    fresh.get_by_test_id("post-change").click()
    fresh.get_by_test_id("post-end").fill((clock.today() - timedelta(days=30)).isoformat())
    fresh.get_by_test_id("post-end-send").click()
    expect(fresh.get_by_test_id("error-notice")).to_be_visible()
    look(page, "people-refused")
    ends = (clock.today() + timedelta(days=30)).isoformat()
    fresh.get_by_test_id("post-end").fill(ends)
    fresh.get_by_test_id("post-end-send").click()
    expect(fresh).to_contain_text(ends)

    page.get_by_role("button", name="EN").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("People and posts")
    look(page, "people-en")
    page.set_viewport_size({"width": 360, "height": 740})
    assert (violations(page), is_too_wide(page)) == ([], False)
    look(page, "people-360")

    page.goto(f"{city.url}/leave")
    expect(page.get_by_test_id("uncovered")).to_be_visible()  # one member is away and nobody stands in
    expect(page.get_by_test_id("away-row").first).to_be_visible()
    assert (violations(page), is_too_wide(page)) == ([], False)
    look(page, "leave-360")
    page.context.close()
