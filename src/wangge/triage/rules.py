"""What text and place suggest: words of the catalogue, likeness of reports. Source: docs/rules/triage.md."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from wangge.kernel.errors import Refused

FEWEST_CASES, MOST_CASES = 60, 40_000  # TR-3: closed cases that a lesson needs, and takes
DOUBT = 4.0  # TR-2: the weight that nothing has; a single short word never makes a certainty
LONGEST_GRAM = 3
LONGEST_TEXT = 2000
FIRST_HAN, LAST_HAN = "\u4e00", "\u9fff"
HAN = f"[{FIRST_HAN}-{LAST_HAN}]"
SEGMENT = re.compile(rf"{HAN}+|[a-z0]+")
NAME_PARTS = re.compile(r"[、，。；：·\s（）()“”\"/]+")
METRES_A_DEGREE = 111_195.0
SHARES = {"place": 0.3, "time": 0.1, "matter": 0.3, "text": 0.3}  # TR-7
SAME_GROUP = 0.5  # of the share of the same matter
MOST_COMPARED = 300  # characters of a text that are laid beside another


class NothingToGoBy(Refused):
    status = 422
    code = "triage.nothing_to_go_by"
    zh = "请先填写情况说明，或选择地点。"
    en = "Write what you see, or choose the place, first."


class NotBetter(Refused):
    code = "triage.not_better"
    zh = "第 {version} 版在向前检验中没有胜过词表，不能启用。"
    en = "Version {version} did not beat the word lists on later cases; it cannot be used."


@dataclass(frozen=True, slots=True)
class Known:
    """A report as another one is compared to it."""

    text: str
    lon: float
    lat: float
    at: datetime
    matter_code: str = ""
    venue_id: object = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How far another report of the same thing may lie."""

    within_m: float
    within_days: int
    from_pct: int  # of likeness


NO_REACH = Reach(within_m=100, within_days=14, from_pct=60)  # of an installation whose pack says nothing


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two reports are, and why."""

    pct: int
    metres: int
    apart: timedelta
    is_same_venue: bool
    is_same_matter: bool
    is_same_group: bool
    words: tuple[str, ...]


# ---- text ----


def normalise(text: str) -> str:
    """Return the text in one width and case; figures become 0: no number is ever learnt. Rule: TR-1."""
    return re.sub(r"\d+", "0", unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).lower())


def placed_grams(normal: str) -> Iterator[tuple[str, int]]:
    """Yield every run of one to three characters with its place; Latin words and figures stay whole."""
    for found in SEGMENT.finditer(normal):
        segment, start = found[0], found.start()
        if segment[0] < FIRST_HAN:
            yield segment, start
            continue
        for size in range(1, LONGEST_GRAM + 1):
            for n in range(len(segment) - size + 1):
                yield segment[n : n + size], start + n


def grams(text: str) -> list[str]:
    """Return what a model sees of a text. Rule: TR-1."""
    return [gram for gram, _ in placed_grams(normalise(text))]


# ---- words of the catalogue ----


def words_of_name(name: str) -> tuple[str, ...]:
    """Return the parts of a matter's name, for a matter without words of its own. Rule: TR-2."""
    return tuple(part for part in NAME_PARTS.split(name) if len(part) > 1)


def by_word(words: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return the matters that each word stands for, the longest words first."""
    owners: dict[str, list[str]] = {}
    for code in sorted(words):
        for word in words[code]:
            owners.setdefault(normalise(word), []).append(code)
    return {word: tuple(owners[word]) for word in sorted(owners, key=lambda word: (-len(word), word))}


def find_words(text: str, owners: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """Return the words of each matter that stand in the text, with their weight.

    Rule: TR-2: a word weighs its length, divided by the matters that share it; a word inside a longer one of
          the same matter counts once.
    """
    normal = normalise(text)
    found: dict[str, dict[str, float]] = {}
    for word, codes in owners.items():
        if word not in normal:
            continue
        for code in codes:
            mine = found.setdefault(code, {})
            if not any(word in longer for longer in mine):
                mine[word] = len(word) / len(codes)
    return found


def word_shares(found: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return each matter's share of the weight; together less than one, as doubt has its part. Rule: TR-2."""
    weights = {code: sum(mine.values()) for code, mine in found.items()}
    total = sum(weights.values()) + DOUBT
    return {code: weight / total for code, weight in weights.items()}


def ranked(shares: Mapping[str, float], most: int) -> list[tuple[str, float]]:
    """Return the largest shares first; of equal ones the lower code."""
    return sorted(shares.items(), key=lambda pair: (-pair[1], pair[0]))[:most]


# ---- likeness of two reports ----


def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return the distance of two points in WGS-84, right to a per cent within a city."""
    east = (lon - other_lon) * math.cos(math.radians((lat + other_lat) / 2))
    return METRES_A_DEGREE * math.hypot(east, lat - other_lat)


def text_likeness(one: str, other: str) -> float | None:
    """Return the share of two-character runs that both texts have (Dice); None where one says nothing."""
    pairs, others = _pairs(one), _pairs(other)
    if not pairs or not others:
        return None
    return 2 * len(pairs & others) / (len(pairs) + len(others))


def liken(draft: Known, other: Known, reach: Reach) -> Likeness | None:
    """Return how alike two reports are, None where too little speaks for it. Rule: TR-7."""
    metres = metres_between(draft.lon, draft.lat, other.lon, other.lat)
    apart = abs(draft.at - other.at)
    same_venue = draft.venue_id is not None and draft.venue_id == other.venue_id
    if (metres > reach.within_m and not same_venue) or apart > timedelta(days=reach.within_days):
        return None
    same_matter = bool(draft.matter_code) and draft.matter_code == other.matter_code
    same_group = bool(draft.matter_code) and draft.matter_code[:2] == other.matter_code[:2]
    text = text_likeness(draft.text, other.text)
    parts: dict[str, float | None] = {
        "place": 1.0 if same_venue else 1 - metres / reach.within_m,
        "time": 1 - apart / timedelta(days=reach.within_days),
        "matter": (1.0 if same_matter else SAME_GROUP * same_group) if draft.matter_code else None,
        "text": text,
    }
    known = {name: part for name, part in parts.items() if part is not None}
    if not {"matter", "text"} & known.keys():
        return None  # a place alone is no likeness
    whole = sum(SHARES[name] for name in known)
    pct = int(100 * sum(SHARES[name] * part for name, part in known.items()) / whole + 0.5)
    if pct < reach.from_pct:
        return None
    words = common_words(draft.text, other.text)
    return Likeness(pct, int(metres + 0.5), apart, same_venue, same_matter, same_group, words)


def common_words(one: str, other: str, most: int = 4) -> tuple[str, ...]:
    """Return the longest runs of two to eight characters that both texts have, in the order of the first."""
    left, right = normalise(one)[:MOST_COMPARED], normalise(other)[:MOST_COMPARED]
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    runs = [run for block in blocks for run in _han_runs(left[block.a : block.a + block.size])]
    longest = sorted(dict.fromkeys(runs), key=lambda run: (-len(run), runs.index(run)))[:most]
    return tuple(sorted(longest, key=runs.index))


def _pairs(text: str) -> set[str]:
    return {gram for gram in grams(text) if len(gram) == 2}


def _han_runs(text: str) -> list[str]:
    return [run[:8] for run in re.findall(rf"{HAN}{{2,}}", text)]
