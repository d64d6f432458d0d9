"""What the people of the made-up city do, and how it is counted, without a database."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from wangge.accounts.rules import CAPABILITIES, Role
from wangge.cases.rules import Action, Channel, Status
from wangge.checklists.schemas import Condition, Item
from wangge.kernel.actor import Actor
from wangge.kernel.distance import metres_between
from wangge.kernel.files import as_file, look_at_photo
from wangge.kernel.ids import time_of
from wangge.kernel.photos import from_json
from wangge.twin import casting, report
from wangge.twin.behaviour import behaviour
from wangge.twin.cast import Cast, Office
from wangge.twin.city import DEMO, draw_city
from wangge.twin.ledger import read_ledger
from wangge.twin.moves import LiveCase, Matter, Move, Stage, next_move
from wangge.twin.photos import Album, Shot, draw_photo
from wangge.twin.queries import CaseFacts, OrderFacts
from wangge.twin.report import Rung
from wangge.twin.visiting import Task, day_of, visit
from wangge.twin.worktime import add_work_hours

CHINA = ZoneInfo("Asia/Shanghai")

ALBUM = Album(7, behaviour().photos, is_shared=True)


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


# ---- working hours: TW-5 ----


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-03-02 09:00", 1.5, "2026-03-02 10:30"),
        ("2026-03-02 07:00", 1.0, "2026-03-02 09:30"),  # before the day begins
        ("2026-03-06 17:00", 2.0, "2026-03-09 09:30"),  # Friday to Monday
        ("2026-03-07 12:00", 0.0, "2026-03-09 08:30"),  # Saturday
        ("2026-02-13 17:30", 1.0, "2026-02-14 09:00"),  # a Saturday that is worked before Spring Festival
        ("2026-02-14 17:30", 1.0, "2026-02-24 09:00"),  # Spring Festival, 15 to 23 February
        ("2026-03-02 08:30", 19.0, "2026-03-04 08:30"),  # two whole days of 9.5 hours
        ("2031-03-07 17:00", 2.0, "2031-03-10 09:30"),  # an unknown year: Monday to Friday
    ],
)
def test_work_goes_on_in_working_hours_only(start: str, hours: float, end: str) -> None:
    assert add_work_hours(china(start), hours) == china(end)


# ---- visits: TW-6 ----

ITEMS = [
    Item(key="routes", zh="通道", en="routes", matter_code="H101", on_spot_required=True),
    Item(key="there", zh="灭火器", en="extinguisher", matter_code="H301"),
    Item(
        key="good",
        zh="有效",
        en="in date",
        matter_code="H302",
        visible_if=Condition(item="there", ok=True),
    ),
]


def make_task(number: int = 1, *, opens_on: date = date(2026, 3, 2)) -> Task:
    return Task(
        order_id=UUID(int=number),
        venue_id=UUID(int=10_000_000 + number),
        member_id=5,
        checklist_id=1,
        opens_on=opens_on,
        due_on=date(2026, 3, 31),
        lon=83.5,
        lat=39.2,
        address="和顺街道1号",
        path="99.01.01.001.001.001.",
        version=1,
    )


def test_one_order_in_nine_has_a_finding() -> None:
    habits, at = behaviour().visits, china("2026-03-02 10:00")
    results = [visit(make_task(n), ITEMS, habits, ALBUM, seed=7, at=at) for n in range(8000)]
    inspected = [result for result in results if result.outcome == "inspected"]
    found = sum(any(answer.ok is False for answer in result.answers) for result in inspected)
    assert found / len(inspected) == pytest.approx(0.113, abs=0.012)  # DG-12
    assert 0.93 < len(inspected) / len(results) < 0.98


def test_what_was_persuaded_has_photos_before_and_after_and_hidden_items_are_not_answered() -> None:
    habits, at = behaviour().visits, china("2026-03-02 10:00")
    persuaded = 0
    for n in range(3000):
        result = visit(make_task(n), ITEMS, habits, ALBUM, seed=7, at=at)
        keys = {answer.item: answer for answer in result.answers}
        if "there" in keys and keys["there"].ok is False:
            assert "good" not in keys
        for answer in result.answers:
            if answer.ok is False:
                assert answer.case_id is not None
                assert answer.photos
                assert bool(answer.after_photos) is answer.persuaded
                persuaded += answer.persuaded
    assert persuaded > 100


def test_a_visit_depends_on_seed_and_order_alone() -> None:
    habits, at = behaviour().visits, china("2026-03-02 10:00")
    first, again, other = (visit(make_task(3), ITEMS, habits, ALBUM, seed=s, at=at) for s in (7, 7, 8))
    assert first == again
    assert first.id != other.id
    assert time_of(first.id) == at


def test_members_go_on_working_days_and_forget_few() -> None:
    days = [day_of(make_task(n, opens_on=date(2026, 3, 6)), behaviour().visits, seed=7) for n in range(2000)]
    assert all(day is None or (day >= date(2026, 3, 6) and day.weekday() < 5) for day in days)
    assert 0 < days.count(None) < 60
    assert days.count(date(2026, 3, 6)) > 1500


# ---- steps on cases: TW-7 ----

GRID, STREET, DISTRICT = "99.01.01.001.001.001.", "99.01.01.001.", "99.01.01."


def make_person(user_id: int, role: Role, scope: str, department_id: int | None = None) -> Actor:
    return Actor(user_id, f"p{user_id}", role.value, scope, department_id, CAPABILITIES[role])


def make_cast() -> Cast:
    people = [
        make_person(1, Role.DISPATCHER, DISTRICT),
        make_person(2, Role.SUPERVISOR, DISTRICT),
        make_person(3, Role.GRID_CHIEF, STREET),
        make_person(5, Role.GRID_MEMBER, GRID),
        make_person(6, Role.CITIZEN, STREET),
        make_person(11, Role.DEPARTMENT_HANDLER, STREET, 100),
        make_person(12, Role.DEPARTMENT_HANDLER, STREET, 100),
        make_person(13, Role.DEPARTMENT_HANDLER, DISTRICT, 101),
    ]
    offices = [Office(100, "street", STREET), Office(101, "fire", DISTRICT)]
    return Cast({person.user_id: person for person in people}, offices)


def make_stage(seed: int = 7, open_twin_of: Callable[[LiveCase], UUID | None] = lambda case: None) -> Stage:
    return Stage(
        cast=make_cast(),
        habits=behaviour(),
        album=ALBUM,
        matters={"H101": Matter("H101", "police", 9.5), "H301": Matter("H301", "fire", 28.5)},
        seed=seed,
        pace=add_work_hours,
        open_twin_of=open_twin_of,
    )


def make_case(status: Status, **given: object) -> LiveCase:
    facts: dict[str, object] = {
        "id": uuid4(),
        "path": GRID,
        "matter_code": "H101",
        "channel": Channel.INSPECTION,
        "venue_id": None,
        "reporter_id": 5,
        "status": status,
        "since": china("2026-03-02 10:00"),
        "department_id": 100,
        "handler_id": 11,
    }
    return LiveCase(**(facts | given))  # type: ignore[arg-type]


def take(status: Status, **given: object) -> Move:
    move = next_move(make_case(status, **given), make_stage())
    assert move is not None
    return move


def test_nobody_verifies_who_reported_or_handled() -> None:
    for _ in range(300):
        for reporter, handler in ((5, 11), (6, 12), (3, 11)):
            move = take(Status.VERIFYING, reporter_id=reporter, handler_id=handler)
            assert move.actor.user_id not in {reporter, handler}
            assert move.actor.can("cases.verify")


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        (Status.REPORTED, {Action.ACCEPT, Action.REJECT}),
        (Status.ACCEPTED, {Action.DISPATCH}),
        (Status.DISPATCHED, {Action.SIGN, Action.OBJECT}),
        (Status.SUSPENDED, {Action.RESUME}),
        (Status.HANDLING, {Action.FEED_BACK, Action.TRANSFER, Action.ASK_SUSPENSION}),
        (Status.TRANSFERRED, {Action.TRANSFER_BACK}),
        (Status.VERIFYING, {Action.PASS, Action.FAIL}),
    ],
)
def test_people_take_only_steps_that_the_state_has(status: Status, allowed: set[Action]) -> None:
    moves = [take(status, id=UUID(int=n)) for n in range(400)]  # the draw is the id's: the same every time
    assert {move.command.action for move in moves} == allowed
    assert all(move.at >= china("2026-03-02 10:00") for move in moves)


def test_a_matter_without_its_own_department_goes_to_the_street_and_back_to_another_when_refused() -> None:
    assert take(Status.ACCEPTED, department_id=None).command.department_id == 100  # no police here
    assert take(Status.ACCEPTED, department_id=100).command.department_id == 101  # the street objected
    assert take(Status.ACCEPTED, matter_code="H301", department_id=None).command.department_id == 101


def test_a_report_on_the_same_place_is_merged_into_the_open_case() -> None:
    other = uuid4()
    stage = make_stage(open_twin_of=lambda case: other)
    merged = [next_move(make_case(Status.REPORTED), stage) for _ in range(200)]
    into = {move.command.merged_into for move in merged if move and move.command.action is Action.MERGE}
    assert into == {other}


def test_rejected_and_merged_cases_are_left_alone() -> None:
    assert next_move(make_case(Status.REJECTED), make_stage()) is None
    assert next_move(make_case(Status.MERGED), make_stage()) is None


# ---- who is missing: TW-3 ----


def test_a_city_without_people_gets_everybody_once() -> None:
    places = ["44.03.05.001.", "44.03.05.002."]
    hires = casting.missing(Cast({}, []), places, {}, {"fire", "police"}, seed=7)
    roles = sorted(person.role.value for person in hires.people.values())
    assert roles.count("dispatcher") == roles.count("supervisor") == 1
    assert roles.count("grid_member") == roles.count("grid_chief") == 2
    assert sorted(hires.members) == places
    kinds = sorted((d.kind, d.path) for d in hires.departments.values())
    assert kinds == [
        ("fire", "44.03.05."),
        ("police", "44.03.05.001."),
        ("police", "44.03.05.002."),
        ("street", "44.03.05.001."),
        ("street", "44.03.05.002."),
    ]
    assert roles.count("department_handler") == 10


def test_who_is_there_is_not_hired_again() -> None:
    hires = casting.missing(make_cast(), [GRID], {GRID: 5}, {"fire"}, seed=7)
    assert not hires.people
    assert not hires.departments


# ---- figures: TW-9 ----


def make_facts(status: str = "closed", *, due: str | None, closed: str | None) -> CaseFacts:
    return CaseFacts(
        id=uuid4(),
        status=status,
        channel="inspection",
        fixed_on_spot=False,
        reported_at=china("2026-03-02 09:00"),
        due_at=china(due) if due else None,
        closed_at=china(closed) if closed else None,
        rework=0,
        version=5,
    )


def test_rates_have_their_published_formula() -> None:
    cases = [
        make_facts(due="2026-03-05 00:00", closed="2026-03-04 12:00"),
        make_facts(due="2026-03-05 00:00", closed="2026-03-06 12:00"),
        make_facts("handling", due="2026-03-05 00:00", closed=None),
        make_facts("handling", due="2026-04-05 00:00", closed=None),
        make_facts("rejected", due=None, closed="2026-03-02 12:00"),
    ]
    figures = report.case_figures(cases, [], at=china("2026-03-10 00:00"))
    assert figures["effective_disposal_pct"] == 50.0  # 2 closed of 5 less 1 rejected
    assert figures["closed_on_time_pct"] == 50.0
    assert (figures["overdue"], figures["overdue_open"]) == (2, 1)
    orders = report.order_figures(OrderFacts(10, 8, 1, 1, 6, 1, 2))
    assert (orders["hit_rate_pct"], orders["on_time_pct"], orders["done_pct"]) == (12.5, 66.7, 80.0)


def test_a_case_climbs_the_ladder_as_long_as_it_is_open_after_its_deadline() -> None:
    ladder = [Rung("L1", "", "", 0), Rung("L2", "", "", 1), Rung("L3", "", "", 3)]
    cases = [
        make_facts(due="2026-03-03 00:00", closed="2026-03-03 10:00"),  # L1
        make_facts(due="2026-03-03 00:00", closed="2026-03-04 10:00"),  # L1 only: L2 comes on the 5th
        make_facts(due="2026-03-03 00:00", closed="2026-03-05 10:00"),  # L2
        make_facts("handling", due="2026-03-03 00:00", closed=None),  # all three
        make_facts("handling", due="2026-03-30 00:00", closed=None),  # none
    ]
    reached = report.escalations(
        cases,
        ladder,
        at=china("2026-03-20 00:00"),
        reached_at=lambda at, n: at + timedelta(days=n + 1 if n else 0),
    )
    assert reached == {"L1": 4, "L2": 2, "L3": 1}


# ---- photos and ledger ----


# ---- photos: TW-12 ----


def looks_of(photo: bytes) -> int:
    _, seen = look_at_photo(as_file(photo))
    return int(seen["looks"]) & (1 << 64) - 1


def make_shot(place: int, number: int, *, tidy: bool) -> Shot:
    return Shot(f"7:{place}", number, tidy, phone=0, taken_at=china("2026-03-02 10:00"), point=(118.5, 25.1))


def test_photos_are_equal_byte_by_byte_and_small() -> None:
    drawn = [draw_photo(make_shot(n, 0, tidy=tidy)) for n in range(6) for tidy in (True, False)]
    assert len(set(drawn)) == 12
    assert drawn[0] == draw_photo(make_shot(0, 0, tidy=True))
    assert max(map(len, drawn)) < 10_000


@pytest.mark.slow
def test_no_two_photos_look_alike_neither_of_two_places_nor_of_one() -> None:
    places = [
        [looks_of(draw_photo(make_shot(place, number, tidy=number > 0))) for number in range(10)]
        for place in range(60)
    ]
    of_one = [(a ^ b).bit_count() for place in places for a, b in combinations(place, 2)]
    of_two = [(a[0] ^ b[0]).bit_count() for a, b in combinations(places, 2)]
    assert min(of_one) > 7
    assert min(of_two) > 7


def test_a_photo_says_when_and_where_it_was_taken_and_some_say_nothing() -> None:
    album, at, point = Album(7, behaviour().photos), china("2026-03-02 10:00"), (118.5, 25.1)
    said = []
    for n in range(1, 201):
        album.take(UUID(int=n), 0, number=0, tidy=False, at=at, point=point)
        [photo] = album.hand_over(list(album.waiting))
        _, seen = look_at_photo(as_file(photo))
        said.append(from_json({"width": 240, "height": 180, **seen["facts"]}))
    times = [one.taken_at for one in said if one.taken_at]
    points = [one.point_wgs84 for one in said if one.point_wgs84]
    assert all(timedelta(0) < at - taken <= timedelta(minutes=10) for taken in times)
    assert all(metres_between(here, point) < 25 for here in points)
    assert 100 < len(points) < len(times) < 200


def test_each_case_has_its_own_photo_and_a_copy_of_a_city_shares_a_dozen() -> None:
    at, point = china("2026-03-02 10:00"), (118.5, 25.1)
    own, shared = Album(7, behaviour().photos), Album(7, behaviour().photos, is_shared=True)
    for album in (own, shared, shared):
        for n in range(60):
            album.take(UUID(int=n), n % 6, number=n % 2, tidy=n % 2 == 1, at=at, point=point)
    assert len(own.waiting) == 60
    assert len(shared.waiting) == 6
    again = list(own.waiting)
    assert own.hand_over(again[:2]) != []
    assert own.hand_over(again[:2]) == []  # sent already


def test_a_ledger_line_cut_short_is_no_acknowledgement(tmp_path: Path) -> None:
    one, two = UUID(int=1), UUID(int=2)
    path = tmp_path / "ledger"
    path.write_text(f"{one} applied\n{one} repeated\n{two} appl")
    assert read_ledger(path) == {one: "repeated"}


def test_chance_is_the_seeds_alone() -> None:
    state = random.getstate()
    draw_city(DEMO, seed=7)
    visit(make_task(), ITEMS, behaviour().visits, ALBUM, seed=7, at=china("2026-03-02 10:00"))
    assert random.getstate() == state
