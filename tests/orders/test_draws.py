"""OR-33: random places, random inspectors, a seed with which anybody draws the same."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cases.makers import make_pack
from tests.makers import (
    ALICE,
    BOB,
    CAROL,
    Person,
    make_actor,
    make_client,
    make_photo,
    make_venues,
    plain_actor,
)
from tests.orders.makers import make_bob, make_rules
from tests.orders.test_services import make_answers, make_result
from wangge.accounts import queries as accounts
from wangge.accounts.rules import Role
from wangge.cases.models import Case
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, NotYourRole
from wangge.kernel.models import AuditRow
from wangge.orders import draw_queries, queries, services
from wangge.orders.draw_rules import Inspector, Place, draw, lot, pool_digest
from wangge.orders.models import Assignment, Draw, Order
from wangge.orders.refusals import ChecklistUnknown, NobodyToDraw, NothingToDraw, RangeTooLong
from wangge.orders.schemas import Answer, OrderFilter

AT = datetime(2025, 11, 10, 2, 0, tzinfo=UTC)  # a Monday
TODAY = date(2025, 11, 10)
NEXT = "34.02.03.005.012.002."
DAN = Person("dan", "丹走访", Role.GRID_MEMBER, NEXT)


# ---- the rule ----


def test_a_lot_is_the_sha256_of_seed_and_ids():
    # printf '7|a|9' | sha256sum
    assert lot("7", "a", 9) == "e7c8bdc06c2ccbd873605d4efd1ed6ae8c3feeac6bf69240396c905b5776034f"
    assert lot("7", "a") != lot("8", "a")


PLACES = st.lists(
    st.tuples(st.uuids(), st.sampled_from(["1.1.", "1.2.", "1.3.", "2.1."])),
    max_size=30,
    unique_by=lambda one: one[0],
)
PEOPLE = st.lists(
    st.tuples(st.integers(1, 9), st.sampled_from([("1.1.",), ("1.2.",), ("1.",), ("2.1.", "1.3."), ()])),
    max_size=6,
    unique_by=lambda one: one[0],
)


@given(seed=st.text(max_size=8), places=PLACES, people=PEOPLE, count=st.integers(1, 40), mix=st.randoms())
def test_one_seed_draws_the_same_whatever_the_order_and_nobody_an_own_grid(seed, places, people, count, mix):
    drum = [Place(*one) for one in places]
    inspectors = [Inspector(*one) for one in people]
    drawn = draw(seed, drum, inspectors, count)
    assert len({one.place.id for one in drawn}) == len(drawn) == min(count, len(drum))
    load: dict[int, int] = dict.fromkeys(dict(people), 0)
    for one in drawn:
        able = [user for user, paths in people if not any(one.place.grid_path.startswith(p) for p in paths)]
        if one.user_id is None:
            assert not able
            continue
        assert one.user_id in able
        assert load[one.user_id] == min(load[user] for user in able)  # who has the fewest
        load[one.user_id] += 1
    before = pool_digest(seed, drum, inspectors)
    mix.shuffle(drum)
    mix.shuffle(inspectors)
    assert draw(seed, drum, inspectors, count) == drawn
    assert pool_digest(seed, drum, inspectors) == before


def test_each_place_is_drawn_about_as_often():
    drum = [Place(UUID(int=n), "1.1.") for n in range(10)]
    drawn = [one.place for n in range(400) for one in draw(str(n), drum, [], 3)]
    assert all(80 <= drawn.count(place) <= 160 for place in drum)  # 120 of 400 are expected


# ---- on PostgreSQL ----


def asked(**fields: object) -> services.DoubleDrawIn:
    first = {"id": uuid4(), "path": ALICE.scope, "count": 4, "seed": "开奖号码 7 3 9"}
    days = {"starts_on": TODAY, "ends_on": date(2025, 11, 17)}
    words = {"checklist_code": "general", "reason": "双随机抽查"}
    return services.DoubleDrawIn(**first | days | words | fields)


@pytest.fixture
def street(db) -> Actor:
    """Six places in BOB's grid and four in DAN's; both may be drawn, each for the other's."""
    make_bob()
    make_actor(DAN)
    make_rules()
    make_venues(count=6, class_code="crowded")
    make_venues(count=4, class_code="shop", grid_path=NEXT)
    make_venues(class_code="shop", is_open=False)
    make_venues(count=2, class_code="shop", grid_path=f"{CAROL.scope}001.")
    return make_actor(ALICE)


def scopes() -> dict[int, str]:
    people = accounts.list_acting([Role.GRID_MEMBER], around=ALICE.scope, on=TODAY)
    return {one.user_id: one.scope for one in people}


