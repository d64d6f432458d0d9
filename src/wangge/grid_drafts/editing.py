"""People change a draft: a block goes to a grid beside it, the last step is undone, it is given up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
from django.db import transaction

from wangge.grid_drafts.drawing import tell, why_outside
from wangge.grid_drafts.making import WRITE, figures_of
from wangge.grid_drafts.models import CommunityDraft, GridDraft
from wangge.grid_drafts.plots import Plot
from wangge.grid_drafts.rules import Bounds, matched, moved_households
from wangge.grid_drafts.schemas import BlockMove, Discarding, StepBack
from wangge.grid_drafts.state import move, pack_part, pack_shapes, unpack, unpack_part
from wangge.kernel import audit, batches
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Refused, Unreadable, VersionConflict
from wangge.kernel.fates import Fate

C = TypeVar("C", BlockMove, StepBack, Discarding)


class AdoptedAlready(Refused):
    code = "grid_drafts.adopted_already"
    zh = "“{name}”的草案已由{by}启用，不能再改。请重新生成草案。"
    en = "The draft of {name} was adopted by {by} and cannot be changed. Ask for a new draft."


class NothingToUndo(Refused):
    code = "grid_drafts.nothing_to_undo"
    zh = "“{name}”没有可以撤销的移动。"
    en = "There is no move in {name} to take back."


def move_block(draft_id: UUID, body: BlockMove, *, actor: Actor, at: datetime) -> Fate:
    """Give a block to a grid beside it; the figures follow at once.

    Raises: nothing: a refusal is a fate.
    Rule:   GD-10.
    """

    def act() -> dict[str, Any]:
        row = _lock(draft_id, body.community, body.base_version, actor)
        plot, bounds = unpack(bytes(row.ground), bytes(row.part)), _bounds(row.draft)
        if body.face >= len(plot.faces) or body.to not in plot.part:
            raise Unreadable(field="face", why_zh="没有这一块或这个网格", why_en="no such block or grid")
        step = move(plot, body.face, body.to, bounds)
        row.edits = [*row.edits, [list(step.faces), step.source, step.to]]
        _save(row, plot, bounds)
        return {"version": row.version, "households": step.households, "from": step.source, "to": step.to}

    return _once(body, act, "grid_drafts.move", draft_id, actor, at)


def undo_move(draft_id: UUID, body: StepBack, *, actor: Actor, at: datetime) -> Fate:
    """Take back the last move in a community.

    Raises: nothing: a refusal is a fate.
    Rule:   GD-10.
    """

    def act() -> dict[str, Any]:
        row = _lock(draft_id, body.community, body.base_version, actor)
        if not row.edits:
            raise NothingToUndo(name=row.name)
        plot = unpack(bytes(row.ground), bytes(row.part))
        *row.edits, (faces, source, _) = row.edits
        plot.part[np.array(faces, dtype=np.int64)] = source
        _save(row, plot, _bounds(row.draft))
        return {"version": row.version}

    return _once(body, act, "grid_drafts.undo", draft_id, actor, at)


def discard_draft(draft_id: UUID, body: Discarding, *, actor: Actor, at: datetime) -> Fate:
    """Give a draft up; what was adopted from it stays.

    Raises: nothing: a refusal is a fate.
    Rule:   GD-11.
    """

    def act() -> dict[str, Any]:
        _visible(draft_id, actor).delete()
        return {}

    return _once(body, act, "grid_drafts.discard", draft_id, actor, at)


def _once(
    body: C, act: Callable[[], dict[str, Any]], kind: str, draft_id: UUID, actor: Actor, at: datetime
) -> Fate:
    def settle(fresh: Sequence[C]) -> dict[UUID, Fate]:
        try:
            with transaction.atomic():
                result = act()
        except Refused as refusal:
            return {body.id: Fate.refused(body.id, refusal)}
        detail = {key: value for key, value in body.model_dump(mode="json").items() if key != "id"}
        audit.record([(kind, "grid_draft", str(draft_id), detail)], actor=actor, at=at)
        return {body.id: Fate.applied(body.id, **result)}

    return batches.apply_once([body], settle, kind=kind, actor=actor, at=at)[0]


def _visible(draft_id: UUID, actor: Actor) -> GridDraft:
    actor.check_can(WRITE)
    found = GridDraft.objects.visible_to(actor).filter(pk=draft_id).first()
    if found is None:
        raise NotVisible
    return found


def _lock(draft_id: UUID, path: str, version: int, actor: Actor) -> CommunityDraft:
    draft = _visible(draft_id, actor)
    row = CommunityDraft.objects.select_for_update().filter(draft=draft, path=path).first()
    if row is None:
        raise NotVisible
    if row.adopted_at is not None:
        raise AdoptedAlready(name=row.name, by=row.adopted_by)
    if row.version != version:
        raise VersionConflict(current=row.version, given=version)
    row.draft = draft
    return row


def _bounds(draft: GridDraft) -> Bounds:
    return Bounds(draft.least, draft.most)


def _save(row: CommunityDraft, plot: Plot, bounds: Bounds) -> None:
    """Write the division with what is said of it now."""
    parts, home = tell(plot, bounds), unpack_part(bytes(row.home))
    heirs = matched(plot.part, home, plot.ground.households)
    reason = why_outside(plot, parts, bounds)
    row.part, row.shapes, row.figures = pack_part(plot.part), pack_shapes(parts), figures_of(parts)
    row.heirs = {str(number): old for number, old in heirs.items()}
    row.moved = moved_households(plot.part, home, plot.ground.households, heirs)
    row.reason = reason.value if reason else ""
    row.version += 1
    row.save(update_fields=["part", "shapes", "figures", "heirs", "moved", "reason", "edits", "version"])
