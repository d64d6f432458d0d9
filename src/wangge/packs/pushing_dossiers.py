"""The rows of a pack as the room of dossiers takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wangge.dossiers import services as dossiers
from wangge.packs.entry import Entry
from wangge.packs.schemas import Pack

SHAPE = {"form", "unit_zh", "unit_en", "least", "most", "words"}


def push_dossiers(pack: Pack) -> None:
    """Put kinds and intervals of dossiers into force. Rule: PK-4, DS-1, DS-4."""
    people = [
        _named(row, "person")
        | {
            "answers_rank": row.answers_rank,
            "is_unit": row.unit,
            "is_required": row.required,
            "required_in": row.required_in,
            "is_single": row.single,
        }
        for row in pack.person_kinds
    ]
    facilities = [_named(row, "facility") | {"soon_days": row.soon_days} for row in pack.facility_kinds]
    licences = [_named(row, "licence") | {"soon_days": row.soon_days} for row in pack.licence_kinds]
    facts = [_named(row, "fact") | {"shape": row.model_dump(include=SHAPE)} for row in pack.fact_fields]
    drawings = [_named(row, "drawing") for row in pack.drawing_kinds]
    kinds = [*people, *facilities, *licences, *facts, *drawings]
    dossiers.install_kinds(kinds, pack_version=pack.pack_version)
    intervals = [
        {name: value for name, value in _named(row, "").items() if name != "sort"}
        | {
            "what": row.what,
            "kinds": row.kinds,
            "classes": row.classes,
            "months": row.months,
            "days": row.days,
        }
        for row in pack.due_intervals
    ]
    dossiers.install_due_rules(intervals, pack_version=pack.pack_version)
    rules = [
        {name: value for name, value in _named(row, "").items() if name != "sort"}
        | row.model_dump(include={"path", "uses", "bounds", "venue_class", "tag"})
        for row in pack.class_rules
    ]
    dossiers.install_class_rules(rules, pack_version=pack.pack_version)
    measures: dict[str, Sequence[Entry]] = {
        "known": pack.known_fields,
        "fresh": pack.freshness,
        "hollow": pack.hollow_signs,
    }
    standards = [_measured(measure, row) for measure, rows in measures.items() for row in rows]
    dossiers.install_standards(standards, pack_version=pack.pack_version)


def _measured(measure: str, row: Entry) -> dict[str, Any]:
    own = row.model_dump(include={"needs", "of", "weight", "days", "percent", "times", "classes"})
    return (
        {name: value for name, value in _named(row, "").items() if name != "sort"}
        | {"measure": measure}
        | own
    )


def _named(row: Entry, sort: str) -> dict[str, Any]:
    return {
        "sort": sort,
        "code": row.code,
        "name_zh": row.zh,
        "name_en": row.en,
        "source": row.source,
        "is_confirmed": row.is_confirmed,
    }
