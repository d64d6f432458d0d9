"""What people decide of grids: which end, which begin, who goes on where; and what stands against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from wangge.kernel.errors import Refused
from wangge.territory.handing import Handed
from wangge.territory.models import Grid, GridChange
from wangge.territory.rules import Change

CARRIED_LAYER = "comprehensive"  # what venues, orders and cases carry the path of


class GridsChanged(Refused):
    code = "territory.grids_changed"
    zh = "这些网格刚刚被别人改动过，或者已不再使用。请刷新地图后重新选择。"
    en = "These grids were changed meanwhile or stand no longer. Reload the map and choose again."


class NotFinest(Refused):
    code = "territory.not_finest"
    zh = "网格“{name}”下面还有更小的网格，不能直接拆分或合并。请改动最小一级的网格。"
    en = "The grid {name} holds smaller grids: it cannot be split or merged itself. Change the finest grids."


class NotOneParent(Refused):
    code = "territory.not_one_parent"
    zh = "所选网格不属于同一个社区（村）。网格不能跨社区，请分别合并。"
    en = "The chosen grids lie in different communities. No grid crosses one: merge them apart."


class OverlapsOthers(Refused):
    code = "territory.overlaps_others"
    zh = "新的图形与网格“{name}”重叠 {m2} 平方米。请把它一起选上，或修改图形。"
    en = "The new outline overlaps the grid {name} by {m2} m². Choose it as well, or change the outline."


@dataclass(frozen=True, slots=True)
class Piece:
    """A grid that begins. With a `path` it goes on under its code; without it gets the next one."""

    name: str
    shape: Any
    path: str = ""
    households: int | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a grid begins that no other became."""

    layer: str
    parent: str
    tier: str
    scene: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What people decided: which grids end, which begin, who goes on where."""

    id: UUID
    kind: Change
    reason: str
    ended: Sequence[Grid]
    pieces: Sequence[Piece]
    heir: int | None = None  # of the pieces, the one whose members are those of the old grids
    ground: Ground | None = None  # where none ends


@dataclass(slots=True)
class Done:
    """What a change did, or would do."""

    change: GridChange
    begun: list[Grid] = field(default_factory=list)
    moved: dict[str, int] = field(default_factory=dict)
    handed: Handed = field(default_factory=Handed)
    was_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoPlan(Plan):
    """The way back: the grids that stood before begin again."""

    undoes: GridChange
