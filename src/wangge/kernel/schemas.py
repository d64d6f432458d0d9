"""Shapes that every face shares."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, BaseModel, Field


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("text holds no NUL character")
    return text


Text = Annotated[str, AfterValidator(_without_nul)]  # what a PostgreSQL column takes


class Sent(BaseModel):
    """What a client sends by the hundred: read from JSON alone, at two thirds of a `Schema`'s cost."""


class Refusal(Schema):
    """The body of every no."""

    code: str
    zh: str
    en: str
    facts: dict[str, str] = Field(default_factory=dict)


class FateOut(Schema):
    command_id: UUID
    outcome: Literal["applied", "repeated", "refused", "conflict", "unreadable"]
    status: int
    code: str | None = None
    zh: str | None = None
    en: str | None = None
    result: dict[str, Any] = Field(default_factory=dict)
