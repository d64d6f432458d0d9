"""Whose work is looked at again, and what it counts. Source: docs/rules/rechecks.md."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wangge.kernel.errors import Refused

MOST = 200  # of one draw: what a handful of people look at within weeks
SATISFIED = 4  # of five


class RecheckKind(StrEnum):
    """In which way work is looked at again (TZ-13, TZ-11)."""

    SPOT_CHECK = "spot_check"  # 抽查: a visit that was made, made again by somebody else
    BACK_TRACE = "back_trace"  # 倒查: from a finding of others back to who was there before and saw nothing
    CROSS_PATROL = "cross_patrol"  # 交叉巡查: a member walks another's grid
    SURVEY = "survey"  # 满意度调查: whoever was visited is asked


class RecheckVerdict(StrEnum):
    """What whoever looked again says."""

    AGREES = "agrees"  # as it was reported
    DIFFERS = "differs"  # not as it was reported
    OVERLOOKED = "overlooked"  # it could have been seen then
    AROSE_SINCE = "arose_since"  # it could not
    CLEAN = "clean"  # nothing that the grid's own member had not reported
    FOUND = "found"
    ANSWERED = "answered"  # with a rating
    UNCLEAR = "unclear"  # nobody can say: it counts for nobody


class ToldIt(StrEnum):
    """What a verdict counts for whose work it was."""

    WELL = "well"
    BADLY = "badly"
    NOTHING = "nothing"


VERDICTS: Mapping[RecheckKind, Mapping[RecheckVerdict, ToldIt]] = {  # RC-5; an answer counts by its rating
    RecheckKind.SPOT_CHECK: {
        RecheckVerdict.AGREES: ToldIt.WELL,
        RecheckVerdict.DIFFERS: ToldIt.BADLY,
        RecheckVerdict.UNCLEAR: ToldIt.NOTHING,
    },
    RecheckKind.BACK_TRACE: {
        RecheckVerdict.AROSE_SINCE: ToldIt.WELL,
        RecheckVerdict.OVERLOOKED: ToldIt.BADLY,
        RecheckVerdict.UNCLEAR: ToldIt.NOTHING,
    },
    RecheckKind.CROSS_PATROL: {
        RecheckVerdict.CLEAN: ToldIt.WELL,
        RecheckVerdict.FOUND: ToldIt.BADLY,
        RecheckVerdict.UNCLEAR: ToldIt.NOTHING,
    },
    RecheckKind.SURVEY: {RecheckVerdict.ANSWERED: ToldIt.NOTHING, RecheckVerdict.UNCLEAR: ToldIt.NOTHING},
}


class NothingToDraw(Refused):
    code = "rechecks.nothing_to_draw"
    zh = "这个范围和时间里没有可以抽取的对象。请换一段时间或更大的辖区。"
    en = "There is nothing to draw from in this territory and time. Choose other days or a larger territory."


class OwnWork(Refused):
    code = "rechecks.own_work"
    zh = "不能复核自己的工作，请由另一人记录。"
    en = "Nobody judges the own work: somebody else records this."


class NotThatVerdict(Refused):
    status = 422
    code = "rechecks.not_that_verdict"
    zh = "这种复核没有“{verdict}”这个结论，或缺少满意度分数。请重新选择。"
    en = "This kind of look has no verdict {verdict}, or its rating is missing. Choose again."


class Withdrawn(Refused):
    code = "rechecks.withdrawn"
    zh = "这次抽取已作废，不再记录结果。"
    en = "This draw was withdrawn: nothing is recorded on it any more."


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may be drawn, and whose work it is (`of`); "" where it is nobody's."""

    id: str
    of: str = ""


def rank(seed: str, identifier: str) -> str:
    """Return where a candidate stands by the seed: the smaller, the earlier. Rule: RC-1."""
    return hashlib.sha256(f"{seed}:{identifier}".encode()).hexdigest()


def choose(candidates: Iterable[Candidate], seed: str, size: int) -> list[Candidate]:
    """Return `size` of the candidates as the seed draws them: nobody twice before everybody once.

    Shape: min(size, how many there are), in the order of drawing; the order given does not matter.
    Rule:  RC-1 (by rank), RC-3 (members evenly).
    """
    turns: dict[str, int] = {}
    ranked: list[tuple[int, int, Candidate]] = []
    for one in sorted(candidates, key=lambda each: (rank(seed, each.id), each.id)):
        turn = turns.get(one.of, 0) if one.of else 0
        turns[one.of] = turn + 1
        ranked.append((turn, len(ranked), one))
    return [one for _, _, one in sorted(ranked, key=lambda each: each[:2])[:size]]


def digest(candidates: Iterable[Candidate]) -> str:
    """Return what stands for those drawn from: the same for the same candidates only. Rule: RC-1."""
    return hashlib.sha256(told(candidates).encode()).hexdigest()


def told(candidates: Iterable[Candidate]) -> str:
    """Return the candidates as text, a line each, sorted: what is kept and published. Rule: RC-1."""
    return "".join(f"{one.id} {one.of}\n" for one in sorted(candidates, key=lambda each: each.id))


def read_told(text: str) -> list[Candidate]:
    """Return the candidates of a kept text."""
    return [Candidate(*line.split(" ", 1)) for line in text.splitlines()]


def cross(chosen: Sequence[Candidate]) -> dict[str, str]:
    """Return who walks each grid: the member of the next drawn grid that is somebody else's.

    Shape: grid → member; grids for which there is nobody else are left out. Nobody walks two of them
           while each member has one grid.
    Rule:  RC-4 (TZ-11: 交叉巡查).
    """
    walkers = {}
    for n, one in enumerate(chosen):
        rest = (chosen[(n + step) % len(chosen)].of for step in range(1, len(chosen)))
        walker = next((member for member in rest if member and member != one.of), None)
        if walker is not None:
            walkers[one.id] = walker
    return walkers


def check_verdict(kind: RecheckKind, verdict: RecheckVerdict, rating: int | None) -> None:
    """Raises: NotThatVerdict for one of another kind, or with a rating that is amiss. Rule: RC-5."""
    if verdict not in VERDICTS[kind] or (rating is not None) != (verdict is RecheckVerdict.ANSWERED):
        raise NotThatVerdict(verdict=verdict.value)


def counts_as(kind: RecheckKind, verdict: RecheckVerdict, rating: int | None) -> ToldIt:
    """Return what a verdict counts: of a survey four and five of five are satisfied. Rule: RC-5, RC-6."""
    if verdict is RecheckVerdict.ANSWERED and rating is not None:
        return ToldIt.WELL if rating >= SATISFIED else ToldIt.BADLY
    return VERDICTS[kind].get(verdict, ToldIt.NOTHING)


def share_pct(well: int, badly: int) -> int | None:
    """Return the share that was told well, in whole percent, rounded down; None of nothing. Rule: RC-6."""
    judged = well + badly
    return well * 100 // judged if judged else None
