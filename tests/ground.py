"""A small ground to stand on: three square grids side by side, the third in CAROL's district.

x: 118.30 … 118.31 … 118.32 … 118.33, y: 31.30 … 31.31 (a square is about 950 × 1,110 m).
"""

from __future__ import annotations

from typing import Any

import shapely

from tests.makers import AT, BOB, CAROL
from wangge.accounts.rules import CAPABILITIES, Role
from wangge.kernel.actor import Actor
from wangge.territory import services
from wangge.territory.schemas import GridImport, ImportReport
from wangge.territory.services import GridFeature

NEXT = "34.02.03.005.012.002."  # BOB's neighbour in ALICE's street
FAR = f"{CAROL.scope}001."
DIVISIONS = [
    ("34", "安徽省"),
    ("3402", "芜湖市"),
    ("340203", "镜湖区"),
    ("340203005", "赭山街道"),
    ("340203006", "弋矶山街道"),
    ("340203005012", "花园社区"),
]


def admin(scope: str = "34.") -> Actor:
    return Actor(9, "管理员", Role.SYSTEM_ADMIN.value, scope, None, CAPABILITIES[Role.SYSTEM_ADMIN])


def square(n: float, *, width: float = 1.0, row: float = 0.0) -> Any:
    west, south = 118.30 + n / 100, 31.30 + row / 100
    return shapely.box(*(round(side, 6) for side in (west, south, west + width / 100, south + 0.01)))


def options(**changes: Any) -> GridImport:
    return GridImport.model_validate({"tier": "grid", "datum": "wgs84", "within": "34.", **changes})


def make_divisions() -> ImportReport:
    return services.import_divisions(DIVISIONS, actor=admin(), at=AT)


def make_grids(*features: GridFeature, **changes: Any) -> ImportReport:
    """Load `features`, or the three squares."""
    given = features or (
        GridFeature("一格", square(0), path=BOB.scope),
        GridFeature("二格", square(1), path=NEXT),
        GridFeature("三格", square(2), path=FAR),
    )
    return services.import_grids(given, options=options(**changes), actor=admin(), at=AT)


def collection(*features: tuple[Any, dict[str, Any]]) -> dict[str, Any]:
    """Return GeoJSON of (geometry, properties); a geometry is a shape, or a dictionary as it stands."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": shape if isinstance(shape, dict | None) else shapely.geometry.mapping(shape),
                "properties": properties,
            }
            for shape, properties in features
        ],
    }
