"""Learns from closed cases: a program of its own, so that no web process carries the learner and its memory.

`python -m wangge.triage.learning` reads a `Lesson` and writes a `Learnt`, both as MessagePack. It knows no
database, no clock and no network; the same lesson always gives the same bytes (TR-3).
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from wangge.triage.lessons import Example, Learnt, Lesson
from wangge.triage.measuring import accuracy, calibration_error_pct, macro_f1, reliability, worst_pairs
from wangge.triage.rules import FEWEST_CASES, by_word, find_words, grams, ranked, word_shares
from wangge.triage.weights import FACT_SHARE, FORMAT, Weights, softmax, write

FEWEST_OF_A_LABEL = 5
IN_CASES = 3  # a run of characters is learnt only if it stands in as many cases (TR-1)
MOST_GRAMS = 30_000
TRAINED, TUNED = 0.7, 0.8  # the first 70 % teach, the next 10 % tune, the last 20 % judge (TR-5)
SOFTNESS = 1.0  # C of the linear machine
TEMPERATURES = [round(0.05 * 1.15**n, 4) for n in range(30)]
MODEL_SHARES = (1.0, 0.85, 0.7, 0.5)
TINY = 1e-6
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A machine and what it sees."""

    sight: TfidfVectorizer
    facts: dict[str, int]
    labels: list[str]
    coefficients: Matrix  # label × (gram, then fact)
    bias: Matrix


def learn(lesson: Lesson) -> Learnt:
    """Return a model and its figures on later cases.

    Rule: TR-3 (what is learnt), TR-5 (forward split, honest confidence).
    """
    given = lesson.examples
    first, second = int(len(given) * TRAINED), int(len(given) * TUNED)
    if len(given) < FEWEST_CASES or len(_labels(given[:first])) < 2:
        return Learnt(b"", {"cases": len(given), "needed": FEWEST_CASES})
    words = _words(lesson)
    tuning, judging = given[first:second], given[second:]
    tried = _fit(given[:first], lesson.seed)
    temperature, share = _tune(_margins(tried, tuning), tried.labels, [words(one) for one in tuning], tuning)
    judged = _fit(given[:second], lesson.seed)
    said = [
        _mixed(dict(zip(judged.labels, row, strict=True)), words(one), share)
        for row, one in zip(softmax(_margins(judged, judging) / temperature), judging, strict=True)
    ]
    figures = _figures(said, judging, [words(one) for one in judging], given[:second])
    kept = _fit(given, lesson.seed)
    return Learnt(
        _weights(kept, temperature, share), {"cases": len(given), "labels": len(kept.labels)} | figures
    )


def _labels(examples: Sequence[Example]) -> list[str]:
    counts = Counter(one.label for one in examples)
    return sorted(label for label, count in counts.items() if count >= FEWEST_OF_A_LABEL)


def _words(lesson: Lesson) -> Any:
    owners = by_word(lesson.words)
    return lambda one: word_shares(find_words(one.text, owners))


def _fit(examples: Sequence[Example], seed: int) -> Fitted:
    labels = _labels(examples)
    taught = [one for one in examples if one.label in set(labels)]
    sight = TfidfVectorizer(
        analyzer=grams, min_df=IN_CASES, max_features=MOST_GRAMS, sublinear_tf=True, dtype=np.float32
    )
    counts = Counter(fact for one in taught for fact in set(one.facts))
    facts = {fact: n for n, fact in enumerate(sorted(f for f, count in counts.items() if count >= IN_CASES))}
    seen = hstack(
        [sight.fit_transform([one.text for one in taught]), _fact_rows(taught, facts)], format="csr"
    )
    machine = LinearSVC(C=SOFTNESS, random_state=seed, max_iter=5000)
    machine.fit(seen, [one.label for one in taught])
    coefficients, bias = machine.coef_, machine.intercept_
    if len(labels) == 2:
        coefficients, bias = np.vstack([-coefficients, coefficients]), np.concatenate([-bias, bias])
    return Fitted(sight, facts, labels, coefficients, bias)


