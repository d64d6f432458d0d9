"""One case from finding to closed with four log-ins, only by clicking: what a person does with `make run`."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, open_desktop, open_phone

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A real JPEG, as a phone's camera would hand it over."""
    path = tmp_path / "corridor.jpg"
    picture = Image.new("RGB", (1280, 960), "#9aa3ad")
    ImageDraw.Draw(picture).rectangle((300, 400, 900, 900), fill="#8b5a2b")
    picture.save(path, "JPEG", quality=85)
    return path


def log_in(page: Page, city: City, role: str, *, at: str = "/", username: str | None = None) -> None:
    account = city.accounts[role]
    page.goto(city.url + at)
    page.get_by_test_id("login-username").fill(username or account["username"])
    page.get_by_test_id("login-password").fill(city.password)
    page.get_by_test_id("login-submit").click()
    expect(page.get_by_test_id("login-submit")).to_be_hidden()


def take(page: Page, action: str, *, reason: str = "", photo: Path | None = None) -> None:
    """Press the button of a step and fill in what its dialog asks."""
    page.get_by_test_id(f"action-{action}").click()
    if reason:
        page.get_by_test_id("dialog-reason").fill(reason)
    if photo:
        page.get_by_test_id("dialog-photos").set_input_files(photo)
        expect(page.get_by_test_id("dialog-photos-item")).to_have_count(1)
    page.get_by_test_id("dialog-submit").click()
    expect(page.get_by_test_id("dialog-submit")).to_be_hidden()


def expect_status(page: Page, status: str) -> None:
    expect(page.get_by_test_id("case-page")).to_have_attribute("data-status", status)


def find_hazard(page: Page, city: City, photo: Path) -> str:
    """The grid member opens today's first order and passes one wrong item on. Returns the case's id."""
    log_in(page, city, "grid_member", at="/m/")
    page.get_by_test_id("order-row").first.click()
    expect(page.get_by_test_id("order-submit")).to_be_visible()
    fine = page.locator('[data-testid^="item-"][data-testid$="-ok"]')
    expect(fine.first).to_be_visible()
    failed = (fine.first.get_attribute("data-testid") or "").removeprefix("item-").removesuffix("-ok")
    page.get_by_test_id(f"item-{failed}-fail").click()
    page.get_by_test_id(f"pass-on-{failed}").click()
    page.get_by_test_id(f"photo-{failed}").set_input_files(photo)
    page.get_by_test_id(f"note-{failed}").fill("楼道堆满纸箱，业主不在")
    answered = 1
    while answered < fine.count():  # an answer may bring up the next question
        fine.nth(answered).click()
        answered += 1
    page.get_by_test_id("order-submit").click()
    receipt = page.get_by_test_id("receipt-case").first
    expect(receipt).to_be_visible(timeout=20_000)
    address = receipt.get_attribute("href") or ""
    return address.rstrip("/").rpartition("/")[2]


def test_four_people_bring_a_case_from_finding_to_closed(chromium: Browser, city: City, photo: Path) -> None:
    phone = open_phone(chromium)
    case = find_hazard(phone, city, photo)
    phone.context.close()
    at_case = f"/cases/{case}"

    desk = open_desktop(chromium)
    log_in(desk, city, "dispatcher")
    desk.goto(city.url + at_case)
    expect_status(desk, "reported")
    take(desk, "accept")
    expect_status(desk, "accepted")
    take(desk, "dispatch")  # to the department that the route suggests
    expect_status(desk, "dispatched")
    department = desk.get_by_test_id("case-department").inner_text().strip()
    desk.context.close()

    office = open_desktop(chromium)
    log_in(office, city, "department_handler", username=city.handler_of(department))
    office.goto(city.url + at_case)
    take(office, "sign")
    expect_status(office, "handling")
    take(office, "feed_back", reason="已清理完毕", photo=photo)
    expect_status(office, "verifying")
    expect(office.get_by_test_id("action-pass")).to_have_count(0)  # nobody judges the own work
    office.context.close()

    eyes = open_desktop(chromium)
    log_in(eyes, city, "supervisor")
    eyes.goto(city.url + at_case)
    take(eyes, "pass", reason="现场核实，已清理")
    expect_status(eyes, "closed")
    expect(eyes.get_by_test_id("case-event")).to_have_count(6)
    expect(eyes.get_by_test_id("chain-badge")).to_contain_text("完整")
    eyes.context.close()
