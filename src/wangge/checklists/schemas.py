"""Shapes of checklists: also what a pack's checklists.yaml holds."""

from __future__ import annotations

from pydantic import Field

from wangge.kernel.shapes import Schema


class Condition(Schema):
    """Show the item only when another one was answered so."""

    item: str
    ok: bool


class Item(Schema):
    """One question. A "no" makes a case of `matter_code`."""

    key: str
    zh: str
    en: str
    matter_code: str
    clause: str = ""
    weight: float = Field(1.0, ge=0)
    is_key: bool = False  # a key item (WH-32)
    photo_when_failed: bool = True
    on_spot_required: bool = False  # the law asks for correction on the spot
    visible_if: Condition | None = None


class ChecklistOut(Schema):
    id: int
    code: str
    version: int
    name_zh: str
    name_en: str
    items: list[Item]
    pack_version: str


class ChecklistIn(Schema):
    """A list as a pack gives it."""

    code: str = Field(max_length=32)
    name_zh: str = Field(max_length=64)
    name_en: str = Field(max_length=64)
    items: list[Item]
