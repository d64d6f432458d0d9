"""A member's shift on a real phone page: the steps that tests share, and links that are bad in every way."""

from __future__ import annotations

import random
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from PIL import Image
from playwright.sync_api import APIRequestContext, Browser, Page, Request, Route, expect

from tests.browser.conftest import City, open_desktop
from tests.browser.test_walk import log_in

Camera = Callable[[], Path]
SENT = re.compile(r"/api/field/(photos/|inbox)")


def make_camera(folder: Path, size: tuple[int, int] = (1280, 960)) -> Camera:
    """Another photo each time, large enough that it goes in several parts."""
    number = count()

    def shoot() -> Path:
        n = next(number)
        path = folder / f"photo-{n}.jpg"
        noise = random.Random(n).randbytes(160 * 120 * 3)
        Image.frombytes("RGB", (160, 120), noise).resize(size).save(path, "JPEG", quality=88)
        return path

    return shoot


def get(page: Page, address: str) -> Any:
    return page.evaluate("address => fetch(address).then((answer) => answer.json())", address)


def walker(city: City, n: int) -> str:
    """Return the name of a member whose orders no other test does."""
    return [one["username"] for one in city.people if one["role"] == "grid_member"][n]


POST = """async ([address, body]) => {
  const { csrf_token } = await (await fetch('/api/accounts/me')).json()
  const headers = { 'Content-Type': 'application/json', 'X-CSRFToken': csrf_token }
  return (await fetch(address, { method: 'POST', body: JSON.stringify(body), headers })).json()
}"""


def post(page: Page, address: str, body: Any) -> Any:
    return page.evaluate(POST, [address, body])


def make_busy(desk: Page, like: dict[str, Any], wanted: int) -> None:
    """The office enters new places beside one that owes an order, and plans: the member owes more."""
    one = get(desk, f"/api/venues/{like['venue_id']}")
    kept = {name: one[name] for name in ("class_code", "tags", "address", "lon", "lat")}
    places = [
        kept | {"id": str(uuid4()), "code": f"BUSY-{uuid4().hex[:8]}", "name": f"新开门店 {n} 号"}
        for n in range(wanted)
    ]
    fates = post(desk, "/api/venues", places)
    assert {fate["outcome"] for fate in fates} == {"applied"}, fates
    first = date.today().replace(day=1)
    until = (first + timedelta(days=31)).replace(day=1)
    post(desk, "/api/orders/plan", {"starts_on": first.isoformat(), "ends_on": until.isoformat()})


def begin(page: Page, city: City, username: str) -> list[dict[str, Any]]:
    """Log in, wait until the day is on the phone and the app opens by itself. Returns the orders due."""
    log_in(page, city, "grid_member", at="/m/", username=username)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.get_by_test_id("tab-me").click()
    expect(page.get_by_test_id("synced-at")).to_have_attribute("data-at", re.compile(r"^\d+$"))
    return list_due(page)


def begin_owing(
    chromium: Browser, page: Page, city: City, username: str, wanted: int
) -> list[dict[str, Any]]:
    """Begin as a member who owes so many orders today, whatever other tests or the day of the month left."""
    begin(page, city, username)
    [known] = get(page, "/api/orders?mine=true&limit=1")["items"]
    desk = open_desktop(chromium)
    log_in(desk, city, "dispatcher")
    make_busy(desk, known, wanted)
    desk.context.close()
    page.goto(city.url + "/m/me")
    page.get_by_test_id("sync-now").click()
    expect(page.get_by_test_id("sync-now")).to_be_enabled()
    due = list_due(page)
    assert len(due) >= wanted, f"the member owes only {len(due)} orders"
    return due


def list_due(page: Page) -> list[dict[str, Any]]:
    """Return the orders that can be done today."""
    on = date.today().isoformat()
    return list(get(page, f"/api/orders?mine=true&status=open&opens_to={on}&limit=100")["items"])


