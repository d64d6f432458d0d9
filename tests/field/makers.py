"""A grid with as many places as a phone has to carry."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tests.makers import make_venues
from wangge.venues.models import Venue

JSON = "application/json"
NOW = datetime(2025, 11, 28, 2, 0, tzinfo=UTC)
KEY = "k" * 43
STREETS = ["花园路", "解放西路", "北京东路", "中山南路", "银湖北路", "长江中路", "弋江路"]
TRADES = ["餐饮店", "超市", "棋牌室", "药店", "快递驿站", "五金店", "美容院", "出租房"]


def make_many_places(count: int) -> list[Venue]:
    """Return places whose names and addresses differ as those of a town do."""
    made = make_venues(count=count)
    for n, venue in enumerate(made):
        venue.name = f"{STREETS[n % 7]}{TRADES[n % 8]}（{n * 7919 % 10_007}号店）"
        venue.address = f"{STREETS[n % 7]}{n * 31 % 997}号{n % 12 + 1}栋{n * 17 % 300}室"
        venue.credit_code = f"91340203MA{n * 7_368_787 % 100_000_000:08d}"
        venue.lon, venue.lat = 118.3 + n * 104_729 % 9_973 / 1e6, 31.3 + n * 15_485_863 % 9_967 / 1e6
    Venue.objects.bulk_update(made, ["name", "address", "credit_code", "lon", "lat"], batch_size=500)
    return made


def enrol(client: Any, device: str = "") -> str:
    body = {"id": device or str(uuid4()), "name": "红米 12", "key": KEY}
    answer = client.post("/api/field/devices", body, content_type=JSON)
    assert answer.status_code == 200, answer.content
    return str(body["id"])


def sync(client: Any, device: str, cursor: str | None = None, **changes: Any) -> Any:
    body = {"device_id": device, "key": KEY, "cursor": cursor, "phone_at": NOW.isoformat()} | changes
    return client.post("/api/field/sync", body, content_type=JSON)


def send(client: Any, commands: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answer = client.post("/api/field/inbox", {"commands": commands}, content_type=JSON)
    assert answer.status_code == 200, answer.content
    return list(answer.json())
