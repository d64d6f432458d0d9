"""Making cities: the made-up one from a seed, and the people a real one still lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import chain, islice

from wangge.accounts import queries as account_queries
from wangge.accounts import services as accounts
from wangge.accounts.rules import Role
from wangge.bulletins import services as bulletins
from wangge.dossiers import services as dossiers
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.orders import services as orders
from wangge.territory import queries as territory_queries
from wangge.territory import services as territory
from wangge.territory.schemas import GridImport, ImportReport
from wangge.twin import casting, queries
from wangge.twin.alike import arrange_alike
from wangge.twin.behaviour import behaviour
from wangge.twin.belonging import arrange_belonging
from wangge.twin.besides import arrange_besides
from wangge.twin.big_city import Profile, object_records
from wangge.twin.burning import arrange_fires
from wangge.twin.city import DEMO, City, CitySpec, DepartmentSeed, PersonSeed, draw_city
from wangge.twin.days import first_of_next_month, play_days
from wangge.twin.doors import ServicesDoor, in_a_hurry
from wangge.twin.dossiers import fill_dossiers
from wangge.twin.forces import arrange_forces
from wangge.twin.hiring import arrange_hiring
from wangge.twin.looking import arrange_rechecks
from wangge.twin.looking_in import arrange_visits
from wangge.twin.majors import arrange_majors
from wangge.twin.papers import arrange_papers
from wangge.twin.patrolling import arrange_patrols
from wangge.twin.phones import arrange_phones
from wangge.twin.play import Play
from wangge.twin.register import SOURCE, venue_batches
from wangge.twin.stills import arrange
from wangge.twin.twofold import arrange_register
from wangge.venues import services as venues
from wangge.venues.schemas import VenueImport

LAYER = "comprehensive"
GRID_TIER = "grid"
OBJECTS_A_BATCH = 200_000
HISTORY_DAYS = 21
STREET_DIGITS = 9  # of a division code
DOSSIER_DAYS = 2  # since somebody last went round with a list
FOUNDED_DAYS = 60  # the made-up city is that much older than its history

InstallPack = Callable[
    [Actor, datetime], object
]  # packs and twin stand beside each other: who calls knows both


class CityNotMade(Exception):
    """The made-up city did not pass the city's own import checks: a mistake in the generator."""


@dataclass(frozen=True, slots=True)
class MadeCity:
    city: City
    admin: Actor


def make_city(
    spec: CitySpec, *, seed: int, at: datetime, password: str | None, install_pack: InstallPack
) -> MadeCity:
    """Make the city of `spec` and `seed` through the services people use; everybody shares `password`.

    Rule: TW-1 to TW-4.
    """
    made = found_city(spec, seed=seed, at=at, password=password, install_pack=install_pack)
    _check(venues.import_venues(_records(made.city, at), options=_register(spec), actor=made.admin, at=at))
    return made


def found_city(
    spec: CitySpec, *, seed: int, at: datetime, password: str | None, install_pack: InstallPack
) -> MadeCity:
    """Make the city without a place in it: divisions, grids, people, their posts. Rule: TW-1 to TW-3."""
    city = draw_city(spec, seed=seed)
    hire([p for p in city.people if p.role is Role.SYSTEM_ADMIN], [], password=password, at=at)
    admin = _actor_of("sysadmin", at)
    install_pack(admin, at)
    _check(territory.import_divisions([(d.code, d.name) for d in city.divisions], actor=admin, at=at))
    _check(territory.import_grids(_features(city), options=_options(spec), actor=admin, at=at))
    ids = hire(city.people, city.departments, password=password, at=at)
    posts = {p.scope: ids[p.username] for p in city.people if p.role is Role.GRID_MEMBER}
    appoint(posts, admin=admin, at=at)
    return MadeCity(city, admin)


