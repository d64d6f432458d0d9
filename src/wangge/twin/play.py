"""The play: what people intend, sent through a door in batches, and what came of it."""

from __future__ import annotations

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from wangge.accounts.rules import Role
from wangge.cases.rules import ENDED, STEPS, Action, Channel, Status
from wangge.cases.schemas import CaseReport
from wangge.kernel.actor import Actor
from wangge.kernel.fates import Fate, Outcome
from wangge.kernel.ids import id_at
from wangge.orders.schemas import Answer, OrderResult
from wangge.twin.behaviour import Behaviour
from wangge.twin.cast import Cast
from wangge.twin.doors import BATCH, Door
from wangge.twin.moves import LiveCase, Matter, Move, Pace, Stage, next_move
from wangge.twin.photos import Album, choose_phone
from wangge.twin.sayings import say
from wangge.twin.visiting import Task, visit

T = TypeVar("T")
DONE = frozenset({Outcome.APPLIED, Outcome.REPEATED})


@dataclass(frozen=True, slots=True)
class Report:
    """A report somebody is going to send."""

    at: datetime
    actor: Actor
    path: str
    command: CaseReport


@dataclass(slots=True)
class Counts:
    """What the people were told."""

    applied: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def note(self, fate: Fate) -> bool:
        """Count the fate; return whether it took."""
        if fate.outcome in DONE:
            self.applied += 1
            return True
        self.refused[fate.code or fate.outcome.value] += 1
        return False


class Play:
    """The people, the cases they are on, and their intentions in order of time."""

    def __init__(
        self,
        door: Door,
        cast: Cast,
        matters: Mapping[str, Matter],
        habits: Behaviour,
        *,
        seed: int,
        pace: Pace,
        has_shared_photos: bool = False,
    ) -> None:
        self.door, self.cast, self.habits, self.seed = door, cast, habits, seed
        self.counts = Counts()
        self.cases: dict[UUID, LiveCase] = {}
        self._pace = pace
        self._matters = matters
        self._moves: list[tuple[datetime, UUID, Move]] = []
        self._reports: list[tuple[datetime, UUID, Report]] = []
        self._at_place: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
        self.stage = Stage(
            cast=cast,
            habits=habits,
            album=Album(seed, habits.photos, is_shared=has_shared_photos),
            matters=matters,
            seed=seed,
            pace=pace,
            open_twin_of=self._open_twin_of,
        )

    def adopt(self, cases: Iterable[LiveCase]) -> None:
        """Take over cases that were there before."""
        for case in cases:
            self._follow(case)

    def forget_ended(self) -> None:
        """Let go of cases that ended and on which nobody means to act: a year's would fill the memory."""
        wanted = {move.command.case_id for _, _, move in self._moves}
        self.cases = {k: one for k, one in self.cases.items() if k in wanted or one.status not in ENDED}
        places: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
        for place, ids in self._at_place.items():
            if kept := [one for one in ids if one in self.cases]:
                places[place] = kept
        self._at_place = places

    # ---- visits ----

    def make_visits(self, tasks: Sequence[tuple[datetime, Task]], *, sent_at: datetime) -> None:
        """Let members do their orders, one batch a phone; findings become cases to follow."""
        results: dict[int, list[tuple[Task, OrderResult]]] = defaultdict(list)
        for at, task in tasks:
            items = self.door.items(task.checklist_id)
            result = visit(task, items, self.habits.visits, self.stage.album, seed=self.seed, at=at)
            results[task.member_id].append((task, result))
        for member_id, done in results.items():
            actor = self.cast.people[member_id]
            for batch in _chunks(done):
                self._upload(_photos_of(result for _, result in batch), actor, sent_at)
                fates = self.door.complete([result for _, result in batch], actor=actor, at=sent_at)
                for (task, result), fate in zip(batch, fates, strict=True):
                    if self.counts.note(fate):
                        self._after_visit(task, result, actor)

    def _after_visit(self, task: Task, result: OrderResult, member: Actor) -> None:
        failed = [answer for answer in result.answers if answer.ok is False]
        if not failed:
            return
        matter_of = {item.key: item.matter_code for item in self.door.items(task.checklist_id)}
        for answer in failed:
            if answer.case_id is not None:
                case = _found_case(task, answer, matter_of[answer.item], member, result.at)
                self._follow(case)
                self._provoke_reports(task, case)

    # ---- reports of citizens, and of members on patrol ----

    def _provoke_reports(self, task: Task, case: LiveCase) -> None:
        """A finding stands for a number of hazards that others see: some of them the same one (TW-6)."""
        rng = random.Random(f"{self.seed}:reports:{case.id}")
        rates = self.habits.reports
        for role, channel, rate in (
            (Role.CITIZEN, Channel.CITIZEN, rates.citizen_per_finding),
            (Role.GRID_MEMBER, Channel.PATROL, rates.patrol_per_finding),
        ):
            somebody = self.cast.choose((role,), task.path, rng)
            if somebody is not None and rate.happens(rng):
                self._intend_report(task, case, somebody, channel, rng)

    def _intend_report(
        self, task: Task, case: LiveCase, actor: Actor, channel: Channel, rng: random.Random
    ) -> None:
        at = self._pace(case.since, rng.uniform(0.2, 8.0))
        same = rng.random() < 0.5
        matter = case.matter_code if same else rng.choice(sorted(self._matters))
        case_id, point = id_at(at, rng), (task.lon, task.lat)
        phone = choose_phone(rng)
        command = CaseReport(
            id=case_id,
            at=at,
            matter_code=matter,
            text=say(matter, channel, random.Random(f"{self.seed}:saying:{case.id}:{channel}")),
            lon=task.lon,
            lat=task.lat,
            address=task.address,
            venue_id=task.venue_id if same else None,
            channel=channel,
            photos=[self.stage.album.take(case_id, phone, number=0, tidy=False, at=at, point=point)],
        )
        heapq.heappush(self._reports, (at, command.id, Report(at, actor, task.path, command)))

    def send_reports(self, *, sent_at: datetime) -> None:
        """Send every report whose moment has come."""
        for actor, batch in _by_actor(self._reports, sent_at):
            commands = [report.command for report in batch]
            self._upload((photo for one in commands for photo in one.photos), actor, sent_at)
            fates = self.door.report(commands, actor=actor, at=sent_at)
            for report, fate in zip(batch, fates, strict=True):
                if self.counts.note(fate):
                    self._follow(_reported_case(report))

    # ---- steps on cases ----

    def send_moves(self, *, sent_at: datetime) -> None:
        """Send every step whose moment has come, and the steps that follow from it before `sent_at`."""
        while self._moves and self._moves[0][0] <= sent_at:
            for actor, batch in _by_actor(self._moves, sent_at):
                commands = [move.command for move in batch]
                self._upload((photo for one in commands for photo in one.photos), actor, sent_at)
                fates = self.door.step(commands, actor=actor, at=sent_at)
                for move, fate in zip(batch, fates, strict=True):
                    if self.counts.note(fate):
                        self._after_move(self.cases[move.command.case_id], move)

    def report_now(self, report: Report) -> LiveCase | None:
        """Send one report and return its case, which nobody follows by habit; None if it was refused."""
        self._upload(report.command.photos, report.actor, report.at)
        fate = self.door.report([report.command], actor=report.actor, at=report.at)[0]
        return _reported_case(report) if self.counts.note(fate) else None

    def move_now(self, case: LiveCase, move: Move) -> bool:
        """Take one step on a case nobody follows by habit; return whether it took."""
        self._upload(move.command.photos, move.actor, move.at)
        fate = self.door.step([move.command], actor=move.actor, at=move.at)[0]
        took = self.counts.note(fate)
        if took:
            _change(case, move)
        return took

    def _upload(self, named: Iterable[str], actor: Actor, at: datetime) -> None:
        """Photos go before the commands that name them."""
        self.door.store_photos(self.stage.album.hand_over(named), actor=actor, at=at)

    def _after_move(self, case: LiveCase, move: Move) -> None:
        _change(case, move)
        self._intend(case)

    def _follow(self, case: LiveCase) -> None:
        self.cases[case.id] = case
        if case.venue_id is not None:
            self._at_place[case.venue_id, case.matter_code].append(case.id)
        self._intend(case)

    def _intend(self, case: LiveCase) -> None:
        move = next_move(case, self.stage)
        if move is not None:
            heapq.heappush(self._moves, (move.at, move.command.id, move))

    def _open_twin_of(self, case: LiveCase) -> UUID | None:
        if case.venue_id is None:
            return None
        for other_id in self._at_place[case.venue_id, case.matter_code]:
            if other_id != case.id and self.cases[other_id].status not in ENDED:
                return other_id
        return None


