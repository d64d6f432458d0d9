"""Shapes of ledgers at the edge."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema
from wangge.ledgers.rules import CellForm, LedgerKind


class LedgerFilter(Schema):
    """Of which territory and which days; the first and the last day count."""

    grid: Text = Field("", max_length=64)  # a closed path: the subtree; empty: the own territory
    first_on: date
    last_on: date


class PageFilter(LedgerFilter):
    cursor: Text = Field("", max_length=200)
    limit: int = Field(50, ge=1, le=2_000)


class LedgerLine(Schema):
    """A section in the table of contents."""

    code: str
    number: str
    name_zh: str
    name_en: str
    kind: LedgerKind
    is_kept: bool  # False: the house does not keep this yet
    total: int
    total_is_exact: bool
    source: str
    is_confirmed: bool


class LedgerContents(Schema):
    territory_name: str
    lines: list[LedgerLine]
    is_large: bool  # all in one file is work of the background


class ColumnOut(Schema):
    key: str
    zh: str
    en: str
    form: CellForm


class CellOut(Schema):
    """A cell as it is shown; two languages where a word of the database is told."""

    zh: str
    en: str


class LedgerPage(Schema):
    code: str
    number: str
    name_zh: str
    name_en: str
    territory_name: str
    is_kept: bool
    columns: list[ColumnOut]
    rows: list[list[CellOut]]
    total: int
    total_is_exact: bool
    next_cursor: str | None


class LedgerExportIn(LedgerFilter):
    """A file of ledgers, made in the background; without a code: all of them, a sheet each."""

    id: UUID
    code: Text = Field("", max_length=32)
    suffix: Literal["csv", "xlsx"] = "xlsx"
