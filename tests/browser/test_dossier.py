"""Two people edit a dossier at once; it is closed; its history tells of it (VE-15, VE-16)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, open_desktop
from tests.browser.test_faces import violations
from tests.browser.test_walk import log_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def edit(page: Page, **fields: str) -> None:
    for field, text in fields.items():
        page.get_by_test_id(f"edit-{field}").fill(text)
    page.get_by_test_id("edit-save").click()


def test_two_people_edit_a_dossier_and_both_sides_are_shown(city: City, chromium: Browser) -> None:
    first, second = open_desktop(chromium), open_desktop(chromium)
    for page in (first, second):
        log_in(page, city, "dispatcher")
        page.goto(f"{city.url}/venues")
        page.get_by_test_id("venue-row").first.get_by_role("link").first.click()
        page.get_by_test_id("venue-edit-open").click()
        page.get_by_test_id("edit-name").wait_for()
    edit(second, name="后街五金店", address="后街 2 号")
    expect(second.get_by_test_id("venue-name")).to_have_text("后街五金店")
    edit(first, name="前街五金店", keeper_phone="13912345678")
    expect(first.get_by_test_id("venue-newer")).to_contain_text("后街 2 号")  # what only they changed
    expect(first.get_by_test_id("venue-clash")).to_have_count(1)  # what both changed
    expect(first.get_by_test_id("edit-save")).to_be_disabled()  # until a person chose
    assert violations(first) == []
    first.get_by_test_id("take-theirs").check()
    first.get_by_test_id("edit-save").click()
    expect(first.get_by_test_id("venue-name")).to_have_text("后街五金店")
    newest = first.get_by_test_id("change-row").first
    expect(newest).to_contain_text("已更改（不保留内容）")  # the phone
    expect(newest).not_to_contain_text("1391234")
    first.get_by_test_id("venue-turn").click()
    first.get_by_test_id("turn-reason").fill("铺面已拆")
    first.get_by_test_id("turn-send").click()
    expect(newest).to_contain_text("铺面已拆")
    assert violations(first) == []
