"""The model that is asked, read once a process and version; a damaged one is left aside (TR-6)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection

from wangge.kernel import prepared
from wangge.matters import queries as matters
from wangge.triage.models import ModelVersion
from wangge.triage.rules import NO_REACH, Reach, by_word, words_of_name
from wangge.triage.weights import Damaged, Model, read

logger = logging.getLogger(__name__)
IN_FORCE = "SELECT version_id FROM triage_inforce"
REACH = "SELECT within_m, within_days, from_pct FROM triage_reach WHERE is_active"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A version that is asked: its model, and the tallies that are used."""

    version: int | None
    model: Model | None
    departments: Mapping[str, Sequence[Any]]
    severities: Mapping[str, Sequence[Any]]


WORDS_ALONE = Loaded(None, None, {}, {})


def in_force() -> Loaded:
    """Return what is asked now: one small statement, however often."""
    row = prepared.send(IN_FORCE).fetchone()
    return _load(str(connection.settings_dict["NAME"]), row[0]) if row and row[0] else WORDS_ALONE


def reach() -> Reach:
    """Return how far a duplicate may lie, by the pack in force. Rule: TR-7."""
    row = prepared.send(REACH).fetchone()
    return Reach(*row) if row else NO_REACH


def is_damaged(version: ModelVersion) -> bool:
    """Return whether the bytes of a version cannot be used. Rule: TR-6."""
    try:
        read(bytes(version.weights), version.sha256)
    except Damaged:
        return True
    return False


@lru_cache(maxsize=2)  # the one in force and the one before it
def _load(database: str, version: int) -> Loaded:
    row = ModelVersion.objects.get(pk=version)
    try:
        model = read(bytes(row.weights), row.sha256)
    except Damaged as damage:
        logger.error("model version %s is damaged (%s): the words alone suggest", version, damage)
        return WORDS_ALONE
    return Loaded(version, model, row.history.get("department", {}), row.history.get("severity", {}))


@lru_cache(maxsize=4)
def _owners(words: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapping[str, Sequence[str]]:
    return by_word(dict(words))


def words_of(rules: matters.Rulebook) -> Mapping[str, Sequence[str]]:
    """Return the words of the catalogue in force with the matters they stand for."""
    mine = rules.matters.items()
    return _owners(tuple((code, one.words_zh or words_of_name(one.name_zh)) for code, one in mine))
