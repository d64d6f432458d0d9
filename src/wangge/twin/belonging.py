"""A hall of shops with its parts and its plans: what the demo shows of dossiers (TW-10)."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from PIL import Image, ImageDraw

from wangge.accounts.rules import Role
from wangge.dossiers import services as dossiers
from wangge.dossiers.schemas import DrawingIn
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.fates import Fate, Outcome
from wangge.kernel.ids import id_at
from wangge.twin.cast import Cast
from wangge.venues import queries as venues
from wangge.venues import services as register
from wangge.venues.schemas import VenueFilter, VenueRow

WHOLE, PART = "crowded", "small_place"
PARTS = 6
SINCE = 400  # days ago the shops came
WIDE, HIGH = 1200, 800


class CannotBelong(Exception):
    """The city refused a link or a plan of the demo: a mistake in the twin."""


def arrange_belonging(cast: Cast, *, path: str, at: datetime, seed: int) -> int:
    """Let some small places of a street belong to a crowded one with plans; return how many. Rule: TW-10."""
    rng = random.Random(f"{seed}:belonging:{path}")
    chief = cast.choose((Role.GRID_CHIEF,), path, rng)
    if chief is None:
        return 0
    wholes, parts = _of(chief, WHOLE, path), _of(chief, PART, path)
    if not wholes or not parts:
        return 0
    whole = wholes[0]
    since = at.astimezone(CHINA).date() - timedelta(days=SINCE)
    links = [
        register.PartIn(
            id=id_at(at, rng),
            venue_id=one.id,
            base_version=one.version,
            whole_id=whole.id,
            on=since,
            reason="",
        )
        for one in parts[:PARTS]
    ]
    _check(register.set_parts(links, actor=chief, at=at))
    _draw(chief, whole, at, rng)
    return len(links)


def _of(actor: Actor, class_code: str, path: str) -> list[VenueRow]:
    filters = VenueFilter(q="", venue_class=class_code, grid=path, is_open=True, limit=50)
    return venues.list_venues(actor, filters).items


def _draw(actor: Actor, place: VenueRow, at: datetime, rng: random.Random) -> None:
    """Two plans of the ground floor, the later in the place of the earlier, and one of the ways out."""
    day = at.astimezone(CHINA).date()
    first = id_at(at, rng)
    plans = (
        ("floor_plan", "1F", first, None, day - timedelta(days=900)),
        ("floor_plan", "1F", id_at(at, rng), first, day - timedelta(days=120)),
        ("escape_plan", "1F", id_at(at, rng), None, day - timedelta(days=120)),
    )
    for n, (kind, title, entry_id, replaces, since) in enumerate(plans):
        stored = dossiers.store_drawing(_plan(n), f"{kind}-{n + 1}.png", actor=actor, at=at)
        given = DrawingIn(
            id=id_at(at, rng), base_version=0, entry_id=entry_id, venue_id=place.id, kind=kind, title=title,
            source="现场测绘",
            file=stored.sha256, file_name=stored.file_name, valid_from=since, replaces=replaces,
        )  # fmt: skip
        _check(dossiers.save_drawings([given], actor=actor, at=at))


def _plan(n: int) -> io.BytesIO:
    """Return a made-up plan: rooms along a corridor, and a way out at each end."""
    page = Image.new("RGB", (WIDE, HIGH), "white")
    pen = ImageDraw.Draw(page)
    pen.rectangle((60, 60, WIDE - 60, HIGH - 60), outline="black", width=8)
    for row, (top, bottom) in enumerate(((60, 330), (470, HIGH - 60))):
        for room in range(4 + n):
            left = 60 + room * (WIDE - 120) // (4 + n)
            pen.line((left, top, left, bottom), fill="black", width=4)
            pen.text((left + 20, top + 20), f"{row + 1}-{room + 1:02}", fill="black")
    for x in (60, WIDE - 60):
        pen.line((x, 340, x, 460), fill="green", width=14)
    file = io.BytesIO()
    page.save(file, "PNG")
    file.seek(0)
    return file


def _check(fates: Sequence[Fate]) -> None:
    for fate in fates:
        if fate.outcome is not Outcome.APPLIED:
            raise CannotBelong(f"{fate.code}: {fate.en}")
