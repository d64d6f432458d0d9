"""What a batch of steps leaves behind: cases, events, the roster, and what other cases are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from wangge.cases import co_handling, writing
from wangge.cases.chain import Event
from wangge.cases.co_handling import RosterRow
from wangge.cases.looking import check_photos, check_time, told
from wangge.cases.merging import tell_others
from wangge.cases.rules import Action, CaseFacts
from wangge.cases.schemas import StepCommand
from wangge.cases.stepping import World, take
from wangge.kernel import audit, prepared
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Refused
from wangge.kernel.fates import Fate

AT_ONCE = 125  # steps whose traces travel together
WITH_KIN = frozenset({Action.PASS, Action.REJECT, Action.UNMERGE})  # they may concern merged cases


@dataclass(slots=True)
class StepBatch:
    """The cases of a batch as they stand after each step, and everything that is to be written."""

    cases: dict[UUID, CaseFacts]
    before: dict[UUID, CaseFacts] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    roster: list[RosterRow] = field(default_factory=list)

    def add(self, after: CaseFacts, event: Event, actor: Actor) -> None:
        """Take over a step that was taken, and what it tells other cases."""
        earlier = self.cases[after.id]
        self._keep(after, event)
        self.roster += co_handling.list_changes(earlier, after, event)
        for other, mark in tell_others(earlier, after, event, self.cases, actor):
            self._keep(other, mark)

    def _keep(self, after: CaseFacts, event: Event) -> None:
        self.before.setdefault(after.id, self.cases[after.id])
        self.cases[after.id] = after
        self.events.append(event)

    def write(self, actor: Actor, at: datetime) -> None:
        """Write what was added since the last time; the statements may travel together."""
        if not self.events:
            return
        writing.save_many([self.cases[key] for key in self.before], self.before)
        writing.append_events(self.events)
        co_handling.write(self.roster)
        audit.record(
            [(f"cases.{one.action}", "case", str(one.case_id), {"seq": one.seq}) for one in self.events],
            actor=actor,
            at=at,
        )
        self.before, self.events, self.roster = {}, [], []


def take_all(
    steps: Sequence[StepCommand], batch: StepBatch, world: World, actor: Actor, at: datetime
) -> dict[UUID, Fate]:
    """Take the steps in order, write what they leave behind, and return a fate a command.

    What some steps leave is on its way to the database while the next ones are thought over.
    """
    fates: dict[UUID, Fate] = {}
    with prepared.together():
        for start in range(0, len(steps), AT_ONCE):
            for step in steps[start : start + AT_ONCE]:
                try:
                    check_time(step.at, at)
                    after, event = take(batch.cases.get(step.case_id), step, actor, world, at)
                    check_photos(step.photos, world.photo_facts)
                except Refused as refusal:
                    fates[step.id] = Fate.refused(step.id, refusal)
                    continue
                batch.add(after, event, actor)
                fates[step.id] = Fate.applied(step.id, **told(after))
            batch.write(actor, at)
    return fates


def wants_kin(steps: Sequence[StepCommand]) -> bool:
    """Return whether any of the steps may concern cases that are merged with the named ones."""
    return any(step.action in WITH_KIN for step in steps)
