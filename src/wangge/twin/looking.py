"""Work of the demo city that is looked at again: a draw of each kind, most of it recorded (TW-15)."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wangge.accounts.rules import Role
from wangge.kernel.clock import CHINA
from wangge.kernel.fates import Fate
from wangge.kernel.ids import id_at
from wangge.rechecks import queries, services
from wangge.rechecks.rules import RecheckKind, RecheckVerdict
from wangge.rechecks.schemas import RecheckDrawIn, RecheckResultIn, RecheckSampleOut
from wangge.twin.cast import Cast

DAYS = 21  # of work that is looked at


@dataclass(frozen=True, slots=True)
class Sketch:
    """A draw of the demo: how many, and what is said with which weight."""

    title: str
    size: int
    looked: float  # share that somebody has looked at by now
    said: Mapping[RecheckVerdict, tuple[int, Sequence[str]]]


SKETCHES: Mapping[RecheckKind, Sketch] = {
    RecheckKind.SPOT_CHECK: Sketch(
        "本月走访抽查", 12, 0.8,
        {
            RecheckVerdict.AGREES: (8, ("现场与检查表一致",)),
            RecheckVerdict.DIFFERS: (
                2,
                ("后门堆放纸箱，检查表填“通道畅通”", "灭火器压力不足，检查表填“有效”"),
            ),
            RecheckVerdict.UNCLEAR: (1, ("店铺当日停业",)),
        },
    ),
    RecheckKind.BACK_TRACE: Sketch(
        "群众举报倒查", 6, 0.7,
        {
            RecheckVerdict.AROSE_SINCE: (3, ("走访后新增的电动车充电",)),
            RecheckVerdict.OVERLOOKED: (2, ("疏散门长期上锁，走访时应能发现",)),
        },
    ),
    RecheckKind.CROSS_PATROL: Sketch(
        "社区间交叉巡查", 6, 0.6,
        {
            RecheckVerdict.CLEAN: (3, ("",)),
            RecheckVerdict.FOUND: (1, ("楼道堆物两处，未见上报",)),
        },
    ),
    RecheckKind.SURVEY: Sketch(
        "走访满意度回访", 10, 0.9,
        {RecheckVerdict.ANSWERED: (9, ("",)), RecheckVerdict.UNCLEAR: (1, ("电话无人接听",))},
    ),
}  # fmt: skip


class LotRefused(Exception):
    """The city refused a draw of the demo: a mistake in the twin."""


def arrange_rechecks(cast: Cast, *, path: str, at: datetime, seed: int) -> int:
    """Let a street look again at what was done there, in each way; return how many draws were made.

    Rule: TW-15. Where there is nothing to draw from, as no tip leads back to a visit, nothing is drawn.
    """
    rng = random.Random(f"{seed}:rechecks:{path}")
    judge = cast.choose((Role.SUPERVISOR, Role.GRID_CHIEF), path, rng)
    if judge is None:
        return 0
    drawn_at, count = at - timedelta(days=2), 0
    today = drawn_at.astimezone(CHINA).date()
    for kind, sketch in SKETCHES.items():
        given = RecheckDrawIn(
            id=id_at(drawn_at, rng), kind=kind, title=sketch.title, path=path,
            since_on=today - timedelta(days=DAYS), until_on=today, size=sketch.size,
            due_on=today + timedelta(days=10), seed=f"{today:%Y%m%d}{rng.randint(0, 999):03}",
        )  # fmt: skip
        [fate] = services.draw_samples([given], actor=judge, at=drawn_at)
        if fate.code == "rechecks.nothing_to_draw":
            continue
        _check([fate])
        samples = queries.get_draw(judge, given.id, at=drawn_at).samples
        results = [
            _result(one, sketch, at, rng)
            for one in samples
            if rng.random() < sketch.looked and one.member_id != judge.user_id
        ]
        _check(services.record_results(results, actor=judge, at=at - timedelta(hours=5)))
        count += 1
    return count


def _result(row: RecheckSampleOut, sketch: Sketch, at: datetime, rng: random.Random) -> RecheckResultIn:
    words = list(sketch.said)
    verdict = rng.choices(words, weights=[sketch.said[word][0] for word in words])[0]
    is_rated = verdict is RecheckVerdict.ANSWERED
    rating = rng.choices((5, 4, 3, 2), weights=(5, 3, 1, 1))[0] if is_rated else None
    return RecheckResultIn(
        id=id_at(at, rng), sample_id=row.id, base_version=row.version, verdict=verdict, rating=rating,
        note=rng.choice(sketch.said[verdict][1]), photos=[],
    )  # fmt: skip


def _check(fates: Sequence[Fate]) -> None:
    for fate in fates:
        if fate.status != 200:
            raise LotRefused(f"{fate.code}: {fate.en}")
