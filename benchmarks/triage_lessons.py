"""What `benchmarks.triage` learns from: citizens' messages, the twin's closed cases, its sentences alone."""

from __future__ import annotations

import csv
import random
import re
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.databases import clean_database  # isort: split

import msgspec

from wangge.cases.models import Case
from wangge.cases.rules import Channel
from wangge.config import demo
from wangge.packs import services as packs
from wangge.packs.reading import read
from wangge.triage import training
from wangge.triage.learning import learn
from wangge.triage.lessons import Example, Lesson
from wangge.triage.rules import FEWEST_CASES
from wangge.twin import simulation
from wangge.twin.city import CitySpec
from wangge.twin.report import Rung
from wangge.twin.sayings import say, sayings
from wangge.twin.services import make_city
from wangge.twin.worktime import at_time

SEED = 20260101
Figures = dict[str, Any]


def of_messages(folder: Path) -> Figures:
    """Learn the earlier messages, judge by the later ones."""
    if not folder.exists():
        return {"not run": "the messages are not beside the project"}
    with (folder / "messages_labelled.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    rows.sort(key=lambda row: datetime.strptime(row["留言时间"] + "+08:00", "%Y/%m/%d %H:%M:%S%z"))
    labels = {row["一级标签"] for row in rows}
    words: dict[str, set[str]] = {label: set() for label in labels}
    with (folder / "taxonomy_517.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            if row["一级分类"] in labels:
                parts = (part for name in row.values() for part in re.split("[、，（）()和与及]+", name))
                words[row["一级分类"]].update(part for part in parts if len(part) > 1)
    examples = [Example(f"{row['留言主题']}\n{row['留言详情']}", [], row["一级标签"]) for row in rows]
    return _learnt(Lesson(examples, {label: sorted(mine) for label, mine in words.items()}, SEED))


def of_the_twin(count: int) -> tuple[Figures, Lesson]:
    """Learn what the twin's people say, judge by what they say later; some of them err in the matter."""
    rng = random.Random(SEED)
    codes = sorted(sayings().sayings)
    examples = []
    for _ in range(count):
        code = rng.choice(codes)
        text = say(code, Channel.CITIZEN, rng)
        label = rng.choice(codes) if rng.random() < 0.05 else code  # one in twenty is filed wrongly
        examples.append(Example(text, ["channel=citizen"], label))
    words = {row.code: list(row.words_zh) for row in read("base").matters}
    lesson = Lesson(examples, words, SEED)
    return _learnt(lesson), lesson


def of_closed_cases(streets: int, days: int) -> Figures:
    """Play a city and learn from the cases it closed: earlier ones teach, later ones judge (TR-5)."""
    pack = packs.load(demo.PACK)
    with clean_database():
        founded = at_time(simulation.FIRST_DAY, 0)
        installer = demo.pack_installer(pack.name)
        make_city(CitySpec(streets=streets), seed=SEED, at=founded, password=None, install_pack=installer)
        starts_on = simulation.first_day()
        simulation.get_ready(starts_on, installer, is_copy=False)
        ladder = [Rung(rung.code, rung.zh, rung.en, rung.after_working_days) for rung in pack.ladder]
        simulation.simulate(
            simulation.Settings(
                pack=pack.name,
                pack_version=pack.pack_version,
                ladder=ladder,
                days=days,
                seed=SEED,
                starts_on=starts_on,
                is_copy=False,
            )
        )
        material = training.gather()
        closed = Case.objects.filter(status="closed").count()
    played = {"streets": streets, "days": days, "closed": closed, "learnt from": material.count}
    if material.count < FEWEST_CASES:
        return {**played, "not run": f"{FEWEST_CASES} cases are needed"}
    _, history = training.history_of(material)
    lesson = msgspec.msgpack.decode(material.lesson, type=Lesson)
    return {**played, **_learnt(lesson), "department and severity": history}


def _learnt(lesson: Lesson) -> Figures:
    start = time.perf_counter()
    learnt = learn(lesson)
    took_s = time.perf_counter() - start
    figures = {
        name: told for name, told in learnt.figures.items() if name not in {"worst_pairs", "reliability"}
    }
    return {
        **figures,
        "reliability": learnt.figures.get("reliability", []),
        "learnt_s": round(took_s, 1),
        "model_bytes": len(learnt.weights),
    }