def test_what_is_drawn_is_given_across_the_grids_kept_and_drawn_again(street):
    body = asked()
    pool = services.count_pool(body, actor=street, at=AT)
    assert (pool.places, pool.inspectors, pool.places_for_nobody) == (10, 2, 0)
    done, is_new = services.make_draw(body, actor=street, at=AT)
    assert (done.made, is_new, done.seed) == (4, True, body.seed)
    again, is_new = services.make_draw(body, actor=street, at=AT)
    assert (again, is_new) == (done, False)
    own = scopes()
    for order in Order.objects.all():
        assert not order.grid_path.startswith(own[order.member_id])
        assert (order.rule_code, order.ends_on) == ("double-draw", date(2025, 11, 17))
    told = draw_queries.get_draw(street, body.id, today=TODAY)
    assert (told.is_reproduced, told.pool_places, told.pool_inspectors) == (True, 10, 2)
    assert (told.made_by, told.seed, told.is_seed_given) == (ALICE.name, body.seed, True)
    assert {one.order_id for one in told.drawn} == set(Order.objects.values_list("id", flat=True))
    audit = AuditRow.objects.get(action="orders.draw")
    assert (audit.detail["seed"], audit.detail["digest"]) == (body.seed, done.digest)


def test_what_was_changed_afterwards_is_not_reproduced(street):
    done, _ = services.make_draw(asked(), actor=street, at=AT)
    Draw.objects.update(seed="another")
    assert not draw_queries.get_draw(street, done.id, today=TODAY).is_reproduced


def test_without_a_seed_the_server_makes_one_and_publishes_it(street):
    one, _ = services.make_draw(asked(seed=""), actor=street, at=AT)
    told = draw_queries.get_draw(street, one.id, today=TODAY)
    assert len(told.seed) == 32
    assert not told.is_seed_given
    assert told.is_reproduced


def test_who_was_drawn_sees_the_order_elsewhere_and_finds_a_case_there(street, settings, tmp_path):
    settings.WANGGE_FILES = tmp_path
    make_pack()
    services.make_draw(asked(count=10), actor=street, at=AT)
    user_id = next(user for user, scope in scopes().items() if scope == BOB.scope)
    bob = plain_actor(BOB, user_id=user_id)
    mine = queries.list_orders(bob, OrderFilter(mine=True), today=TODAY)
    assert mine.total == 4
    assert {row.grid_path for row in mine.items} == {NEXT}
    assert queries.list_orders(bob, OrderFilter(), today=TODAY).total == 6  # the scope is no wider by it
    order = Order.objects.filter(grid_path=NEXT).first()
    detail = queries.get_detail(bob, order.id, today=TODAY)
    assert detail.beside is not None
    assert detail.beside.kind == "draw"
    case_id = uuid4()
    failed = Answer(item="there", ok=False, photos=[make_photo(actor=bob)], case_id=case_id)
    answers = [failed, *(one for one in make_answers() if one.item not in {"there", "good"})]
    [fate] = services.complete_orders([make_result(order, answers=answers, at=AT)], actor=bob, at=AT)
    assert fate.outcome == "applied", fate
    assert Case.objects.get(id=case_id).grid_path == NEXT
    stranger = plain_actor(CAROL.acting_as(Role.GRID_MEMBER), user_id=9)
    other = Order.objects.filter(grid_path=BOB.scope).first()
    [fate] = services.complete_orders([make_result(other, at=AT)], actor=stranger, at=AT)
    assert fate.status == 404


def test_who_may_not_draw_and_what_cannot_be_drawn(street):
    for actor, body, refusal in (
        (plain_actor(BOB), asked(), NotYourRole),
        (plain_actor(CAROL), asked(), NotVisible),
        (street, asked(ends_on=TODAY), RangeTooLong),
        (street, asked(checklist_code="none"), ChecklistUnknown),
        (street, asked(class_code="school"), NothingToDraw),
        (street, asked(path=BOB.scope), NobodyToDraw),
    ):
        with pytest.raises(refusal):
            services.make_draw(body, actor=actor, at=AT)
    assert not Assignment.objects.exists()


def test_a_draw_over_http_and_its_file(street):
    client = make_client(street)
    body = asked().model_dump(mode="json")
    whole = "/api/orders/assignments/draw"
    with clock.standing_at(AT):
        assert client.post(f"{whole}/count", body, "application/json").json()["places"] == 10
        first = client.post(whole, body, "application/json")
        second = client.post(whole, body, "application/json")
        assert (first.status_code, second.status_code) == (200, 208)
        told = client.get(f"/api/orders/assignments/{body['id']}/draw").json()
        answer = client.get(f"/api/orders/assignments/{body['id']}/draw/file?suffix=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert body["seed"] in text
    assert told["digest"] in text
    assert text.count(NEXT) >= 4  # the whole drum is in it
    refused = make_client(make_actor(CAROL)).get(f"/api/orders/assignments/{body['id']}/draw")
    assert refused.status_code == 404
    assert AuditRow.objects.filter(action="orders.export_draw").count() == 1
