"""A day off moves deadlines only when a person says so; a late case is urged, supervised, and gets a card."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, open_desktop, open_phone
from tests.browser.test_faces import is_too_wide, violations
from tests.browser.test_majors import api
from tests.browser.test_walk import log_in
from wangge.kernel import clock
from wangge.kernel.calendar import HALVES, national

pytestmark = [pytest.mark.browser, pytest.mark.slow]
REASON = "市政府办公室关于调整部分工作日安排的通知（示政办函〔2026〕118号）第二条第三款"


def set_day_off(page: Page, city: City) -> None:
    """The administrator gives the whole city a day off: the next working day after tomorrow."""
    day = clock.today() + timedelta(days=2)
    if (day + timedelta(days=14)).year not in national.years:
        pytest.skip("NOT RUN: the notice for next year is not in the calendar, so no deadline can move")
    while HALVES[national.kind_of(day)] < 2:
        day += timedelta(days=1)
    page.goto(f"{city.url}/calendar")
    page.get_by_test_id("local-on").fill(day.isoformat())
    page.get_by_test_id("local-kind").select_option("local_off")
    page.get_by_test_id("local-reason").fill(REASON)
    page.get_by_test_id("local-send").click()
    expect(page.get_by_text(REASON).first).to_be_visible()


def move_all(desk: Page) -> None:
    """Accept the proposals, a page after the other: other tests of this city may have made many cases."""
    apply = desk.get_by_test_id("moves-apply")
    rows = desk.locator("[data-testid='move-list'] tbody tr")
    while apply.count():
        first = rows.first.locator("a").get_attribute("href") or ""
        apply.click()
        expect(rows.locator(f'a[href="{first}"]')).to_have_count(0)  # moved, and the next page is there


def test_a_day_off_is_proposed_accepted_and_explained(chromium: Browser, city: City) -> None:
    admin, desk = open_desktop(chromium), open_desktop(chromium)
    log_in(admin, city, "system_admin")
    set_day_off(admin, city)
    assert (violations(admin), is_too_wide(admin)) == ([], False)

    log_in(desk, city, "dispatcher")
    desk.goto(f"{city.url}/oversight?tab=moves")
    rows = desk.locator("[data-testid='move-list'] tbody tr")
    expect(rows.first).to_be_visible()
    link = rows.first.locator("a").get_attribute("href") or ""
    case = link.rpartition("/")[2]
    before = api(desk, "GET", f"/cases/{case}")
    assert violations(desk) == []

    move_all(desk)
    after = api(desk, "GET", f"/cases/{case}")
    assert (after["due_at"], after["stage_due_at"]) != (before["due_at"], before["stage_due_at"])
    assert after["events"][-1]["action"] == "move_deadline"

    desk.goto(f"{city.url}/cases/{case}")
    desk.get_by_test_id("deadline-explain").click()
    expect(desk.get_by_test_id("deadline-lines")).to_contain_text("当地放假，不计")
    phone = open_phone(chromium)
    log_in(phone, city, "dispatcher")
    phone.goto(f"{city.url}/oversight?tab=moves")
    expect(phone.get_by_test_id("move-list")).to_be_visible()
    assert is_too_wide(phone) is False
    for page in (admin, desk, phone):
        page.context.close()


def test_a_late_case_is_urged_supervised_and_gets_a_card(chromium: Browser, city: City) -> None:
    chief = open_desktop(chromium)
    log_in(chief, city, "supervisor")
    late = api(chief, "GET", "/oversight/late?limit=200")["items"]
    case = next(row["case"]["id"] for row in late if row["case"]["department_name"] and not row["cards"])
    chief.goto(f"{city.url}/cases/{case}")
    panel = chief.get_by_test_id("case-oversight")
    for kind, words in (("urge", "请今天办结"), ("supervise", "请书面说明"), ("yellow", "逾期未办，亮黄牌")):
        panel.get_by_test_id("oversight-text").fill(words)
        panel.get_by_test_id(f"oversight-{kind}").click()
        expect(panel.get_by_test_id(f"act-{kind}")).to_contain_text(words)
    assert (violations(chief), is_too_wide(chief)) == ([], False)
    actions = [event["action"] for event in api(chief, "GET", f"/cases/{case}")["events"]]
    assert actions[-3:] == ["urge", "supervise", "card"]

    panel.get_by_test_id("oversight-text").fill("再亮一次")
    panel.get_by_test_id("oversight-yellow").click()
    expect(panel.get_by_role("alert")).to_contain_text("未撤销")  # a card stands
    chief.context.close()
