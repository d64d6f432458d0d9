"""The rows of a pack as the room of teams takes them."""

from __future__ import annotations

from wangge.packs.entry import Entry
from wangge.packs.schemas import Pack
from wangge.teams import services as teams


def push_teams(pack: Pack) -> None:
    """Put the pack's kinds of teams and bodies, and what boards show, into force. Rule: PK-4, TM-1."""
    levels = {row.code: row.level for row in pack.tiers}
    strength = {"least_people", "most_people", "target_minutes", "comes"}
    teams.install_kinds(
        teams=[
            _named(row)
            | row.model_dump(include=strength)
            | {"equipment": [one.model_dump() for one in row.equipment], "position": n}
            for n, row in enumerate(pack.team_kinds)
        ],
        bodies=[
            _named(row)
            | {"tier": row.tier, "is_required": row.is_required, "level": levels[row.tier], "position": n}
            for n, row in enumerate(pack.bodies)
        ],
        boards=[_named(row) | {"fields": [one.value for one in row.fields]} for row in pack.boards],
        pack_version=pack.pack_version,
    )


def _named(row: Entry) -> dict[str, object]:
    return {
        "code": row.code,
        "name_zh": row.zh,
        "name_en": row.en,
        "source": row.source,
        "is_confirmed": row.is_confirmed,
    }
