"""Actors, errors, fates, ids and the clock: values without a database."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.makers import ALICE, BOB, CAROL, plain_actor
from wangge.accounts.rules import Role
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, NotYourRole, Refused, Unreadable, VersionConflict
from wangge.kernel.fates import Fate, Outcome
from wangge.kernel.http import answer
from wangge.kernel.ids import assemble, id_at, new_id, time_of

ID = UUID("01930000-0000-7000-8000-000000000000")


def test_an_actor_covers_the_own_subtree_only():
    alice, bob, carol = plain_actor(ALICE), plain_actor(BOB), plain_actor(CAROL)
    assert alice.covers(bob.scope)
    assert not bob.covers(alice.scope)
    assert not carol.covers(bob.scope)
    assert not bob.covers(carol.scope)


@pytest.mark.parametrize("scope", ["", "34.02", "."])
def test_an_actor_without_a_closed_scope_cannot_be_made(scope):
    with pytest.raises(Unreadable):
        Actor(1, "x", Role.LEADER, scope)


def test_a_capability_that_is_missing_is_403():
    plain_actor(ALICE).check_can("cases.dispatch")
    with pytest.raises(NotYourRole) as refusal:
        plain_actor(BOB).check_can("cases.dispatch")
    assert refusal.value.status == 403
    assert refusal.value.as_dict()["facts"] == {"capability": "cases.dispatch", "role": "grid_member"}


@pytest.mark.parametrize(
    ("refusal", "status", "outcome"),
    [
        (NotVisible(), 404, "refused"),
        (NotYourRole(capability="x", role="y"), 403, "refused"),
        (Refused(), 409, "refused"),
        (VersionConflict(current=3, given=2), 409, "conflict"),
        (Unreadable(field="x", why_zh="缺", why_en="missing"), 422, "unreadable"),
    ],
)
def test_the_four_kinds_of_no_are_told_apart(refusal, status, outcome):
    fate = Fate.refused(ID, refusal)
    assert (fate.status, fate.outcome) == (status, Outcome(outcome))
    assert (fate.code, fate.zh, fate.en) == (refusal.code, refusal.message("zh"), refusal.message("en"))
    answered = answer(fate)
    code, body = answered.status_code, answered.value
    assert (code, body["outcome"], body["command_id"]) == (status, outcome, ID)


@pytest.mark.parametrize("kind", [Refused, *Refused.__subclasses__()])
def test_every_refusal_has_a_code_and_two_sentences(kind):
    assert kind.code.count(".") == 1
    assert kind.zh.endswith(("。", "}"))
    assert kind.en.endswith((".", "}"))
    assert kind.status in {401, 403, 404, 409, 422, 429}


def test_a_uuid7_tells_its_moment_and_sorts_by_it():
    at = datetime(2025, 10, 13, 2, 0, 0, 123000, tzinfo=UTC)
    rng = random.Random(7)
    one, later = id_at(at, rng), id_at(at + timedelta(milliseconds=1), rng)
    assert (one.version, one.variant) == (7, UUID(int=0, version=4).variant)
    assert time_of(one) == at
    assert one < later
    assert id_at(at, random.Random(7)) == one
    assert new_id().version == 7


@given(
    at=st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
    bits=st.integers(0, 2**74 - 1),
)
def test_equal_facts_make_equal_ids_and_the_millisecond_survives(at, bits):
    made = assemble(at, bits)
    assert made == assemble(at, bits)
    assert made.version == 7
    assert abs(time_of(made) - at) <= timedelta(milliseconds=1)


def test_the_clock_stands_where_it_is_set_and_the_day_is_that_of_china():
    late = datetime(2025, 10, 13, 17, 0, tzinfo=UTC)
    with clock.standing_at(late.astimezone(timezone(timedelta(hours=8)))):
        assert clock.now() == late
        assert clock.today() == date(2025, 10, 14)
        with clock.standing_at(datetime(2030, 1, 1, tzinfo=UTC)):
            assert clock.today() == date(2030, 1, 1)
        assert clock.now() == late
    assert clock.now().tzinfo is UTC
