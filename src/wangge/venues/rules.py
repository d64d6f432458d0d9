"""Register rules: what a row of a venue file holds. Source: docs/rules/venues.md."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from wangge.kernel.initials import initials_of


class ContactKind(StrEnum):
    """Who is told of a place beside its keeper (VE-11, HB-12)."""

    OWNER = "owner"  # 业主
    PROPERTY = "property"  # 物业公司管理人员
    COMMUNITY = "community"  # 社区管理人员
    POLICE = "police"  # 社区警务队管理人员


class Way(StrEnum):
    """By what way a dossier was changed (VE-15)."""

    HAND = "hand"  # somebody saved the dossier
    IMPORT = "import"  # a register was read
    VISIT = "visit"  # found out on a visit
    GRIDS = "grids"  # the grids around it changed
    MERGE = "merge"  # two dossiers of one place became one, or were parted again
    CENSUS = "census"  # what a census found was accepted


# What is kept of each field, in the order in which a change is shown. VE-15
KEPT = (
    "name", "code", "class_code", "tags", "address", "grid_path", "is_orphan", "nearest_path", "nearest_m",
    "lon", "lat", "area_m2", "height_m", "credit_code", "keeper_name", "keeper_phone", "is_open",
)  # fmt: skip
PART_OF = "part_of"  # VE-22: not a column, but kept like one
RECKON_DUE = "dossiers.reckon_due"  # the job that follows another class of places (DS-4)
SEALED = frozenset({"keeper_phone"})  # that it changed is kept, not the value


# Our fields and the headers they are known by: ours, the one we export, and what other registers say. VE-8
HEADERS: dict[str, tuple[str, ...]] = {
    "code": ("code", "编号"),
    "name": ("name", "名称"),
    "class_code": ("class_code", "类别代码", "类别"),
    "tags": ("tags", "标签"),
    "address": ("address", "地址"),
    "division_code": ("division_code", "区划代码"),
    "lon": ("lon", "经度", "longitude"),
    "lat": ("lat", "纬度", "latitude"),
    "area_m2": ("area_m2", "面积（平方米）", "area"),
    "height_m": ("height_m", "高度（米）", "height"),
    "credit_code": ("credit_code", "统一社会信用代码"),
    "keeper_name": ("keeper_name", "负责人"),
    "keeper_phone": ("keeper_phone", "负责人电话"),
    "is_open": ("is_open", "在营"),
    "whole_code": ("whole_code", "所属场所编号"),
}
LONGEST = {"code": 64, "name": 128, "address": 255, "keeper_name": 64, "keeper_phone": 32, "whole_code": 64}
YES = frozenset({"1", "true", "yes", "y", "是", "在营", "营业"})
NO = frozenset({"0", "false", "no", "n", "否", "停业", "关闭"})
HIGH_M = 1_000.0  # no building is higher


def columns_of(there: Collection[str], said: Mapping[str, str]) -> dict[str, str]:
    """Return our field → the file's column: as said, else by a header that is known. Rule: VE-8."""
    found = {field: next((h for h in headers if h in there), None) for field, headers in HEADERS.items()}
    return {field: column for field, column in {**found, **said}.items() if column}


def initials_for(name: str, keeper_name: str, address: str) -> str:
    """Return what somebody types to find a place by its pinyin. Rule: VE-14."""
    return " ".join(filter(None, map(initials_of, (name, keeper_name, address))))


def is_masked(text: str) -> bool:
    """A star stands for what was hidden on the way out: what came in masked is left as it is. Rule: VE-6."""
    return "*" in text


def read_number(text: object, lowest: float, highest: float) -> float | None:
    """Return the number, None for an empty cell. Raises: ValueError if it is none or out of bounds."""
    if text is None or text == "":
        return None
    number = float(str(text).strip().replace(",", ""))
    if not math.isfinite(number) or not lowest <= number <= highest:
        raise ValueError(text)
    return number


def read_yes_no(value: object) -> bool:
    """Return yes or no; an empty cell is yes. Raises: ValueError."""
    if isinstance(value, bool):
        return value
    word = str("" if value is None else value).strip().lower()
    if word in NO:
        return False
    if word and word not in YES:
        raise ValueError(value)
    return True


def read_tags(value: Any) -> list[str]:
    """Return the tags of a cell: parted by ; ； 、 or |, each once. Raises: ValueError if one is too long."""
    if isinstance(value, (list, tuple)):
        words = [str(word) for word in value]
    else:
        text = str(value or "")
        for mark in "；、|":
            text = text.replace(mark, ";")
        words = text.split(";")
    tags = list(dict.fromkeys(word.strip() for word in words if word.strip()))
    if any(len(tag) > 32 for tag in tags):
        raise ValueError(value)
    return tags


def agree(division_path: str, grid_path: str) -> bool:
    """Return whether a grid may lie in a division: one path holds the other. Rule: VE-4."""
    return grid_path.startswith(division_path) or division_path.startswith(grid_path)
