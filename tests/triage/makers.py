"""Small made corpora: what people would write of a few matters, and closed cases of it."""

from __future__ import annotations

import random
from datetime import timedelta
from uuid import UUID

from tests.cases.makers import House, command, report, take, walk
from tests.makers import AT
from wangge.cases import services
from wangge.kernel.fates import Outcome
from wangge.triage.lessons import Example, Lesson

SAYINGS = {  # said without the words of the lists: a learner must find them by itself
    "H101": ["门前摆满了旧柜子走不过去", "出去的路让人放了一堆货", "邻居把旧沙发搁在过路处"],
    "H301": ["店里一个红罐子也没摆", "转了一圈没瞧见能救火的罐子", "墙角该放罐子的地方空着"],
    "H304": ["墙上的龙头拧开是干的", "红柜子里管子不见了", "龙头锈死拧不动"],
    "H501": ["师傅在屋里烧铁条冒蓝光", "工地半夜烧铁架子", "没人看着就在烧钢筋"],
}
WORDS = {"H101": ["堆物"], "H301": ["灭火器"], "H304": ["消火栓"], "H501": ["电焊"]}
FILLING = ["麻烦来看看", "好几天了", "请尽快处理", "在三楼", "说了几次没人管", "小区北门"]


def sentence(code: str, rng: random.Random) -> str:
    parts = [rng.choice(SAYINGS[code]), *rng.sample(FILLING, 2)]
    rng.shuffle(parts)
    return "，".join(parts)


def make_lesson(count: int = 240, *, seed: int = 1) -> Lesson:
    rng = random.Random(seed)
    codes = [rng.choice(sorted(SAYINGS)) for _ in range(count)]
    return Lesson([Example(sentence(code, rng), ["channel=hotline"], code) for code in codes], WORDS, 7)


def make_closed(house: House, count: int = 80, *, seed: int = 1) -> list[UUID]:
    """Close cases of every kind, fixed on the spot by who reports them: the short way to an end."""
    rng = random.Random(seed)
    made = []
    for n in range(count):
        code = sorted(SAYINGS)[n % len(SAYINGS)]
        one = report(
            matter_code=code,
            text=sentence(code, rng),
            at=AT + timedelta(minutes=n),
            channel="hotline",
            fixed_on_spot=True,
            photos=[house.photo],
            after_photos=[house.photo],
        )
        made.append(one)
    fates = services.report_cases(made, actor=house.alice, at=AT + timedelta(minutes=count))
    assert {fate.outcome for fate in fates} == {Outcome.APPLIED}
    return [one.id for one in made]


__all__ = ["SAYINGS", "WORDS", "command", "make_closed", "make_lesson", "sentence", "take", "walk"]