def inspect(page: Page, city: City, order: dict[str, Any], photos: list[Path]) -> None:
    """Fill the sheet of one order and hand it in; with photos the first item is passed on as a finding."""
    link = page.locator(f'[data-testid="order-row"][href$="{order["id"]}"]')
    if link.count():
        link.click()
    else:
        page.goto(f"{city.url}/m/orders/{order['id']}")
    fine = page.locator('[data-testid^="item-"][data-testid$="-ok"]')
    expect(fine.first).to_be_visible()
    if photos:
        failed = (fine.first.get_attribute("data-testid") or "").removeprefix("item-").removesuffix("-ok")
        page.get_by_test_id(f"item-{failed}-fail").click()
        page.get_by_test_id(f"pass-on-{failed}").click()
        for n, photo in enumerate(photos, start=1):
            page.get_by_test_id(f"photo-{failed}").set_input_files(photo)
            expect(page.get_by_test_id(f"photo-{failed}-item")).to_have_count(n)
    answered = 1 if photos else 0
    while answered < fine.count():
        fine.nth(answered).click()
        answered += 1
    page.get_by_test_id("order-submit").click()
    expect(page.get_by_test_id("order-submit")).to_be_hidden()


@dataclass
class BadLink:
    """Cuts every second call: by turns before it arrives and after its answer was made.

    Of those that pass some arrive twice; those that were cut arrive late, after others: out of order.
    """

    page: Page
    choose: Callable[[int], str] = lambda n: ("twice", "cut", "through", "lost")[n % 4]
    calls: int = 0
    told: dict[str, int] = field(default_factory=dict)
    late: deque[tuple[int, Callable[[], None]]] = field(default_factory=deque)

    def open(self) -> BadLink:
        self.page.context.route(SENT, self._pass)
        return self

    def close(self) -> None:
        """The last calls that were held back arrive when nobody expects them any more."""
        self.page.context.unroute(SENT)
        while self.late:
            self.late.popleft()[1]()

    def _pass(self, route: Route) -> None:
        n, self.calls = self.calls, self.calls + 1
        while self.late and self.late[0][0] <= n:
            self.late.popleft()[1]()
        fault = self.choose(n)
        self.told[fault] = self.told.get(fault, 0) + 1
        if fault == "cut":
            self.late.append((n + 3, replay(self.page.context.request, route.request)))
            route.abort()
        elif fault == "lost":
            route.fetch()  # it arrives, and the answer is lost
            route.abort()
        elif fault == "twice":
            route.fetch()
            route.fulfill(response=route.fetch())
        else:
            route.continue_()


def replay(door: APIRequestContext, request: Request) -> Callable[[], None]:
    """Return how the call arrives after all, long after its sender gave it up."""
    url, method, headers, body = (
        request.url,
        request.method,
        request.all_headers(),
        request.post_data_buffer,
    )
    kept = {name: value for name, value in headers.items() if name not in {"content-length", "host"}}

    def arrive() -> None:
        door.fetch(url, method=method, headers=kept, data=body, fail_on_status_code=False)

    return arrive


def send_all(page: Page, city: City) -> None:
    """Press "send now" until nothing is left, as an impatient person does."""
    page.goto(city.url + "/m/me")
    for _ in range(900):
        if not rows(page, "commands"):
            expect(page.get_by_test_id("unsent-count")).to_have_text("0")
            return
        page.evaluate("document.querySelector('[data-testid=unsent-send]:enabled')?.click()")
        page.wait_for_timeout(40)
    raise AssertionError(f"still unsent: {page.get_by_test_id('unsent-list').inner_text()}")


ROWS = """([person, table]) => new Promise((done, fail) => {
  const asked = indexedDB.open(`wangge-${person}`)
  asked.onerror = () => fail(asked.error)
  asked.onsuccess = () => {
    const all = asked.result.transaction(table).objectStore(table).getAll()
    all.onsuccess = () => { asked.result.close(); done(all.result) }
  }
})"""


def rows(page: Page, table: str) -> list[dict[str, Any]]:
    """Return what the phone itself holds in a table; of photos without their bytes."""
    person = page.evaluate("JSON.parse(localStorage.getItem('wangge.me')).id")
    return list(page.evaluate(ROWS, [person, table]))