def _change(case: LiveCase, move: Move) -> None:
    action = move.command.action
    case.status = STEPS[case.status, action][0]  # nobody here takes apart what was merged
    case.version += 1
    case.since = move.at
    if action is Action.DISPATCH:
        case.department_id = move.command.department_id
    elif action is Action.SIGN:
        case.handler_id = move.actor.user_id
    elif action in {Action.ASK_SUSPENSION, Action.SUSPEND}:
        case.is_asked = action is Action.ASK_SUSPENSION
    elif action in {Action.CONFIRM_RESUME, Action.FEED_BACK}:
        case.is_resumed = action is Action.CONFIRM_RESUME
    if action in {Action.OBJECT, Action.SUSPEND, Action.TRANSFER}:
        case.detours += 1
    elif action in {Action.FAIL, Action.REOPEN}:
        case.reworks += 1


def _found_case(task: Task, answer: Answer, matter_code: str, member: Actor, at: datetime) -> LiveCase:
    assert answer.case_id is not None
    return LiveCase(
        id=answer.case_id,
        path=task.path,
        matter_code=matter_code,
        channel=Channel.INSPECTION,
        venue_id=task.venue_id,
        reporter_id=member.user_id,
        status=Status.CLOSED if answer.persuaded else Status.REPORTED,
        since=at,
        point=(task.lon, task.lat),
    )


def _reported_case(report: Report) -> LiveCase:
    command = report.command
    return LiveCase(
        id=command.id,
        path=report.path,
        matter_code=command.matter_code,
        channel=command.channel,
        venue_id=command.venue_id,
        reporter_id=report.actor.user_id,
        status=Status.REPORTED,
        since=report.at,
        point=(command.lon, command.lat),
    )


def _photos_of(results: Iterable[OrderResult]) -> Iterator[str]:
    for result in results:
        for answer in result.answers:
            yield from (*answer.photos, *answer.after_photos)
        if result.signature:
            yield result.signature


Intent = TypeVar("Intent", Move, Report)


def _by_actor(
    waiting: list[tuple[datetime, UUID, Intent]], until: datetime
) -> list[tuple[Actor, list[Intent]]]:
    """Take out what is due and return it by person, in order of time."""
    due: dict[int, tuple[Actor, list[Intent]]] = {}
    while waiting and waiting[0][0] <= until:
        intent = heapq.heappop(waiting)[2]
        due.setdefault(intent.actor.user_id, (intent.actor, []))[1].append(intent)
    return [(actor, batch) for actor, intents in due.values() for batch in _chunks(intents)]


def _chunks(items: list[T]) -> Iterable[list[T]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))
