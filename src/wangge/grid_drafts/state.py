"""A divided community as it is kept between two edits: packed arrays in, a plot out. Pure."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from wangge.grid_drafts.balancing import Ledger, Move
from wangge.grid_drafts.drawing import Part
from wangge.grid_drafts.ground import Ground, Ints
from wangge.grid_drafts.plots import Plot
from wangge.grid_drafts.rules import Bounds
from wangge.kernel.errors import Refused


class NotBeside(Refused):
    code = "grid_drafts.not_beside"
    zh = "这一块与网格 {number} 不相邻，移过去就不连片了。请选择相邻的网格。"
    en = "This block does not border on grid {number}: it would lie apart. Choose a grid beside it."


class LastBlock(Refused):
    code = "grid_drafts.last_block"
    zh = "这是网格 {number} 的最后一块，移走后该网格就没有了。请改用“合并”。"
    en = "This is the last block of grid {number}: without it the grid is gone. Merge the grids instead."


@dataclass(frozen=True, slots=True)
class Step:
    """Faces that go from one part to another."""

    faces: tuple[int, ...]
    source: int
    to: int
    households: int


def pack(plot: Plot) -> bytes:
    """Return the ground of a plot, without its division."""
    kept = io.BytesIO()
    ground = plot.ground
    wkb = shapely.to_wkb(shapely.geometrycollections(plot.faces))
    np.savez_compressed(
        kept, faces=np.frombuffer(wkb, dtype=np.uint8), households=ground.households, left=ground.left,
        right=ground.right, cost=ground.cost, scale=np.array(plot.scale), buildings=plot.buildings,
    )  # fmt: skip
    return kept.getvalue()


def unpack(kept: bytes, part: bytes) -> Plot:
    """Return the plot of packed ground and its division."""
    with np.load(io.BytesIO(kept)) as found:
        ground = Ground(found["households"], found["left"], found["right"], found["cost"])
        faces = shapely.get_parts(shapely.from_wkb(found["faces"].tobytes()))
        scale = (float(found["scale"][0]), float(found["scale"][1]))
        return Plot(faces, ground, scale, found["buildings"], part=unpack_part(part))


def pack_part(part: Ints) -> bytes:
    return part.astype("<i4").tobytes()


def unpack_part(kept: bytes) -> Ints:
    return np.frombuffer(kept, dtype="<i4").astype(np.int64)


def pack_shapes(parts: Sequence[Part]) -> bytes:
    """Return the outlines of the parts in their order."""
    return bytes(shapely.to_wkb(shapely.geometrycollections([part.shape for part in parts])))


def unpack_shapes(kept: bytes) -> Any:
    return shapely.get_parts(shapely.from_wkb(kept))


def steps_to(plot: Plot, to: int, bounds: Bounds) -> list[Step]:
    """Return what could go to a part: each block on its border, with what hangs on that block alone."""
    ledger = Ledger(plot.ground, plot.part, bounds)
    rim = {
        other
        for face in np.flatnonzero(plot.part == to).tolist()
        for other, _ in ledger.neighbours[face]
        if ledger.part[other] != to
    }
    found = ((face, ledger.hanging_on(face)) for face in sorted(rim))
    return [_step(plot, faces, ledger.part[face], to) for face, faces in found if faces is not None]


def move(plot: Plot, face: int, to: int, bounds: Bounds) -> Step:
    """Give a block, and what hangs on it alone, to a part beside it. Changes the plot.

    Raises: NotBeside, LastBlock.
    Rule:   GD-10.
    """
    ledger = Ledger(plot.ground, plot.part, bounds)
    source = ledger.part[face]
    if source == to or not any(ledger.part[other] == to for other, _ in ledger.neighbours[face]):
        raise NotBeside(number=f"{to:03}")
    faces = ledger.hanging_on(face)
    if faces is None:
        raise LastBlock(number=f"{source:03}")
    step = _step(plot, faces, source, to)
    ledger.make(Move(0.0, faces, to))
    plot.part = np.array(ledger.part, dtype=np.int64)
    return step


def _step(plot: Plot, faces: tuple[int, ...], source: int, to: int) -> Step:
    return Step(faces, source, to, int(plot.ground.households[list(faces)].sum()))
