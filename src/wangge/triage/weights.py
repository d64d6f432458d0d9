"""A learnt model as plain arrays: written and read without running anything that stands in it (TR-6)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from wangge.triage.rules import FIRST_HAN, LAST_HAN, normalise, placed_grams

FORMAT = 1
FACT_SHARE = 0.5  # how loud a fact of the place is beside the whole text
MOST_WORDS = 3
LONGEST_WORD = 8
TELLS = 0.35  # of the strongest character: below, a character tells nothing
Floats = NDArray[np.float32]


class Damaged(Exception):
    """The bytes are not those of a model: the words remain."""


class Weights(msgspec.Struct, frozen=True):
    """What is kept of a model. The byte strings are little-endian arrays, as long as the lists say."""

    format: int
    labels: list[str]
    grams: list[str]
    idf: bytes  # float32, one a gram
    gram_weights: bytes  # float16, gram × label
    facts: list[str]
    fact_weights: bytes  # float16, fact × label
    bias: bytes  # float32, one a label
    temperature: float  # softens the margins until confidence is honest (TR-5)
    model_share: float  # the rest is the words' (TR-4)


@dataclass(frozen=True, slots=True)
class Model:
    """Weights, ready to be asked."""

    labels: tuple[str, ...]
    gram_index: dict[str, int]
    idf: Floats
    gram_weights: Floats
    fact_index: dict[str, int]
    fact_weights: Floats
    bias: Floats
    temperature: float
    model_share: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What a model makes of one report."""

    shares: dict[str, float]
    normal: str
    places: tuple[tuple[int, int, int], ...]  # gram number, start, length
    loudness: dict[int, float]  # of each gram
    facts: tuple[str, ...]  # those that the model knows


def write(weights: Weights) -> bytes:
    """Return the bytes to keep."""
    return msgspec.msgpack.encode(weights)


def digest(content: bytes) -> str:
    """Return what the bytes are known by."""
    return hashlib.sha256(content).hexdigest()


def read(content: bytes, sha256: str) -> Model:
    """Return the model. Raises: Damaged if digest, shape or a number is not what it should be. Rule: TR-6."""
    if digest(content) != sha256:
        raise Damaged("the digest differs")
    try:
        kept = msgspec.msgpack.decode(content, type=Weights)
        if kept.format != FORMAT:
            raise Damaged(f"format {kept.format}")
        size = len(kept.labels)
        model = Model(
            labels=tuple(kept.labels),
            gram_index={gram: n for n, gram in enumerate(kept.grams)},
            idf=_array(kept.idf, "<f4", len(kept.grams)),
            gram_weights=_array(kept.gram_weights, "<f2", len(kept.grams), size),
            fact_index={fact: n for n, fact in enumerate(kept.facts)},
            fact_weights=_array(kept.fact_weights, "<f2", len(kept.facts), size),
            bias=_array(kept.bias, "<f4", size),
            temperature=kept.temperature,
            model_share=kept.model_share,
        )
    except (msgspec.DecodeError, ValueError) as error:
        raise Damaged(str(error)) from error
    if size < 2 or not kept.temperature > 0 or not 0 <= kept.model_share <= 1:
        raise Damaged("labels, temperature or share")
    return model


def _array(content: bytes, kind: str, *shape: int) -> Floats:
    array = np.frombuffer(content, dtype=kind).astype(np.float32).reshape(shape)
    if not np.isfinite(array).all():
        raise Damaged("a number is not finite")
    return array


def look(model: Model, text: str, facts: Iterable[str]) -> Seen:
    """Return the share of each label. Rule: TR-3, TR-5."""
    normal = normalise(text)
    places: list[tuple[int, int, int]] = []
    counts: dict[int, int] = {}
    for gram, start in placed_grams(normal):
        number = model.gram_index.get(gram)
        if number is not None:
            places.append((number, start, len(gram)))
            counts[number] = counts.get(number, 0) + 1
    numbers = np.fromiter(counts, dtype=np.int64, count=len(counts))
    loud = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * model.idf[
        numbers
    ]
    length = float(np.sqrt((loud**2).sum())) or 1.0
    loud = (loud / length).astype(np.float32)
    known = tuple(fact for fact in facts if fact in model.fact_index)
    margins = loud @ model.gram_weights[numbers] + model.bias
    for fact in known:
        margins = margins + FACT_SHARE * model.fact_weights[model.fact_index[fact]]
    shares = softmax(margins / model.temperature)
    return Seen(
        shares=dict(zip(model.labels, map(float, shares), strict=True)),
        normal=normal,
        places=tuple(places),
        loudness=dict(zip(counts, map(float, loud), strict=True)),
        facts=known,
    )


def softmax(margins: NDArray[Any]) -> NDArray[Any]:
    """Return shares that sum to one, along the last axis."""
    raised = np.exp(margins - margins.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def telling_words(model: Model, seen: Seen, label: str, most: int = MOST_WORDS) -> list[str]:
    """Return the runs of the text that spoke most for the label against all others. Rule: TR-8."""
    if label not in model.labels or not seen.places:
        return []
    column = model.labels.index(label)
    numbers = np.array([number for number, _, _ in seen.places])
    rows = model.gram_weights[numbers]
    speaks = rows[:, column] - rows.mean(axis=1)
    told = np.zeros(len(seen.normal), dtype=np.float64)
    for (number, start, length), weight in zip(seen.places, speaks, strict=True):
        told[start : start + length] += seen.loudness[number] * float(weight) / length
    return _runs(seen.normal, told, most)


def telling_facts(model: Model, seen: Seen, label: str) -> list[str]:
    """Return the facts of the place that spoke for the label, the loudest first. Rule: TR-8."""
    if label not in model.labels:
        return []
    column = model.labels.index(label)
    rows = {fact: model.fact_weights[model.fact_index[fact]] for fact in seen.facts}
    speaks = {fact: float(row[column] - row.mean()) for fact, row in rows.items()}
    return [fact for fact in sorted(speaks, key=lambda fact: (-speaks[fact], fact)) if speaks[fact] > 0]


def _runs(normal: str, told: NDArray[np.float64], most: int) -> list[str]:
    if not normal or told.max(initial=0.0) <= 0:
        return []
    floor = TELLS * told.max()
    runs: list[tuple[float, str]] = []
    start = None
    for n in range(len(normal) + 1):
        tells = n < len(normal) and told[n] >= floor and FIRST_HAN <= normal[n] <= LAST_HAN
        if tells and start is None:
            start = n
        elif start is not None and (not tells or n - start == LONGEST_WORD):
            if n - start > 1:
                runs.append((float(told[start:n].sum()), normal[start:n]))
            start = n if tells else None
    return list(dict.fromkeys(run for _, run in sorted(runs, key=lambda one: (-one[0], one[1]))))[:most]


def blend(
    seen: Seen | None, words: dict[str, float], model: Model | None, known: Sequence[str]
) -> dict[str, float]:
    """Return the shares of the matters of the catalogue: the model's and the words'. Rule: TR-4."""
    if model is None or seen is None:
        return {code: words[code] for code in words if code in known}
    part = model.model_share
    return {code: part * seen.shares.get(code, 0.0) + (1 - part) * words.get(code, 0.0) for code in known}
