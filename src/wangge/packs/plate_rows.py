"""Plates on doors in a pack. Rule: PL-2, PL-3."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from wangge.packs.entry import Entry
from wangge.plates.rules import Field as PlateField


class PlateForm(Entry):
    """How plates on doors look, and what a stranger reads who scans one; the code is the kind."""

    code: Literal["venue", "grid"]
    width_mm: float = Field(gt=20, le=210)
    height_mm: float = Field(gt=15, le=297)
    margin_mm: float = Field(8, ge=0, le=40)
    hint_zh: str = Field("", max_length=128)
    hint_en: str = Field("", max_length=255)
    lines: list[PlateField]
    public: list[PlateField]
