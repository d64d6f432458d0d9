"""A whole shift without signal on a real phone page and the real server: nothing lost, nothing doubled."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import City, open_phone
from tests.browser.pictures import take_picture
from tests.browser.shift import (
    BadLink,
    begin,
    begin_owing,
    get,
    inspect,
    list_due,
    make_camera,
    rows,
    send_all,
    walker,
)
from tests.browser.test_faces import is_too_wide, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FAULTS = ("through", "through", "twice", "cut", "lost")


def patrol(page: Page, city: City, action: str) -> None:
    page.goto(f"{city.url}/m/patrol")
    page.get_by_test_id(f"patrol-{action}").click()
    expect(page.get_by_test_id(f"patrol-{action}")).to_be_hidden()


def come_off(page: Page, city: City) -> None:
    """End a patrol that the demo city has under way at this hour of the day."""
    page.goto(f"{city.url}/m/patrol")
    page.wait_for_load_state("networkidle")
    stop = page.get_by_test_id("patrol-stop")
    if stop.count():
        stop.click()
        expect(stop).to_be_hidden()
        send_all(page, city)


def walk(page: Page, start: dict[str, Any], step: int) -> None:
    """The member goes on: the phone finds another position."""
    page.context.set_geolocation(
        {"longitude": start["lon"] + step * 3e-5, "latitude": start["lat"] + step * 2e-5}
    )


def check_agreement(page: Page, due: list[dict[str, Any]], before: list[int], photos: list[int]) -> None:
    """The house has a visit more of each order, with its findings and photos; the phone a receipt each."""
    for n, order in enumerate(due):
        told = get(page, f"/api/orders/{order['id']}")
        assert (told["status"], len(told["visits"]), told["findings"]) == (
            "done",
            before[n] + 1,
            1 if photos[n] else 0,
        )
        shown = [photo for answer in told["visits"][-1]["answers"] for photo in answer["photos"]]
        assert len(shown) == len(set(shown)) == photos[n]
    done = [get(page, f"/api/orders/{order['id']}")["visits"][-1]["at"] for order in due]
    assert done == sorted(done)  # as they were made
    receipts = rows(page, "receipts")
    mine = [one for one in receipts if one["command"]["kind"] == "orders.complete"]
    assert Counter(one["command"]["payload"]["order_id"] for one in mine) == Counter(one["id"] for one in due)
    assert {one["outcome"] for one in receipts} <= {"applied", "repeated"}
    assert (rows(page, "commands"), rows(page, "photos")) == ([], [])


def check_track(page: Page) -> None:
    """Every position that the phone gathered was kept by the house, once; start before points before stop."""
    receipts = [one for one in rows(page, "receipts") if one["command"]["kind"].startswith("patrols.")]
    steps = sorted(receipts, key=lambda one: one["command"]["at"])
    if steps[0]["command"]["payload"].get("action") == "stop":  # of a patrol that was under way before
        steps = steps[1:]
    assert [one["command"]["payload"].get("action", "points") for one in steps][:1] == ["start"]
    assert steps[-1]["command"]["payload"].get("action") == "stop"
    tracks = [one for one in steps if one["command"]["kind"] == "patrols.points"]
    gathered = [tuple(point) for one in tracks for point in one["command"]["payload"]["points"]]
    assert len(gathered) == len(set(gathered)) >= 2
    assert sum(one["result"]["kept"] for one in tracks) == len(gathered)
    mine = get(page, "/api/patrols/mine")
    assert mine["session"] is None


@pytest.mark.parametrize(
    "photos",
    [
        pytest.param([3, 2, 2, 0, 0, 0, 0, 0], id="short"),
        pytest.param([4, 4, 4, 4, 4, 4, 3, 3] + [0] * 12, id="whole", marks=pytest.mark.nightly),
    ],
)
def test_a_shift_without_signal_and_then_over_a_bad_link_loses_and_doubles_nothing(
    chromium: Browser, city: City, tmp_path: Path, photos: list[int]
) -> None:
    """Must-show 1: the whole has 20 orders, 8 findings, 30 photos and a track; every second call is cut,
    of the others some arrive twice, and what was cut arrives late.
    """
    page, camera = open_phone(chromium), make_camera(tmp_path, (640, 480))
    member = walker(city, 1)
    due = begin_owing(chromium, page, city, member, len(photos))[: len(photos)]
    come_off(page, city)
    before = [len(get(page, f"/api/orders/{order['id']}")["visits"]) for order in due]
    page.context.set_offline(True)
    page.goto(city.url + "/m/map")  # the app starts anew, without any signal
    expect(page.get_by_test_id("map-counts")).to_be_visible()
    expect(page.get_by_test_id("map")).to_have_attribute("data-ready", "true")
    assert (violations(page), is_too_wide(page)) == ([], False)
    take_picture(page, "field-map")
    walk(page, due[0], 0)
    patrol(page, city, "start")
    for n, order in enumerate(due):
        walk(page, due[0], n + 1)
        page.get_by_test_id("tab-today").click()
        inspect(page, city, order, [camera() for _ in range(photos[n])])
    patrol(page, city, "stop")
    page.goto(city.url + "/m/me")  # killed and opened again: the queue is as it was
    kinds = Counter(one["command"]["kind"] for one in rows(page, "commands"))
    assert (kinds["orders.complete"], kinds["patrols.duty"]) == (len(due), 2)
    assert len(rows(page, "photos")) == sum(photos)
    take_picture(page, "field-unsent")
    link = BadLink(page).open()
    page.context.set_offline(False)
    send_all(page, city)
    link.close()
    assert min(link.told[fault] for fault in ("twice", "cut", "lost")) >= 5, link.told
    check_agreement(page, due, before, photos)
    check_track(page)
    page.context.close()


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(6))
def test_over_any_link_and_killed_at_any_moment_phone_and_house_agree(
    chromium: Browser, city: City, tmp_path: Path, seed: int
) -> None:
    """The same as a property: faults by chance, and the app killed and opened again while it sends."""
    chance = random.Random(seed)
    page, camera = open_phone(chromium), make_camera(tmp_path, (640, 480))
    begin(page, city, walker(city, 4 + seed))
    come_off(page, city)
    due = list_due(page)[:5]
    assert due, "the member owes nothing today"
    photos = [chance.choice([0, 0, 2, 3]) for _ in due]
    before = [len(get(page, f"/api/orders/{order['id']}")["visits"]) for order in due]
    page.context.set_offline(True)
    for n, order in enumerate(due):
        page.goto(f"{city.url}/m/today")
        inspect(page, city, order, [camera() for _ in range(photos[n])])
    link = BadLink(page, choose=lambda _: chance.choice(FAULTS)).open()
    page.context.set_offline(False)
    for _ in range(4):
        page.goto(city.url + "/m/me")  # it sends at once
        page.wait_for_timeout(chance.randrange(30, 900))
        page.close(run_before_unload=False)  # killed
        page = link.page = page.context.new_page()
    send_all(page, city)
    link.close()
    check_agreement(page, due, before, photos)
    page.context.close()
