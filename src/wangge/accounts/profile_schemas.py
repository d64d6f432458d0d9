"""Shapes of what is noted of people when they are hired, and of the figures."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from wangge.kernel.shapes import Schema


class ProfileIn(Schema):
    """Words of the pack; empty: not noted."""

    education: str = Field("", max_length=32)
    politics: str = Field("", max_length=32)
    criteria: list[str] = Field(default_factory=list, max_length=30)


class ProfileOut(Schema):
    user_id: int
    education: str
    politics: str
    criteria: list[str]
    noted_at: datetime | None


class ShareOut(Schema):
    """How many of those who were noted are so, or meet it."""

    list: str
    code: str
    name_zh: str
    name_en: str
    source: str
    is_confirmed: bool
    people: int
    share_pct: float


class CompositionOut(Schema):
    """What the grid members of a territory are."""

    people: int
    noted: int
    is_told: bool  # enough were noted to tell it without telling of one
    fewest: int
    shares: list[ShareOut]
