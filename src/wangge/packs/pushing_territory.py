"""The rows of a pack as the territory takes them."""

from __future__ import annotations

from typing import Any

from wangge.packs.entry import Entry
from wangge.packs.schemas import Pack
from wangge.territory import services as territory


def push_territory(pack: Pack) -> None:
    """Put the pack's levels, layers, scenes and staffing into force. Rule: PK-4, TE-11."""
    levels = {"level", "digits", "grid_zh", "grid_en", "least_households", "most_households"}
    territory.install_tiers(
        [_named(row) | row.model_dump(include=levels) for row in pack.tiers],
        pack_version=pack.pack_version,
    )
    columns = {"tier", "under", "prefix", "first", "last", "is_whole", "may_overlap"}
    territory.install_layers(
        [_named(row) | row.model_dump(include=columns) for row in pack.layers],
        scenes=[_named(row) for row in pack.scenes],
        pack_version=pack.pack_version,
    )
    territory.install_staffing(
        [
            _named(rule)
            | {
                "code": f"{rule.code}-{slot.slot}",
                "rule": rule.code,
                "layer": rule.layer,
                "tier": rule.tier,
                "scene": rule.scene,
                "slot": slot.slot,
                "name_zh": slot.zh,
                "name_en": slot.en,
                "at_least": slot.at_least,
                "at_most": slot.at_most,
                "position": n,
            }
            for rule in pack.staffing
            for n, slot in enumerate(rule.slots)
        ],
        pack_version=pack.pack_version,
    )


def _named(row: Entry) -> dict[str, Any]:
    return {
        "code": row.code,
        "name_zh": row.zh,
        "name_en": row.en,
        "source": row.source,
        "is_confirmed": row.is_confirmed,
    }
