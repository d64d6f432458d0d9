"""A draft is asked for, and made by a job: places and communities in, blocks and proposed grids out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction

from wangge.grid_drafts.drafting import Draft, Kept, draft_plot, homes, plots_of
from wangge.grid_drafts.drawing import Part
from wangge.grid_drafts.ground import Ints
from wangge.grid_drafts.models import CommunityDraft, GridDraft
from wangge.grid_drafts.plots import Buildings, Plot
from wangge.grid_drafts.rules import Bounds, Phase, Source, matched, moved_households
from wangge.grid_drafts.schemas import GridDraftIn
from wangge.grid_drafts.state import pack, pack_part, pack_shapes
from wangge.grid_drafts.weighing import weigh
from wangge.kernel import audit, batches, jobs
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Refused, Unreadable
from wangge.kernel.fates import Fate
from wangge.kernel.ids import new_id
from wangge.kernel.paths import is_closed, is_within
from wangge.territory import services as territory
from wangge.territory.services import Parish
from wangge.venues import queries as venues

DRAW = "grid_drafts.draw"
MOST_PLACES = 200_000  # of one draft: what a job holds in memory
WRITE = "territory.write"


class BoundsUnknown(Refused):
    status = 422
    code = "grid_drafts.bounds_unknown"
    zh = "规则包没有说“{tier}”每格多少户。请填写最少和最多户数。"
    en = "The pack does not say how many households a {tier} has. Fill in the least and the most."


class NoCommunities(Refused):
    status = 422
    code = "grid_drafts.no_communities"
    zh = "{path} 内没有社区范围，也没有现有网格可以推出范围。请先导入社区边界。"
    en = "{path} holds no outline of a community and no grid to tell one from. Import the outlines first."


class NoPlaces(Refused):
    status = 422
    code = "grid_drafts.no_places"
    zh = "{path} 内没有所选类别的场所。请选择别的类别，或先导入楼栋。"
    en = "{path} holds no place of the chosen classes. Choose others, or import the buildings first."


class TooLarge(Refused):
    status = 422
    code = "grid_drafts.too_large"
    zh = (
        "{path} 内有 {places} 处场所，一次最多划分 {most} 处。请选择更小的范围，或用命令 wangge draft-grids。"
    )
    en = "{path} holds {places} places; one draft takes {most}. Choose less, or use wangge draft-grids."


class Discarded(Exception):
    """Somebody gave the draft up while it was made."""


def request_draft(body: GridDraftIn, *, actor: Actor, at: datetime) -> Fate:
    """Note what is wanted and let a job make it.

    Raises: nothing: a refusal is a fate.
    Rule:   GD-2, GD-11.
    """

    def settle(fresh: Sequence[GridDraftIn]) -> dict[UUID, Fate]:
        try:
            with transaction.atomic():
                row = _asked(body, actor, at)
        except Refused as refusal:
            return {body.id: Fate.refused(body.id, refusal)}
        jobs.defer(DRAW, draft_id=str(row.pk))
        detail = {"path": row.path, "layer": row.layer, "source": row.source, "keeps": row.keeps}
        audit.record([("grid_drafts.request", "grid_draft", str(row.pk), detail)], actor=actor, at=at)
        return {body.id: Fate.applied(body.id, id=str(row.pk))}

    return batches.apply_once([body], settle, kind="grid_drafts.request", actor=actor, at=at)[0]


def _asked(body: GridDraftIn, actor: Actor, at: datetime) -> GridDraft:
    actor.check_can(WRITE)
    if not is_closed(body.path):
        raise Unreadable(field="path", why_zh="应为以点号结尾的路径", why_en="a closed path, as 44.03.05.")
    if not is_within(body.path, actor.scope):
        raise NotVisible
    tier = (territory.tiers_of_layer(body.layer) or ("grid", ""))[0]
    pack_bounds = territory.household_bounds(tier) or (None, None)
    least, most = body.least or pack_bounds[0], body.most or pack_bounds[1]
    if least is None or most is None:
        raise BoundsUnknown(tier=tier)
    if least > most:
        raise Unreadable(field="most", why_zh="上限小于下限", why_en="it is less than the least")
    places = venues.count_sites(body.path, body.classes)
    if not places:
        raise NoPlaces(path=body.path)
    if places > MOST_PLACES:
        raise TooLarge(path=body.path, places=f"{places:,}", most=f"{MOST_PLACES:,}")
    parishes = territory.list_parishes(body.path, body.layer, at)
    if not parishes:
        raise NoCommunities(path=body.path)
    return GridDraft.objects.create(
        id=body.id, path=body.path, layer=body.layer, source=body.source.value, classes=body.classes,
        least=least, most=most, keeps=body.keeps, seed=body.seed, communities=len(parishes), created_at=at,
        actor_id=actor.user_id, actor_name=actor.name,
    )  # fmt: skip


def make_draft(draft_id: UUID, *, at: datetime) -> bool:
    """Make the draft that was asked for; False if it is there already or was given up.

    A draft that broke off is made from the start. Progress is written community by community.
    Raises: whatever broke it, after it was noted.
    Rule:   GD-1 to GD-9, GD-12.
    """
    draft = GridDraft.objects.filter(pk=draft_id).exclude(phase=Phase.READY).first()
    if draft is None:
        return False
    CommunityDraft.objects.filter(draft=draft).delete()
    _note(draft, phase=Phase.DRAWING, done=0, failure=None)
    try:
        _draw(draft, at)
        _note(draft, phase=Phase.READY, ended_at=at)
    except Discarded:
        return False
    except Exception as error:
        _note(draft, phase=Phase.FAILED, ended_at=at, failure=_failure(error))
        if isinstance(error, Refused):
            return False
        raise
    return True


def _failure(error: Exception) -> dict[str, str]:
    if isinstance(error, Refused):
        return {"code": error.code, "zh": error.message("zh"), "en": error.message("en")}
    why = type(error).__name__
    return {
        "code": "grid_drafts.broken",
        "zh": f"划分时出了意外（{why}），没有改动任何网格。请换一个范围或随机种子再试，并告诉系统管理员。",
        "en": f"Something unexpected broke it ({why}); no grid was changed. Try another territory or seed.",
    }


def _note(draft: GridDraft, **values: Any) -> None:
    if not GridDraft.objects.filter(pk=draft.pk).update(**values):
        raise Discarded


def _draw(draft: GridDraft, at: datetime) -> None:
    parishes = territory.list_parishes(draft.path, draft.layer, at)
    sites = venues.list_sites(draft.path, draft.classes)
    source = Source(draft.source)
    known = [(grid.shape, grid.households) for parish in parishes for grid in parish.grids]
    households, notes = weigh(sites, source, known)
    outlines = np.array([parish.shape for parish in parishes], dtype=object)
    plots, astray = plots_of(outlines, Buildings(sites.points, households))
    if astray.any():
        count, lost = int(astray.sum()), int(households[astray].sum())
        notes.append(
            (
                f"{count:,} 处（{lost:,} 户）不在任何社区内，没有划入。",
                f"{count:,} places ({lost:,} households) are in no community: left out.",
            )
        )
    _note(draft, communities=len(parishes), notes=[list(note) for note in notes])
    bounds = Bounds(draft.least, draft.most)
    for number, (parish, plot) in enumerate(zip(parishes, plots, strict=True), 1):
        _divide(draft, parish, plot, bounds)
        _note(draft, done=number)


def _divide(draft: GridDraft, parish: Parish, plot: Plot, bounds: Bounds) -> None:
    kept = [Kept(0, number, grid.shape) for number, grid in enumerate(parish.grids, 1)]
    keeps = draft.keeps and bool(kept)
    found = draft_plot(plot, bounds, kept if keeps else (), draft.seed)
    if not found.parts:
        plot.part = np.zeros(len(plot.faces), dtype=np.int64)
    home = homes(plot, kept) if kept else np.zeros(len(plot.faces), dtype=np.int64)
    heirs = matched(plot.part, home, plot.ground.households) if found.parts else {}
    CommunityDraft.objects.create(
        draft=draft, path=parish.path, name=parish.name, ground=pack(plot), part=pack_part(plot.part),
        home=pack_part(home), shapes=pack_shapes(found.parts), change_id=new_id(), heirs=_texts(heirs),
        standing=[{"id": str(grid.id), "path": grid.path, "name": grid.name} for grid in parish.grids],
        figures=figures_of(found.parts), reason=found.reason.value if found.reason else "",
        moved=_moved(found, plot, home, heirs), at_least=found.at_least,
    )  # fmt: skip


def _moved(found: Draft, plot: Plot, home: Ints, heirs: dict[int, int]) -> int:
    return moved_households(plot.part, home, plot.ground.households, heirs) if found.parts else 0


def _texts(heirs: dict[int, int]) -> dict[str, int]:
    return {str(number): old for number, old in heirs.items()}


SAID = tuple(one.name for one in fields(Part) if one.name != "shape")


def figures_of(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Return what is said of the parts, without their outlines."""
    return [{name: getattr(part, name) for name in SAID} for part in parts]
