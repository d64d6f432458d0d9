"""The territory in a pack: levels, layers, scenes of dedicated grids, and who must be there. Rule: TE-11."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from wangge.packs.entry import Entry, Strict


class Tier(Entry):
    """A level of the tree; `grid_zh` is what a city calls its grid there: 大网格, a street or a district."""

    level: int = Field(ge=1, le=9)
    digits: int = Field(ge=1, le=6)  # that its code adds (domain 2.13)
    grid_zh: str = Field("", max_length=64)
    grid_en: str = Field("", max_length=128)
    least_households: int | None = Field(None, ge=1, le=100_000)  # of a grid there (WH-07)
    most_households: int | None = Field(None, ge=1, le=100_000)

    @model_validator(mode="after")
    def _is_called_in_both(self) -> Self:
        if bool(self.grid_zh) != bool(self.grid_en):
            raise ValueError("grid_zh and grid_en go together")
        if (self.least_households is None) != (self.most_households is None):
            raise ValueError("least_households and most_households go together")
        if self.least_households and self.most_households and self.least_households > self.most_households:
            raise ValueError("least_households is more than most_households")
        return self


class Layer(Entry):
    """One kind of grids over the map; its codes hang `under` a tier and run from `first` to `last`."""

    tier: str
    under: str
    prefix: str = Field("", max_length=4, pattern=r"^[A-Z]*$")
    first: int = Field(1, ge=0)
    last: int = Field(999, ge=1)
    is_whole: bool = True
    may_overlap: bool = False  # two of its grids may share ground

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.first > self.last:
            raise ValueError("first comes after last")
        return self


class Scene(Entry):
    pass


class Slot(Strict):
    """A place in the team: the duty's name (primary, deputy) or one of the rule's own."""

    slot: str = Field(max_length=32, pattern=r"^[a-z][a-z0-9_]*$")
    zh: str = Field(min_length=1, max_length=64)
    en: str = Field(min_length=1, max_length=128)
    at_least: int = Field(0, ge=0, le=99)
    at_most: int | None = Field(None, ge=1, le=999)

    @model_validator(mode="after")
    def _has_room(self) -> Self:
        if self.at_most is not None and self.at_most < self.at_least:
            raise ValueError("at_most is less than at_least")
        return self


class Staffing(Entry):
    """Who must be in every grid of a layer and tier: one primary member; 1-2; 3-5; 1+3+N (GQ-03, SX-09)."""

    layer: str
    tier: str
    scene: str = ""
    slots: list[Slot] = Field(min_length=1, max_length=20)
