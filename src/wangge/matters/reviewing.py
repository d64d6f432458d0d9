"""A city's own matters move: submitted, admitted, returned, withdrawn; many at once, a fate each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from wangge.kernel import audit, batches
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, Refused, VersionConflict
from wangge.kernel.fates import Fate
from wangge.matters.admitting import CAPABILITY, Move, check_day, check_note, check_reviewer, move
from wangge.matters.editions import lock_catalogue, switch
from wangge.matters.models import Admission
from wangge.matters.rules import Stage
from wangge.matters.schemas import AdmissionMove

WRITTEN = (
    *("stage", "version", "submitted_at", "reviewed_by_id", "reviewed_at", "review_note", "effective_on"),
    "withdrawn_on",
)


def move_admissions(steps: Sequence[AdmissionMove], *, actor: Actor, at: datetime) -> list[Fate]:
    """Submit, admit, return or withdraw versions, a fate each; what begins today holds at once.

    One review of many begins one edition.
    Shape:  len(fates) == len(steps); a repeated command id gives the fate of its first time.
    Raises: TooMany; Unreadable without a pack.
    Rule:   MA-7, MA-8, MA-11.
    """

    def settle(fresh: Sequence[AdmissionMove]) -> dict[UUID, Fate]:
        lock_catalogue()
        found = Admission.objects.visible_to(actor).select_for_update().order_by("pk")
        rows = found.in_bulk([step.admission_id for step in fresh])
        fates: dict[UUID, Fate] = {}
        moved: dict[UUID, Admission] = {}
        entries: list[audit.Entry] = []
        for step in fresh:
            try:
                row = _moved(rows.get(step.admission_id), step, actor, at)
            except Refused as refusal:
                fates[step.id] = Fate.refused(step.id, refusal)
                continue
            moved[row.pk] = row
            fates[step.id] = Fate.applied(step.id, code=row.code, stage=str(row.stage), version=row.version)
            told = step.model_dump(mode="json", exclude_defaults=True, exclude={"id", "admission_id"})
            detail = told | {"code": row.code, "number": row.number}
            entries.append((f"matters.{step.move}", "admission", str(row.pk), detail))
        _write(moved.values())
        audit.record(entries, actor=actor, at=at)
        switch(at.astimezone(CHINA).date())
        return fates

    return batches.apply_once(steps, settle, kind="matters.move", actor=actor, at=at)


def _moved(row: Admission | None, step: AdmissionMove, actor: Actor, at: datetime) -> Admission:
    """Return the row after the step. Raises: NotYourRole, NotVisible, and as the rules of MA-7."""
    if row is None:
        raise NotVisible()
    actor.check_can(CAPABILITY[step.move])
    if row.version != step.base_version:
        raise VersionConflict(current=row.version, given=step.base_version)
    after = move(Stage(row.stage), step.move)
    check_reviewer(step.move, actor_id=actor.user_id, proposed_by=row.proposed_by_id)
    check_day(step.move, step.on, at.astimezone(CHINA).date())
    check_note(step.move, step.note)
    row.stage, row.version = after, row.version + 1
    for name, value in _changes(step, actor, at).items():
        setattr(row, name, value)
    return row


def _changes(step: AdmissionMove, actor: Actor, at: datetime) -> dict[str, Any]:
    if step.move is Move.SUBMIT:
        return {"submitted_at": at}
    if step.move is Move.WITHDRAW:
        return {"withdrawn_on": step.on, "review_note": step.note}
    review = {"reviewed_by_id": actor.user_id, "reviewed_at": at, "review_note": step.note}
    return review | ({"effective_on": step.on} if step.move is Move.ADMIT else {})


def _write(rows: Iterable[Admission]) -> None:
    """Write rows that have the same values with one statement: those of one review mostly have."""
    alike: dict[tuple[Any, ...], list[UUID]] = defaultdict(list)
    for row in rows:
        alike[tuple(getattr(row, name) for name in WRITTEN)].append(row.pk)
    for values, ids in alike.items():
        Admission.objects.filter(pk__in=ids).update(**dict(zip(WRITTEN, values, strict=True)))