def fill_city(
    made: MadeCity,
    chosen: Profile,
    *,
    at: datetime,
    batch: int = OBJECTS_A_BATCH,
    progress: Callable[[int], object] = lambda done: None,
) -> int:
    """Load every object of the profile through the register's import, a batch at a time; return how many.

    Broken off, the batches that are in stay; started again, what is there is left as it is.
    Rule: TW-14.
    """
    records, done = object_records(made.city, chosen, at=at), 0
    options = _register(made.city.spec)
    while rows := list(islice(records, batch)):
        report = venues.import_venues(rows, options=options, actor=made.admin, at=at)
        _check(report)
        done += report.rows
        progress(done)
    return done


def find_city(spec: CitySpec, *, seed: int, at: datetime) -> MadeCity | None:
    """Return the city of `spec` and `seed` if it stands already with all its grids, None if it does not."""
    city = draw_city(spec, seed=seed)
    if not account_queries.ids_of(["sysadmin"]):
        return None
    admin = _actor_of("sysadmin", at)
    standing = {one.path for one in territory.list_outlines(spec.root, GRID_TIER, at)}
    return MadeCity(city, admin) if standing == {grid.path for grid in city.grids} else None


def make_demo(
    *,
    seed: int,
    at: datetime,
    password: str,
    install_pack: InstallPack,
    spec: CitySpec = DEMO,
    history_days: int = HISTORY_DAYS,
) -> Play:
    """Make the demo city of three weeks, with cases in every state, major hazards, and visits due today.

    Rule: TW-10.
    """
    today = at.astimezone(CHINA).date()
    starts_on = today - timedelta(days=history_days)
    founded = at - timedelta(days=history_days + FOUNDED_DAYS)
    made = make_city(spec, seed=seed, at=founded, password=password, install_pack=install_pack)
    with in_a_hurry():
        play = play_days(
            ServicesDoor(),
            behaviour(),
            seed=seed,
            starts_on=starts_on,
            days=history_days + 1,
            until=at,
            idle_on=today,
            plan_until=first_of_next_month(today),
        )
    rest = arrange(play, path=f"{spec.root}01.001.", at=at)
    arrange_majors(play, rest, at=at)
    arrange_papers(play, at=at)
    arrange_forces(made.city, admin=_actor_of("sysadmin", at), at=at)
    arrange_patrols(made.city, at=at, seed=seed)
    arrange_phones(made.city, at=at, seed=seed)
    members = [one.username for one in made.city.people if one.role is Role.GRID_MEMBER]
    arrange_hiring(
        account_queries.ids_of(members).values(), admin=_actor_of("sysadmin", at), at=at, seed=seed
    )
    streets = [one.path for one in draw_city(spec, seed=seed).divisions if len(one.code) == STREET_DIGITS]
    fill_dossiers(play.cast, streets, seed=seed, at=at - timedelta(days=DOSSIER_DAYS))
    arrange_register(play, path=f"{spec.root}01.001.", at=at)
    arrange_alike(play, path=f"{spec.root}01.001.", at=at)
    arrange_besides(play, path=f"{spec.root}01.001.", at=at)
    arrange_belonging(play.cast, path=f"{spec.root}01.001.", at=at, seed=seed)
    arrange_visits(play.cast, path=f"{spec.root}01.001.", at=at, seed=seed)
    arrange_rechecks(play.cast, path=f"{spec.root}01.001.", at=at, seed=seed)
    dossiers.count_grids(at=at)
    plan_rest(today, at=at)
    arrange_fires(made.city, at=at, seed=seed)
    bulletins.make_due(at=at)
    return play


def plan_rest(today: date, *, at: datetime) -> None:
    """Plan what came into the registers since the month was planned, as the nightly job does. Rule: TW-10."""
    days = max(7, (first_of_next_month(today) - today).days)
    with clock.standing_at(at):
        orders.plan_ahead(days, at=at)


