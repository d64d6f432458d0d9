"""A case with real photos that was led to its verification, and bundles of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.cases.makers import HERE, HOUR, House, command, make_case, take, walk
from tests.makers import AT
from tests.photos import store_photo, take_photo
from wangge.evidence import services
from wangge.evidence.schemas import ExportIn
from wangge.kernel.actor import Actor
from wangge.kernel.fates import Outcome
from wangge.kernel.ids import new_id

PACK = "test@1"
LATER = AT + HOUR * 30
LIMITS = {"photo_time": 120, "photo_place_before": 200, "photo_place_after": 50, "photo_recycled": 7}


def make_limits() -> None:
    rows = [{"code": code, "at_most": at_most, "is_confirmed": False} for code, at_most in LIMITS.items()]
    services.install_limits(rows, pack_version=PACK)


def local(hours: float) -> str:
    """Return the time in China so many hours after AT (10 o'clock), as EXIF writes it."""
    return f"{AT + timedelta(hours=8 + hours):%Y:%m:%d %H:%M:%S}"


def make_photographed(house: House, *, before: int = 1, after: int = 2, **fields: Any) -> UUID:
    """Return a case at its verification, with an honest photo before and after."""
    found = store_photo(take_photo(before, local=local(0), point=HERE), actor=house.bob, at=AT)
    case = make_case(house, photos=[found], **fields)
    walk(house, case, "handling")
    left = store_photo(take_photo(after, local=local(1.9), point=HERE), actor=house.han, at=AT)
    step = command(case, "feed_back", photos=[left], at=AT + HOUR * 2, lon=HERE[0], lat=HERE[1])
    [fate] = take(house.han, step)
    assert fate.outcome is Outcome.APPLIED, fate
    return case


def make_bundle(actor: Actor, cases: list[UUID], to: Path) -> Path:
    """Return the path of a bundle of the cases."""
    asked = ExportIn(id=new_id(), case_ids=cases, reason="行政复议")
    services.request_export(asked, actor=actor, at=LATER)
    services.make_bundle(asked.id, at=LATER)
    path = to / "bundle.zip"
    made, _ = services.download_export(asked.id, actor=actor, at=LATER)
    with made:
        path.write_bytes(made.read())
    return path
