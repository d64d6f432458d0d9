"""Every page that any post may open: no barrier, inside its screen, no error; and pictures of the console."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, open_desktop, open_phone
from tests.browser.pictures import take_picture
from tests.browser.test_faces import is_too_wide, violations
from tests.browser.test_walk import log_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.nightly]

ROLES = ["dispatcher", "supervisor", "department_handler", "grid_chief", "system_admin", "security_admin"]
ROLES += ["audit_admin", "leader"]
BESIDE = {"dispatcher": ["/wall", "/cases/new", "/venues/duplicates", "/teams/new", "/notices"]}
BESIDE["dispatcher"] += ["/plans/draws/new", "/plans/campaigns/new"]
SIZES = {"1366": (1366, 768), "1920": (1920, 1080), "3840": (3840, 1080)}


def pages_of(page: Page) -> list[str]:
    """Return the pages that the left side offers to the post."""
    page.get_by_test_id("nav-leave").wait_for()
    return page.eval_on_selector_all(
        "#side a.link[href]", "links => links.map(one => one.getAttribute('href'))"
    )


def settle(page: Page, path: str, city: City) -> None:
    page.goto(city.url + path)
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_post_is_for_everybody_and_fits(chromium: Browser, city: City, role: str) -> None:
    page = open_desktop(chromium)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    log_in(page, city, role)
    wrong: dict[str, list[str]] = {}
    paths = [path for path in pages_of(page) if path != "/m/"] + BESIDE.get(role, [])
    assert len(paths) > 1
    for path in paths:
        settle(page, path, city)
        found = violations(page) + (["wider than its screen"] if is_too_wide(page) else [])
        if found:
            wrong[path] = found
    assert (wrong, faults) == ({}, [])
    page.context.close()


@pytest.mark.parametrize("role", ["dispatcher", "audit_admin"])
def test_every_page_of_a_post_fits_a_phone(chromium: Browser, city: City, role: str) -> None:
    desk, phone = open_desktop(chromium), open_phone(chromium)
    log_in(desk, city, role)
    paths = [path for path in pages_of(desk) if path != "/m/"] + BESIDE.get(role, [])
    log_in(phone, city, role)
    wide = []
    for path in paths:
        settle(phone, path, city)
        wide += [path] if is_too_wide(phone) else []
    assert wide == []
    desk.context.close()
    phone.context.close()


@pytest.mark.parametrize("size", SIZES)
def test_pictures_of_the_console(chromium: Browser, city: City, size: str) -> None:
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    log_in(page, city, "dispatcher")
    for name, path, ready in (
        ("desk", "/desk", "desk"),
        ("map", "/map", "map-page"),
        ("indicators", "/indicators", "indicator-page"),
        ("wall", "/wall", "wall"),
    ):
        if size == "3840" and name != "wall":
            continue
        settle(page, path, city)
        expect(page.get_by_test_id(ready)).to_be_visible()
        if name in ("map", "wall"):
            expect(page.locator('[data-testid="map"][data-ready="true"]')).to_be_visible()
            page.wait_for_load_state("networkidle")
        assert not is_too_wide(page)
        take_picture(page, f"console-{name}-{size}")
    context.close()
