"""EV-1 … EV-6, typed from docs/rules/evidence.md; no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge.evidence.rules import Claimed, Kind, Limit, Use, Verdict, compare
from wangge.evidence.wording import words_of

AT = datetime(2025, 10, 13, 2, 0, tzinfo=UTC)
HERE = (118.305, 31.305)
LIMITS = {
    Limit.TIME: 120,
    Limit.PLACE_BEFORE: 200,
    Limit.PLACE_AFTER: 50,
    Limit.RECYCLED: 7,
}
PHOTO = Claimed("a" * 64, 1, AT, 1, is_after=False)
AFTER = replace(PHOTO, sha256="b" * 64, seq=5, is_after=True)
OTHER = Use(UUID(int=9), 1, AT - timedelta(days=3), 2, 0, is_same_bytes=False)


def north(metres: float) -> tuple[float, float]:
    return HERE[0], HERE[1] + metres / 111_195


def verdicts(*photos: Claimed, kind: Kind, positions=None, uses=None, limits=LIMITS) -> list[str]:
    found = compare(photos, reported=HERE, positions=positions or {}, uses=uses or {}, limits=limits)
    return [one.verdict.value for one in found if one.kind is kind]


@pytest.mark.parametrize(
    ("minutes_before", "verdict"),
    [
        (0, "agrees"),
        (120, "agrees"),
        (120.1, "differs"),
        (-5, "agrees"),  # clocks differ by five minutes
        (-5.1, "differs"),
        (60 * 24 * 400, "differs"),
    ],
)
def test_a_photo_is_taken_shortly_before_its_step(minutes_before, verdict):
    photo = replace(PHOTO, taken_at=AT - timedelta(minutes=minutes_before))
    assert verdicts(photo, kind=Kind.TIME) == [verdict]


@pytest.mark.parametrize(
    ("photo", "metres", "verdict"),
    [
        (PHOTO, 199, "agrees"),
        (PHOTO, 201, "differs"),
        (AFTER, 49, "agrees"),
        (AFTER, 51, "differs"),
        (AFTER, 300_000, "differs"),
    ],
)
def test_a_photo_is_taken_near_the_reported_point_after_photos_within_50_metres(photo, metres, verdict):
    assert verdicts(replace(photo, point=north(metres)), kind=Kind.PLACE) == [verdict]


def test_a_photo_that_does_not_say_is_unknown_and_never_a_reproach():
    found = compare([PHOTO, AFTER], reported=HERE, positions={}, uses={}, limits=LIMITS)
    silent = [one for one in found if one.kind in {Kind.TIME, Kind.PLACE, Kind.PAIR}]
    assert {one.verdict for one in silent} == {Verdict.UNKNOWN}
    assert not any("请核实" in words_of(one, hidden=0)[0] for one in found)


def test_before_and_after_are_compared_where_both_say_their_place():
    before, after = replace(PHOTO, point=north(150)), replace(AFTER, point=north(120))
    assert verdicts(before, after, kind=Kind.PAIR) == ["agrees"]
    assert verdicts(before, replace(after, point=north(90)), kind=Kind.PAIR) == ["differs"]
    assert verdicts(PHOTO, after, kind=Kind.PAIR) == []


def test_where_the_phone_was_counts_for_steps_after_the_report():
    positions = {1: north(900), 5: north(30)}
    assert verdicts(PHOTO, AFTER, kind=Kind.POSITION, positions=positions) == ["agrees"]
    assert verdicts(AFTER, kind=Kind.POSITION, positions={5: north(80)}) == ["differs"]


@pytest.mark.parametrize(
    ("use", "verdict"),
    [
        (OTHER, "differs"),
        (replace(OTHER, bits=7), "differs"),
        (replace(OTHER, bits=8), "agrees"),
        (replace(OTHER, bits=8, is_same_bytes=True), "differs"),
    ],
)
def test_a_photo_that_was_used_before_is_told(use, verdict):
    assert verdicts(PHOTO, kind=Kind.RECYCLED, uses={(PHOTO.sha256, 1): [use]}) == [verdict]


def test_a_program_that_says_it_changed_the_photo_is_told():
    [found] = [
        one
        for one in compare(
            [replace(PHOTO, edited_with="GIMP 2.10")], reported=HERE, positions={}, uses={}, limits=LIMITS
        )
        if one.kind is Kind.EDITED
    ]
    assert "GIMP 2.10" in words_of(found, hidden=0)[0]


def test_what_the_pack_does_not_limit_is_not_compared():
    photo = replace(AFTER, taken_at=AT, point=HERE)
    assert compare([photo], reported=HERE, positions={5: HERE}, uses={}, limits={}) == []


@given(st.floats(-1e5, 1e7), st.floats(0, 1e6), st.booleans())
def test_every_finding_has_a_sentence_in_both_languages(minutes, metres, is_after):
    photo = replace(
        AFTER if is_after else PHOTO,
        taken_at=AT - timedelta(minutes=minutes),
        point=(HERE[0], min(89.0, HERE[1] + metres / 111_195)),
    )
    for one in compare([photo, PHOTO], reported=HERE, positions={5: HERE}, uses={}, limits=LIMITS):
        zh, en = words_of(one, hidden=0)
        assert zh.endswith("。")
        assert en[0].isupper()
        assert ("请核实" in zh) == ("look again" in en) == (one.verdict is Verdict.DIFFERS)
