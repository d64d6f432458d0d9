"""What the camera of a phone sees: the plate on a door, and the place as it was before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
import segno
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import CHROMIUM, FLAGS, City, open_desktop, open_phone
from tests.browser.pictures import take_picture
from tests.browser.shift import begin, begin_owing, get, post, walker
from tests.browser.test_faces import is_too_wide, violations
from tests.browser.test_walk import log_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SIZE = (640, 480)
TIDY = (46, 139, 87)  # what the camera sees after the improvement: a green door
PLAYING = (
    "() => { const live = document.querySelector('video'); return live?.readyState >= 2 && !live.paused }"
)
MIDDLE = """(image) => {
  const canvas = document.createElement('canvas')
  canvas.width = image.naturalWidth
  canvas.height = image.naturalHeight
  const pen = canvas.getContext('2d')
  pen.drawImage(image, 0, 0)
  return [...pen.getImageData(canvas.width / 2, canvas.height / 3, 1, 1).data].slice(0, 3)
}"""


def film(path: Path, picture: Image.Image, *, frames: int = 10) -> Path:
    """Write the picture as a film of so many equal frames (YUV4MPEG2), as Chromium reads it."""
    light, blue, red = picture.convert("RGB").resize(SIZE).convert("YCbCr").split()
    half = (SIZE[0] // 2, SIZE[1] // 2)
    frame = b"FRAME\n" + b"".join(each.tobytes() for each in (light, blue.resize(half), red.resize(half)))
    path.write_bytes(b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n" % SIZE + frame * frames)
    return path


@contextmanager
def camera(chromium: Browser, path: Path) -> Iterator[Browser]:
    """Another Chromium, before whose camera the film runs."""
    seen = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={path}",
    ]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, *seen])
    try:
        yield browser
    finally:
        browser.close()


def door(url: str) -> Image.Image:
    """A door with its plate, not quite in the middle."""
    plate = BytesIO()
    segno.make(url, error="m").save(plate, kind="png", scale=6, border=4)
    picture = Image.new("RGB", SIZE, "#8c6f52")
    with Image.open(plate) as drawn:
        picture.paste(drawn.convert("RGB"), (190, 110))
    return picture


def test_the_camera_reads_the_plate_on_a_door_and_opens_its_place_without_signal(
    chromium: Browser, city: City, tmp_path: Path
) -> None:
    first, desk = open_phone(chromium), open_desktop(chromium)
    member = walker(city, 3)
    order = begin_owing(chromium, first, city, member, 1)[0]
    log_in(desk, city, "dispatcher")
    post(desk, "/api/plates/sheets", {"id": str(uuid4()), "venue_ids": [order["venue_id"]]})
    desk.context.close()
    url = get(first, f"/api/plates/venues/{order['venue_id']}")["url"]
    first.context.close()
    with camera(chromium, film(tmp_path / "door.y4m", door(url))) as phone_with_eyes:
        page = open_phone(phone_with_eyes)
        begin(page, city, member)
        page.context.set_offline(True)
        page.goto(f"{city.url}/m/scan")
        expect(page.get_by_test_id("place-page")).to_be_visible(timeout=20_000)
        assert page.url.endswith(f"/m/places/{order['venue_id']}")


def test_the_scanner_shows_what_the_camera_sees(chromium: Browser, city: City, tmp_path: Path) -> None:
    wall = film(tmp_path / "wall.y4m", Image.new("RGB", SIZE, "#8c6f52"))
    with camera(chromium, wall) as phone_with_eyes:
        page = open_phone(phone_with_eyes)
        begin(page, city, walker(city, 3))
        page.goto(f"{city.url}/m/scan")
        expect(page.get_by_test_id("scanner")).to_have_attribute("data-state", "on")
        wait_for(page, PLAYING)
        assert (violations(page), is_too_wide(page)) == ([], False)
        take_picture(page, "field-scan")


def wait_for(page: Page, claim: str) -> None:
    """Wait until the claim holds; the page's own policy forbids Playwright's way of waiting for one."""
    for _ in range(100):
        if page.evaluate(claim):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"it never came true: {claim}")


def test_the_photo_of_after_is_taken_over_that_of_before(
    chromium: Browser, city: City, tmp_path: Path
) -> None:
    before = tmp_path / "before.jpg"
    untidy = Image.new("RGB", (1280, 960), "#7a5230")
    ImageDraw.Draw(untidy).rectangle((300, 500, 980, 940), fill="#d9b36c", outline="black", width=8)
    untidy.save(before, "JPEG", quality=85)
    with camera(chromium, film(tmp_path / "tidy.y4m", Image.new("RGB", SIZE, TIDY))) as phone_with_eyes:
        page = open_phone(phone_with_eyes)
        order = begin_owing(chromium, page, city, walker(city, 3), 1)[0]
        page.context.set_offline(True)
        page.goto(f"{city.url}/m/orders/{order['id']}")
        fine = page.locator('[data-testid^="item-"][data-testid$="-ok"]').first
        failed = (fine.get_attribute("data-testid") or "").removeprefix("item-").removesuffix("-ok")
        page.get_by_test_id(f"item-{failed}-fail").click()
        page.get_by_test_id(f"persuaded-{failed}").click()
        page.get_by_test_id(f"photo-{failed}").set_input_files(before)
        expect(page.get_by_test_id(f"photo-{failed}-item")).to_have_count(1)
        page.get_by_test_id(f"after-photo-{failed}-aligned").click()
        ghost = page.get_by_test_id("ghost")
        expect(ghost).to_be_visible()
        expect(ghost).to_have_css("opacity", "0.45")
        wait_for(page, PLAYING)
        boxes = [page.locator(".aligned__view video").bounding_box(), ghost.bounding_box()]
        assert boxes[0] == boxes[1]  # one over the other
        assert (violations(page), is_too_wide(page)) == ([], False)
        take_picture(page, "field-ghost")
        page.get_by_test_id("aligned-shoot").click()
        after = page.get_by_test_id(f"after-photo-{failed}-item")
        expect(after).to_have_count(1)
        seen = after.locator("img").evaluate(MIDDLE)
        assert all(abs(one - other) < 20 for one, other in zip(seen, TIDY, strict=True)), seen
