"""Whole cases with their chains, as a bundle of evidence holds them (CS-7, EV-8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction

from wangge.accounts import queries as accounts
from wangge.cases.chain import MARKS, UNTOLD, Event, body_of, canonical
from wangge.cases.events import read_events
from wangge.cases.models import Case
from wangge.cases.rules import HANDLERS_WORK, JUDGEMENT, Action
from wangge.cases.verifying import COLUMNS
from wangge.cases.wording import ACTION_ZH, MARK_ZH, STATUS_ZH
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.matters import queries as matters
from wangge.territory import queries as territory

TELLING = {  # how the facts of a case follow from its events, for whoever reads them elsewhere (CS-7)
    "marks": sorted(MARKS),
    "untold": UNTOLD,
    "people": {
        "handled_by": sorted(action.value for action in HANDLERS_WORK),
        "judged_by": sorted(action.value for action in JUDGEMENT),
    },
}


@dataclass(frozen=True, slots=True)
class WholeStep:
    """One event: its canonical JSON exactly as it was hashed, its hash, and what people read of it."""

    body: bytes
    hash: bytes
    seq: int
    at: datetime
    action_zh: str
    after_zh: str
    actor_id: int
    actor_name: str
    detail: Mapping[str, Any]
    photos: Sequence[str]  # those that came with it


@dataclass(frozen=True, slots=True)
class WholeCase:
    """One case: what stands in the database, and the events from which it can be told again."""

    id: UUID
    facts: dict[str, Any]  # canonical, every column but the id and the chain's head
    chain_head: bytes
    steps: Sequence[WholeStep]
    names: dict[str, str]  # the matter, the grid, the department: as people call them


def check_all_visible(actor: Actor, case_ids: Iterable[UUID]) -> None:
    """Raises: NotVisible if the actor does not see every one of the cases. Rule: CS-8."""
    wanted = set(case_ids)
    if Case.objects.visible_to(actor).filter(pk__in=wanted).count() != len(wanted):
        raise NotVisible()


@transaction.atomic
def read_whole(case_ids: Sequence[UUID], *, holding: bool = True) -> list[WholeCase]:
    """Return the cases with their events, in id order; `holding` lets a step that comes meanwhile wait.

    For whoever has asked `check_all_visible` before.
    Rule: CS-7.
    """
    found = Case.objects.filter(pk__in=case_ids).order_by("pk")
    cases = list(found.select_for_update(no_key=True) if holding else found)
    events = {key: list(of) for key, of in groupby(read_events(case_ids), key=lambda one: one.case_id)}
    kinds = matters.names_of(case.matter_code for case in cases)
    grids = territory.names_of({case.grid_path for case in cases})
    departments = accounts.get_departments([case.department_id for case in cases if case.department_id])
    return [
        WholeCase(
            id=case.pk,
            facts={name: canonical(getattr(case, name)) for name in COLUMNS},
            chain_head=bytes(case.chain_head),
            steps=[_step(event) for event in events.get(case.pk, [])],
            names={
                "matter": kinds.get(case.matter_code, (case.matter_code, ""))[0],
                "grid": grids.get(case.grid_path, case.grid_path),
                "department": departments[case.department_id].name
                if case.department_id in departments
                else "",
            },
        )
        for case in cases
    ]


def _step(event: Event) -> WholeStep:
    found = event.detail.get("facts", {}).get("photos", []) if event.action == Action.REPORT else []
    return WholeStep(
        body=body_of(event),
        hash=event.hash,
        seq=event.seq,
        at=event.at,
        action_zh=ACTION_ZH.get(event.action) or MARK_ZH.get(event.action, event.action),
        after_zh=STATUS_ZH.get(event.after, event.after),
        actor_id=event.actor_id,
        actor_name=event.actor_name,
        detail=event.detail,
        photos=[*found, *event.detail.get("photos", [])],
    )
