"""Campaigns: phases that follow each other, targets, acceptance. Source: docs/rules/orders.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from wangge.kernel.paths import is_closed, is_within
from wangge.orders.refusals import CampaignUnclear, OwnCampaign, TargetMissed

LONGEST_DAYS = 366


class Phase(Protocol):
    """What decides whether phases hold."""

    name: str
    starts_on: date
    ends_on: date
    path: str
    has_visits: bool
    is_pilot: bool


def check_phases(phases: Sequence[Phase], path: str, today: date) -> None:
    """Raises: CampaignUnclear.

    Rule: OR-35. Phases follow each other without sharing a day, within 366 days; at least one has visits, and
          none of those lies in the past; a pilot has its own territory inside the campaign's.
    """
    if not any(phase.has_visits for phase in phases):
        raise CampaignUnclear(field="phases", why_zh="至少一个阶段要有检查", why_en="at least one has visits")
    if (phases[-1].ends_on - phases[0].starts_on).days > LONGEST_DAYS:
        why_zh, why_en = f"总共不超过 {LONGEST_DAYS} 天", f"at most {LONGEST_DAYS} days in all"
        raise CampaignUnclear(field="phases", why_zh=why_zh, why_en=why_en)
    last = None
    for phase in phases:
        if phase.starts_on >= phase.ends_on or (last and phase.starts_on < last):
            raise CampaignUnclear(
                field="phases",
                why_zh=f"“{phase.name}”须在前一阶段之后，且至少一天",
                why_en=f"{phase.name!r} follows the phase before it and has a day",
            )
        last = phase.ends_on
        if phase.has_visits and phase.ends_on <= today:
            raise CampaignUnclear(
                field="phases",
                why_zh=f"“{phase.name}”已经过去，不能再派检查",
                why_en=f"{phase.name!r} is over: nobody can visit any more",
            )
        within = not phase.path or (is_closed(phase.path) and is_within(phase.path, path))
        if not within or (phase.is_pilot and phase.path in {"", path}):
            raise CampaignUnclear(
                field="phases",
                why_zh=f"试点“{phase.name}”须在行动范围内另选一片区域",
                why_en=f"the pilot {phase.name!r} has a territory of its own inside the campaign's",
            )


def share(part: int, whole: int) -> float | None:
    """Return a share in percent, cut to one decimal so that 99.96 never reads as 100; None of nothing."""
    return part * 1000 // whole / 10 if whole else None


def meets(
    visited: float | None, disposed: float | None, *, visited_target: int, disposed_target: int
) -> bool:
    """Return whether both targets are met; of what there is nothing, nothing is asked. Rule: OR-36."""
    return (visited is None or visited >= visited_target) and (
        disposed is None or disposed >= disposed_target
    )


def check_verdict(
    *,
    is_accepted: bool,
    note: str,
    judge: int,
    made_by: int,
    visited: float | None,
    disposed: float | None,
    visited_target: int,
    disposed_target: int,
) -> None:
    """Check that somebody may judge so.

    Raises: OwnCampaign; TargetMissed where a target is missed and no reason is given; CampaignUnclear where
            it is sent back without a word.
    Rule:   OR-36 (GQ-11): somebody other than who set it up.
    """
    if judge == made_by:
        raise OwnCampaign
    if note.strip():
        return
    if not is_accepted:
        raise CampaignUnclear(field="note", why_zh="退回须写明原因", why_en="say why it is sent back")
    targets = {"visited_target": visited_target, "disposed_target": disposed_target}
    if not meets(visited, disposed, **targets):
        raise TargetMissed(
            visited="—" if visited is None else visited,
            disposed="—" if disposed is None else disposed,
            **targets,
        )
