"""What real citizens wrote, told forward in time; skipped where the messages are not beside the project."""

from __future__ import annotations

import csv
import re
from datetime import datetime
from pathlib import Path

import pytest

from wangge.triage import training
from wangge.triage.learning import learn
from wangge.triage.lessons import Example, Lesson

MESSAGES = Path(__file__).parents[2] / ".." / "shared" / "data" / "cn_gov_messages"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not MESSAGES.exists(), reason=f"the messages are not here: {MESSAGES}"),
    pytest.mark.filterwarnings("default::DeprecationWarning:sklearn"),
]


def read(name: str) -> list[dict[str, str]]:
    with (MESSAGES / name).open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def make_lesson() -> Lesson:
    """Return the messages, oldest first, and of each category the words of its names in the taxonomy."""
    rows = sorted(
        read("messages_labelled.csv"),
        key=lambda row: datetime.strptime(row["留言时间"] + "+08:00", "%Y/%m/%d %H:%M:%S%z"),
    )
    words: dict[str, set[str]] = {row["一级标签"]: set() for row in rows}
    for row in read("taxonomy_517.csv"):
        if row["一级分类"] in words:
            parts = (part for name in row.values() for part in re.split("[、，（）()和与及]+", name))
            words[row["一级分类"]].update(part for part in parts if len(part) > 1)
    examples = [Example(f"{row['留言主题']}\n{row['留言详情']}", [], row["一级标签"]) for row in rows]
    return Lesson(examples, {label: sorted(mine) for label, mine in words.items()}, 20260101)


def test_later_messages_are_told_better_than_by_majority_or_words() -> None:
    lesson = make_lesson()
    figures = learn(lesson).figures
    count = len(lesson.examples)
    assert count > 500
    assert abs(figures["judged_on"] - count / 5) <= 1  # the last fifth, never seen before
    assert training.is_better(figures)
    for baseline in ("majority", "words"):
        for figure in ("accuracy_pct", "macro_f1_pct"):
            assert figures["model"][figure] > figures[baseline][figure] + 10
    assert figures["calibration_error_pct"] < 15
