"""Every page of the phone: fingers and keys reach all of it, in both sizes of type; a picture of each."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, open_phone
from tests.browser.pictures import take_picture
from tests.browser.shift import begin, begin_owing, get, rows, walker
from tests.browser.test_faces import is_too_wide, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TOUCH_PX, LARGE_PX = 44, 60
# What can be pressed, and the box that a finger meets: that of the label where one is around it.
CONTROLS = """() => {
  const shown = (node) => node.checkVisibility({ opacityProperty: false, visibilityProperty: true })
  const found = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
  return found.filter(shown).map((node) => {
    const met = node.matches('input') ? (node.closest('label') ?? node) : node
    const box = met.getBoundingClientRect()
    const own = node.getBoundingClientRect()
    const what = node.dataset.testid ?? node.getAttribute('href') ?? node.ariaLabel ?? node.textContent
    return { what: `${node.localName} ${what.trim().slice(0, 40)}`,
             width: Math.max(box.width, own.width), height: Math.max(box.height, own.height) }
  })
}"""
FOCUSED = """() => {
  const node = document.activeElement
  if (!node || node === document.body) return ''
  const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
  return String(all.indexOf(node))
}"""
REACHABLE = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
  .map((node, index) => ({ node, index }))
  .filter(({ node }) => node.checkVisibility({ opacityProperty: false, visibilityProperty: true }))
  .filter(({ node }) => !node.disabled)
  .filter(({ node }) => !node.closest('.maplibregl-map'))
  .map(({ node, index }) => ({ index: String(index), group: node.type === 'radio' ? node.name : '',
    what: node.dataset.testid ?? node.textContent.trim().slice(0, 40) }))"""


def addresses(page: Page, order: dict[str, Any]) -> dict[str, str]:
    """Return the address of each page of the phone by the name of its picture."""
    cases = get(page, "/api/cases?limit=1")["items"]
    assert cases, "the demo city has no case for this member"
    return {
        "field-today": "/m/today",
        "field-order": f"/m/orders/{order['id']}",
        "field-cases": "/m/cases?view=all",
        "field-case": f"/m/cases/{cases[0]['id']}",
        "field-report": "/m/report",
        "field-patrol": "/m/patrol",
        "field-log": "/m/grid-log",
        "field-notices": "/m/notices",
        "field-leave": "/m/leave",
        "field-place": f"/m/places/{order['venue_id']}",
        "field-correct": f"/m/places/{order['venue_id']}/correct",
        "field-scan": "/m/scan",
        "field-me": "/m/me",
    }


def too_small(page: Page, least: int) -> list[str]:
    found = page.evaluate(CONTROLS)
    assert found, "a page without anything to press"
    return [
        f"{one['what']} {one['width']:.0f}×{one['height']:.0f}"
        for one in found
        if min(one["width"], one["height"]) < least - 0.5
    ]


def out_of_reach(page: Page) -> list[str]:
    """Return what the Tab key never comes to. Of a group of radio buttons one is enough: then arrows."""
    wanted = page.evaluate(REACHABLE)
    page.evaluate("document.activeElement?.blur()")
    seen: set[str] = set()
    for _ in range(len(wanted) + 12):
        page.keyboard.press("Tab")
        seen.add(page.evaluate(FOCUSED))
    groups = {one["group"] for one in wanted if one["group"] and one["index"] in seen}
    return [one["what"] for one in wanted if one["index"] not in seen and one["group"] not in groups]


@pytest.mark.parametrize("is_large", [False, True], ids=["usual", "large"])
def test_every_page_of_the_phone_can_be_pressed_read_and_reached_by_keys(
    chromium: Browser, city: City, is_large: bool
) -> None:
    page = open_phone(chromium)
    order = begin_owing(chromium, page, city, walker(city, 2), 1)[0]
    page.context.set_geolocation({"longitude": order["lon"] + 0.001, "latitude": order["lat"]})
    if is_large:
        page.get_by_test_id("large-type").check()
    wrong: dict[str, list[str]] = {}
    for name, path in addresses(page, order).items():
        page.goto(city.url + path)
        page.wait_for_load_state("networkidle")
        expect(page.locator("h1").first).to_be_attached()
        take_picture(page, f"{name}-large" if is_large else name)
        found = too_small(page, LARGE_PX if is_large else TOUCH_PX) + violations(page)
        if not is_large:
            found += out_of_reach(page)
        if is_too_wide(page):
            found.append("wider than its screen")
        if found:
            wrong[path] = found
    assert wrong == {}
    page.context.close()


FILL = """([person, prefix, copies, model]) => new Promise((done, fail) => {
  const asked = indexedDB.open(`wangge-${person}`)
  asked.onerror = () => fail(asked.error)
  asked.onsuccess = () => {
    const change = asked.result.transaction('slice', 'readwrite')
    const table = change.objectStore('slice')
    for (let n = 0; n < copies; n += 1) {
      const id = `${model.id.slice(0, 24)}${n.toString(16).padStart(12, '0')}`
      table.put({ key: `${prefix}${id}`, value: { ...model, id, name: `${model.name ?? ''} ${n}` } })
    }
    change.oncomplete = () => { asked.result.close(); done() }
    change.onerror = () => fail(change.error)
  }
})"""
WATCH = """() => {
  window.longTasks = []
  new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((one) => one.duration)))
    .observe({ type: 'longtask' })
}"""


def fill(page: Page, prefix: str, copies: int, model: dict[str, Any]) -> None:
    person = page.evaluate("JSON.parse(localStorage.getItem('wangge.me')).id")
    page.evaluate(FILL, [person, prefix, copies, model])


@pytest.mark.nightly
def test_three_hundred_orders_scroll_without_long_tasks_on_a_slow_phone(
    chromium: Browser, city: City
) -> None:
    page = open_phone(chromium)
    begin(page, city, walker(city, 2))
    model = next(one["value"] for one in rows(page, "slice") if one["key"].startswith("order:"))
    fill(page, "order:", 300, model)
    page.context.set_offline(True)
    page.goto(city.url + "/m/today")
    expect(page.get_by_test_id("order-row").nth(299)).to_be_attached()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.wait_for_timeout(500)
    page.evaluate(WATCH)
    page.mouse.move(180, 400)
    for _ in range(60):
        page.mouse.wheel(0, 700)
        page.wait_for_timeout(16)
    page.wait_for_timeout(200)
    assert page.evaluate("window.scrollY") > 20_000
    assert page.evaluate("window.longTasks") == []
    page.context.close()


@pytest.mark.nightly
def test_a_hundred_thousand_records_open_within_a_second(chromium: Browser, city: City) -> None:
    """Must-show 4: the size at which the best-known field app crashes."""
    page = open_phone(chromium)
    order = begin_owing(chromium, page, city, walker(city, 2), 1)[0]
    place = get(page, f"/api/venues/{order['venue_id']}")
    for start in range(4):
        fill(page, f"venue:{start}", 25_000, place)
    page.context.set_offline(True)
    page.goto(city.url + "/m/me")
    opened = []
    for path, sign in (("/m/today", "order-row"), (f"/m/places/{place['id']}", "to-correct")):
        page.goto(city.url + path, wait_until="commit")
        page.get_by_test_id(sign).first.wait_for()
        opened.append(page.evaluate("performance.now()"))
    print(f"100,000 records: today {opened[0]:.0f} ms, a place {opened[1]:.0f} ms")
    assert max(opened) < 1_000
    page.context.close()
