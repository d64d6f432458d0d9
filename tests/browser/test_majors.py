"""A hazard from the first tick to the de-listing, signed by three log-ins; its notice as Word and PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, open_desktop
from tests.browser.test_faces import is_too_wide, violations
from tests.browser.test_walk import log_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SIGNERS = ("dispatcher", "supervisor", "leader")
SUMMARY = "走遍各层后集体讨论"  # tells it from what waits in the demo city
SEND = """
async ([method, path, body]) => {
  const me = await (await fetch('/api/accounts/me')).json()
  const answer = await fetch('/api' + path, {
    method,
    headers: { 'X-CSRFToken': me.csrf_token, 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify({ id: newId(), ...body }) }),
  })
  return [answer.status, await answer.json()]
  function newId() {
    const hex = Date.now().toString(16).padStart(12, '0')
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7${crypto.randomUUID().slice(15)}`
  }
}
"""


def api(page: Page, method: str, path: str, **body: Any) -> Any:
    """Ask the server as the person who is logged in."""
    status, told = page.evaluate(SEND, [method, path, body or None])
    assert status == 200, told
    return told


def desk_of(chromium: Browser, city: City, role: str) -> Page:
    page = open_desktop(chromium)
    log_in(page, city, role)
    return page


def everybody_signs(desks: list[Page], city: City) -> None:
    for desk in desks:
        desk.goto(f"{city.url}/major-hazards?tab=sign")
        card = desk.get_by_test_id("decision-card").filter(has_text=SUMMARY)
        expect(card).to_have_count(1)
        card.get_by_test_id("sign-opinion").fill("同意")
        card.get_by_test_id("sign-agree").click()
        expect(card).to_have_count(0)


def propose(desk: Page, city: City) -> None:
    """Fill in the dialog: three people by name, each found by the search."""
    desk.get_by_test_id("propose-body").fill("示范区消防救援大队")
    desk.get_by_test_id("propose-summary").fill(SUMMARY)
    for role in SIGNERS:
        name = city.accounts[role]["name"]
        desk.get_by_test_id("signer-q").fill(name)
        found = desk.get_by_test_id("signer-found").filter(has_text=name)
        expect(found).to_have_count(1)
        found.locator("[data-testid^='add-member-']").click()
    desk.get_by_test_id("propose-send").click()
    expect(desk.get_by_test_id("propose-send")).to_be_hidden()


def test_three_log_ins_make_it_major_and_end_it_and_the_notice_is_on_paper(
    chromium: Browser, city: City, tmp_path: Path
) -> None:
    desks = [desk_of(chromium, city, role) for role in SIGNERS]
    desk, other, _ = desks
    case = api(desk, "GET", "/cases?status=handling&limit=1")["items"][0]["id"]

    desk.goto(f"{city.url}/cases/{case}")
    desk.get_by_test_id("assess").click()
    direct = desk.locator("[data-testid^='element-']").first
    code = (direct.get_attribute("data-testid") or "").removeprefix("element-")
    direct.check()
    desk.get_by_test_id(f"evidence-{code}").fill("现场确认")
    assert violations(desk) == []
    desk.get_by_test_id("assess-send").click()
    desk.get_by_test_id("propose-major").click()
    propose(desk, city)
    everybody_signs(desks, city)

    other.goto(f"{city.url}/major-hazards?tab=to_list")
    other.get_by_test_id("major-line").first.locator("summary").click()
    other.get_by_test_id("deed-list").click()
    other.get_by_test_id("list-body").fill("示范区人民政府")
    other.get_by_test_id("list-until").fill("2099-12-31")
    other.get_by_test_id("deed-text").fill("对该单位重大火灾隐患挂牌督办。")
    other.get_by_test_id("deed-send").click()
    expect(other.get_by_test_id("deed-send")).to_be_hidden()
    [hazard] = api(desk, "GET", f"/major-hazards?stage=listed&case_id={case}")["items"]

    desk.goto(f"{city.url}/major-hazards?tab=listed&open={hazard['id']}")
    card = desk.get_by_test_id("hazard-card")
    card.get_by_test_id("document-listing_notice").click()
    card.get_by_test_id("document-issue").click()
    for kind, begins in (("word", b"PK"), ("pdf", b"%PDF")):
        with desk.expect_download(timeout=60_000) as download:
            card.get_by_test_id(f"document-{kind}").click()
        kept = tmp_path / kind
        download.value.save_as(kept)
        assert kept.read_bytes().startswith(begins)
    assert (violations(desk), is_too_wide(desk)) == ([], False)

    told = {"hazard_id": hazard["id"], "photos": []}
    api(desk, "POST", "/major-hazards/progress", text="已增设出口", **told)
    api(other, "POST", "/major-hazards/reinspect", text="现场复查", has_passed=True, **told)
    desk.reload()
    desk.get_by_test_id("deed-delist").click()
    propose(desk, city)
    everybody_signs(desks, city)
    desk.goto(f"{city.url}/major-hazards?tab=delisted")
    expect(desk.get_by_test_id("major-line")).to_have_count(1)
    for page in desks:
        page.context.close()
