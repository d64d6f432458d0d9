"""MH-1 … MH-6, typed from docs/rules/major_hazards.md."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.major_hazards.makers import EDITION
from wangge.major_hazards.models import ElementSet
from wangge.major_hazards.refusals import (
    PanelTooSmall,
    SameHands,
    UnknownElement,
)
from wangge.major_hazards.rules import (
    Panel,
    PlaceKind,
    Procedure,
    Vote,
    check_elements,
    check_other_hands,
    check_panel,
    judge,
    light,
    tally,
)
from wangge.packs.reading import read

TWO_THIRDS = Procedure(3, 7, (2, 3))


def edition():
    full = {"place_kinds": [], "is_confirmed": False}
    rows = [full | one for one in EDITION["elements"]]
    counts = [full | {"elements": []} | one for one in EDITION["counts"]]
    return ElementSet(elements=rows, counts=counts).edition()


def shipped(code: str = "GB35181-2017"):
    row = next(one for one in read("base").element_sets if one.code == code)
    plain = row.model_dump(mode="json")
    return ElementSet(elements=plain["elements"], counts=plain["counts"]).edition()


# From domain 2.8: crowded 3 of (7.3.1–7.3.9, 7.5, 7.9.3); flammables 3 of (7.1.1–7.1.3, 7.4.5, 7.4.6);
# crowded, flammables, important 4 of any; other 6 of any; one direct element is enough.
CASES = [
    ("crowded", ["6.5"], "6.5"),
    ("crowded", ["7.3.1", "7.3.9", "7.5"], "crowded-3"),
    ("crowded", ["7.3.1", "7.3.9", "7.9.3"], "crowded-3"),
    ("crowded", ["7.3.1", "7.3.9", "7.3.10"], ""),  # 7.3.10 is not 7.3.1
    ("crowded", ["7.3.1", "7.3.9", "7.6"], ""),
    ("crowded", ["7.3.1", "7.3.9", "7.6", "7.7"], "any-4"),
    ("flammables", ["7.1.1", "7.1.3", "7.4.6"], "flammables-3"),
    ("flammables", ["7.3.1", "7.3.9", "7.5"], ""),
    ("flammables", ["6.4"], "6.4"),
    ("important", ["7.1.1", "7.1.2", "7.1.3"], ""),
    ("important", ["7.1.1", "7.1.2", "7.1.3", "7.8"], "any-4"),
    ("other", ["7.1.1", "7.1.2", "7.1.3", "7.8", "7.6"], ""),
    ("other", ["7.1.1", "7.1.2", "7.1.3", "7.8", "7.6", "7.7"], "any-6"),
    ("other", [], ""),
]


@pytest.mark.parametrize(("kind", "ticked", "line"), CASES)
def test_the_2017_edition_counts_as_its_text_says(kind, ticked, line):
    said = judge(PlaceKind(kind), ticked, shipped())
    assert (said.verdict.value, said.code) == ("suspected" if line else "not_suspected", line)
    assert line == "" or said.zh


def test_the_2025_edition_waits_for_its_text():
    row = next(one for one in read("base").element_sets if one.code == "GB35181-2025")
    assert (row.elements, row.counts) == ([], [])
    assert "导入" in row.remedy_zh


def test_what_is_only_known_is_never_shown_as_confirmed():
    unsure = {one.code for one in shipped().elements if not one.is_confirmed}
    assert {"6.10", "7.3.8", "7.3.12", "7.4", "7.5", "7.9.3"} <= unsure
    assert not {"6.1", "6.9", "7.1.1", "7.3.7"} & unsure
    assert all(not one.is_confirmed for one in shipped().counts)


def test_a_beginning_counts_what_lies_below_it_and_nothing_else():
    said = judge(PlaceKind.CROWDED, ["7.3.1", "7.3.2", "7.5.1"], edition())
    assert (said.code, said.counted) == ("crowded-3", ("7.3.1", "7.3.2", "7.5.1"))
    assert judge(PlaceKind.CROWDED, ["7.3.10", "7.3.2", "7.5.1"], edition()).code == ""


def test_an_element_of_another_edition_or_place_is_named():
    check_elements(PlaceKind.CROWDED, ["6.5"], edition(), name="旧版")
    for kind, code in ((PlaceKind.CROWDED, "9.9"), (PlaceKind.OTHER, "6.5")):
        with pytest.raises(UnknownElement, match=code):
            check_elements(kind, [code], edition(), name="旧版")


def votes(members: str, experts: str = "") -> list[Vote]:
    """Return votes: y agrees, n does not, ? has not signed."""
    signs = {"y": True, "n": False, "?": None}
    return [Vote(Panel.MEMBER, signs[one]) for one in members] + [
        Vote(Panel.EXPERT, signs[one]) for one in experts
    ]


@pytest.mark.parametrize(
    ("members", "experts", "is_complex", "outcome"),
    [
        ("yyy", "", False, "agreed"),
        ("yy?", "", False, "open"),
        ("yyn", "", False, "declined"),  # three must agree
        ("yyyn", "", False, "agreed"),
        ("yyynn", "", False, "agreed"),
        ("yyynnn", "", False, "declined"),  # no more than half
        ("yyy", "yyyyynn", True, "agreed"),  # 5 of 7
        ("yyy", "yyyynnn", True, "declined"),  # 4 of 7 is less than two thirds
        ("yyy", "yyyyyynnn", True, "agreed"),  # 6 of 9
        ("yyy", "yyyyy", True, "declined"),  # fewer than seven
        ("yyy", "yyyyyy?", True, "open"),
        ("yyn", "yyyyyyy", True, "declined"),
    ],
)
def test_a_decision_is_agreed_only_with_its_signatures(members, experts, is_complex, outcome):
    assert tally(votes(members, experts), TWO_THIRDS, is_complex=is_complex).outcome == outcome


def test_a_decision_says_what_it_waits_for():
    stands = tally(votes("y??", "yyyy???"), TWO_THIRDS, is_complex=True)
    assert (stands.unsigned, stands.missing_members, stands.missing_experts) == (5, 2, 1)


@pytest.mark.parametrize(
    ("members", "experts", "is_complex", "is_enough"),
    [(3, 0, False, True), (2, 0, False, False), (3, 6, True, False), (3, 7, True, True), (2, 7, True, False)],
)
def test_a_panel_that_could_never_decide_is_refused(members, experts, is_complex, is_enough):
    panels = [Panel.MEMBER] * members + [Panel.EXPERT] * experts
    if is_enough:
        check_panel(panels, TWO_THIRDS, is_complex=is_complex)
    else:
        with pytest.raises(PanelTooSmall):
            check_panel(panels, TWO_THIRDS, is_complex=is_complex)


def test_somebody_else_looks():
    check_other_hands(1, reporters={2}, handler_id=3)
    for inspector in (2, 3):
        with pytest.raises(SameHands):
            check_other_hands(inspector, reporters={2}, handler_id=3)


def test_the_light_turns_at_its_share_of_the_time():
    start = datetime(2025, 10, 13, tzinfo=UTC)
    due = start + timedelta(days=4)
    lights = [light(start, due, start + timedelta(days=n), yellow_at_pct=75) for n in (0, 2, 3, 4)]
    assert lights == ["green", "green", "yellow", "red"]
    assert light(start, None, start, yellow_at_pct=75) == "none"
