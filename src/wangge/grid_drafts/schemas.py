"""Shapes of drafts that people look at, edit and adopt."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from wangge.grid_drafts.rules import Source
from wangge.kernel.shapes import Schema


class GridDraftIn(Schema):
    """Ask for a draft of a territory. Without bounds those of the pack's tier count."""

    id: UUID
    path: str = Field(max_length=64)  # closed: of a community, street or district
    layer: str = Field("comprehensive", max_length=32)
    source: Source
    classes: list[str] = Field(min_length=1, max_length=50)
    keeps: bool = True
    least: int | None = Field(None, ge=1, le=100_000)
    most: int | None = Field(None, ge=1, le=100_000)
    seed: int = Field(0, ge=0, le=1_000_000)


class BlockMove(Schema):
    """A block goes to a grid beside it, with what hangs on it alone. `face` is the number of the block."""

    id: UUID
    community: str = Field(max_length=64)
    base_version: int
    face: int = Field(ge=0)
    to: int = Field(ge=1)


class StepBack(Schema):
    """Take back the last move in a community."""

    id: UUID
    community: str = Field(max_length=64)
    base_version: int


class Discarding(Schema):
    id: UUID


class Adoption(Schema):
    """Let the proposed grids of communities stand. With `dry_run` it is told what would move."""

    draft_id: UUID
    reason: str = Field(min_length=1, max_length=255)
    communities: list[ChosenCommunity] = Field(min_length=1, max_length=100)
    dry_run: bool = True


class ChosenCommunity(Schema):
    path: str = Field(max_length=64)
    version: int  # that was looked at


class FailureOut(Schema):
    code: str
    zh: str
    en: str


class DraftNote(Schema):
    zh: str
    en: str


class ProposedGrid(Schema):
    """One proposed grid. `heir_of` names the standing grid that it goes on with; none: it is new."""

    number: int
    name: str
    heir_of: str | None
    households: int
    buildings: int
    area_m2: float
    compactness: float
    misses: int
    is_contiguous: bool
    is_forced: bool


class CommunityDraftOut(Schema):
    path: str
    name: str
    version: int
    grids: list[ProposedGrid]
    standing: int  # grids that stand there now
    ended: list[str]  # names of those that would end
    reason: str | None
    reason_zh: str | None
    reason_en: str | None
    moved: int
    at_least: int | None
    edits: int
    adopted_at: datetime | None
    adopted_by: str


class DraftFigures(Schema):
    """Balance, contiguity and compactness of the whole draft. Rule: GD-4, GD-5."""

    communities: int
    grids: int
    households: int
    buildings: int
    inside: int
    possible: int
    possible_inside: int
    contiguous: int
    smallest: int
    median: float
    largest: int
    deviation: float
    compactness_median: float
    compactness_lowest: float
    moved: int


class GridDraftRow(Schema):
    """A draft in the list."""

    id: UUID
    path: str
    name: str
    layer: str
    phase: str
    source: str
    keeps: bool
    least: int
    most: int
    communities: int
    done: int
    created_at: datetime
    actor_name: str
    failure: FailureOut | None


class GridDraftOut(GridDraftRow):
    notes: list[DraftNote]
    figures: DraftFigures | None
    parts: list[CommunityDraftOut]


class GridDraftPage(Schema):
    items: list[GridDraftRow]
    next_cursor: str | None


Adoption.model_rebuild()
