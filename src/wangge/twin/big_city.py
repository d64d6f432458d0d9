"""A made-up city as large as a real one: buildings, rentals and businesses inside them, in a stream."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from pydantic import BaseModel

from wangge.kernel.ids import assemble
from wangge.twin import words
from wangge.twin.city import City, CitySpec, GridSeed
from wangge.twin.mesh import Mesh
from wangge.twin.register import makeup, mesh_of, points_in, tags_of
from wangge.venues.services import VenueRecord

PROFILES = ("dongguan",)
STOREY_M = 3.0
ROADS_A_GRID = 6
DEALING = 1 << 20  # a stream of its own: no grid has that number
SMALL = "small_place"
INSIDE = ("rental", SMALL, "building")  # counted by themselves: the rest of the businesses are other classes


class GroundProfile(BaseModel):
    streets: int
    communities: int  # a street
    grids: int  # of the city
    cell_m: float
    source: str


class Count(BaseModel):
    value: int
    source: str


class Counts(BaseModel):
    buildings: Count
    rentals: Count
    businesses: Count
    small_places: Count

    @property
    def objects(self) -> int:
        return self.buildings.value + self.rentals.value + self.businesses.value


class BuildingKind(BaseModel):
    share: float
    words: list[str]
    footprint_m2: tuple[float, float]
    storeys: tuple[int, int]
    source: str


class Profile(BaseModel):
    """How big a city and what stands in it."""

    ground: GroundProfile
    counts: Counts
    buildings: dict[str, BuildingKind]

    @property
    def spec(self) -> CitySpec:
        ground = self.ground
        return CitySpec(
            streets=ground.streets, communities=ground.communities, all_grids=ground.grids,
            cell_m=ground.cell_m, venues_a_grid=0,
        )  # fmt: skip


@cache
def profile(name: str) -> Profile:
    """Return the profile that is kept under a name. Rule: TW-14."""
    text = (Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8")
    return Profile.model_validate(yaml.safe_load(text))


@dataclass(frozen=True, slots=True)
class Houses:
    """The buildings of one grid, one entry each."""

    points: Any
    names: list[str]
    addresses: list[str]
    footprint_m2: Any
    storeys: Any


def object_records(city: City, chosen: Profile, *, at: datetime) -> Iterator[VenueRecord]:
    """Yield every object grid by grid, equal for equal city, profile and `at`; memory holds one grid.

    A rental or business has the place and the address of a building of its grid.
    Rule: TW-14 (DG-04).
    """
    mesh, dealt = mesh_of(city), _dealt(city, chosen)
    row = 0
    for n, grid in enumerate(city.grids):
        buildings, rentals, small, large = (int(counts[n]) for counts in dealt)
        chance, rng = _chances(city, n)
        houses = _houses(mesh, grid, buildings, chosen, chance, rng)
        rows = [
            *_buildings(houses, n),
            *_inside(houses, "R", ["rental"] * rentals, chance, rng, n),
            *_inside(houses, "B", [SMALL] * small + _trades(large, chance), chance, rng, n),
        ]
        for values in rows:
            row += 1
            values["id"] = assemble(at, rng.getrandbits(74))
            yield VenueRecord(row, values)


def houses_by_grid(city: City, chosen: Profile) -> Iterator[Houses]:
    """Yield the buildings of each grid, the same that `object_records` tells of."""
    mesh, dealt = mesh_of(city), _dealt(city, chosen)
    for n, grid in enumerate(city.grids):
        yield _houses(mesh, grid, int(dealt[0][n]), chosen, *_chances(city, n))


def _dealt(city: City, chosen: Profile) -> list[Any]:
    """Return how many buildings, rentals, small and other businesses each grid has."""
    counts, dealt = chosen.counts, np.random.default_rng([city.seed, DEALING])
    share = np.full(len(city.grids), 1 / len(city.grids))
    other = counts.businesses.value - counts.small_places.value
    wanted = (counts.buildings.value, counts.rentals.value, counts.small_places.value, other)
    return [dealt.multinomial(count, share) for count in wanted]


def _chances(city: City, grid: int) -> tuple[np.random.Generator, random.Random]:
    return np.random.default_rng([city.seed, grid]), random.Random(f"{city.seed}:objects:{grid}")


def _houses(
    mesh: Mesh, grid: GridSeed, count: int, chosen: Profile, chance: np.random.Generator, rng: random.Random
) -> Houses:
    cells = chance.integers(grid.first_cell, grid.last_cell, count)
    kinds = list(chosen.buildings.values())
    kind = chance.choice(len(kinds), count, p=_normed([one.share for one in kinds]))
    low, high = (np.array([one.footprint_m2[end] for one in kinds])[kind] for end in (0, 1))
    least, most = (np.array([one.storeys[end] for one in kinds])[kind] for end in (0, 1))
    roads = [f"{grid.name[: grid.name.index('第')]}{rng.choice(words.ROADS)}" for _ in range(ROADS_A_GRID)]
    return Houses(
        points=np.round(points_in(mesh, cells, chance), 7),
        names=[rng.choice(kinds[one].words) for one in kind.tolist()],
        addresses=[f"{roads[n % ROADS_A_GRID]}{n // ROADS_A_GRID + 1}号" for n in range(count)],
        footprint_m2=np.round(chance.uniform(low, high), 1),
        storeys=chance.integers(least, most + 1),
    )


def _buildings(houses: Houses, grid: int) -> Iterator[dict[str, Any]]:
    for n, (lon, lat) in enumerate(houses.points.tolist()):
        yield {
            "code": f"TJ{grid:05}{n:05}",
            "name": f"{houses.names[n]}{n + 1}号",
            "class_code": "building",
            "tags": [],
            "address": houses.addresses[n],
            "lon": lon,
            "lat": lat,
            "area_m2": float(houses.footprint_m2[n]),
            "height_m": float(houses.storeys[n]) * STOREY_M + 0.5,
            "keeper_name": "",
            "keeper_phone": "",
        }


def _inside(
    houses: Houses,
    mark: str,
    classes: Sequence[str],
    chance: np.random.Generator,
    rng: random.Random,
    grid: int,
) -> Iterator[dict[str, Any]]:
    """Yield rentals or businesses, each in a building of the grid."""
    stands_in = chance.integers(0, len(houses.addresses), len(classes)).tolist()
    for n, (house, code) in enumerate(zip(stands_in, classes, strict=True)):
        kind = makeup().classes[code]
        low, high = kind.area_m2
        lon, lat = houses.points[house].tolist()
        yield {
            "code": f"T{mark}{grid:05}{n:05}",
            "name": f"{rng.choice(words.BRANDS)}{rng.choice(kind.words)}",
            "class_code": code,
            "tags": tags_of(kind, rng),
            "address": f"{houses.addresses[house]}{n + 1:03}室",
            "lon": lon,
            "lat": lat,
            "area_m2": round(low * (high / low) ** rng.random(), 1),
            "height_m": None,
            "keeper_name": words.person(rng),
            "keeper_phone": f"1{rng.choice('3578')}{rng.randint(0, 999_999_999):09}",
        }


def _trades(count: int, chance: np.random.Generator) -> list[str]:
    """Return the classes of businesses that are no small places, by the shares of city.yaml. Rule: TW-4."""
    classes = [code for code in makeup().classes if code not in INSIDE]
    shares = _normed([makeup().classes[code].share for code in classes])
    found: list[str] = chance.choice(classes, count, p=shares).tolist()
    return found


def _normed(shares: Sequence[float]) -> Any:
    given = np.array(shares)
    return given / given.sum()
