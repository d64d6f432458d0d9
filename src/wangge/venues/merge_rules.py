"""Two dossiers of one place: how alike they are, what is taken over. Source: docs/rules/venues.md."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from wangge.kernel.errors import Refused


class LikeReason(StrEnum):
    """Why two dossiers may be one place (VE-17)."""

    CREDIT_CODE = "credit_code"  # the same code of the licence
    NAME = "name"  # the same name, signs and blanks apart
    INITIALS = "initials"  # other letters that read the same
    ADDRESS = "address"  # the same words of the address
    NEAR = "near"
    CLASS = "class"


@dataclass(frozen=True, slots=True)
class Likeness:
    """The pack's figures: what each reason counts, and from how much on people are asked (VE-17)."""

    credit_code: int = 60
    name: int = 40
    initials: int = 25
    address: int = 30
    near: int = 20
    class_: int = 10
    from_score: int = 55
    near_m: int = 50
    code_at_most: int = 20  # a code on more places is a chain's
    address_at_most: int = 3  # an address of more places is a building's


def score_of(reasons: Collection[LikeReason], likeness: Likeness) -> int:
    """Return how alike two dossiers are, at most 100. Rule: VE-17."""
    worth = {reason: getattr(likeness, reason.value.replace("class", "class_")) for reason in LikeReason}
    return min(100, sum(int(worth[reason]) for reason in reasons))


# What people choose as one → the columns behind it. VE-18
CHOICES: Mapping[str, tuple[str, ...]] = {
    "name": ("name",),
    "class_code": ("venue_class_id",),
    "tags": ("tags",),
    "address": ("address",),
    "place": ("lon", "lat", "grid_path", "is_orphan", "nearest_path", "nearest_m"),
    "area_m2": ("area_m2",),
    "height_m": ("height_m",),
    "credit_code": ("credit_code",),
    "keeper": ("keeper_name", "keeper_phone"),
    "is_open": ("is_open",),
}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: what it says in each choice, and when it was last written."""

    said: Mapping[str, Any]
    at: datetime


def choose(stay: Side, gone: Side) -> list[str]:
    """Return the choices in which the place that stays follows the other: the newer that says anything.

    Rule: VE-18. Open if either is open; a position in no grid is none.
    """
    return [choice for choice in CHOICES if _follows(choice, stay, gone)]


def _follows(choice: str, stay: Side, gone: Side) -> bool:
    mine, theirs = stay.said[choice], gone.said[choice]
    if mine == theirs or _is_empty(theirs):
        return False
    if choice == "is_open":
        return bool(theirs)
    return _is_empty(mine) or gone.at > stay.at


def _is_empty(said: Any) -> bool:
    return said is None or said == "" or said == [] or said == ("", "")


class Merged(Refused):
    code = "venues.merged"
    zh = "该场所已并入“{name}”（{number}）。请在那一份档案上操作。"
    en = "This place was merged into {name} ({number}). Work on that dossier."


class SamePlace(Refused):
    status = 422
    code = "venues.same_dossier"
    zh = "请选择两份不同的档案。"
    en = "Choose two different dossiers."


class MergeUndone(Refused):
    code = "venues.merge_undone"
    zh = "这次合并已经撤销过了。"
    en = "This merge was undone before."


class MergedOn(Refused):
    code = "venues.merged_on"
    zh = "合并后的场所又并入了“{name}”。请先撤销那一次合并。"
    en = "The place that stayed was itself merged into {name}. Undo that merge first."


class WrittenSince(Refused):
    code = "venues.written_since"
    zh = "合并之后又有新内容，分不清属于哪一处，不能撤销：{what_zh}。请先处理这些内容，或保留合并。"
    en = "What was written since cannot be told apart, so this cannot be undone: {what_en}. Settle it first."


# The choices as people read them, in a refusal.
CHOICE_NAMES = {
    "name": ("名称", "name"),
    "class_code": ("类别", "class"),
    "tags": ("标签", "tags"),
    "address": ("地址", "address"),
    "place": ("位置", "position"),
    "area_m2": ("面积", "area"),
    "height_m": ("高度", "height"),
    "credit_code": ("信用代码", "credit code"),
    "keeper": ("负责人", "keeper"),
    "is_open": ("是否在营", "open or closed"),
}
