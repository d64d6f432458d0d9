"""Shapes of packs as the API takes and tells them."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from wangge.kernel.shapes import Schema


class InstalledOut(Schema):
    name: str
    pack_version: str
    effective_on: date
    installed_at: datetime
    is_active: bool


class PackListOut(Schema):
    shipped: list[str]
    installed: list[InstalledOut]


class PackInstallIn(Schema):
    name: str = Field(max_length=32)
