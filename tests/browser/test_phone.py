"""What goes wrong with a phone: its clock, its log-in, its owner, its twin. No record is lost by it."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

import pytest
import segno
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, open_desktop, open_phone
from tests.browser.pictures import take_picture
from tests.browser.shift import begin, begin_owing, get, inspect, post, send_all, walker
from tests.browser.test_faces import is_too_wide, violations
from tests.browser.test_walk import log_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DAY_MS = 86_400_000


def test_a_wrong_clock_a_lost_session_and_a_revoked_phone_cost_no_record(
    chromium: Browser, city: City
) -> None:
    page = open_phone(chromium)
    page.context.add_init_script(f"const now = Date.now; Date.now = () => now() + {DAY_MS}")
    member = walker(city, 2)
    due = begin_owing(chromium, page, city, member, 2)
    expect(page.get_by_test_id("clock-note")).to_be_visible()
    take_picture(page, "field-clock")
    page.context.set_offline(True)
    inspect(page, city, due[-1], [])
    page.context.clear_cookies()  # the session ends meanwhile
    page.context.set_offline(False)
    page.goto(city.url + "/m/me")
    expect(page.get_by_test_id("login-submit")).to_be_visible()
    log_in(page, city, "grid_member", at="/m/login", username=member)
    page.get_by_test_id("tab-me").click()
    expect(page.get_by_test_id("unsent-count")).to_have_text("0")
    assert get(page, f"/api/orders/{due[-1]['id']}")["status"] == "done"
    take_picture(page, "field-phone")
    page.context.set_offline(True)
    inspect(page, city, due[-2], [])
    name = revoke_as_admin(chromium, city, member)
    page.context.set_offline(False)
    page.goto(city.url + "/m/me")
    expect(page.get_by_test_id("login-revoked")).to_be_visible()
    take_picture(page, "field-revoked")
    names = page.evaluate("indexedDB.databases().then((all) => all.map((one) => one.name))")
    assert [name for name in names if name.startswith("wangge-")] == []
    assert (
        page.evaluate("fetch('/api/accounts/me').then(({status}) => status)") == 401
    )  # the log-in has ended
    log_in(page, city, "grid_member", at="/m/login", username=member)
    assert get(page, f"/api/orders/{due[-2]['id']}")["status"] == "done", name
    page.context.close()


def revoke_as_admin(chromium: Browser, city: City, member: str) -> str:
    """An administrator finds the phone of a member who lost it, and revokes it."""
    desk = open_desktop(chromium)
    log_in(desk, city, "security_admin")
    desk.goto(f"{city.url}/phones")
    desk.get_by_test_id("phones-q").fill(member)
    desk.get_by_test_id("phones-find").click()
    trusted = desk.get_by_test_id("phone-revoke")
    expect(trusted.first).to_be_visible()
    known = trusted.count()
    name = desk.get_by_test_id("phone").first.inner_text()
    assert violations(desk) == []
    trusted.first.click()  # the newest
    desk.locator(".el-message-box__btns .el-button--primary").click()
    expect(trusted).to_have_count(known - 1)
    desk.context.close()
    return name


def test_the_plate_on_a_door_opens_its_place_without_signal(
    chromium: Browser, city: City, tmp_path: Path
) -> None:
    page, desk = open_phone(chromium), open_desktop(chromium)
    order = begin_owing(chromium, page, city, walker(city, 3), 1)[0]
    log_in(desk, city, "dispatcher")
    post(desk, "/api/plates/sheets", {"id": str(uuid4()), "venue_ids": [order["venue_id"]]})
    desk.context.close()
    page.get_by_test_id("sync-now").click()
    expect(page.get_by_test_id("sync-now")).to_be_enabled()
    plate = get(page, f"/api/plates/venues/{order['venue_id']}")
    picture = tmp_path / "door.png"
    segno.make(plate["url"], error="m").save(str(picture), scale=8, border=4)
    page.context.set_offline(True)
    page.goto(f"{city.url}/m/scan")
    page.get_by_test_id("scan-code").fill("https://elsewhere.example/pay")
    page.get_by_test_id("scan-go").click()
    expect(page.get_by_test_id("scan-foreign")).to_be_visible()
    page.get_by_test_id("scan-picture").set_input_files(picture)
    expect(page.get_by_test_id("place-page")).to_be_visible()
    assert page.url.endswith(f"/m/places/{order['venue_id']}")
    amap = page.get_by_test_id("map-app-amap")
    expect(amap).to_have_attribute(
        "href", re.compile(r"^https://uri\.amap\.com/navigation\?to=[\d.]+,[\d.]+,")
    )
    page.context.close()


def correct(page: Page, city: City, place: str, **fields: str) -> None:
    page.goto(f"{city.url}/m/places/{place}/correct")
    for name, said in fields.items():
        page.get_by_test_id(f"correct-{name}").fill(said)
    page.get_by_test_id("correct-submit").click()
    expect(page.get_by_test_id("correct-handed")).to_be_visible()


def test_two_phones_put_one_dossier_right_without_signal_and_a_person_decides(
    chromium: Browser, city: City
) -> None:
    """Must-show 2: both sides are shown, a person chooses for each field, and the house hears of it."""
    member = walker(city, 3)
    phones = [open_phone(chromium), open_phone(chromium)]
    place = begin_owing(chromium, phones[0], city, member, 1)[0]["venue_id"]
    begin(phones[1], city, member)
    for phone in phones:
        phone.context.set_offline(True)
    first, second = phones
    correct(first, city, place, name="后街五金店", address="后街 2 号")
    correct(second, city, place, name="前街五金店", keeper_phone="13912345678", address="前街 9 号")
    first.context.set_offline(False)
    send_all(first, city)
    second.context.set_offline(False)
    second.goto(f"{city.url}/m/me")
    row = second.locator('[data-testid="unsent-row"][data-state="asking"]')
    expect(row).to_have_count(1)
    second.get_by_test_id("unsent-look").click()
    clash = second.get_by_test_id("correct-conflict")
    expect(clash).to_contain_text("后街五金店")
    expect(clash).to_contain_text("前街五金店")
    expect(second.get_by_test_id("correct-decide")).to_be_disabled()  # until a person chose for each field
    assert (violations(second), is_too_wide(second)) == ([], False)
    take_picture(second, "field-conflict")
    for field, whose in {"name": "theirs", "address": "mine", "keeper_phone": "mine"}.items():
        second.get_by_test_id(f"take-{whose}-{field}").check()
    second.get_by_test_id("correct-decide").click()
    expect(second.get_by_test_id("place-page")).to_be_visible()
    send_all(second, city)
    told = get(second, f"/api/venues/{place}")
    assert (told["name"], told["address"], told["keeper_phone"]) == ("后街五金店", "前街 9 号", "139****5678")
    changes = get(second, f"/api/venues/{place}/history")["items"]
    assert [{one["field"] for one in change["fields"]} for change in changes[:2]] == [
        {"address", "keeper_phone"},
        {"name", "address"},
    ]
    for phone in phones:
        phone.context.close()
