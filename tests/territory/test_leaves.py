"""AC-13 … AC-15, TE-33 … TE-35: leaves and whoever stands in, on a real PostgreSQL."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.makers import ALICE, BOB, CAROL, ON, Person, make_actor, make_client, make_post
from tests.territory.leave_makers import (
    CHIEF,
    DAY,
    KINDS,
    at,
    grid,
    make_deputy,
    make_street,
    make_words,
    on,
    take,
)
from wangge.accounts import queries as accounts
from wangge.accounts.leave_rules import LeavesOverlap
from wangge.accounts.models import Leave, Post, User
from wangge.accounts.rules import PostsClash, Role
from wangge.kernel import clock
from wangge.kernel.errors import NotVisible, NotYourRole, Unreadable
from wangge.kernel.ids import new_id
from wangge.kernel.models import AuditRow
from wangge.territory import absences, queries, standing_in
from wangge.territory.leave_schemas import SubstituteIn
from wangge.territory.models import GridMember
from wangge.territory.standing_in import NotOffered, SubstituteAway

pytestmark = pytest.mark.django_db
LEAVES = "/api/staff/leaves"


def in_charge(n: int, day: int) -> int | None:
    charge = queries.charges_of([grid(n)], "comprehensive", on(day)).get(grid(n))
    return charge.in_charge if charge else None


def named(scope_post: Post) -> tuple[str, str, Any, Any]:
    return scope_post.role, scope_post.scope, scope_post.starts_on, scope_post.ends_on


def test_during_the_leave_the_neighbour_is_in_charge_and_afterwards_all_is_as_before() -> None:
    [one, two, *_] = make_street()
    assert take(one, 2, 5, {1: two}).uncovered == []
    assert [in_charge(1, day) for day in (1, 2, 4, 5)] == [one.user_id, two.user_id, two.user_id, one.user_id]
    assert in_charge(2, 3) == two.user_id, "the own grid stays the neighbour's"
    assert queries.paths_of(two.user_id, on(3)) == {grid(1), grid(2)}
    lent = Post.objects.get(user_id=two.user_id, lent_for__isnull=False)
    assert named(lent) == ("grid_member", grid(1), on(2), on(5))
    assert AuditRow.objects.filter(action="accounts.lend_post").count() == 1


def test_the_substitute_sees_the_grid_in_the_lent_post_and_only_during_the_leave() -> None:
    [one, two, *_] = make_street()
    take(one, 2, 5, {1: two})
    lent = Post.objects.get(user_id=two.user_id, lent_for__isnull=False)
    assert accounts.get_acting(two.user_id, lent.pk, on(2)).scope == grid(1)
    for day in (1, 5):
        with pytest.raises(accounts.PostNotInForce):
            accounts.get_acting(two.user_id, lent.pk, on(day))
    user = User.objects.get(pk=two.user_id)
    acting = accounts.get_actor(user, on(3))
    assert acting is not None
    assert acting.scope == grid(2), "by itself the own post acts, not the lent one"


def test_the_grid_says_who_is_away_until_when_and_who_stands_in() -> None:
    [one, two, *_] = make_street()
    take(one, 0, 3, {1: two})
    take(two, 5, 7)
    chief = make_actor(CHIEF)

    def told(day: int) -> list[tuple[Any, ...]]:
        page = queries.list_grids(
            chief, layer="comprehensive", q="", within="", cursor="", limit=2, at=at(day)
        )
        return [(row.member_name, row.away_until, row.substitute_name) for row in page.items]

    assert told(1) == [("格员1", on(3), "格员2"), ("格员2", None, None)]
    assert told(5) == [("格员1", None, None), ("格员2", on(7), None)]


def test_a_deputy_needs_no_other_post() -> None:
    [one, *_] = make_street()
    deputy = make_deputy(1)
    take(one, 0, 3, {1: deputy})
    assert in_charge(1, 0) == deputy.user_id
    assert not Post.objects.filter(lent_for__isnull=False).exists()


def test_deputies_are_offered_first_then_neighbours_and_nobody_from_further_away() -> None:
    [one, two, three, _] = make_street()
    deputy = make_deputy(2)
    take(three, 1, 2)
    offered = absences.offer_substitutes(
        make_actor(CHIEF), user_id=two.user_id, starts_on=on(0), ends_on=on(3), at=at(0), on=on(0)
    )
    [shown] = offered
    assert shown.path == grid(2)
    assert [(c.user_id, c.is_deputy, c.days_away) for c in shown.candidates] == [
        (deputy.user_id, True, 0),
        (one.user_id, False, 0),
        (three.user_id, False, 1),
    ]


def test_nobody_who_is_away_and_nobody_from_far_stands_in_and_the_leave_is_not_half_written() -> None:
    [one, two, three, four] = make_street()
    take(two, 3, 6)
    with pytest.raises(SubstituteAway) as refused:
        take(one, 0, 4, {1: two})
    assert "1 天" in refused.value.message("zh")
    for other in (four, one):
        with pytest.raises(NotOffered):
            take(one, 0, 4, {1: other})
    with pytest.raises(NotVisible):
        take(one, 0, 4, {3: two})  # not a grid of hers
    assert not Leave.objects.filter(user_id=one.user_id).exists()
    assert not GridMember.objects.filter(duty="substitute").exists()
    assert three.user_id == in_charge(3, 4)


def test_a_substitute_who_falls_ill_is_not_in_charge_and_the_grid_is_on_the_list() -> None:
    [one, two, *_] = make_street()
    take(one, 0, 5, {1: two})
    assert (
        absences.list_uncovered(
            make_actor(CHIEF), starts_on=on(0), ends_on=on(9), within="", cursor="", limit=9
        ).total
        == 0
    )
    take(two, 2, 4, kind="sick")
    assert [in_charge(1, day) for day in range(5)] == [two.user_id, two.user_id, None, None, two.user_id]
    found = absences.list_uncovered(
        make_actor(CHIEF), starts_on=on(0), ends_on=on(9), within="", cursor="", limit=9
    )
    assert [(r.path, r.name, r.absent_name, r.first_on, r.last_on, r.days) for r in found.items] == [
        (grid(1), "1格", "格员1", on(2), on(3), 2),
        (grid(2), "2格", "格员2", on(2), on(3), 2),
    ]


def test_a_leave_without_a_substitute_says_which_grids_are_open() -> None:
    [one, *_] = make_street()
    assert take(one, 0, 2).uncovered == [grid(1)]
    assert in_charge(1, 0) is None


def test_somebody_else_stands_in_from_today_on_and_then_nobody() -> None:
    [one, two, *_] = make_street()
    deputy = make_deputy(1)
    leave_id = take(one, 0, 6, {1: two}).leave_id
    chief = make_actor(CHIEF)
    standing_in.name_substitute(
        leave_id, SubstituteIn(path=grid(1), user_id=deputy.user_id), actor=chief, at=at(2)
    )
    assert [in_charge(1, day) for day in (1, 2, 5)] == [two.user_id, deputy.user_id, deputy.user_id]
    assert Post.objects.get(user_id=two.user_id, lent_for__isnull=False).ends_on == on(2)
    done = standing_in.name_substitute(
        leave_id, SubstituteIn(path=grid(1), user_id=None), actor=chief, at=at(4)
    )
    assert done.uncovered == [grid(1)]
    assert [in_charge(1, day) for day in (3, 4, 6)] == [deputy.user_id, None, one.user_id]


def test_who_is_back_early_is_in_charge_again_and_the_lent_post_ends() -> None:
    [one, two, *_] = make_street()
    leave_id = take(one, 0, 6, {1: two}).leave_id
    standing_in.end_leave(leave_id, on(3), actor=one, at=at(2))
    assert [in_charge(1, day) for day in (2, 3)] == [two.user_id, one.user_id]
    assert Post.objects.get(lent_for__isnull=False).ends_on == on(3)


def test_a_withdrawn_leave_leaves_nothing_behind_but_itself() -> None:
    [one, two, *_] = make_street()
    leave_id = take(one, 2, 6, {1: two}).leave_id
    standing_in.withdraw_leave(leave_id, actor=one, at=at(1))
    assert in_charge(1, 3) == one.user_id
    assert not Post.objects.filter(lent_for__isnull=False).exists()
    assert Leave.objects.get(pk=leave_id).withdrawn_at == at(1)
    take(one, 2, 6)  # the days are free again
    with pytest.raises(LeavesOverlap):
        take(one, 5, 7)


def test_who_may_enter_a_leave() -> None:
    [one, two, *_] = make_street()
    for role, scope in ((Role.GRID_CHIEF, "34.02.03."), (Role.SECURITY_ADMIN, "34.02.03.005.")):
        who = make_actor(Person(f"by-{role}", "办事", role, scope))
        assert take(one, *((0, 1) if role is Role.GRID_CHIEF else (1, 2)), by=who)
    stranger = make_actor(CAROL.acting_as(Role.GRID_CHIEF))
    with pytest.raises(NotVisible):
        take(one, 5, 6, by=stranger)
    with pytest.raises(NotYourRole):
        take(one, 5, 6, by=two)
    with pytest.raises(Unreadable):
        take(one, 5, 6, kind="holiday")
    take(one, 5, 6, by=one)


def test_the_security_administrator_stands_in_for_nobody() -> None:
    [one, *_] = make_street()
    guard = make_actor(Person("guard", "安管", Role.SECURITY_ADMIN, grid(1)))
    GridMember.objects.create(
        path=grid(1), layer="comprehensive", user_id=guard.user_id, duty="deputy", starts_on=on(-9)
    )
    with pytest.raises(PostsClash):
        take(one, 0, 2, {1: guard})


def test_whoever_is_away_is_asked_last() -> None:
    [one, two, *_] = make_street()
    asked = (Role.GRID_MEMBER, grid(1))
    assert accounts.holders_of([asked], on(0)) == {asked: [one.user_id]}
    take(one, 0, 2)
    assert accounts.holders_of([asked], on(1)) == {asked: [one.user_id]}, "better her than nobody"
    take(one, 2, 4, {1: two})
    assert accounts.holders_of([asked], on(3)) == {asked: [two.user_id]}
    assert accounts.holders_of([asked], on(4)) == {asked: [one.user_id]}


def test_the_list_of_who_is_away_is_paged_and_of_the_own_territory() -> None:
    people = make_street()
    for n, who in enumerate(people):
        take(who, n, n + 2)
    chief = make_actor(CHIEF)

    def page(cursor: str = "", **changes: Any) -> Any:
        return absences.list_away(
            changes.pop("actor", chief),
            **{"starts_on": on(0), "ends_on": on(14), "within": "", "q": "", "mine": False}
            | {"cursor": cursor, "limit": 3, "on": on(0)}
            | changes,
        )

    first = page()
    second = page(first.next_cursor)
    assert [row.name for row in (*first.items, *second.items)] == ["格员1", "格员2", "格员3", "格员4"]
    assert (first.total, second.next_cursor) == (4, None)
    assert [(row.stands, row.grids[0].open_days) for row in first.items] == [
        ("now", 2), ("later", 2), ("later", 2),
    ]  # fmt: skip
    assert [row.name for row in page(q="gy4").items] == ["格员4"], "by the initials of the name"
    assert [row.name for row in page(within=grid(2)).items] == ["格员2"]
    assert page(actor=make_actor(CAROL)).total == 0
    assert [row.name for row in page(actor=people[1], mine=True).items] == ["格员2"]
    with pytest.raises(NotYourRole):
        page(actor=people[1])
    for broken in ("x", "eHx5"):
        with pytest.raises(Unreadable):
            page(broken)


def test_a_leave_over_http_is_entered_once_listed_ended_and_refused_to_strangers() -> None:
    make_words()
    bob = make_actor(BOB)
    client, today = make_client(bob), clock.today()
    body = {"id": str(new_id()), "kind": "sick", "starts_on": str(today), "ends_on": str(today + 4 * DAY)}

    def send(method: str, url: str, content: Any = None, who: Any = client) -> Any:
        return getattr(who, method)(url, json.dumps(content), "application/json")

    first, again = send("post", LEAVES, body), send("post", LEAVES, body)
    assert (first.status_code, again.status_code) == (200, 208)
    assert Leave.objects.count() == 1
    clash = send("post", LEAVES, body | {"id": str(new_id())})
    assert (clash.status_code, clash.json()["code"]) == (409, "accounts.leaves_overlap")
    mine = client.get(LEAVES, {"mine": "true"}).json()["items"]
    assert [(row["kind"], row["can_change"]) for row in mine] == [("sick", True)]
    leave_id = mine[0]["leave_id"]
    carol = make_client(make_actor(CAROL.acting_as(Role.GRID_CHIEF)))
    for url in (f"{LEAVES}/{leave_id}/end",):
        assert send("put", url, {"ends_on": str(today + DAY)}, carol).status_code == 404
    assert send("put", f"{LEAVES}/{leave_id}/end", {"ends_on": str(today + DAY)}).status_code == 200
    late = send("put", f"{LEAVES}/{leave_id}/end", {"ends_on": str(today + 9 * DAY)})
    assert (late.status_code, late.json()["code"]) == (409, "accounts.leave_end_not_earlier")
    assert send("delete", f"{LEAVES}/{leave_id}").json()["code"] == "accounts.leave_began"
    words = client.get("/api/staff/words").json()
    assert [word["code"] for word in words] == list(KINDS)


def test_a_later_post_does_not_make_somebody_of_another_street_mine() -> None:
    make_words()
    dave = make_actor(Person("dave", "戴维", Role.GRID_MEMBER, "34.02.03.006.001.001."))
    chief = make_actor(CHIEF)
    with pytest.raises(NotVisible):
        take(dave, 0, 1, by=chief)
    make_post(user=User.objects.get(pk=dave.user_id), scope=grid(1), starts_on=ON - timedelta(days=9))
    take(dave, 0, 1, by=chief)
    assert ALICE.scope == chief.scope
