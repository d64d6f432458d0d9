"""Must hold whatever leaves and substitutes are entered: TE-34.

On each day each grid has at most one person in charge, nobody who is away is in charge, and after all leaves
the assignment is as before. Real PostgreSQL, real services; people, days and choices are drawn by Hypothesis.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.territory.leave_makers import at, grid, make_deputy, make_street, on, take
from wangge.accounts.models import Leave, Post
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Refused
from wangge.territory import queries, standing_in
from wangge.territory.leave_schemas import SubstituteIn
from wangge.territory.models import GridMember

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
GRIDS, DAYS = 3, 8
LAST = (
    DAYS + (DAYS - 1) + 4
)  # the latest day back: asked for on the last day, as far ahead and as long as can be
Deed = tuple[str, int, int, int, int, bool]
deeds = st.tuples(
    st.sampled_from(["take", "take", "take", "name", "end", "withdraw"]),
    st.integers(0, GRIDS),  # who: a member, or the deputy of the first grid
    st.integers(0, GRIDS),  # who stands in
    st.integers(0, DAYS - 1),
    st.integers(1, 4),
    st.booleans(),
)


def away(user_id: int, day: int) -> bool:
    leaves = Leave.objects.filter(user_id=user_id, withdrawn_at__isnull=True)
    return any(one.starts_on <= on(day) < one.ends_on for one in leaves)


def rows_in_charge(n: int, day: int) -> list[int]:
    """Return by hand who could be in charge: written from the rule, not from the statement."""
    there = [
        row
        for row in GridMember.objects.filter(path=grid(n))
        if row.starts_on <= on(day) and (row.ends_on is None or on(day) < row.ends_on)
    ]
    primary = [row.user_id for row in there if row.duty == "primary"]
    present = [user_id for user_id in primary if not away(user_id, day)]
    standing = [row.user_id for row in there if row.duty == "substitute" and not away(row.user_id, day)]
    return present or standing


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(deeds, min_size=1, max_size=9))
def test_one_in_charge_nobody_away_and_afterwards_as_before(
    drawn: list[tuple[str, int, int, int, int, bool]],
) -> None:
    outer = transaction.atomic()
    with outer:
        people = make_street(GRIDS)
        everybody = [*people, make_deputy(1)]
        before = list(GridMember.objects.order_by("pk").values())
        posts = list(Post.objects.order_by("pk").values())
        today = 0
        for what, who, other, first, length, later in drawn:
            today = min(today + later, DAYS)
            _try(lambda w=what, a=who, b=other, f=first, n=length, t=today: _do(w, everybody, a, b, f, n, t))
        _check(everybody)
        charges = queries.charges_of([grid(n) for n in range(1, GRIDS + 1)], "comprehensive", on(LAST))
        assert {path: one.in_charge for path, one in charges.items()} == {
            grid(n): people[n - 1].user_id for n in range(1, GRIDS + 1)
        }
        assert list(GridMember.objects.filter(leave__isnull=True).order_by("pk").values()) == before
        assert list(Post.objects.filter(lent_for__isnull=True).order_by("pk").values()) == posts
        assert not Post.objects.filter(lent_for__isnull=False, ends_on__gt=on(LAST)).exists()
        transaction.set_rollback(True)


def _try(deed: Callable[[], None]) -> None:
    try:
        with transaction.atomic():
            deed()
    except Refused:
        return


def _do(what: str, people: list[Actor], who: int, other: int, first: int, length: int, today: int) -> None:
    actor = people[who]
    if what == "take":
        cover = {min(who, GRIDS - 1) + 1: people[other]} if other != who else None
        take(actor, today + first, today + first + length, cover, today=today)
        return
    leave = Leave.objects.filter(user_id=actor.user_id).order_by("-starts_on").first()
    if leave is None:
        return
    if what == "name":
        chosen = SubstituteIn(path=grid(min(who, GRIDS - 1) + 1), user_id=people[other].user_id)
        standing_in.name_substitute(leave.pk, chosen, actor=actor, at=at(today))
    elif what == "end":
        standing_in.end_leave(leave.pk, on(today + first), actor=actor, at=at(today))
    else:
        standing_in.withdraw_leave(leave.pk, actor=actor, at=at(today))


def _check(everybody: list[Actor]) -> None:
    paths = [grid(n) for n in range(1, GRIDS + 1)]
    for day in range(LAST + 1):
        charges = queries.charges_of(paths, "comprehensive", on(day))
        gone = {one.user_id for one in everybody if away(one.user_id, day)}
        for n in range(1, GRIDS + 1):
            could = rows_in_charge(n, day)
            assert len(could) <= 1, "two are in charge"
            assert charges[grid(n)].in_charge == (could[0] if could else None)
            assert charges[grid(n)].in_charge not in gone