def _fact_rows(examples: Sequence[Example], facts: Mapping[str, int]) -> csr_matrix:
    pairs = [(n, facts[fact]) for n, one in enumerate(examples) for fact in set(one.facts) if fact in facts]
    rows, columns = zip(*pairs, strict=True) if pairs else ((), ())
    values = np.full(len(pairs), FACT_SHARE, dtype=np.float32)
    return csr_matrix((values, (rows, columns)), shape=(len(examples), len(facts)), dtype=np.float32)


def _margins(fitted: Fitted, examples: Sequence[Example]) -> Matrix:
    seen = hstack(
        [fitted.sight.transform([one.text for one in examples]), _fact_rows(examples, fitted.facts)],
        format="csr",
    )
    return np.asarray(seen @ fitted.coefficients.T + fitted.bias)


def _mixed(model: Mapping[str, float], words: Mapping[str, float], share: float) -> dict[str, float]:
    return {
        label: share * float(model.get(label, 0.0)) + (1 - share) * words.get(label, 0.0)
        for label in {*model, *words}
    }


def _tune(
    margins: Matrix, labels: Sequence[str], words: Sequence[Mapping[str, float]], right: Sequence[Example]
) -> tuple[float, float]:
    """Return the temperature and the model's share under which the tuning cases are the least surprising."""
    places = {label: n for n, label in enumerate(labels)}
    spoken = np.array([w.get(one.label, 0.0) for w, one in zip(words, right, strict=True)])
    known = np.array([places.get(one.label, -1) for one in right])
    best = (np.inf, 1.0, 1.0)
    for temperature in TEMPERATURES:
        shares = softmax(margins / temperature)
        mine = np.where(known >= 0, shares[np.arange(len(right)), known], 0.0)
        for share in MODEL_SHARES:
            surprise = -float(np.log(np.maximum(share * mine + (1 - share) * spoken, TINY)).mean())
            best = min(best, (surprise, temperature, share))
    return best[1], best[2]


def _figures(
    said: Sequence[Mapping[str, float]],
    judging: Sequence[Example],
    words: Sequence[Mapping[str, float]],
    past: Sequence[Example],
) -> dict[str, Any]:
    right = [one.label for one in judging]
    tops = [ranked(shares, 3) for shares in said]
    first = [top[0][0] for top in tops]
    confidences, hits = [top[0][1] for top in tops], [a == b for a, b in zip(first, right, strict=True)]
    most_common = ranked(Counter(one.label for one in past), 1)[0][0]
    nearest = [top[0][0] if (top := ranked(shares, 1)) else "" for shares in words]
    bins = reliability(confidences, hits)
    return {
        "judged_on": len(right),
        "model": _pair(first, right),
        "majority": _pair([most_common] * len(right), right),
        "words": _pair(nearest, right),
        "top3_pct": _pct(
            sum(b in {c for c, _ in top} for top, b in zip(tops, right, strict=True)) / len(right)
        ),
        "calibration_error_pct": round(calibration_error_pct(bins), 1),
        "reliability": [asdict(one) for one in bins],
        "worst_pairs": worst_pairs(first, right),
    }


def _pair(said: Sequence[str], right: Sequence[str]) -> dict[str, float]:
    return {"accuracy_pct": _pct(accuracy(said, right)), "macro_f1_pct": _pct(macro_f1(said, right))}


def _pct(share: float) -> float:
    return round(100 * share, 1)


def _weights(fitted: Fitted, temperature: float, share: float) -> bytes:
    names = [str(name) for name in fitted.sight.get_feature_names_out()]
    by_column = fitted.coefficients.T.astype("<f2")
    return write(
        Weights(
            format=FORMAT,
            labels=fitted.labels,
            grams=names,
            idf=fitted.sight.idf_.astype("<f4").tobytes(),
            gram_weights=by_column[: len(names)].tobytes(),
            facts=list(fitted.facts),
            fact_weights=by_column[len(names) :].tobytes(),
            bias=fitted.bias.astype("<f4").tobytes(),
            temperature=temperature,
            model_share=share,
        )
    )


def main() -> None:
    """Read a lesson, write what was learnt."""
    lesson = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Lesson)
    sys.stdout.buffer.write(msgspec.msgpack.encode(learn(lesson)))


if __name__ == "__main__":
    main()
