"""What simulated people write when they report: sentences of sayings.yaml, by the seed and the report."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from wangge.cases.rules import Channel

PLAIN = {Channel.CITIZEN: "路过发现，请尽快处理"}  # of a matter that nobody has a saying for
PATROL = "巡查发现"


class Sayings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    openings: list[str] = Field(min_length=1)
    endings: list[str] = Field(min_length=1)
    sayings: dict[str, list[str]]


@cache
def sayings() -> Sayings:
    """Return the sentences of sayings.yaml. Rule: TW-6."""
    text = (Path(__file__).parent / "sayings.yaml").read_text(encoding="utf-8")
    return Sayings.model_validate(yaml.safe_load(text))


def say(matter_code: str, channel: Channel, rng: random.Random) -> str:
    """Return how somebody tells of a matter."""
    known = sayings()
    of_it = known.sayings.get(matter_code)
    if not of_it:
        return PLAIN.get(channel, PATROL)
    parts = (rng.choice(known.openings), rng.choice(of_it), rng.choice(known.endings))
    return "，".join(part for part in parts if part)
