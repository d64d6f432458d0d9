"""The venues of the made-up city, in batches, so that 1.7 million of them need no more memory than 5,000."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import yaml
from pydantic import BaseModel, Field

from wangge.kernel.ids import assemble
from wangge.twin import words
from wangge.twin.city import City
from wangge.twin.mesh import Mesh, lay

SOURCE = "twin"
MARGIN = 0.06  # share of a cell kept free along its edges


class ClassShare(BaseModel):
    """How much of the register is of one class, and how such places are called."""

    share: float
    source: str
    words: list[str]
    area_m2: tuple[float, float]
    tags: dict[str, float] = Field(default_factory=dict)  # tag -> share; at most one each place


class Makeup(BaseModel):
    classes: dict[str, ClassShare]


@dataclass(frozen=True, slots=True)
class VenueSeed:
    id: UUID
    code: str
    name: str
    class_code: str
    tags: list[str]
    address: str
    lon: float
    lat: float
    area_m2: float
    keeper_name: str
    keeper_phone: str
    grid_path: str  # where it was put: for tests; the importer finds the grid from the point


@cache
def makeup() -> Makeup:
    """Return the shares of city.yaml. Rule: TW-4 (DG-04, DG-10)."""
    text = (Path(__file__).parent / "city.yaml").read_text(encoding="utf-8")
    return Makeup.model_validate(yaml.safe_load(text))


def venue_batches(city: City, *, at: datetime, size: int = 5000) -> Iterator[list[VenueSeed]]:
    """Yield the venues grid by grid in lists of at most `size`, equal for equal city and `at`.

    Rule: TW-4 (classes and grades by share).
    """
    mesh = mesh_of(city)
    batch: list[VenueSeed] = []
    for index, grid in enumerate(city.grids):
        chance = np.random.default_rng([city.seed, index])
        count = city.spec.venues_a_grid
        cells = chance.integers(grid.first_cell, grid.last_cell, count)
        points = points_in(mesh, cells, chance)
        classes = chance.choice(list(makeup().classes), count, p=_shares())
        rng = random.Random(f"{city.seed}:venues:{index}")
        for n in range(count):
            number = index * count + n + 1
            batch.append(_venue(number, str(classes[n]), points[n], grid.path, grid.name, at=at, rng=rng))
            if len(batch) == size:
                yield batch
                batch = []
    if batch:
        yield batch


def mesh_of(city: City) -> Mesh:
    """Return the mesh that the city's grids are made of."""
    spec = city.spec
    return lay(city.grids[-1].last_cell, lon=spec.lon, lat=spec.lat, cell_m=spec.cell_m, seed=city.seed)


def _shares() -> Any:
    shares = np.array([one.share for one in makeup().classes.values()])
    return shares / shares.sum()


def points_in(mesh: Mesh, cells: Any, chance: np.random.Generator) -> Any:
    """Return a point inside each cell: the corners blended, so a convex cell cannot be left."""
    corners = mesh.corners[cells]
    u, v = (chance.uniform(MARGIN, 1 - MARGIN, (len(cells), 1)) for _ in range(2))
    bottom = corners[:, 0] * (1 - u) + corners[:, 1] * u
    top = corners[:, 3] * (1 - u) + corners[:, 2] * u
    return bottom * (1 - v) + top * v


def _venue(
    number: int,
    code: str,
    point: Sequence[float],
    grid_path: str,
    grid_name: str,
    *,
    at: datetime,
    rng: random.Random,
) -> VenueSeed:
    kind = makeup().classes[code]
    keeper = words.person(rng)
    low, high = kind.area_m2
    return VenueSeed(
        id=assemble(at, rng.getrandbits(74)),
        code=f"TW{number:08}",
        name=f"{rng.choice(words.BRANDS)}{rng.choice(kind.words)}",
        class_code=code,
        tags=tags_of(kind, rng),
        address=f"{grid_name}{rng.choice(words.ROADS)}{rng.randint(1, 399)}号",
        lon=round(float(point[0]), 7),
        lat=round(float(point[1]), 7),
        area_m2=round(low * (high / low) ** rng.random(), 1),
        keeper_name=keeper,
        keeper_phone=f"1{rng.choice('3578')}{rng.randint(0, 999_999_999):09}",
        grid_path=grid_path,
    )


def tags_of(kind: ClassShare, rng: random.Random) -> list[str]:
    """Return at most one tag of the class, by its share."""
    roll = rng.random()
    for tag, share in kind.tags.items():
        if roll < share:
            return [tag]
        roll -= share
    return []
