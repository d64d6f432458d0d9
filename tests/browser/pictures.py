"""Pictures for docs/howto, taken by the tests that walk there, into the folder `WANGGE_PICTURES`."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

COLOURS = 64  # a screen of flat colours needs no more, and weighs a fifth


def take_picture(page: Page, name: str) -> None:
    """Write what the page shows as a small PNG; without the variable no file is touched."""
    folder = os.environ.get("WANGGE_PICTURES")
    if not folder:
        return
    shot = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    path = Path(folder) / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    shot.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
