"""What is said of a draft as a whole: balance, contiguity, compactness, and what misses the bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wangge.grid_drafts.drafting import Draft, Proposal
from wangge.grid_drafts.rules import Bounds, Reason

IMPOSSIBLE = {Reason.NO_HOUSEHOLDS, Reason.TOO_FEW, Reason.BETWEEN}


@dataclass(frozen=True, slots=True)
class Figures:
    """Rule: GD-4, GD-5, GD-8. Without a grid the shares are None."""

    bounds: Bounds
    communities: int
    grids: int
    households: int
    buildings: int
    inside: int
    possible: int  # grids that could be inside: where the community and its buildings allow it
    possible_inside: int
    contiguous: int
    smallest: int
    median: float
    largest: int
    deviation: float  # the mean distance from the mean, as a share of it
    compactness_median: float
    compactness_lowest: float
    moved: int | None  # None: not a redraft
    at_least: int | None
    astray: int
    astray_households: int

    @property
    def possible_share(self) -> float | None:
        return self.possible_inside / self.possible if self.possible else None


def sum_up(proposal: Proposal, bounds: Bounds) -> Figures:
    """Return the figures of a draft."""
    parts = [part for one in proposal.drafts for part in one.parts]
    sizes = np.array([part.households for part in parts] or [0])
    compact = np.array([part.compactness for part in parts] or [0.0])
    could = [part for one in proposal.drafts for part in possible(one)]
    moved = [one.moved for one in proposal.drafts if one.moved is not None]
    needed = [one.at_least for one in proposal.drafts if one.at_least is not None]
    return Figures(
        bounds=bounds,
        communities=len(proposal.drafts),
        grids=len(parts),
        households=int(sizes.sum()),
        buildings=sum(part.buildings for part in parts),
        inside=sum(part.misses == 0 for part in parts),
        possible=len(could),
        possible_inside=sum(could),
        contiguous=sum(part.is_contiguous for part in parts),
        smallest=int(sizes.min()),
        median=float(np.median(sizes)),
        largest=int(sizes.max()),
        deviation=float(np.abs(sizes - sizes.mean()).mean() / max(1.0, sizes.mean())),
        compactness_median=float(np.median(compact)),
        compactness_lowest=float(compact.min()),
        moved=sum(moved) if moved else None,
        at_least=sum(needed) if needed else None,
        astray=proposal.astray,
        astray_households=proposal.astray_households,
    )


def possible(draft: Draft) -> Sequence[bool]:
    """Return, of each part that could lie inside the bounds, whether it does. Rule: GD-4."""
    if draft.reason in IMPOSSIBLE:
        return []
    return [part.misses == 0 for part in draft.parts if not part.is_forced]
