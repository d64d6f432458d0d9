"""Co-handling and a hand-over on the phone: who leads, who countersigns, for whom the case waits."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, open_desktop, open_phone
from tests.browser.test_batches import make, step
from tests.browser.test_desk import ask
from tests.browser.test_walk import log_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def open_case(page: Page, city: City, department: dict[str, Any], case_id: str) -> None:
    log_in(page, city, "department_handler", at="/m/", username=city.handler_of(department["name"]))
    page.goto(f"{city.url}/m/cases/{case_id}")
    expect(page.get_by_test_id("case-together")).to_be_visible()


def take(page: Page, action: str, *, reason: str = "") -> None:
    page.get_by_test_id(f"action-{action}").click()
    if reason:
        page.get_by_test_id("dialog-reason").fill(reason)
    page.get_by_test_id("dialog-submit").click()
    expect(page.get_by_test_id("step-dialog")).to_be_hidden()


def test_two_departments_and_enforcement_on_the_phone(chromium: Browser, city: City) -> None:
    desk = open_desktop(chromium)
    log_in(desk, city, "dispatcher")
    [case] = make(desk, "两家一起办", 1)
    step(desk, [case], "accept")
    lead = ask(desk, f"/cases/{case}")["suggested_department_id"]
    departments = {one["id"]: one for one in ask(desk, "/accounts/departments")}
    advice = ask(desk, f"/cases/{case}/handlers")
    enforcer = departments[next(one["id"] for one in advice["enforcers"] if one["id"] != lead)]
    others = (one for one in departments.values() if one["id"] not in {lead, enforcer["id"]})
    helper = next(one for one in others if departments[lead]["path"].startswith(one["path"]))
    step(desk, [case], "dispatch", department_id=lead, co_department_ids=[helper["id"]])

    phone, other = open_phone(chromium), open_phone(chromium)
    open_case(phone, city, departments[lead], case)
    awaited = phone.get_by_test_id("case-awaited")
    expect(phone.get_by_test_id("case-lead")).to_contain_text(departments[lead]["name"])
    expect(awaited).to_contain_text("签收")
    expect(awaited).to_contain_text(f"{helper['name']}会签")
    expect(phone.get_by_test_id("case-stages").locator('[aria-current="step"]')).to_have_count(1)
    take(phone, "sign")
    expect(phone.get_by_test_id("case-page")).to_have_attribute("data-status", "handling")
    expect(awaited).to_have_text(f"{helper['name']}会签")
    expect(phone.get_by_test_id("action-feed_back")).to_have_count(0)

    open_case(other, city, helper, case)
    take(other, "countersign", reason="已到场查看")
    expect(other.get_by_test_id("co-handler")).to_have_attribute("data-state", "countersigned")

    phone.reload()
    expect(phone.get_by_test_id("action-feed_back")).to_be_visible()
    expect(awaited).to_contain_text("反馈")
    phone.get_by_test_id("action-transfer").click()
    choice = phone.get_by_test_id("dialog-department")
    expect(choice).to_have_value("")  # it stays with one's own department unless another is named
    choice.select_option(label=enforcer["name"])
    phone.get_by_test_id("dialog-reason").fill("拒不整改")
    phone.get_by_test_id("dialog-submit").click()
    expect(phone.get_by_test_id("step-dialog")).to_be_hidden()
    expect(phone.get_by_test_id("case-page")).to_have_attribute("data-status", "transferred")
    shown = ask(desk, f"/cases/{case}")
    assert (shown["department_name"], shown["chain_is_valid"]) == (enforcer["name"], True)
    expect(phone.get_by_test_id("case-lead")).to_contain_text(enforcer["name"])
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    for page in (desk, phone, other):
        page.context.close()
