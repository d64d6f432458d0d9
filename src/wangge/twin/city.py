"""The made-up city: divisions, grids, departments, posts, from one seed. Source: docs/rules/twin.md."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import shapely

from wangge.accounts.rules import Role
from wangge.twin import words
from wangge.twin.mesh import lay

HOUSEHOLDS = (300, 500)  # TW-2: WH-07, domain.md 2.11
CELLS_A_GRID = (4, 5, 6)
SOLO_ROLES = (
    (Role.SYSTEM_ADMIN, "sysadmin", "系统管理员"),
    (Role.SECURITY_ADMIN, "secadmin", "安全管理员"),
    (Role.AUDIT_ADMIN, "auditadmin", "审计管理员"),
    (Role.LEADER, "leader", "领导"),
)
# TW-3: every kind of department that the base pack names; "grid" is the member, who only persuades (LN-07)
STREET_DEPARTMENTS = (
    ("police", "派出所"),
    ("street", "消防办"),
    ("property", "物业办"),
    ("community", "社区办"),
)
DISTRICT_DEPARTMENTS = (
    ("fire", "消防救援大队"),
    ("urban_management", "城管局"),
    ("housing", "住建局"),
    ("market", "市监局"),
    ("emergency", "应急局"),
    ("gas", "燃气管理所"),
    ("power", "供电局"),
    ("water", "供水公司"),
    ("civil_affairs", "民政局"),
)


@dataclass(frozen=True, slots=True)
class CitySpec:
    """How big a city. Counts are per parent; the defaults are the demo city."""

    districts: int = 1
    streets: int = 2
    communities: int = 3
    grids: int = 4
    venues_a_grid: int = 50
    handlers_a_department: int = 2
    citizens_a_street: int = 10
    root: str = "99.01."
    lon: float = 83.5  # open desert: nobody lives there
    lat: float = 39.2
    cell_m: float = 130.0
    all_grids: int | None = None  # of the whole city, dealt out evenly; None: `grids` in each community

    @property
    def grid_count(self) -> int:
        if self.all_grids is not None:
            return self.all_grids
        return self.districts * self.streets * self.communities * self.grids

    def grids_in(self, community: int) -> int:
        """Return how many grids the city's n-th community has."""
        if self.all_grids is None:
            return self.grids
        count = self.districts * self.streets * self.communities
        return self.all_grids * (community + 1) // count - self.all_grids * community // count

    @property
    def venue_count(self) -> int:
        return self.grid_count * self.venues_a_grid


DEMO = CitySpec()


@dataclass(frozen=True, slots=True)
class DivisionSeed:
    code: str
    path: str
    name: str


@dataclass(frozen=True, slots=True)
class GridSeed:
    """A grid as a polygon (WGS-84), with the stretch of mesh cells it is made of."""

    path: str
    code: str
    name: str
    households: int
    polygon: shapely.Polygon
    first_cell: int
    last_cell: int  # exclusive


@dataclass(frozen=True, slots=True)
class DepartmentSeed:
    code: str
    name: str
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class PersonSeed:
    username: str
    name: str
    role: Role
    scope: str
    scope_name: str
    department_code: str = ""


@dataclass(slots=True)
class City:
    spec: CitySpec
    seed: int
    divisions: list[DivisionSeed] = field(default_factory=list)
    grids: list[GridSeed] = field(default_factory=list)
    departments: list[DepartmentSeed] = field(default_factory=list)
    people: list[PersonSeed] = field(default_factory=list)


def draw_city(spec: CitySpec, *, seed: int) -> City:
    """Return the whole city but its venues, equal for equal `spec` and `seed`.

    Rule: TW-1 (planar partition), TW-2 (households a grid), TW-3 (who works there).
    """
    city = City(spec, seed)
    _divide(city)
    _staff(city, random.Random(f"{seed}:people"))
    return city


