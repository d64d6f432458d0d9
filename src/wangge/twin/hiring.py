"""What was noted of the members when they were hired, as the demo shows it (AC-20, TZ-09)."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime

from wangge.accounts import services as accounts
from wangge.accounts.services import ProfileIn
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA

CRITERIA = {"keen": 0.9, "able": 0.8, "energetic": 0.85, "local": 0.7, "trained": 0.45, "trusted": 0.75}
TERTIARY, SECONDARY, PARTY = 0.38, 0.85, 0.34  # near the shares of the source


def arrange_hiring(user_ids: Iterable[int], *, admin: Actor, at: datetime, seed: int) -> int:
    """Note schooling, politics and criteria of these people; return of how many. Rule: TW-10."""
    count = 0
    for user_id in sorted(user_ids):
        rng = random.Random(f"{seed}:hiring:{user_id}")
        draw = rng.random()
        said = ProfileIn(
            education="tertiary" if draw < TERTIARY else "secondary" if draw < SECONDARY else "lower",
            politics="party" if rng.random() < PARTY else "other",
            criteria=[code for code, share in CRITERIA.items() if rng.random() < share],
        )
        accounts.save_profile(user_id, said, actor=admin, at=at, on=at.astimezone(CHINA).date())
        count += 1
    return count
