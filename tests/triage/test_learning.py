"""TR-3 … TR-6, TR-8: a made corpus is learnt, the same way every time, and a damaged model is left aside."""

from __future__ import annotations

import random

import msgspec
import numpy as np
import pytest

from tests.triage.makers import SAYINGS, make_lesson, sentence
from wangge.triage import learning, training, weights
from wangge.triage.learning import learn
from wangge.triage.lessons import Example, Lesson
from wangge.triage.weights import Damaged, Weights, blend, look, telling_words

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning:sklearn")


def model() -> weights.Model:
    content = learn(make_lesson()).weights
    return weights.read(content, weights.digest(content))


@pytest.mark.slow
def test_later_cases_are_told_better_than_by_majority_or_words() -> None:
    figures = learn(make_lesson()).figures
    assert figures["judged_on"] == 48  # the last 20 % of 240
    assert figures["model"]["accuracy_pct"] > 90
    assert figures["words"]["accuracy_pct"] == 0  # no word of the lists is in these texts
    assert figures["majority"]["accuracy_pct"] < 50
    assert figures["calibration_error_pct"] < 10
    assert training.is_better(figures)


@pytest.mark.slow
def test_the_same_lesson_makes_the_same_bytes() -> None:
    assert learn(make_lesson()) == learn(make_lesson())


@pytest.mark.slow
def test_labels_that_nothing_foretells_do_not_beat_the_baselines() -> None:
    lesson = make_lesson()
    labels = [one.label for one in lesson.examples]
    random.Random(3).shuffle(labels)
    pairs = zip(lesson.examples, labels, strict=True)
    mixed = [msgspec.structs.replace(one, label=label) for one, label in pairs]
    figures = learn(Lesson(mixed, lesson.words, 7)).figures
    assert figures["model"]["accuracy_pct"] < 50
    assert figures["reliability"][-1]["said_pct"] < 60  # nor does it claim to know


def test_too_few_cases_teach_nothing() -> None:
    assert learn(make_lesson(59)).weights == b""
    assert learn(Lesson([], {}, 1)).figures == {"cases": 0, "needed": 60}


@pytest.mark.slow
def test_the_learner_runs_as_a_program_of_its_own() -> None:
    lesson = make_lesson(80)
    assert training.learn(msgspec.msgpack.encode(lesson)) == learn(lesson)
    with pytest.raises(training.LearnerFailed, match="msgspec"):
        training.learn(b"\x00nonsense")


@pytest.mark.slow
def test_the_words_that_told_are_words_of_the_text() -> None:
    known = model()
    for code in SAYINGS:
        text = sentence(code, random.Random(99))
        seen = look(known, text, ["channel=hotline"])
        assert max(seen.shares, key=lambda label: seen.shares[label]) == code
        assert sum(seen.shares.values()) == pytest.approx(1, abs=1e-4)
        words = telling_words(known, seen, code)
        assert words
        assert all(word in text for word in words)
        assert any(word in saying for word in words for saying in SAYINGS[code])


@pytest.mark.slow
def test_a_model_says_nothing_of_a_matter_it_never_saw_and_the_words_still_do() -> None:
    known = with_share(model(), 0.7)
    shares = blend(look(known, "楼下一股煤气味", []), {"H604": 0.6}, known, [*SAYINGS, "H604"])
    assert shares["H604"] == pytest.approx(0.3 * 0.6)
    assert blend(None, {"H604": 0.6, "gone": 0.3}, None, ["H604"]) == {"H604": 0.6}


def with_share(known: weights.Model, share: float) -> weights.Model:
    fields = {name: getattr(known, name) for name in weights.Model.__dataclass_fields__}
    return weights.Model(**fields | {"model_share": share})


def test_nothing_that_is_not_a_model_is_read() -> None:
    good = Weights(
        format=1,
        labels=["a", "b"],
        grams=["火"],
        idf=np.ones(1, "<f4").tobytes(),
        gram_weights=np.ones((1, 2), "<f2").tobytes(),
        facts=[],
        fact_weights=b"",
        bias=np.zeros(2, "<f4").tobytes(),
        temperature=1.0,
        model_share=1.0,
    )
    content = weights.write(good)
    assert weights.read(content, weights.digest(content)).labels == ("a", "b")
    with pytest.raises(Damaged, match="digest"):
        weights.read(content[:-1] + b"\xff", weights.digest(content))
    wrong: list[dict[str, object]] = [
        {"format": 2},
        {"labels": ["a", "b", "c"]},
        {"idf": np.array([np.nan], "<f4").tobytes()},
        {"temperature": 0.0},
        {"model_share": 1.5},
        {
            "labels": ["a"],
            "gram_weights": np.ones((1, 1), "<f2").tobytes(),
            "bias": np.zeros(1, "<f4").tobytes(),
        },
    ]
    for change in wrong:
        content = weights.write(msgspec.structs.replace(good, **change))
        with pytest.raises(Damaged):
            weights.read(content, weights.digest(content))
    for content in (b"", b"\x80\x04pickle", b"\x93\x01\x02\x03"):
        with pytest.raises(Damaged):
            weights.read(content, weights.digest(content))


@pytest.mark.slow
def test_what_is_kept_sees_the_same_as_what_was_learnt() -> None:
    lesson = make_lesson()
    learnt = learning._fit(lesson.examples, lesson.seed)
    known = model()
    texts = [one.text for one in lesson.examples[:20]] + ["从没见过的话", ""]
    asked = [Example(text, ["channel=hotline"], "") for text in texts]
    margins = learning._margins(learnt, asked) / known.temperature
    for row, one in zip(weights.softmax(margins), asked, strict=True):
        assert list(look(known, one.text, one.facts).shares.values()) == pytest.approx(row, abs=2e-3)