def _divide(city: City) -> None:
    spec, rng = city.spec, random.Random(f"{city.seed}:ground")
    sizes = [rng.choice(CELLS_A_GRID) for _ in range(spec.grid_count)]
    mesh = lay(sum(sizes), lon=spec.lon, lat=spec.lat, cell_m=spec.cell_m, seed=city.seed)
    city.divisions += [DivisionSeed("99", "99.", "示范省"), DivisionSeed("9901", spec.root, "示范市")]
    cell = 0
    for community, (path, name) in enumerate(_communities(city)):
        for number in range(1, spec.grids_in(community) + 1):
            size = sizes[len(city.grids)]
            grid = GridSeed(
                path=f"{path}{number:03}.",
                code=f"{path.replace('.', '')}{number:03}",
                name=f"{name}第{words.chinese(number)}网格",
                households=rng.randint(*HOUSEHOLDS),
                polygon=mesh.polygon(cell, cell + size),
                first_cell=cell,
                last_cell=cell + size,
            )
            cell += size
            city.grids.append(grid)


def _communities(city: City) -> list[tuple[str, str]]:
    spec, communities = city.spec, list[tuple[str, str]]()
    for d in range(spec.districts):
        district = f"{spec.root}{d + 1:02}."
        _add_division(city, district, words.numbered(("示范", "新城", "东湖", "西山"), d, "区"))
        for s in range(spec.streets):
            street = f"{district}{s + 1:03}."
            _add_division(city, street, words.numbered(words.STREETS, d * spec.streets + s, "街道"))
            for c in range(spec.communities):
                community = f"{street}{c + 1:03}."
                name = words.numbered(words.COMMUNITIES, s * spec.communities + c, "社区")
                _add_division(city, community, name)
                communities.append((community, name))
    return communities


def _add_division(city: City, path: str, name: str) -> None:
    city.divisions.append(DivisionSeed(path.replace(".", ""), path, name))


def _staff(city: City, rng: random.Random) -> None:
    root = city.spec.root
    for role, username, _ in SOLO_ROLES:
        city.people.append(PersonSeed(username, words.person(rng), role, root, "示范市"))
    streets = [d for d in city.divisions if len(d.code) == 9]
    for number, district in enumerate((d for d in city.divisions if len(d.code) == 6), 1):
        _post(city, rng, Role.DISPATCHER, f"dispatcher{number:02}", district)
        _post(city, rng, Role.SUPERVISOR, f"supervisor{number:02}", district)
        for kind, ending in DISTRICT_DEPARTMENTS:
            _office(city, rng, kind, ending, district)
    for number, street in enumerate(streets, 1):
        _post(city, rng, Role.GRID_CHIEF, f"chief{number:02}", street)
        for kind, ending in STREET_DEPARTMENTS:
            _office(city, rng, kind, ending, street)
        for extra in range(city.spec.citizens_a_street):
            username = f"citizen{(number - 1) * city.spec.citizens_a_street + extra + 1:03}"
            _post(city, rng, Role.CITIZEN, username, street)
    for number, grid in enumerate(city.grids, 1):
        person = PersonSeed(f"member{number:03}", words.person(rng), Role.GRID_MEMBER, grid.path, grid.name)
        city.people.append(person)


def _post(city: City, rng: random.Random, role: Role, username: str, place: DivisionSeed) -> None:
    city.people.append(PersonSeed(username, words.person(rng), role, place.path, place.name))


def _office(city: City, rng: random.Random, kind: str, ending: str, place: DivisionSeed) -> None:
    code = f"{kind}-{place.code}"
    city.departments.append(DepartmentSeed(code, f"{place.name}{ending}", kind, place.path))
    for number in range(1, city.spec.handlers_a_department + 1):
        person = PersonSeed(
            f"{kind}-{place.code}-{number}",
            words.person(rng),
            Role.DEPARTMENT_HANDLER,
            place.path,
            place.name,
            department_code=code,
        )
        city.people.append(person)
