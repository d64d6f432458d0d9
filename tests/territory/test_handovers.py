"""TE-36, TE-37: a post ends and its work goes on, on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.cases.makers import House, make_case, make_house, make_pack, walk
from tests.makers import ALICE, AT, CAROL, ON, Person, make_actor, make_post, make_venues
from tests.orders.makers import make_plan, make_rules
from tests.territory.leave_makers import DAY, grid, make_street, take
from wangge.accounts import tenure
from wangge.accounts.models import Post, User
from wangge.accounts.rules import Role
from wangge.accounts.tenure_rules import OwnPost, PostOver
from wangge.cases import queries as case_queries
from wangge.cases.models import Case, CaseEvent
from wangge.config.handover_api import KEEPERS
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, NotYourRole, Unreadable
from wangge.kernel.ids import new_id
from wangge.orders import queries as orders
from wangge.orders.models import Order
from wangge.territory import handing_over, handovers, queries
from wangge.territory.handing_over import ActedOn, HandoverOver, HandoverUndone, SuccessorUnfit
from wangge.territory.handover_schemas import HandoverIn
from wangge.territory.models import GridMember

pytestmark = pytest.mark.django_db
SECURITY = Person("guard", "安管", Role.SECURITY_ADMIN, ALICE.scope)


def command(who: Actor, **changes: Any) -> HandoverIn:
    said = {"orders": "place", "cases": "inbox", "reason": "调离", "ends_on": ON}
    return HandoverIn.model_validate({"id": new_id(), "post_id": who.post_id, **said, **changes})


def hand_over(one: HandoverIn, *, by: Actor | None = None) -> Mapping[str, int]:
    return handing_over.hand_over(one, keepers=KEEPERS, actor=by or make_actor(SECURITY), at=AT)


def undo(handover_id: UUID, days: int = 0) -> Mapping[str, int]:
    return handing_over.undo_handover(
        handover_id, keepers=KEEPERS, actor=make_actor(SECURITY), at=AT + timedelta(days=days)
    )


@pytest.fixture
def street() -> list[Actor]:
    """Return the member of grid 1 with orders of eight days, and one who may take over."""
    [one, _] = make_street(2)
    make_rules()
    make_venues(count=2, class_code="shop", tags=["red"], grid_path=grid(1))
    make_plan(ON, ON + 8 * DAY, actor=make_actor(ALICE), at=AT)
    heir = make_actor(Person("heir", "接手", Role.GRID_MEMBER, grid(1)))
    return [one, heir]


def members() -> set[int | None]:
    return set(Order.objects.values_list("member_id", flat=True))


def test_the_successor_gets_the_orders_and_the_grid_and_each_order_tells_of_it(street: list[Actor]) -> None:
    [one, heir] = street
    count = Order.objects.count()
    said = command(one, orders="successor", successor_id=heir.user_id)
    assert hand_over(said) == {"order": count, "case": 0}
    assert members() == {heir.user_id}
    assert queries.members_of([grid(1)], "comprehensive", ON) == {grid(1): heir.user_id}
    assert Post.objects.get(pk=one.post_id).ends_on == ON
    detail = orders.get_detail(make_actor(ALICE), Order.objects.earliest("id").pk, today=ON)
    assert [(told.from_name, told.to_name, told.reason) for told in detail.handed] == [
        ("格员1", "接手", "调离")
    ]


def test_left_with_the_place_the_orders_are_nobody_s_and_the_grid_is_vacant(street: list[Actor]) -> None:
    hand_over(command(street[0]))
    assert members() == {None}
    assert queries.members_of([grid(1)], "comprehensive", ON) == {}


def test_of_a_post_that_ends_later_only_the_orders_from_that_day_on_go(street: list[Actor]) -> None:
    [one, heir] = street
    until = ON + 3 * DAY
    hand_over(command(one, ends_on=until, orders="successor", successor_id=heir.user_id))
    told = {(order.opens_on >= until, order.member_id) for order in Order.objects.all()}
    assert told == {(True, heir.user_id), (False, one.user_id)}
    assert queries.members_of([grid(1)], "comprehensive", ON) == {grid(1): one.user_id}
    assert queries.members_of([grid(1)], "comprehensive", until) == {grid(1): heir.user_id}


def test_who_leaves_stands_in_for_nobody_any_more() -> None:
    [one, two] = make_street(2)
    take(one, 0, 9, {1: two})
    assert Post.objects.filter(user_id=two.user_id, lent_for__isnull=False).count() == 1
    hand_over(command(two, ends_on=ON + 2 * DAY))
    lent = Post.objects.get(user_id=two.user_id, lent_for__isnull=False)
    assert lent.ends_on == ON + 2 * DAY


def test_it_is_shown_beforehand_and_showing_writes_nothing(street: list[Actor]) -> None:
    [one, heir] = street
    shown = handovers.preview_handover(
        make_actor(SECURITY), one.post_id or 0, ends_on=ON, keepers=KEEPERS, today=ON
    )
    assert [(kind.kind, kind.count, len(kind.first)) for kind in shown.open] == [
        ("order", Order.objects.count(), Order.objects.count()),
        ("case", 0, 0),
    ]
    assert [person.id for person in shown.successors] == [heir.user_id]
    assert shown.grids == ["1格"]
    assert members() == {one.user_id}


def test_it_is_undone_while_nobody_acted_on_it(street: list[Actor]) -> None:
    [one, heir] = street
    before = list(GridMember.objects.order_by("pk").values())
    said = command(one, orders="successor", successor_id=heir.user_id)
    hand_over(said)
    assert undo(said.id)["order"] == Order.objects.count()
    assert members() == {one.user_id}
    assert list(GridMember.objects.order_by("pk").values()) == before
    assert Post.objects.get(pk=one.post_id).ends_on is None
    with pytest.raises(HandoverUndone):
        undo(said.id)


def test_it_is_not_undone_once_somebody_acted_on_a_part_or_the_day_is_over(street: list[Actor]) -> None:
    [one, heir] = street
    said = command(one, orders="successor", successor_id=heir.user_id)
    hand_over(said)
    with pytest.raises(HandoverOver):
        undo(said.id, days=1)
    Order.objects.filter(pk=Order.objects.earliest("id").pk).update(status="missed")
    with pytest.raises(ActedOn) as refused:
        undo(said.id)
    assert "1 件" in refused.value.message("zh")
    assert members() == {heir.user_id}, "nothing of it was undone"


def test_who_may_take_over_and_who_may_end_a_post(street: list[Actor]) -> None:
    [one, heir] = street
    two = User.objects.get(username="m2")
    for successor in (two.pk, one.user_id, make_actor(CAROL).user_id):
        with pytest.raises(SuccessorUnfit):
            hand_over(command(one, orders="successor", successor_id=successor))
    with pytest.raises(Unreadable):
        hand_over(command(one, orders="successor"))
    with pytest.raises(NotYourRole):
        hand_over(command(one), by=heir)
    with pytest.raises(NotVisible):
        hand_over(command(one), by=make_actor(Person("x", "外", Role.SECURITY_ADMIN, CAROL.scope)))
    own = make_actor(SECURITY)
    with pytest.raises(OwnPost):
        hand_over(command(own), by=own)
    tenure.end_post(one.post_id or 0, ends_on=ON, actor=own, at=AT)
    with pytest.raises(PostOver):
        hand_over(command(one, ends_on=ON + DAY))
    assert members() == {one.user_id}


def test_several_at_once_answer_a_fate_each_and_a_retry_is_harmless(street: list[Actor]) -> None:
    [one, heir] = street
    two = make_actor(Person("m2", "格员2", Role.GRID_MEMBER, grid(2)))
    batch = [
        command(one, orders="successor", successor_id=heir.user_id),
        command(two, orders="successor", successor_id=heir.user_id),
        command(heir),
    ]
    who = make_actor(SECURITY)
    fates = handing_over.hand_over_many(batch, keepers=KEEPERS, actor=who, at=AT)
    assert [fate.code for fate in fates] == [None, "territory.successor_unfit", None]
    assert Post.objects.get(pk=two.post_id).ends_on is None
    again = handing_over.hand_over_many(batch, keepers=KEEPERS, actor=who, at=AT)
    assert [fate.outcome for fate in again] == ["repeated", "refused", "repeated"]
    assert members() == {None}, "first to the heir, whose post ended too"


@pytest.fixture
def house() -> House:
    make_pack()
    return make_house()


def security() -> Actor:
    return make_actor(Person("sec", "安管", Role.SECURITY_ADMIN, "34.02.03."))


def make_handled(house: House) -> tuple[UUID, Actor, Actor]:
    """Return a case that is being handled, its handler, and a colleague of the same department."""
    case = make_case(house)
    walk(house, case, "handling")
    found = Case.objects.get(pk=case)
    who = next(one for one in (house.han, house.pang) if one.user_id == found.handler_id)
    heir = Person("heir", "接手", Role.DEPARTMENT_HANDLER, who.scope)
    return case, who, make_actor(heir, department_id=who.department_id)


LATER = AT + timedelta(hours=5)


def hand_over_later(one: HandoverIn) -> Mapping[str, int]:
    return handing_over.hand_over(one, keepers=KEEPERS, actor=security(), at=LATER)


def test_a_case_goes_to_the_colleague_by_an_event_and_its_chain_holds(house: House) -> None:
    case, who, heir = make_handled(house)
    said = command(who, cases="successor", successor_id=heir.user_id)
    assert hand_over_later(said)["case"] == 1
    assert Case.objects.get(pk=case).handler_id == heir.user_id
    event = CaseEvent.objects.filter(case_id=case).latest("seq")
    told = (event.action, event.detail["from"], event.detail["to"], event.detail["reason"])
    assert told == ("hand_over", who.user_id, heir.user_id, "调离")
    assert list(case_queries.verify_chains("")) == []
    undo_at = LATER + timedelta(hours=1)
    handing_over.undo_handover(said.id, keepers=KEEPERS, actor=security(), at=undo_at)
    assert Case.objects.get(pk=case).handler_id == who.user_id
    assert list(case_queries.verify_chains("")) == []


def test_nobody_takes_over_what_they_reported_and_the_inbox_has_it(house: House) -> None:
    case, who, _ = make_handled(house)
    reporter = make_post_of_handler(Case.objects.get(pk=case).reporter_id, who)
    moved = hand_over_later(command(who, cases="successor", successor_id=reporter))
    assert (moved["case"], moved["case_inbox"]) == (1, 1)
    assert Case.objects.get(pk=case).handler_id is None


def make_post_of_handler(user_id: int, who: Actor) -> int:
    user = User.objects.get(pk=user_id)
    make_post(user=user, role=Role.DEPARTMENT_HANDLER, scope=who.scope, department_id=who.department_id)
    return user_id


def test_left_in_the_inbox_a_colleague_goes_on_with_the_case(house: House) -> None:
    case, who, heir = make_handled(house)
    hand_over_later(command(who))
    assert Case.objects.get(pk=case).handler_id is None
    house = replace(house, han=heir, pang=heir)
    walk(house, case, "closed", at=LATER)
    found = Case.objects.get(pk=case)
    assert (found.status, found.handler_id) == ("closed", heir.user_id)
    assert who.user_id in found.handled_by, "who handled it once never verifies it"
