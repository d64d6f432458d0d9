"""Reads of drafts. Every one starts from visible_to(actor)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import numpy as np
import shapely

from wangge.grid_drafts.adopting import name_of
from wangge.grid_drafts.models import CommunityDraft, GridDraft
from wangge.grid_drafts.rules import Bounds, Reason
from wangge.grid_drafts.schemas import (
    CommunityDraftOut,
    DraftFigures,
    DraftNote,
    FailureOut,
    GridDraftOut,
    GridDraftPage,
    GridDraftRow,
    ProposedGrid,
)
from wangge.grid_drafts.state import steps_to, unpack, unpack_shapes
from wangge.grid_drafts.wording import REASONS
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.territory.queries import make_cursor, names_of, read_cursor
from wangge.territory.schemas import FeatureCollection

READ = "territory.read"
IMPOSSIBLE = {Reason.NO_HOUSEHOLDS.value, Reason.TOO_FEW.value, Reason.BETWEEN.value}
HEAVY = ("ground", "part", "home", "shapes")


def list_drafts(actor: Actor, *, cursor: str, limit: int) -> GridDraftPage:
    """Return a page of the drafts inside the caller's scope, newest first."""
    actor.check_can(READ)
    drafts = GridDraft.objects.visible_to(actor)
    if cursor:
        drafts = drafts.filter(pk__lt=_read_id(cursor))
    rows = list(drafts.order_by("-pk")[: limit + 1])
    more, rows = len(rows) > limit, rows[:limit]
    names = names_of(row.path for row in rows)
    return GridDraftPage(
        items=[_row(row, names) for row in rows],
        next_cursor=make_cursor(str(rows[-1].pk)) if more else None,
    )


def _read_id(cursor: str) -> UUID:
    try:
        return UUID(read_cursor(cursor))
    except ValueError:
        why = ("翻页标记无效，请从第一页重新开始", "no cursor of ours")
        raise Unreadable(field="cursor", why_zh=why[0], why_en=why[1]) from None


def get_draft(actor: Actor, draft_id: UUID) -> GridDraftOut:
    """Return a draft with what is said of it. Raises: NotVisible outside the caller's scope."""
    draft = _visible(actor, draft_id)
    rows = list(CommunityDraft.objects.filter(draft=draft).defer(*HEAVY).order_by("path"))
    plain = _row(draft, names_of([draft.path])).model_dump()
    return GridDraftOut(
        **plain,
        notes=[DraftNote(zh=zh, en=en) for zh, en in draft.notes],
        figures=_figures(rows) if rows and draft.phase == "ready" else None,
        parts=[_community(row) for row in rows],
    )


def _visible(actor: Actor, draft_id: UUID) -> GridDraft:
    actor.check_can(READ)
    found = GridDraft.objects.visible_to(actor).filter(pk=draft_id).first()
    if found is None:
        raise NotVisible
    return found


def _community_of(actor: Actor, draft_id: UUID, path: str) -> CommunityDraft:
    draft = _visible(actor, draft_id)
    row = CommunityDraft.objects.filter(draft=draft, path=path).first()
    if row is None:
        raise NotVisible
    row.draft = draft
    return row


def _row(draft: GridDraft, names: dict[str, str]) -> GridDraftRow:
    failure = FailureOut(**draft.failure) if draft.failure else None
    return GridDraftRow(
        id=draft.pk, path=draft.path, name=names.get(draft.path, draft.path), layer=draft.layer,
        phase=draft.phase, source=draft.source, keeps=draft.keeps, least=draft.least, most=draft.most,
        communities=draft.communities, done=draft.done, created_at=draft.created_at,
        actor_name=draft.actor_name, failure=failure,
    )  # fmt: skip


