"""Marks of the stream, and who is told what."""

from __future__ import annotations

import pytest

from tests.makers import ALICE, BOB, CAROL, plain_actor
from wangge.accounts.rules import Role
from wangge.console.rules import LiveRow, may_listen, may_see, read_mark


def row(path=BOB.scope, *, restricted=False):
    return LiveRow(1, "c", "accept", "reported", "accepted", path, "H301", restricted, "2025-10-13T10:00:00")


@pytest.mark.parametrize("mark", ["10:10:", "10:12:10,11", "731:731:"])
def test_a_snapshot_is_a_mark(mark):
    assert read_mark(mark) == mark


NONE = ["", "x", "12:10:", "10:12:11,10", "10:12:12", "10:12:9", "1:2:3;DROP", "0:0:"]


@pytest.mark.parametrize("mark", NONE)
def test_anything_else_is_none(mark):
    assert read_mark(mark) is None


def test_rows_are_told_inside_the_scope_and_restricted_ones_to_named_posts():
    assert may_see(row(), plain_actor(ALICE), restricted=False)
    assert not may_see(row(restricted=True), plain_actor(ALICE), restricted=False)
    assert may_see(row(restricted=True), plain_actor(ALICE), restricted=True)
    assert not may_see(row(), plain_actor(CAROL), restricted=True)


def test_departments_citizens_and_administrators_have_no_stream():
    told = {role for role in Role if may_listen(plain_actor(ALICE.acting_as(role)))}
    assert told == {Role.DISPATCHER, Role.SUPERVISOR, Role.GRID_CHIEF, Role.GRID_MEMBER, Role.LEADER}