def fill_cast(*, seed: int, on: date, kinds: Iterable[str], at: datetime) -> int:
    """Hire whom a city with venues still lacks; return how many. Nobody of them can log in with a password.

    Rule: TW-3.
    """
    door, places = ServicesDoor(), queries.venue_paths()
    covered = territory_queries.members_of(places, LAYER, on)
    hires = casting.missing(door.meet(on), places, covered, kinds, seed=seed)
    if not hires.people:
        return 0
    names = territory_queries.names_of({p.scope for p in hires.people.values()})
    people = [_named(person, names.get(person.scope, person.scope)) for person in hires.people.values()]
    ids = hire(people, list(hires.departments.values()), password=None, at=at)
    admin = Actor(
        user_id=min(ids.values()),
        name="wangge simulate",
        role=Role.SYSTEM_ADMIN,
        scope=casting.cut(places[0], 1),
        capabilities=frozenset({"territory.write"}),
    )
    for province in sorted({casting.cut(path, 1) for path in places}):
        posts = {path: ids[name] for path, name in hires.members.items() if path.startswith(province)}
        appoint(posts, admin=_over(admin, province), at=at)
    return len(people)


def hire(
    people: Sequence[PersonSeed], departments: Sequence[DepartmentSeed], *, password: str | None, at: datetime
) -> dict[str, int]:
    """Make departments, people and their posts, each in one go; return the id of each username."""
    desks = accounts.ensure_departments(
        [accounts.NewDepartment(d.code, d.name, d.kind, d.path) for d in departments], actor=None, at=at
    )
    ids = accounts.create_users(
        [accounts.NewUser(p.username, p.name) for p in people], password=password, actor=None, at=at
    )
    on = at.astimezone(CHINA).date()
    accounts.grant_posts(
        [
            accounts.NewPost(
                user_id=ids[p.username],
                role=p.role,
                scope=p.scope,
                scope_name=p.scope_name,
                starts_on=on,
                department_id=desks.get(p.department_code),
            )
            for p in people
        ],
        actor=None,
        at=at,
    )
    return ids


def appoint(posts: dict[str, int], *, admin: Actor, at: datetime) -> None:
    """Make people the primary members of grids."""
    appointments = [territory.Appointment(path, user_id) for path, user_id in sorted(posts.items())]
    territory.appoint_members(appointments, actor=admin, starts_on=at.astimezone(CHINA).date(), at=at)


def _actor_of(username: str, at: datetime) -> Actor:
    ids = account_queries.ids_of([username])
    return account_queries.get_actors(list(ids.values()), at.astimezone(CHINA).date())[ids[username]]


def _over(admin: Actor, scope: str) -> Actor:
    return Actor(admin.user_id, admin.name, admin.role, scope, None, admin.capabilities)


def _named(person: PersonSeed, place: str) -> PersonSeed:
    return PersonSeed(
        person.username, person.name, person.role, person.scope, place, department_code=person.department_code
    )


def _features(city: City) -> Iterable[territory.GridFeature]:
    for grid in city.grids:
        yield territory.GridFeature(
            name=grid.name, shape=grid.polygon, code=grid.code, path=grid.path, households=grid.households
        )


def _options(spec: CitySpec) -> GridImport:
    return GridImport(layer=LAYER, datum="wgs84", within=spec.root, tier=GRID_TIER)


def _register(spec: CitySpec) -> VenueImport:
    return VenueImport.model_validate(
        {"source": SOURCE, "datum": "wgs84", "territory": spec.root, "layer": LAYER}
    )


def _check(report: ImportReport) -> None:
    if not report.loaded:
        raise CityNotMade("; ".join(problem.en for problem in report.problems[:5]))


def _records(city: City, at: datetime) -> Iterator[venues.VenueRecord]:
    for row, venue in enumerate(chain.from_iterable(venue_batches(city, at=at)), 1):
        facts = asdict(venue)
        facts.pop("grid_path")  # the importer finds the grid from the point
        yield venues.VenueRecord(row, facts)
