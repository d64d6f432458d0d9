"""A grid with as many places as a phone has to carry."""

from __future__ import annotations

from tests.makers import make_venues
from wangge.venues.models import Venue

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
