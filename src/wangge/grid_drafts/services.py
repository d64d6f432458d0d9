"""What other rooms and the faces may ask of grid drafts."""

from __future__ import annotations

from wangge.grid_drafts.adopting import Adopted, adopt
from wangge.grid_drafts.drafting import Draft, Kept, Proposal, draft_grids
from wangge.grid_drafts.drawing import Part
from wangge.grid_drafts.editing import discard_draft, move_block, undo_move
from wangge.grid_drafts.making import DRAW, make_draft, request_draft
from wangge.grid_drafts.plots import Buildings
from wangge.grid_drafts.rules import Bounds, Reason, households_of

__all__ = [
    "DRAW",
    "Adopted",
    "Bounds",
    "Buildings",
    "Draft",
    "Kept",
    "Part",
    "Proposal",
    "Reason",
    "adopt",
    "discard_draft",
    "draft_grids",
    "households_of",
    "make_draft",
    "move_block",
    "request_draft",
    "undo_move",
]
