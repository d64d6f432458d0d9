"""The stages in which a pack shows a case: five steps, six, seven, eight, four haves (CS-37). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from wangge.cases.chain import Event
from wangge.cases.rules import ENDED, Status
from wangge.matters.rules import StageShown

State = Literal["done", "now", "ahead", "skipped"]


@dataclass(frozen=True, slots=True)
class StageState:
    """A stage of the pack's way, and where the case stands to it."""

    zh: str
    en: str
    state: State
    at: datetime | None  # when the case came into it first


def template_for(channel: str, templates: Mapping[str, Sequence[StageShown]]) -> Sequence[StageShown]:
    """Return the stages of the pack for a channel, else those for all others."""
    return templates.get(channel) or templates.get("", ())


def list_stages(template: Sequence[StageShown], status: Status, events: Sequence[Event]) -> list[StageState]:
    """Return how far the case has come.

    The last stage that holds a status the case was in is where it stands; what comes before is done, or was
    skipped if a step fulfils it that nobody took. An ended case stands in no stage any more.
    Rule: CS-37 (WH-29, DG-07, SX-10, domain 4.2).
    """
    entered = _entered(template, events)
    here = next((n for n, stage in enumerate(template) if status in stage.statuses), None)
    if here is None:  # rejected, merged: as far as it had come
        here = max((n for n, stage in enumerate(template) if stage.statuses and n in entered), default=0)
    return [
        StageState(stage.zh, stage.en, _state(stage, n, here, status, n in entered), entered.get(n))
        for n, stage in enumerate(template)
    ]


def _state(stage: StageShown, n: int, here: int, status: Status, is_entered: bool) -> State:
    if stage.by:
        return "done" if is_entered else "skipped" if n < here else "ahead"
    if n == here:
        return "done" if status in ENDED else "now"
    return "done" if n < here else "ahead"


def _entered(template: Sequence[StageShown], events: Sequence[Event]) -> dict[int, datetime]:
    entered: dict[int, datetime] = {}
    for event in events:
        for n, stage in enumerate(template):
            if event.action in stage.by or (event.after in stage.statuses and event.before != event.after):
                entered.setdefault(n, event.at)
    return entered
