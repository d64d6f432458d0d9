"""A grid split by a line drawn by hand and undone; the same from the keyboard; nothing too wide or hidden."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, open_desktop
from tests.browser.test_faces import is_too_wide, violations
from tests.browser.test_walk import log_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def open_page(chromium: Browser, city: City) -> Page:
    page = open_desktop(chromium)
    log_in(page, city, "system_admin")
    page.get_by_role("link", name="网格划分").click()
    page.wait_for_selector("[data-testid=draw-map][data-ready=true]")
    expect(page.get_by_test_id("grid-table").locator("tbody tr").first).to_be_visible()
    return page


def rows(page: Page) -> int:
    return page.get_by_test_id("grid-table").locator("tbody tr").count()


def begin_split(page: Page) -> None:
    page.get_by_test_id("work-split").click()
    first = page.get_by_test_id("grid-table").locator("tbody tr").first
    first.locator("input").check()
    first.locator("button").click()
    page.get_by_test_id("change-reason").fill("太大")


def carry_out(page: Page) -> None:
    page.get_by_test_id("change-check").click()
    expect(page.get_by_test_id("change-result")).to_contain_text("将会")
    page.get_by_test_id("change-do").click()
    expect(page.get_by_test_id("change-result")).to_contain_text("已完成")


def test_a_line_drawn_on_the_map_splits_a_grid_and_it_is_undone(chromium: Browser, city: City) -> None:
    page = open_page(chromium, city)
    before = rows(page)
    begin_split(page)
    page.wait_for_timeout(800)
    box = page.get_by_test_id("draw-map").bounding_box()
    assert box
    middle = box["x"] + box["width"] * 0.45
    page.mouse.move(middle, box["y"] + 8)
    page.mouse.click(middle, box["y"] + 8)
    page.mouse.move(middle, box["y"] + box["height"] - 8, steps=5)
    page.mouse.click(middle, box["y"] + box["height"] - 8)
    page.mouse.click(middle, box["y"] + box["height"] - 8)
    carry_out(page)
    expect(page.get_by_test_id("grid-table").locator("tbody tr")).to_have_count(before + 1)
    page.get_by_test_id("change-undo").click()
    expect(page.get_by_test_id("grid-table").locator("tbody tr")).to_have_count(before)
    assert not violations(page)
    page.context.close()


def test_the_same_without_a_pointer_and_the_shortage_is_listed(chromium: Browser, city: City) -> None:
    page = open_page(chromium, city)
    before = rows(page)
    begin_split(page)
    page.get_by_test_id("halve-down").press("Enter")
    page.get_by_test_id("piece-name-1").fill("西格")
    carry_out(page)
    expect(page.get_by_test_id("grid-table").locator("tbody tr")).to_have_count(before + 1)
    page.get_by_test_id("coverage-check").press("Enter")
    expect(page.get_by_test_id("coverage-verdict")).to_contain_text("没有空白，没有重叠")
    page.get_by_test_id("territory-tab-staffing").press("Enter")
    expect(page.get_by_test_id("shortage").first).to_be_visible()
    page.get_by_test_id("territory-tab-changes").press("Enter")
    page.get_by_test_id("row-undo").first.press("Enter")
    expect(page.get_by_test_id("grid-change").first).to_contain_text("撤销")
    page.set_viewport_size({"width": 360, "height": 740})
    for tab in ("map", "staffing", "changes", "tree"):
        page.get_by_test_id(f"territory-tab-{tab}").click()
        assert not is_too_wide(page), tab
        assert not violations(page), tab
    page.context.close()
