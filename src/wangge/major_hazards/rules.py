"""Suspected by counting, major only by people. Pure. Source: docs/rules/major_hazards.md."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from wangge.major_hazards.refusals import PanelTooSmall, SameHands, UnknownElement


class PlaceKind(StrEnum):
    CROWDED = "crowded"  # 人员密集场所
    FLAMMABLES = "flammables"  # 易燃易爆危险品场所
    IMPORTANT = "important"  # 重要场所
    OTHER = "other"


class Exemption(StrEnum):
    """Why nothing is judged although elements are there (MH-3)."""

    EXPERTS_REVIEWED = "experts_reviewed"  # reviewed by experts, measures taken
    STOPPED = "stopped"  # business or use stopped
    NO_SERIOUS_HARM = "no_serious_harm"  # cannot lead to a major accident or serious social impact


class Suspicion(StrEnum):
    SUSPECTED = "suspected"
    NOT_SUSPECTED = "not_suspected"
    EXCEPTED = "excepted"


class DecisionKind(StrEnum):
    MAJOR = "major"
    DELIST = "delist"


class Outcome(StrEnum):
    OPEN = "open"  # waits for signatures
    AGREED = "agreed"
    DECLINED = "declined"


class Panel(StrEnum):
    MEMBER = "member"  # collective discussion
    EXPERT = "expert"


@dataclass(frozen=True, slots=True)
class Element:
    code: str
    is_direct: bool
    zh: str
    en: str
    place_kinds: frozenset[str] = frozenset()  # none: every kind of place
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """So many of the comprehensive elements make a place suspect."""

    code: str
    at_least: int
    zh: str
    en: str
    place_kinds: frozenset[str] = frozenset()
    elements: frozenset[str] = frozenset()  # codes or their beginnings; none: any
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Elements:
    """One edition of the standard."""

    elements: Sequence[Element]
    counts: Sequence[Count]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the counting says, and the line that says it."""

    verdict: Suspicion
    code: str = ""
    zh: str = ""
    en: str = ""
    counted: tuple[str, ...] = ()
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Vote:
    panel: Panel
    agrees: bool | None  # None: has not signed yet


@dataclass(frozen=True, slots=True)
class Procedure:
    """How many must sign, as the edition says."""

    members: int
    experts: int
    agree_of: tuple[int, int]  # at least so many of so many experts


@dataclass(frozen=True, slots=True)
class Tally:
    """Where a decision stands. `missing_*` is what it waits for."""

    outcome: Outcome
    missing_members: int = 0
    missing_experts: int = 0
    unsigned: int = 0
    votes: dict[str, int] = field(default_factory=dict)


def judge(place_kind: PlaceKind, ticked: Collection[str], elements: Elements) -> Judgement:
    """Return whether the ticked elements make the place suspect, and the line that makes it.

    One direct element is enough; else the first count that is reached. The machine never says "major".
    Rule: MH-1, MH-2 (domain 2.8).
    """
    known = [
        one for one in elements.elements if one.code in set(ticked) and _fits(one.place_kinds, place_kind)
    ]
    direct = [one for one in known if one.is_direct]
    if direct:
        first = direct[0]
        return Judgement(
            Suspicion.SUSPECTED, first.code, first.zh, first.en, (first.code,), first.is_confirmed
        )
    for rule in elements.counts:
        counted = tuple(one.code for one in known if _counts(one.code, rule.elements))
        if _fits(rule.place_kinds, place_kind) and len(counted) >= rule.at_least:
            return Judgement(Suspicion.SUSPECTED, rule.code, rule.zh, rule.en, counted, rule.is_confirmed)
    return Judgement(Suspicion.NOT_SUSPECTED, counted=tuple(one.code for one in known))


def check_elements(place_kind: PlaceKind, ticked: Collection[str], elements: Elements, *, name: str) -> None:
    """Raises: UnknownElement naming those that the edition lacks or that are not for such a place (MH-1)."""
    known = {one.code for one in elements.elements if _fits(one.place_kinds, place_kind)}
    if lost := sorted(set(ticked) - known):
        raise UnknownElement(name=name, codes="、".join(lost))


def check_panel(panels: Sequence[Panel], procedure: Procedure, *, is_complex: bool) -> None:
    """Refuse a panel that could never decide.

    Raises: PanelTooSmall.
    Rule:   MH-4.
    """
    members, experts = panels.count(Panel.MEMBER), panels.count(Panel.EXPERT)
    wanted = procedure.experts if is_complex else 0
    if members < procedure.members or experts < wanted:
        raise PanelTooSmall(
            members=procedure.members, experts=wanted, given_members=members, given_experts=experts
        )


def tally(votes: Sequence[Vote], procedure: Procedure, *, is_complex: bool) -> Tally:
    """Return where the decision stands once these have signed.

    Agreed when everybody signed, the members who agree are enough and more than those who do not, and of the
    experts of a complex one enough agree; declined as soon as everybody signed and it is not.
    Rule: MH-4 (domain 2.8: at least three in discussion; at least seven experts, two thirds of them agree).
    """
    members = [one for one in votes if one.panel is Panel.MEMBER]
    experts = [one for one in votes if one.panel is Panel.EXPERT]
    unsigned = sum(one.agrees is None for one in votes)
    for_it = sum(one.agrees is True for one in members)
    experts_for = sum(one.agrees is True for one in experts)
    counts = {
        "members_for": for_it,
        "members": len(members),
        "experts_for": experts_for,
        "experts": len(experts),
    }
    missing_members = max(0, procedure.members - for_it)
    share, of = procedure.agree_of
    wanted = -(-len(experts) * share // of) if is_complex else 0
    missing_experts = max(0, wanted - experts_for)
    if unsigned:
        return Tally(Outcome.OPEN, missing_members, missing_experts, unsigned, counts)
    enough = not missing_members and for_it * 2 > len(members) and not missing_experts
    enough = enough and (not is_complex or len(experts) >= procedure.experts)
    outcome = Outcome.AGREED if enough else Outcome.DECLINED
    return Tally(outcome, missing_members, missing_experts, 0, counts)


def check_other_hands(inspector_id: int, *, reporters: Collection[int], handler_id: int | None) -> None:
    """Refuse whoever reported the progress or handles the case.

    Raises: SameHands.
    Rule:   MH-6 (DG-08).
    """
    if inspector_id in reporters or inspector_id == handler_id:
        raise SameHands()


def light(start: datetime, due: datetime | None, at: datetime, *, yellow_at_pct: int) -> str:
    """Return green, yellow at a share of the time, red at its end, or none. Rule: MH-5, CS-6."""
    if due is None:
        return "none"
    if at >= due:
        return "red"
    return "yellow" if at >= start + (due - start) * yellow_at_pct / 100 else "green"


def _fits(kinds: frozenset[str], place_kind: PlaceKind) -> bool:
    return not kinds or place_kind.value in kinds


def _counts(code: str, wanted: frozenset[str]) -> bool:
    return not wanted or any(code == one or code.startswith(f"{one}.") for one in wanted)
