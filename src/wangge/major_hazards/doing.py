"""What every deed has: it is done once, a refusal undoes it, the case tells of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from wangge.cases import services as cases
from wangge.cases.rules import Mark
from wangge.kernel import audit, batches
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Refused
from wangge.kernel.fates import Fate
from wangge.kernel.fates import Outcome as FateOutcome
from wangge.major_hazards.models import MajorHazard
from wangge.major_hazards.refusals import (
    CaseRefuses,
    WrongStage,
)
from wangge.major_hazards.schemas import (
    AssessIn,
    ListIn,
    ProgressIn,
    ProposeIn,
    ReinspectIn,
    SignIn,
)
from wangge.major_hazards.showing import stage_of

STAGE_ZH = {"to_list": "待挂牌", "listed": "已挂牌", "delisted": "已销号"}
C = TypeVar("C", AssessIn, ListIn, ProgressIn, ProposeIn, ReinspectIn, SignIn)


def each(
    commands: Sequence[C],
    deed: Callable[[C], Mapping[str, Any]],
    *,
    kind: str,
    actor: Actor,
    at: datetime,
) -> list[Fate]:
    """Do each command once; a refusal undoes its own and is its fate."""

    def settle(fresh: Sequence[C]) -> dict[UUID, Fate]:
        fates: dict[UUID, Fate] = {}
        done: list[audit.Entry] = []
        for given in fresh:
            try:
                with transaction.atomic():
                    result = deed(given)
            except Refused as refusal:
                fates[given.id] = Fate.refused(given.id, refusal)
                continue
            fates[given.id] = Fate.applied(given.id, **result)
            done.append((kind, "major_hazard", str(given.id), dict(result)))
        audit.record(done, actor=actor, at=at)
        return fates

    return batches.apply_once(commands, settle, kind=kind, actor=actor, at=at)


def mark(
    identifier: UUID,
    case_id: UUID | None,
    mark: Mark,
    detail: Mapping[str, str],
    *,
    actor: Actor | None,
    at: datetime,
) -> None:
    """Note it on the case, if there is one; what a body decides has no actor, its decision has the signers.

    Raises: CaseRefuses, which undoes the deed.
    """
    if case_id is None:
        return
    [fate] = cases.add_marks([cases.MarkCommand(identifier, case_id, mark, detail)], actor=actor, at=at)
    if fate.outcome is not FateOutcome.APPLIED:
        raise CaseRefuses(why_zh=fate.zh, why_en=fate.en)


def check_stage(hazard: MajorHazard, wanted: str) -> None:
    """Raises: WrongStage unless the hazard stands there. Rule: MH-5, MH-6."""
    stage = stage_of(hazard)
    if stage != wanted:
        raise WrongStage(stage=stage, stage_zh=STAGE_ZH[stage])
