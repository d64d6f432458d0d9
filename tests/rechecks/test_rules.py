"""RC-1 to RC-6, on plain values."""

from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge.rechecks.rules import (
    Candidate,
    NotThatVerdict,
    RecheckKind,
    RecheckVerdict,
    ToldIt,
    check_verdict,
    choose,
    counts_as,
    cross,
    digest,
    read_told,
    share_pct,
    told,
)

WORK = st.lists(
    st.builds(Candidate, st.integers(0, 10_000).map(str), st.integers(1, 6).map(str)),
    min_size=1,
    max_size=40,
    unique_by=lambda one: one.id,
)


@given(WORK, st.integers(1, 50), st.text(min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_same_seed_draws_the_same_in_whatever_order_it_is_given(
    work: list[Candidate], size: int, seed: str, rng: random.Random
) -> None:
    drawn = choose(work, seed, size)
    shuffled = rng.sample(work, len(work))
    assert choose(shuffled, seed, size) == drawn
    assert len(drawn) == len(set(drawn)) == min(size, len(work))
    assert set(drawn) <= set(work)
    assert digest(shuffled) == digest(work)
    assert sorted(read_told(told(work)), key=lambda one: one.id) == sorted(work, key=lambda one: one.id)


@given(WORK, st.integers(1, 50), st.text(min_size=1, max_size=8))
def test_nobody_is_drawn_twice_before_everybody_was_once(work: list[Candidate], size: int, seed: str) -> None:
    drawn = [one.of for one in choose(work, seed, size)]
    everybody = {one.of for one in work}
    assert set(drawn[: len(everybody)]) == everybody if size >= len(everybody) else len(set(drawn)) == size


@given(st.integers(2, 20), st.text(min_size=1, max_size=8))
def test_every_grid_is_walked_by_another_and_nobody_walks_two(count: int, seed: str) -> None:
    grids = choose([Candidate(f"g{n}", f"m{n}") for n in range(count)], seed, count)
    walkers = cross(grids)
    assert set(walkers) == {one.id for one in grids}
    assert all(walkers[one.id] != one.of for one in grids)
    assert len(set(walkers.values())) == count


def test_a_lot_can_be_drawn_by_hand() -> None:
    ids = ["a", "b", "c", "d"]
    by_hand = sorted(ids, key=lambda one: hashlib.sha256(f"2025|{one}".encode()).hexdigest())
    assert [one.id for one in choose([Candidate(one) for one in ids], "2025", 4)] == by_hand
    assert cross([Candidate("g1", "m1"), Candidate("g2", "m1")]) == {}, "where there is nobody else"


COUNTS = [
    ("spot_check", "agrees", None, "well"),
    ("spot_check", "differs", None, "badly"),
    ("spot_check", "unclear", None, "nothing"),
    ("back_trace", "arose_since", None, "well"),
    ("back_trace", "overlooked", None, "badly"),
    ("cross_patrol", "clean", None, "well"),
    ("cross_patrol", "found", None, "badly"),
    ("survey", "answered", 5, "well"),
    ("survey", "answered", 4, "well"),
    ("survey", "answered", 3, "badly"),
    ("survey", "answered", 1, "badly"),
    ("survey", "unclear", None, "nothing"),
]


@pytest.mark.parametrize(("kind", "verdict", "rating", "said"), COUNTS)
def test_a_verdict_counts_as_the_table_says(kind: str, verdict: str, rating: int | None, said: str) -> None:
    check_verdict(RecheckKind(kind), RecheckVerdict(verdict), rating)
    assert counts_as(RecheckKind(kind), RecheckVerdict(verdict), rating) is ToldIt(said)


@pytest.mark.parametrize(
    ("kind", "verdict", "rating"),
    [("spot_check", "overlooked", None), ("survey", "answered", None), ("spot_check", "agrees", 5),
     ("survey", "agrees", None)],
)  # fmt: skip
def test_a_verdict_of_another_kind_is_refused(kind: str, verdict: str, rating: int | None) -> None:
    with pytest.raises(NotThatVerdict):
        check_verdict(RecheckKind(kind), RecheckVerdict(verdict), rating)


def test_a_share_is_of_what_was_judged_rounded_down() -> None:
    assert [share_pct(*one) for one in ((2, 1), (0, 0), (3, 0), (0, 2))] == [66, None, 100, 0]
