"""A few real, small photographs of nothing, equal byte by byte on every run."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass

from PIL import Image, ImageDraw

KINDS = 6
SIZE = (240, 180)


@dataclass(frozen=True, slots=True)
class Album:
    """Digests of stored photos: `before[n]` and `after[n]` show the same made-up place."""

    before: tuple[str, ...]
    after: tuple[str, ...]

    def pair(self, rng: random.Random) -> tuple[str, str]:
        place = rng.randrange(len(self.before))
        return self.before[place], self.after[place]


def draw_photo(place: int, *, tidy: bool) -> bytes:
    """Return a JPEG of the made-up place; untidy ones have boxes in the way."""
    rng = random.Random(f"photo:{place}")
    image = Image.new("RGB", SIZE, tuple(rng.randint(150, 220) for _ in range(3)))
    pen = ImageDraw.Draw(image)
    pen.rectangle((70, 20, 170, 180), fill=tuple(rng.randint(90, 140) for _ in range(3)))
    pen.rectangle((150, 80, 156, 100), fill=(240, 200, 60))
    for _ in range(0 if tidy else 7):
        left, top = rng.randint(20, 180), rng.randint(100, 150)
        pen.rectangle((left, top, left + 40, top + 28), fill=(150, 110, 60), outline=(90, 60, 30))
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=60)
    return kept.getvalue()
