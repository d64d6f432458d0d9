"""OR-28: from one finding, orders for like places; counted first, made once, taken back."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cases.makers import make_pack, report
from tests.makers import ALICE, BOB, CAROL, make_actor, make_client, make_venues, plain_actor
from tests.orders.makers import make_bob, make_plan, make_rules
from tests.orders.test_services import complete, make_answers, make_result
from wangge.accounts.models import User
from wangge.cases import services as cases
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, NotYourRole
from wangge.kernel.models import AuditRow
from wangge.orders import queries, services
from wangge.orders.assignment_schemas import AlikeIn
from wangge.orders.models import Assignment, Order
from wangge.orders.refusals import (
    AlreadyUndone,
    ChecklistUnknown,
    NothingAlike,
    RangeTooLong,
    TooManyAlike,
)
from wangge.orders.rules import assigned_id, order_id, started_on
from wangge.venues.models import Venue

AT = datetime(2025, 11, 10, 2, 0, tzinfo=UTC)  # a Monday
STREET, NEXT = ALICE.scope, "34.02.03.005.012.002."
WORKED = {date(2025, 11, day) for day in (10, 11, 12, 13, 14)}


def asked(**fields: object) -> AlikeIn:
    first = {"id": uuid4(), "class_code": "crowded", "path": STREET, "checklist_code": "general"}
    days = {"starts_on": date(2025, 11, 10), "ends_on": date(2025, 11, 17), "reason": "同类企业查出同样问题"}
    return AlikeIn(**first | days | fields)


@pytest.fixture
def street(db) -> Actor:
    """12 like places in two grids of ALICE's street, one of which has BOB; others that are not like them."""
    make_bob()
    make_rules()
    make_venues(count=8, class_code="crowded", tags=["red"])
    make_venues(count=4, class_code="crowded", grid_path=NEXT)
    make_venues(count=3, class_code="shop")
    make_venues(class_code="crowded", is_open=False)
    make_venues(class_code="crowded", is_orphan=True, nearest_path=NEXT, nearest_m=12.0)
    make_venues(count=2, class_code="crowded", grid_path=f"{CAROL.scope}001.")
    return make_actor(ALICE)


def test_like_places_of_the_territory_are_counted_and_ordered_each_once(street):
    body = asked()
    found = services.count_alike(body, actor=street, at=AT)
    assert (found.places, found.already, found.unassigned) == (12, 0, 4)
    assert (found.grids, found.members, found.heaviest) == (2, 1, 8)
    assert not Order.objects.exists()
    done, is_new = services.order_alike(body, actor=street, at=AT)
    assert (done.made, is_new) == (12, True)
    again, is_new = services.order_alike(body, actor=street, at=AT)
    assert (again.made, is_new) == (12, False)
    orders = list(Order.objects.select_related("checklist"))
    assert len(orders) == 12
    assert {order.opens_on for order in orders} <= WORKED
    assert {(o.due_on, o.ends_on, o.status) for o in orders} == {
        (date(2025, 11, 14), date(2025, 11, 17), "open")
    }
    assert {order.id for order in orders} == {
        assigned_id(body.id, order.venue_id, body.starts_on) for order in orders
    }
    assert AuditRow.objects.filter(action="orders.assign").count() == 1


def test_a_place_with_such_a_visit_open_gets_no_second_and_a_tag_narrows(street):
    services.order_alike(asked(tags=["red"]), actor=street, at=AT)
    assert Order.objects.count() == 8
    found = services.count_alike(asked(), actor=street, at=AT)
    assert (found.places, found.already) == (4, 8)
    services.order_alike(asked(), actor=street, at=AT)
    assert max(Counter(Order.objects.values_list("venue_id", flat=True)).values()) == 1
    with pytest.raises(NothingAlike):
        services.order_alike(asked(), actor=street, at=AT)


def test_the_plan_and_an_assignment_leave_each_other_alone(street):
    make_plan(at=AT)
    planned = Order.objects.count()
    services.order_alike(asked(), actor=street, at=AT)
    assert Order.objects.count() == planned + 12
    again = make_plan(at=AT)
    assert (again.made, again.withdrawn) == (0, 0)
    assert not Order.objects.filter(status="withdrawn").exists()


