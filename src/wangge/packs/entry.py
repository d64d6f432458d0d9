"""What every row of a pack carries."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Certainty = Literal["S", "V1", "V2", "K", "P"]  # said in a source, near-primary, secondary, known, preset


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Entry(Strict):
    """What every row of a pack carries: its code, its names, where it comes from and how sure that is."""

    code: str = Field(max_length=32, pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")
    zh: str = Field(min_length=1, max_length=64)
    en: str = Field(min_length=1, max_length=128)
    source: str = Field(min_length=1, max_length=64)
    certainty: Certainty

    @property
    def is_confirmed(self) -> bool:
        """Return whether the row may be shown as fact. Rule: PK-2 (K and P are presets)."""
        return self.certainty in {"S", "V1", "V2"}
