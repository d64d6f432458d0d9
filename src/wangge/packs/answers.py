"""Shapes of packs as the API takes and tells them."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Schema
from pydantic import Field


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
