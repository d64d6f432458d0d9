"""What simulated members do with their orders. Pure: the seed and the order's id decide."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from wangge.checklists.rules import visible_items
from wangge.checklists.schemas import Item
from wangge.kernel.ids import id_at
from wangge.orders.rules import GONE, Unsigned, VisitOutcome
from wangge.orders.schemas import Answer, OrderResult
from wangge.twin.behaviour import Visits
from wangge.twin.photos import HANDS, Album, choose_phone
from wangge.twin.worktime import IsWorkday, works_on


@dataclass(frozen=True, slots=True)
class Task:
    """An open order, as the phone has it."""

    order_id: UUID
    venue_id: UUID | None  # None: a grid as a whole
    member_id: int
    checklist_id: int
    opens_on: date
    due_on: date
    lon: float  # WGS-84
    lat: float
    address: str
    path: str
    version: int


def day_of(task: Task, habits: Visits, *, seed: int, works: IsWorkday = works_on) -> date | None:
    """Return the working day on which the member goes, None if it is forgotten.

    Rule: TW-6. Equal for equal seed and order, whatever else happens.
    """
    rng = random.Random(f"{seed}:day:{task.order_id}")
    if habits.forgotten_share.happens(rng):
        return None
    day = task.opens_on
    if not habits.on_its_day_share.happens(rng):
        day += timedelta(days=rng.randint(1, int(habits.later_days_max.value)))
    while not works(day):
        day += timedelta(days=1)
    return day


def visit(
    task: Task, items: Sequence[Item], habits: Visits, album: Album, *, seed: int, at: datetime
) -> OrderResult:
    """Return what the member's phone sends from the place.

    Rule: TW-6 (DG-12 findings, WH-27 persuaded on the spot).
    """
    rng = random.Random(f"{seed}:visit:{task.order_id}:{task.version}")
    outcome = _outcome(habits, rng)
    if task.venue_id is None and outcome in GONE:
        outcome = VisitOutcome.INSPECTED  # a grid does not move away
    is_inspected = outcome is VisitOutcome.INSPECTED
    answers = _answers(task, items, habits, album, rng, at) if is_inspected else []
    signing = random.Random(f"{seed}:sign:{task.order_id}:{task.version}")
    signature, unsigned = _signed(habits, album, signing) if is_inspected else ("", None)
    return OrderResult(
        id=id_at(at, rng),
        order_id=task.order_id,
        at=at,
        base_version=task.version,
        outcome=outcome,
        answers=answers,
        lon=task.lon,
        lat=task.lat,
        note="",
        signature=signature,
        unsigned=unsigned,
    )


def _signed(habits: Visits, album: Album, rng: random.Random) -> tuple[str, Unsigned | None]:
    if habits.signed_share.happens(rng):
        return album.sign(rng.randrange(HANDS)), None
    return "", rng.choice([Unsigned.REFUSED, Unsigned.NOBODY, Unsigned.NOBODY, Unsigned.UNABLE])


def _outcome(habits: Visits, rng: random.Random) -> VisitOutcome:
    roll = rng.random()
    for outcome, share in (
        (VisitOutcome.NOBODY_THERE, habits.nobody_there_share),
        (VisitOutcome.REFUSED_ENTRY, habits.refused_entry_share),
        (VisitOutcome.CLOSED_DOWN, habits.closed_down_share),
        (VisitOutcome.MOVED_AWAY, habits.moved_away_share),
    ):
        if roll < share.value:
            return outcome
        roll -= share.value
    return VisitOutcome.INSPECTED


def _answers(
    task: Task, items: Sequence[Item], habits: Visits, album: Album, rng: random.Random, at: datetime
) -> list[Answer]:
    failed = _failed(items, habits, rng)
    verdicts: dict[str, bool | None] = {item.key: item.key not in failed for item in items}
    answers = []
    for item in visible_items(items, verdicts):
        if verdicts[item.key]:
            answers.append(_good(item.key))
        else:
            answers.append(_finding(task, item, habits, album, rng, at))
    return answers


@lru_cache(maxsize=1024)
def _good(item: str) -> Answer:
    """Return the answer that nothing is wrong; most answers are such, and nobody changes one."""
    return Answer(item=item, ok=True, note="")


def _failed(items: Sequence[Item], habits: Visits, rng: random.Random) -> set[str]:
    open_items = [item.key for item in items if item.visible_if is None]
    if not open_items or not habits.find_share.happens(rng):
        return set()
    count = 2 if habits.second_finding_share.happens(rng) else 1
    return set(rng.sample(open_items, min(count, len(open_items))))


def _finding(
    task: Task, item: Item, habits: Visits, album: Album, rng: random.Random, at: datetime
) -> Answer:
    share = habits.persuaded_share_on_spot if item.on_spot_required else habits.persuaded_share
    persuaded = share.happens(rng)
    phone, case_id, point = choose_phone(rng), id_at(at, rng), (task.lon, task.lat)
    before = album.take(case_id, phone, number=0, tidy=False, at=at, point=point)
    after = [album.take(case_id, phone, number=1, tidy=True, at=at, point=point)] if persuaded else []
    return Answer(
        item=item.key,
        ok=False,
        persuaded=persuaded,
        note="已当场劝导整改" if persuaded else "已告知责任人，上报处置",
        photos=[before],
        after_photos=after,
        case_id=case_id,
    )
