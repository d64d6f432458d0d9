"""Split, merge, redraw and undo as people ask for them: each makes a plan, one function carries it out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import shapely

from wangge.kernel import staging
from wangge.kernel.actor import Actor
from wangge.kernel.datum import to_wgs84_many
from wangge.kernel.errors import NotVisible, Refused, Unreadable
from wangge.territory import queries
from wangge.territory.change_plan import Done, GridsChanged, Ground, Piece, Plan, UndoPlan
from wangge.territory.change_schemas import BorderIn, DrawIn, MergeIn, PieceIn, RedrawIn, SplitIn, UndoIn
from wangge.territory.changing import change_grids, lock_grids
from wangge.territory.cutting import cut, join
from wangge.territory.models import Division, Grid, GridChange, Layer
from wangge.territory.movers import Mover
from wangge.territory.outline_checks import read_outline
from wangge.territory.rules import UNDO_WITHIN, UNDOABLE, Change, Problems


class UndoTooLate(Refused):
    code = "territory.undo_too_late"
    zh = "这次调整已超过 {hours} 小时，不能撤销。请用新的拆分或合并来更正。"
    en = "This change is older than {hours} hours and cannot be undone. Correct it by another split or merge."


class LayerUnknown(Refused):
    status = 422
    code = "territory.layer_unknown"
    zh = "规则包里没有图层“{layer}”。请选择已有的图层。"
    en = "The pack has no layer {layer}. Choose one that it has."


class UndoneAlready(Refused):
    code = "territory.undone_already"
    zh = "这次调整已经撤销过了。"
    en = "This change was undone before."


def split_grid(body: SplitIn, *, movers: Sequence[Mover], actor: Actor, at: datetime) -> Done:
    """Cut a grid by a line; the pieces are named in the order west to east, north to south.

    Raises: as change_grids; LineMisses, NotFinest, GridsChanged; Unreadable for a line that is none.
    Rule:   TE-13.
    """

    def plan() -> Plan:
        grid = lock_grids([body.grid_id], actor)[0]
        points = to_wgs84_many(np.array(body.line, dtype=np.float64), body.datum)
        shapes = cut(queries.read_shapes([grid.shape_wkb])[0], shapely.linestrings(points), name=grid.name)
        names = [*body.names, *(f"{grid.name}-{n + 1}" for n in range(len(body.names), len(shapes)))]
        pieces = [Piece(name[:64], shape) for name, shape in zip(names, shapes, strict=False)]
        _check_heir(body.heir, pieces)
        return Plan(body.id, Change.SPLIT, body.reason, [grid], pieces, body.heir)

    return change_grids(body.id, plan, movers=movers, actor=actor, at=at, dry_run=body.dry_run)


def merge_grids(body: MergeIn, *, movers: Sequence[Mover], actor: Actor, at: datetime) -> Done:
    """Join neighbours to one grid; the primary member of the largest leads, the others are deputies.

    Raises: as change_grids; NotNeighbours, NotOneParent, NotFinest, GridsChanged.
    Rule:   TE-13.
    """

    def plan() -> Plan:
        grids = lock_grids(body.grid_ids, actor)
        if len(grids) < 2:
            raise Unreadable(field="grid_ids", why_zh="至少选择两个网格", why_en="choose two grids at least")
        shape = join(queries.read_shapes(g.shape_wkb for g in grids), [g.name for g in grids])
        counts = [grid.households for grid in grids]
        total = None if None in counts else sum(n for n in counts if n is not None)
        return Plan(body.id, Change.MERGE, body.reason, grids, [Piece(body.name, shape, households=total)], 0)

    return change_grids(body.id, plan, movers=movers, actor=actor, at=at, dry_run=body.dry_run)


def redraw_grids(body: RedrawIn, *, movers: Sequence[Mover], actor: Actor, at: datetime) -> Done:
    """Give neighbours other outlines; each goes on under its code, a new piece gets a new one.

    Raises: as change_grids; OverlapsOthers, GridsChanged; Unreadable for an outline that is none.
    Rule:   TE-13.
    """

    def plan() -> Plan:
        ids = [one.grid_id for one in body.pieces if one.grid_id] + list(body.ended)
        grids = {grid.pk: grid for grid in lock_grids(ids, actor)}
        pieces = [
            Piece(
                one.name or (grids[one.grid_id].name if one.grid_id else ""),
                _outline(one, n, body.datum),
                grids[one.grid_id].path if one.grid_id else "",
                grids[one.grid_id].households if one.grid_id else None,
            )
            for n, one in enumerate(body.pieces, 1)
        ]
        if any(not piece.name for piece in pieces):
            raise Unreadable(field="name", why_zh="新网格要有名称", why_en="a new grid has a name")
        return Plan(body.id, Change.REDRAW, body.reason, list(grids.values()), pieces)

    return change_grids(body.id, plan, movers=movers, actor=actor, at=at, dry_run=body.dry_run)


def move_border(body: BorderIn, *, movers: Sequence[Mover], actor: Actor, at: datetime) -> Done:
    """Cut two neighbours together by another line; each piece goes to the grid that held most of it.

    Raises: as change_grids; LineMisses, NotNeighbours, GridsChanged; Unreadable if a grid would get nothing.
    Rule:   TE-13.
    """

    def plan() -> Plan:
        grids = lock_grids(body.grid_ids, actor)
        shapes = queries.read_shapes(grid.shape_wkb for grid in grids)
        points = to_wgs84_many(np.array(body.line, dtype=np.float64), body.datum)
        names = [grid.name for grid in grids]
        cuts = cut(join(shapes, names), shapely.linestrings(points), name="＋".join(names))
        parts: list[list[Any]] = [[] for _ in grids]
        for one in cuts:
            parts[int(np.argmax(shapely.area(shapely.intersection(shapes, one))))].append(one)
        if not all(parts):
            why = ("这条线会让其中一个网格没有范围", "one of the grids would get nothing")
            raise Unreadable(field="line", why_zh=why[0], why_en=why[1])
        pieces = [
            Piece(grid.name, shapely.union_all(mine), grid.path, grid.households)
            for grid, mine in zip(grids, parts, strict=True)
        ]
        return Plan(body.id, Change.REDRAW, body.reason, grids, pieces)

    return change_grids(body.id, plan, movers=movers, actor=actor, at=at, dry_run=body.dry_run)


def draw_grid(body: DrawIn, *, movers: Sequence[Mover], actor: Actor, at: datetime) -> Done:
    """Begin a grid on ground that no grid of the layer covers yet; it gets the next code under its parent.

    Raises: as change_grids; OverlapsOthers, LayerUnknown, NotVisible; Unreadable for an outline that is none.
    Rule:   TE-12, TE-13.
    """

    def plan() -> Plan:
        layer = Layer.objects.filter(code=body.layer).first()
        if layer is None:
            raise LayerUnknown(layer=body.layer)
        if not actor.covers(body.under) or not _stands(body.under, at):
            raise NotVisible
        staging.lock_name(f"territory.grids:{layer.code}")
        piece = Piece(body.name, _outline(PieceIn(name=body.name, geometry=body.geometry), 1, body.datum))
        ground = Ground(layer.code, body.under, layer.tier, body.scene)
        return Plan(body.id, Change.DRAW, body.reason, [], [piece], ground=ground)

    return change_grids(body.id, plan, movers=movers, actor=actor, at=at, dry_run=body.dry_run)


def _stands(path: str, at: datetime) -> bool:
    division = Division.objects.filter(path=path, ended_at__isnull=True)
    return division.exists() or Grid.objects.filter(path=path).valid_at(at).exists()


def undo_change(
    change_id: UUID, body: UndoIn, *, movers: Sequence[Mover], actor: Actor, at: datetime
) -> Done:
    """Let the grids before the change begin again under their codes; the codes of the change are spent.

    Raises: as change_grids; UndoTooLate after 24 hours, UndoneAlready, GridsChanged; NotVisible.
    Rule:   TE-16.
    """

    def plan() -> Plan:
        change = GridChange.objects.select_for_update().filter(pk=change_id).first()
        if change is None or not actor.covers(change.path) or change.kind not in UNDOABLE:
            raise NotVisible
        if GridChange.objects.filter(undoes=change).exists():
            raise UndoneAlready
        if at - change.at > UNDO_WITHIN:
            raise UndoTooLate(hours=UNDO_WITHIN.days * 24)
        after = Grid.objects.filter(predecessors__change=change).distinct().order_by("path")
        standing = lock_grids([grid.pk for grid in after], actor)
        before = list(Grid.objects.filter(successors__change=change).distinct().order_by("path"))
        shapes = queries.read_shapes(grid.shape_wkb for grid in before)
        pieces = [Piece(g.name, s, g.path, g.households) for g, s in zip(before, shapes, strict=True)]
        if not standing:
            raise GridsChanged
        return UndoPlan(body.id, Change.UNDO, body.reason, standing, pieces, undoes=change)

    return change_grids(body.id, plan, movers=movers, actor=actor, at=at, dry_run=body.dry_run)


def _check_heir(heir: int | None, pieces: Sequence[Piece]) -> None:
    if heir is not None and heir >= len(pieces):
        why_zh, why_en = f"只有 {len(pieces)} 块", f"there are {len(pieces)} pieces"
        raise Unreadable(field="heir", why_zh=why_zh, why_en=why_en)


def _outline(piece: PieceIn, number: int, datum: str) -> Any:
    problems = Problems()
    try:
        shape, why = shapely.force_2d(shapely.from_geojson(piece.geometry.model_dump_json())), None
    except shapely.errors.ShapelyError:
        shape, why = None, ("坐标不完整", "its coordinates are incomplete")
    outline = read_outline(shape, why, row=number, datum=datum, repair=False, problems=problems)
    if outline is None:
        found = problems.listed()[0]
        raise Unreadable(field=f"pieces.{number}", why_zh=found.zh, why_en=found.en)
    return outline
