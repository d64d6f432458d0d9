"""Ladder, cards and promises of the pack in force: read once a version, as a version never changes (PK-5)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.db import connection

from wangge.matters.rules import Clock
from wangge.oversight.models import OversightRules
from wangge.oversight.rules import CardRule, PromiseRule, Rung


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rows of one pack version. Without a pack nobody climbs and nothing was promised."""

    pack_version: str = ""
    ladder: tuple[Rung, ...] = ()
    cards: tuple[CardRule, ...] = ()
    promises: tuple[PromiseRule, ...] = ()
    answer_working_days: int = 0


def in_force() -> Rulebook:
    """Return the rules of the active pack."""
    pk = OversightRules.objects.filter(is_active=True).values_list("pk", flat=True).first()
    return Rulebook() if pk is None else _read(str(connection.settings_dict["NAME"]), pk)


@lru_cache(maxsize=4)
def _read(database: str, pk: int) -> Rulebook:
    row = OversightRules.objects.get(pk=pk)
    ladder = sorted(row.ladder, key=lambda rung: rung["after_working_days"])
    return Rulebook(
        pack_version=row.pack_version,
        ladder=tuple(Rung(level=level, **rung) for level, rung in enumerate(ladder, start=1)),
        cards=tuple(CardRule(**card) for card in row.cards),
        promises=tuple(
            PromiseRule(
                code=one["code"],
                name_zh=one["name_zh"],
                name_en=one["name_en"],
                kept_by=one["kept_by"],
                matters=tuple(one["matters"]),
                clock=Clock(one["working_days"] or 0, one["hours"]),
                is_confirmed=one["is_confirmed"],
            )
            for one in row.promises
        ),
        answer_working_days=row.answer_working_days,
    )