def _community(row: CommunityDraft) -> CommunityDraftOut:
    words = REASONS[Reason(row.reason)] if row.reason else (None, None)
    goes_on = set(row.heirs.values()) if row.figures else set(range(1, len(row.standing) + 1))
    return CommunityDraftOut(
        path=row.path, name=row.name, version=row.version, standing=len(row.standing),
        grids=[
            ProposedGrid(name=name_of(row, one["number"]), heir_of=_heir(row, one), **one)
            for one in row.figures
        ],
        ended=[one["name"] for n, one in enumerate(row.standing, 1) if n not in goes_on],
        reason=row.reason or None, reason_zh=words[0], reason_en=words[1], moved=row.moved,
        at_least=row.at_least, edits=len(row.edits), adopted_at=row.adopted_at, adopted_by=row.adopted_by,
    )  # fmt: skip


def _heir(row: CommunityDraft, said: dict[str, Any]) -> str | None:
    heir = row.heirs.get(str(said["number"]))
    return str(row.standing[heir - 1]["path"]) if heir else None


def _figures(rows: Sequence[CommunityDraft]) -> DraftFigures:
    """Rule: GD-4, GD-5, GD-12."""
    grids = [one for row in rows for one in row.figures]
    could = [
        one for row in rows if row.reason not in IMPOSSIBLE for one in row.figures if not one["is_forced"]
    ]
    sizes = np.array([one["households"] for one in grids] or [0])
    compact = np.array([one["compactness"] for one in grids] or [0.0])
    return DraftFigures(
        communities=len(rows),
        grids=len(grids),
        households=int(sizes.sum()),
        buildings=sum(one["buildings"] for one in grids),
        inside=sum(not one["misses"] for one in grids),
        possible=len(could),
        possible_inside=sum(not one["misses"] for one in could),
        contiguous=sum(one["is_contiguous"] for one in grids),
        smallest=int(sizes.min()),
        median=float(np.median(sizes)),
        largest=int(sizes.max()),
        deviation=float(np.abs(sizes - sizes.mean()).mean() / max(1.0, float(sizes.mean()))),
        compactness_median=float(np.median(compact)),
        compactness_lowest=float(compact.min()),
        moved=sum(row.moved for row in rows),
    )


def list_proposed_shapes(actor: Actor, draft_id: UUID, *, community: str) -> FeatureCollection:
    """Return the outlines of the proposed grids of a draft, or of one of its communities."""
    draft = _visible(actor, draft_id)
    rows = CommunityDraft.objects.filter(draft=draft).defer("ground", "part", "home").order_by("path")
    if community:
        rows = rows.filter(path=community)
    return FeatureCollection(features=[one for row in rows.iterator(50) for one in _features(row)])


def _features(row: CommunityDraft) -> Iterable[dict[str, Any]]:
    shapes = shapely.to_geojson(unpack_shapes(bytes(row.shapes))) if row.figures else []
    for said, shape in zip(row.figures, shapes, strict=True):
        key = f"{row.path}{said['number']:03}"
        yield {
            "type": "Feature",
            "id": key,
            "geometry": json.loads(shape),
            "properties": {
                "id": key,
                "community": row.path,
                "number": said["number"],
                "name": f"{said['number']:03} · {said['households']}",
                "households": said["households"],
                "misses": said["misses"],
            },
        }


def list_blocks(actor: Actor, draft_id: UUID, *, community: str, to: int) -> FeatureCollection:
    """Return the blocks that could go to a proposed grid, each with what would go along. Rule: GD-10."""
    row = _community_of(actor, draft_id, community)
    plot = unpack(bytes(row.ground), bytes(row.part))
    if to not in plot.part:
        raise NotVisible
    steps = steps_to(plot, to, Bounds(row.draft.least, row.draft.most))
    shapes = shapely.to_geojson([shapely.union_all(plot.faces[list(step.faces)]) for step in steps])
    return FeatureCollection(
        features=[
            {
                "type": "Feature",
                "id": str(step.faces[0]),
                "geometry": json.loads(shape),
                "properties": {
                    "id": str(step.faces[0]),
                    "face": step.faces[0],
                    "from": step.source,
                    "name": str(step.households),
                    "households": step.households,
                    "places": int(plot.buildings[list(step.faces)].sum()),
                },
            }
            for step, shape in zip(steps, shapes, strict=True)
        ]
    )
