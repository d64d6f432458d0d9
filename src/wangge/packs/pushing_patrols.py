"""The rows of a pack as the room of patrols takes them."""

from __future__ import annotations

from wangge.packs.schemas import Pack
from wangge.patrols import services as patrols


def push_patrols(pack: Pack) -> None:
    """Put the pack's patrol duties and the figures of tracks into force. Rule: PK-4, PA-1."""
    shared = ("code", "times", "minutes", "policy", "source", "is_confirmed")
    patrols.install_duties(
        duties=[
            {name: getattr(row, name) for name in shared}
            | {"name_zh": row.zh, "name_en": row.en, "place": row.patrol, "position": n}
            for n, row in enumerate(pack.duties)
            if row.patrol
        ],
        limits=[
            {name: getattr(row, name) for name in ("code", "value", "unit", "source", "is_confirmed")}
            | {"name_zh": row.zh, "name_en": row.en}
            for row in pack.patrol_limits
        ],
        pack_version=pack.pack_version,
    )
