"""Batches at the desk, each with a fate a case; a list that is longer than what is drawn; the net away."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, open_desktop
from tests.browser.test_desk import NEW_IDS, ask
from tests.browser.test_walk import log_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
READ = "ids => Promise.all(ids.map(id => fetch(`/api/cases/${id}`).then(answer => answer.json())))"


def make(page: Page, words: str, count: int) -> list[str]:
    """Report cases by telephone; return their ids."""
    one = ask(page, "/cases?limit=1")["items"][0]
    place = ask(page, f"/cases/{one['id']}")
    ids = page.evaluate(NEW_IDS, count)
    reports = [
        {"id": new, "at": one["reported_at"], "matter_code": "H302", "text": f"{words}{n}"}
        | {"lon": place["lon"], "lat": place["lat"], "channel": "hotline", "address": f"向阳路{n}号"}
        for n, new in enumerate(ids)
    ]
    fates = ask(page, "/cases/reports", reports)
    assert {fate["outcome"] for fate in fates} == {"applied"}, fates
    return list(ids)


def step(page: Page, ids: list[str], action: str, **carried: Any) -> None:
    """Take a step by the API, as somebody at another desk does."""
    commands = [
        {"id": new, "case_id": case["id"], "action": action, "at": case["reported_at"]}
        | {"base_version": case["version"], **carried}
        for new, case in zip(page.evaluate(NEW_IDS, len(ids)), page.evaluate(READ, ids), strict=True)
    ]
    fates = ask(page, "/cases/steps", commands)
    assert {fate["outcome"] for fate in fates} == {"applied"}, fates


def statuses(page: Page, ids: list[str]) -> list[str]:
    return [case["status"] for case in page.evaluate(READ, ids)]


def choose_all(page: Page, city: City, words: str, count: int) -> None:
    page.goto(f"{city.url}/cases?view=open&q={words}")
    expect(page.get_by_test_id("case-row")).to_have_count(count)
    page.keyboard.press("X")


def send(page: Page, key: str, *, reason: str = "") -> None:
    """Begin a batch by its key, give the reason, send it."""
    page.keyboard.press(key)
    if reason:
        expect(page.get_by_test_id("batch-reason")).to_be_focused()
        expect(page.get_by_test_id("batch-submit")).to_be_disabled()
        page.keyboard.type(reason)
    else:
        expect(page.get_by_test_id("batch-submit")).to_be_focused()
    page.keyboard.press("Enter")


def expect_fates(page: Page, *, applied: int, refused: int) -> None:
    expect(page.get_by_test_id("batch-summary")).to_contain_text(f"完成 {applied} 件")
    fates = page.get_by_test_id("batch-fate")
    expect(fates).to_have_count(applied + refused)
    expect(page.locator('[data-testid="batch-fate"][data-outcome="applied"]')).to_have_count(applied)
    expect(page.locator('[data-testid="batch-fate"][data-outcome="refused"]')).to_have_count(refused)


def test_a_dispatched_batch_is_undone_but_for_what_was_signed(chromium: Browser, city: City) -> None:
    desk, office = open_desktop(chromium), open_desktop(chromium)
    log_in(desk, city, "dispatcher")
    ids = make(desk, "撤回一批", 4)
    step(desk, ids, "accept")
    choose_all(desk, city, "撤回一批", 4)
    send(desk, "d")
    expect_fates(desk, applied=4, refused=0)
    [there] = {case["department_name"] for case in desk.evaluate(READ, ids)}
    log_in(office, city, "department_handler", username=city.handler_of(there))
    step(office, ids[:1], "sign")  # the office was faster with one of them

    desk.get_by_test_id("batch-undo").click()
    expect(desk.get_by_test_id("batch-reason")).to_be_focused()
    desk.keyboard.type("派错了")
    desk.keyboard.press("Enter")
    expect_fates(desk, applied=3, refused=1)
    desk.get_by_test_id("batch-close").click()
    assert statuses(desk, ids) == ["handling", "accepted", "accepted", "accepted"]
    chains = desk.evaluate(READ, ids)
    assert [case["chain_is_valid"] for case in chains] == [True] * 4
    assert "派错了" in [event["detail"].get("reason") for event in chains[1]["events"]]
    for page in (desk, office):
        page.context.close()


def test_recalling_rejecting_and_urging_tell_a_fate_a_case(chromium: Browser, city: City) -> None:
    desk = open_desktop(chromium)
    log_in(desk, city, "dispatcher")
    ids = make(desk, "三种批量", 6)
    step(desk, ids[:4], "accept")
    sent = ask(desk, f"/cases/{ids[0]}")["suggested_department_id"]
    step(desk, ids[:2], "dispatch", department_id=sent)

    choose_all(desk, city, "三种批量", 6)
    send(desk, "e", reason="请尽快办理")  # two at an office, two at the desk, two only reported
    expect(desk.get_by_test_id("batch-summary")).to_be_visible()
    urged = [any(event["action"] == "urge" for event in case["events"]) for case in desk.evaluate(READ, ids)]
    done = desk.locator('[data-testid="batch-fate"][data-outcome="applied"]').count()
    assert done == sum(urged) >= 2
    assert urged[:2] == [True, True]
    desk.keyboard.press("Escape")
    expect(desk.get_by_test_id("batch-dialog")).to_be_hidden()

    desk.keyboard.press("X")
    send(desk, "u", reason="重新核定")
    expect_fates(desk, applied=2, refused=4)
    desk.keyboard.press("Escape")
    expect(desk.get_by_test_id("batch-dialog")).to_be_hidden()
    assert statuses(desk, ids) == ["accepted"] * 4 + ["reported"] * 2

    step(desk, ids[:1], "dispatch", department_id=sent)  # too late for the desk to reject it
    desk.keyboard.press("r")
    expect(desk.locator('tr[data-status="dispatched"]')).to_have_count(1)
    desk.keyboard.press("X")
    send(desk, "n", reason="不属实")
    expect_fates(desk, applied=5, refused=1)
    assert statuses(desk, ids) == ["dispatched"] + ["rejected"] * 5
    desk.context.close()


def test_an_office_sends_a_batch_back_and_keeps_what_it_signed(chromium: Browser, city: City) -> None:
    desk, office = open_desktop(chromium), open_desktop(chromium)
    log_in(desk, city, "dispatcher")
    ids = make(desk, "退回一批", 3)
    step(desk, ids, "accept")
    sent = ask(desk, f"/cases/{ids[0]}")["suggested_department_id"]
    step(desk, ids, "dispatch", department_id=sent)
    there = ask(desk, f"/cases/{ids[0]}")["department_name"]
    log_in(office, city, "department_handler", username=city.handler_of(there))
    step(office, ids[:1], "sign")
    choose_all(office, city, "退回一批", 3)
    send(office, "b", reason="不属本部门职责")
    expect_fates(office, applied=2, refused=1)
    office.keyboard.press("Escape")
    assert statuses(desk, ids) == ["handling", "accepted", "accepted"]
    for page in (desk, office):
        page.context.close()


def test_a_long_list_draws_what_is_near_and_loses_no_line(chromium: Browser, city: City) -> None:
    desk = open_desktop(chromium)
    log_in(desk, city, "dispatcher")
    make(desk, "长长的清单", 120)
    desk.evaluate("localStorage['wangge.cases.look'] = JSON.stringify({ size: 200 })")
    desk.goto(f"{city.url}/cases?view=open&q=长长的清单")
    table, rows = desk.get_by_test_id("case-table"), desk.get_by_test_id("case-row")
    expect(table).to_have_attribute("aria-rowcount", "121")
    assert 15 <= rows.count() < 80  # not all of them are drawn

    for _ in range(120):
        desk.keyboard.press("ArrowDown")
    current = desk.locator("tr.is-current")
    expect(current).to_have_attribute("aria-rowindex", "121")
    expect(current).to_be_in_viewport()
    desk.keyboard.press("x")
    expect(desk.locator("tr.is-current.is-chosen")).to_have_count(1)
    for _ in range(119):
        desk.keyboard.press("ArrowUp")
    expect(current).to_have_attribute("aria-rowindex", "2")
    expect(current).to_be_in_viewport()
    desk.keyboard.press("X")
    expect(desk.get_by_test_id("batch-bar")).to_contain_text("120")

    seen: set[str] = set()
    for top in range(0, 9000, 400):
        desk.evaluate("top => (document.querySelector('#content').scrollTop = top)", top)
        desk.wait_for_timeout(50)
        seen |= set(rows.evaluate_all("rows => rows.map(row => row.dataset.caseId)"))
    assert len(seen) == 120
    desk.emulate_media(media="print")
    expect(rows).to_have_count(120)
    desk.context.close()


def test_the_desk_says_that_the_net_is_away_and_goes_on(chromium: Browser, city: City) -> None:
    desk = open_desktop(chromium)
    log_in(desk, city, "dispatcher")
    [case] = make(desk, "断网", 1)
    desk.goto(f"{city.url}/cases?view=open&q=断网")
    expect(desk.get_by_test_id("case-row")).to_have_count(1)
    desk.wait_for_load_state("networkidle")  # what is beside the list came too
    desk.context.set_offline(True)
    desk.keyboard.press("r")
    notice = desk.get_by_test_id("error-notice")
    expect(notice).to_have_attribute("data-code", "web.offline")
    expect(desk.get_by_test_id("case-row")).to_have_count(1)  # what was read stays
    desk.get_by_test_id("case-link").click()
    expect(desk.get_by_test_id("lost-page")).to_be_visible()
    desk.context.set_offline(False)
    desk.get_by_test_id("lost-page").get_by_test_id("error-retry").click()
    expect(desk.get_by_test_id("case-page")).to_have_attribute("data-status", "reported")

    desk.context.set_offline(True)
    desk.keyboard.press("r")
    expect(desk.locator('[data-code="web.offline"]').first).to_be_visible()
    expect(desk.get_by_test_id("case-matter")).to_be_visible()
    desk.keyboard.press("a")
    desk.get_by_test_id("dialog-submit").click()
    expect(desk.get_by_test_id("dialog-error")).to_be_visible()
    desk.context.set_offline(False)
    desk.get_by_test_id("dialog-submit").click()  # the same command: done once
    expect(desk.get_by_test_id("case-page")).to_have_attribute("data-status", "accepted")
    assert ask(desk, f"/cases/{case}")["version"] == 2
    desk.keyboard.press("l")
    expect(desk.get_by_test_id("case-list")).to_be_visible()
    desk.context.close()
