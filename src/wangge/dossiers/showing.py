"""Entries as people see them: names of the pack beside codes, people masked, due days with their state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from wangge.dossiers.answers import (
    ChainLinkOut,
    DrawingOut,
    DueLineOut,
    FacilityOut,
    LicenceOut,
    MissingKindOut,
    ResponsibleOut,
    WhoAnswersOut,
)
from wangge.dossiers.holdings import OF_FACILITY, OF_LICENCE
from wangge.dossiers.models import Drawing, Fact, Holding, Person
from wangge.dossiers.people import holder_of, shown_name
from wangge.dossiers.rules import Answer, DueLine, Link, Sort, State, What, state_of
from wangge.dossiers.vocabulary import Words
from wangge.kernel.secrets import decrypt, mask_phone


def person_out(row: Person, words: Words, on: date) -> ResponsibleOut:
    """Return a person or unit as the dossier shows them."""
    kind = words.kinds.get((Sort.PERSON.value, row.kind))
    return ResponsibleOut(
        **entry_out(row, Sort.PERSON.value, words),
        is_unit=kind is not None and kind.is_unit,
        name=shown_name(row.name, row.kind, words),
        phone=mask_phone(decrypt(row.phone)) if row.phone else "",
        credit_code=row.credit_code,
        since_on=row.since_on,
        until_on=row.until_on,
        stands=holder_of(row).stands_on(on),
    )


def answers_out(answer: Answer, words: Words, *, community_name: str) -> WhoAnswersOut:
    """Return who answers and every link that was looked at."""
    links = [_link(one, words) for one in answer.links]
    if answer.holder is None:
        return WhoAnswersOut(entry_id=None, kind_zh="", kind_en="", name=community_name, links=links)
    zh, en = words.named(Sort.PERSON.value, answer.holder.kind)
    return WhoAnswersOut(entry_id=answer.holder.id, kind_zh=zh, kind_en=en, name=links[-1].name, links=links)


def _link(link: Link, words: Words) -> ChainLinkOut:
    zh, en = words.named(Sort.PERSON.value, link.kind)
    row = words.kinds[Sort.PERSON.value, link.kind]
    return ChainLinkOut(
        kind=link.kind,
        kind_zh=zh,
        kind_en=en,
        source=row.source,
        is_confirmed=row.is_confirmed,
        name=shown_name(link.holder.name, link.kind, words) if link.holder else "",
        since_on=link.holder.since_on if link.holder else None,
        ended_on=link.ended_on,
    )


def missing_out(kinds: Iterable[str], words: Words) -> list[MissingKindOut]:
    """Return kinds with their names."""
    found = [(kind, *words.named(Sort.PERSON.value, kind)) for kind in kinds]
    return [MissingKindOut(kind=kind, kind_zh=zh, kind_en=en) for kind, zh, en in found]


def facility_out(row: Holding, lines: Sequence[DueLine], words: Words, on: date) -> FacilityOut:
    """Return a facility with what falls due of it."""
    facts = {name: getattr(row, name) for name in OF_FACILITY}
    return FacilityOut(**_holding(row, lines, words, on), **facts)


def licence_out(row: Holding, lines: Sequence[DueLine], words: Words, on: date) -> LicenceOut:
    """Return a licence with its last day."""
    facts = {name: getattr(row, name) for name in OF_LICENCE}
    return LicenceOut(**_holding(row, lines, words, on), **facts)


def _holding(row: Holding, lines: Sequence[DueLine], words: Words, on: date) -> dict[str, Any]:
    soon = words.soon_days(row.sort, row.kind)
    return entry_out(row, row.sort, words) | {
        "state": state_of(row.due_on, row.due_what, on, soon),
        "due_on": row.due_on,
        "due_what": row.due_what,
        "dues": [_line(line, words, on, soon) for line in lines],
    }


def _line(line: DueLine, words: Words, on: date, soon: int) -> DueLineOut:
    rule = words.rules.get(line.rule.code) if line.rule else None
    what = line.what.value if line.due_on else What.UNKNOWN.value
    return DueLineOut(
        what=line.what,
        due_on=line.due_on,
        since_on=line.since_on,
        rule_zh=rule.name_zh if rule else "",
        rule_en=rule.name_en if rule else "",
        source=rule.source if rule else "",
        is_confirmed=rule.is_confirmed if rule else True,
        state=State(state_of(line.due_on, what, on, soon)),
    )


def entry_out(row: Person | Holding | Fact | Drawing, sort: str, words: Words) -> dict[str, Any]:
    """Return what every entry shows."""
    zh, en = words.named(sort, row.kind)
    return {
        "id": row.pk,
        "kind": row.kind,
        "kind_zh": zh,
        "kind_en": en,
        "source": row.source,
        "version": row.version,
        "updated_at": row.updated_at,
    }


def drawing_out(row: Drawing, words: Words, *, can_open: bool) -> DrawingOut:
    """Return a plan as the dossier shows it."""
    names = ("title", "file_name", "media_type", "size_bytes", "valid_from", "valid_until", "replaced_by")
    facts = {name: getattr(row, name) for name in names}
    return DrawingOut(**entry_out(row, Sort.DRAWING.value, words), **facts, can_open=can_open)