def test_what_nobody_visited_is_taken_back_and_the_rest_stays(street):
    bob = services_actor()
    body = asked(tags=["red"])
    services.order_alike(body, actor=street, at=AT)
    order = Order.objects.order_by("id").first()
    there = datetime(2025, 11, 10, 1, 30, tzinfo=UTC)
    assert complete(bob, make_result(order, at=there, answers=make_answers()), at=AT)[0].code is None
    undone = services.undo_assignment(body.id, actor=street, at=AT)
    assert (undone.withdrawn, undone.kept) == (7, 1)
    assert Counter(Order.objects.values_list("status", flat=True)) == {"withdrawn": 7, "done": 1}
    with pytest.raises(AlreadyUndone):
        services.undo_assignment(body.id, actor=street, at=AT)
    assert services.count_alike(body.model_copy(update={"id": uuid4()}), actor=street, at=AT).already == 0


def test_a_case_proposes_the_class_of_its_place_and_leaves_that_place_out(street):
    place = make_venues(class_code="crowded", tags=["red"])[0]
    case = make_case(place)
    found = queries.propose_alike(street, case, today=date(2025, 11, 10))
    assert (found.class_code, found.tags, found.path) == ("crowded", ["red"], STREET)
    assert (found.checklist_code, found.venue_name) == ("general", place.name)
    assert (found.starts_on, found.ends_on) == (date(2025, 11, 10), date(2025, 11, 17))
    assert services.count_alike(asked(case_id=case), actor=street, at=AT).places == 12
    with pytest.raises(NotVisible):
        queries.propose_alike(make_actor(CAROL), case, today=date(2025, 11, 10))
    with pytest.raises(NotYourRole):
        queries.propose_alike(services_actor(), case, today=date(2025, 11, 10))


def make_case(place: Venue) -> UUID:
    """A hazard of the place, reported by BOB."""
    make_pack()
    given = report(at=AT, venue_id=place.id)
    [fate] = cases.report_cases([given], actor=services_actor(), at=AT)
    assert fate.code is None, fate
    return given.id


def services_actor() -> Actor:
    return plain_actor(BOB, user_id=User.objects.get(username="bob").pk)


def test_who_may_not_ask_and_what_cannot_be_asked(street, monkeypatch):
    for actor, body, refusal in (
        (services_actor(), asked(), NotYourRole),
        (make_actor(CAROL), asked(), NotVisible),
        (street, asked(path=f"{CAROL.scope}001."), NotVisible),
        (street, asked(case_id=uuid4()), NotVisible),
        (street, asked(starts_on=date(2025, 11, 9)), RangeTooLong),
        (street, asked(ends_on=date(2025, 11, 10)), RangeTooLong),
        (street, asked(ends_on=date(2026, 3, 1)), RangeTooLong),
        (street, asked(checklist_code="none"), ChecklistUnknown),
        (street, asked(class_code="none"), NothingAlike),
    ):
        with pytest.raises(refusal):
            services.order_alike(body, actor=actor, at=AT)
    monkeypatch.setattr("wangge.orders.assigning.MOST_ALIKE", 11)
    with pytest.raises(TooManyAlike):
        services.order_alike(asked(), actor=street, at=AT)
    assert not Order.objects.exists()
    assert not Assignment.objects.exists()


@given(st.uuids(), st.uuids(), st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_an_assigned_id_is_a_uuid7_of_its_first_day_and_never_the_place_s_own(assignment, venue, day):
    made = assigned_id(assignment, venue, day)
    own = order_id(venue, day)
    assert (made.version, started_on(made)) == (7, day)
    assert str(made)[15:18] != str(own)[15:18]  # by this the SQL of planning knows its own
    assert made != assigned_id(UUID(int=assignment.int ^ 1), venue, day)


def test_over_http_with_its_list_and_the_orders_it_made(street):
    alice, carol = make_client(street), make_client(make_actor(CAROL))
    body = asked().model_dump(mode="json")
    with clock.standing_at(AT):
        door = "/api/orders/assignments"
        assert carol.post(f"{door}/alike", body, content_type="application/json").status_code == 404
        assert alice.post(f"{door}/alike/count", body, content_type="application/json").json()["places"] == 12
        codes = [
            alice.post(f"{door}/alike", body, content_type="application/json").status_code for _ in range(2)
        ]
        assert codes == [200, 208]
        [row] = alice.get(door).json()["items"]
        assert (row["open"], row["done"], row["reason"]) == (12, 0, body["reason"])
        assert carol.get(door).json()["items"] == []
        made = alice.get("/api/orders", {"assignment": body["id"]}).json()
        assert (made["total"], {one["rule_zh"] for one in made["items"]}) == (12, {"同类排查"})
        assert carol.post(f"{door}/{body['id']}/undo").status_code == 404
        assert alice.post(f"{door}/{body['id']}/undo").json() == {"withdrawn": 12, "kept": 0}
        again = alice.post(f"{door}/{body['id']}/undo")
        assert (again.status_code, again.json()["code"]) == (409, "orders.already_undone")
