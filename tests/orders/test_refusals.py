"""Every no of orders: a code, a status, two languages, a test, and nothing kept of what was refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.ground import make_divisions, make_grids
from tests.makers import ALICE, BOB, CAROL, NOBODY, make_actor, make_venues, plain_actor
from tests.orders.makers import ITEMS, make_bob, make_plan, make_rules
from tests.orders.test_seasons import EARLY, make_season, spell
from tests.orders.test_services import LATER, THERE, complete, make_answers, make_result, no_trace
from tests.photos import store_photo, take_photo
from wangge.accounts.rules import Role
from wangge.checklists.models import Checklist
from wangge.checklists.schemas import ChecklistIn
from wangge.checklists.services import install_checklists
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Refused
from wangge.kernel.fates import Outcome
from wangge.orders import declaring, planning, refusals, services
from wangge.orders.models import Order
from wangge.orders.rules import VisitLimits, VisitOutcome, is_in_city, is_photo_too_old
from wangge.orders.schemas import Answer
from wangge.patrols import rules as patrol_rules

PLACE = {"lon": 118.305, "lat": 31.305}
CHINESE = re.compile(r"[一-鿿]")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def street(settings, tmp_path, db) -> tuple[Actor, Order]:
    settings.WANGGE_FILES = tmp_path
    make_divisions()
    make_grids()
    bob = make_bob()
    make_rules()
    make_venues(class_code="crowded")
    make_plan()
    return bob, Order.objects.get()


def failed(**changes: Any) -> list[Answer]:
    answer = Answer(**{"item": "person", "ok": False, "case_id": uuid4(), **changes})
    return make_answers(person=answer)


def old_photo(bob: Actor, field: str) -> dict[str, Any]:
    """A photo of 10:00 in China less two hours and a minute: older than the pack allows."""
    photo = store_photo(take_photo(local="2025:11:20 07:59:00"), actor=bob, at=LATER)
    fresh = store_photo(take_photo(2, local="2025:11:20 09:30:00"), actor=bob, at=LATER)
    both = {"photos": [fresh], "after_photos": [fresh]} | {field: [photo]}
    return {"answers": failed(persuaded=True, **both), **PLACE}


BAD: list[tuple[str, int, Callable[[Actor], dict[str, Any]]]] = [
    ("orders.in_the_future", 422, lambda bob: {"at": LATER + timedelta(minutes=6)}),
    ("orders.photo_too_old", 422, lambda bob: old_photo(bob, "photos")),
    ("orders.photo_too_old", 422, lambda bob: old_photo(bob, "after_photos")),
    ("orders.out_of_city", 422, lambda bob: {"lon": 121.47, "lat": 31.23}),  # Shanghai
    ("orders.half_a_position", 422, lambda bob: {"lon": 118.305}),
    ("orders.half_a_position", 422, lambda bob: {"lat": 31.305}),
    ("kernel.unreadable", 422, lambda bob: {"lon": float("nan"), "lat": 31.305}),
    ("kernel.unreadable", 422, lambda bob: {"lon": 31.305, "lat": 118.305}),  # swapped
    ("orders.foreign_checklist", 422, lambda bob: {"checklist_id": other_list().id}),
    ("orders.foreign_checklist", 422, lambda bob: {"checklist_id": 999_999}),
    ("orders.outside_period", 409, lambda bob: {"at": datetime(2025, 10, 31, 15, 59, tzinfo=UTC)}),
    ("orders.answers_not_wanted", 422, lambda bob: {"outcome": VisitOutcome.MOVED_AWAY}),
    ("orders.answers_incomplete", 422, lambda bob: {"answers": []}),
    ("orders.answer_unknown", 422, lambda bob: {"answers": make_answers(x=Answer(item="x", ok=True))}),
    ("orders.evidence_missing", 422, lambda bob: {"answers": failed(case_id=None)}),
    ("orders.evidence_missing", 422, lambda bob: {"answers": failed(persuaded=True)}),
    ("kernel.version_conflict", 409, lambda bob: {"base_version": 7}),
    ("kernel.not_visible", 404, lambda bob: {"order_id": uuid4()}),
]


def other_list() -> Checklist:
    return Checklist.objects.create(
        code="other", version=1, name_zh="别的", name_en="Other", items=[], pack_version="test@1",
        effective_on=date(2025, 1, 1),
    )  # fmt: skip


@pytest.mark.parametrize(("code", "status", "change"), BAD)
def test_a_bad_result_is_refused_by_name_in_two_languages_and_not_kept(street, code, status, change):
    bob, order = street
    [fate] = complete(bob, make_result(order, **change(bob)))
    assert (fate.code, fate.status) == (code, status), fate
    assert CHINESE.search(fate.zh or "")
    assert fate.en
    no_trace()


def test_the_same_results_without_the_mistake_are_taken(street):
    bob, order = street
    photo = store_photo(take_photo(local="2025:11:20 08:01:00"), actor=bob, at=LATER)
    answers = make_answers(person=Answer(item="person", ok=True, photos=[photo]))
    [fate] = complete(bob, make_result(order, answers=answers, checklist_id=order.checklist_id, **PLACE))
    assert fate.outcome is Outcome.APPLIED, fate


@pytest.mark.parametrize(
    ("who", "code", "status"),
    [
        (lambda: plain_actor(BOB, user_id=NOBODY), "orders.not_your_order", 403),
        (lambda: plain_actor(ALICE), "kernel.not_your_role", 403),
        (lambda: make_actor(CAROL.acting_as(Role.GRID_MEMBER)), "kernel.not_visible", 404),
    ],
)
def test_the_order_of_another_is_refused_and_not_touched(street, who, code, status):
    [fate] = complete(who(), make_result(street[1]))
    assert (fate.code, fate.status) == (code, status)
    assert CHINESE.search(fate.zh or "")
    assert fate.en
    no_trace()


def test_a_done_order_stays_done_and_says_so(street):
    bob, order = street
    assert complete(bob, make_result(order))[0].outcome is Outcome.APPLIED
    [fate] = complete(bob, make_result(order, base_version=2))
    assert (fate.code, fate.status, fate.zh) == ("orders.not_open", 409, "这张工单已经完成。")


# ---- a list that was withdrawn --------------------


def withdraw(on: date, *, keep: bool = True) -> None:
    """From `on` the list asks one thing less, or is not there any more."""
    lists = [ChecklistIn(code="general", name_zh="一般", name_en="General", items=ITEMS[:3])]
    install_checklists(lists if keep else [], pack_version="test@2", effective_on=on)


def test_a_withdrawn_list_is_refused_from_the_day_and_what_was_before_it_is_taken(street):
    bob, order = street
    old = order.checklist_id
    withdraw(date(2025, 11, 20))
    [fate] = complete(bob, make_result(order, checklist_id=old))
    assert (fate.code, fate.status) == ("orders.checklist_withdrawn", 409)
    assert fate.zh == "检查表“一般”第 1 版自 2025-11-20 起停用，现为第 2 版。请刷新工单后按新版检查。"
    assert "version 2" in (fate.en or "")
    no_trace()
    before = THERE - timedelta(days=1)
    assert complete(bob, make_result(order, checklist_id=old, at=before))[0].outcome is Outcome.APPLIED


def test_open_orders_follow_their_list_and_are_answered_by_the_new_version(street):
    bob, _ = street
    withdraw(date(2025, 11, 20))
    assert services.relist(at=datetime(2025, 11, 19, 2, 0, tzinfo=UTC)) == 0
    assert services.relist(at=LATER) == 1
    assert services.relist(at=LATER) == 0
    new = Order.objects.get()
    assert (new.checklist.version, new.version) == (2, 1)
    assert complete(bob, make_result(new, answers=make_answers(person=None)))[0].outcome is Outcome.APPLIED


def test_an_answer_by_the_new_version_is_taken_before_the_order_follows(street):
    bob, order = street
    withdraw(date(2025, 11, 20))
    new = Checklist.objects.get(version=2)
    answers = make_answers(person=None)
    assert (
        complete(bob, make_result(order, answers=answers, checklist_id=new.id))[0].outcome is Outcome.APPLIED
    )
    assert Order.objects.get().checklist_id == new.id


def test_a_list_without_a_successor_stays_with_its_orders(street):
    bob, order = street
    withdraw(date(2025, 11, 20), keep=False)
    assert services.relist(at=LATER) == 0
    assert complete(bob, make_result(order))[0].outcome is Outcome.APPLIED


def test_more_territories_than_planning_can_tell_apart_are_refused(street, monkeypatch):
    make_season()
    alice = make_actor(ALICE)
    monkeypatch.setattr(planning, "MOST_BITS", 3)
    for path in (BOB.scope, f"{ALICE.scope}012.", ALICE.scope):
        declaring.declare_spell(spell(path=path), actor=alice, at=EARLY)
    with pytest.raises(refusals.TooManySpells) as caught:
        make_plan()
    assert (caught.value.code, caught.value.status) == ("orders.too_many_spells", 409)
    assert "2 处，最多 1 处" in caught.value.message("zh")


# ---- the pure rules --------------------


@pytest.mark.parametrize(("minutes", "is_old"), [(0, False), (120, False), (121, True), (-30, False)])
def test_a_photo_may_be_two_hours_older_than_the_visit(minutes, is_old):
    assert is_photo_too_old(THERE - timedelta(minutes=minutes), THERE, VisitLimits()) is is_old


@pytest.mark.parametrize(
    ("lon", "lat", "inside"),
    [
        (118.31, 31.305, True),
        (118.31, 31.354, True),  # 44 thousandths of a degree north of the edge: 4,900 m
        (118.31, 31.356, False),
        (118.27, 31.305, True),
        (118.24, 31.305, False),
    ],
)
def test_five_kilometres_around_the_grids_are_the_city(lon, lat, inside):
    bounds = (118.30, 31.30, 118.33, 31.31)
    assert is_in_city(lon, lat, bounds, VisitLimits()) is inside
    assert is_in_city(lon, lat, None, VisitLimits())


# ---- none without a test --------------------


def kinds_of(module: Any) -> Iterator[type[Refused]]:
    for kind in vars(module).values():
        if isinstance(kind, type) and issubclass(kind, Refused) and kind.__module__ == module.__name__:
            yield kind


def table_of(page: str) -> dict[str, tuple[int, list[tuple[str, str]]]]:
    """Return code → status and tests, as the page lists them."""
    text = (ROOT / page).read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z_]+\.[a-z0-9_]+)` \| (\d+) \| .* \| (.+) \|$", text, re.M)
    return {code: (int(status), re.findall(r"`(\S+\.py)::(\w+)`", tests)) for code, status, tests in rows}


@pytest.mark.parametrize(
    ("page", "module"),
    [("docs/rules/orders.md", refusals), ("docs/rules/patrols.md", patrol_rules)],
)
def test_every_refusal_is_listed_with_a_test_that_is_there(page, module):
    told = table_of(page)
    for kind in kinds_of(module):
        assert kind.code in told, f"{kind.code} is not in the table of {page}"
        assert told[kind.code][0] == kind.status, kind.code
        assert CHINESE.search(kind.zh) or "zh}" in kind.zh
        assert not CHINESE.search(kind.en)
    for code, (_, tests) in told.items():
        assert tests, code
        for file, name in tests:
            text = (ROOT / "tests" / file).read_text(encoding="utf-8")
            assert f"def {name}(" in text, (code, file, name)
