"""The history of what hangs on a place, as people read it (DS-7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from wangge.accounts.queries import names_of as people_names_of
from wangge.dossiers.answers import EntryChangeOut, EntryFieldOut, EntryHistory
from wangge.dossiers.class_list import fact_words
from wangge.dossiers.models import Change, Venue
from wangge.dossiers.people import shown_name
from wangge.dossiers.recording import SEALED
from wangge.dossiers.rules import Deed, Sort
from wangge.dossiers.vocabulary import Words, words_in_force
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.venues.queries import list_classes

PAGE = 20
Names = Mapping[str, tuple[str, str]]


def list_history(actor: Actor, venue_id: UUID, before: int | None = None) -> EntryHistory:
    """Return up to 20 changes of the entries of a place, newest first, in six statements.

    Raises: NotYourRole, NotVisible. Rule: DS-7; names of people go out masked (KE-10).
    """
    actor.check_can("venues.read")
    if not Venue.objects.visible_to(actor).filter(pk=venue_id).exists():
        raise NotVisible()
    found = Change.objects.filter(venue_id=venue_id).order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    words = words_in_force()
    classes = {one.code: (one.name_zh, one.name_en) for one in list_classes()}
    people = people_names_of(sorted({row.by_id for row in rows}))
    return EntryHistory(
        items=[_shown(row, people.get(row.by_id, ""), words, classes) for row in rows],
        next_before=rows[-1].pk if more else None,
    )


def _shown(row: Change, by: str, words: Words, classes: Names) -> EntryChangeOut:
    zh, en = ("场所类别", "class") if row.sort == Sort.CLASS else words.named(row.sort, row.kind)
    return EntryChangeOut(
        id=row.pk,
        sort=Sort(row.sort),
        kind_zh=zh,
        kind_en=en,
        deed=Deed(row.deed),
        at=row.at,
        by=by,
        source=row.source,
        reason=row.reason,
        fields=[_field(name, values, row, words, classes) for name, values in row.fields.items()],
    )


def _field(name: str, values: list[Any], row: Change, words: Words, classes: Names) -> EntryFieldOut:
    is_sealed = name in SEALED or not values
    old, new = (("", ""), ("", ""))
    if not is_sealed:
        old, new = (_text(name, one, row, words, classes) for one in values)
    return EntryFieldOut(
        field=name, is_sealed=is_sealed, old_zh=old[0], old_en=old[1], new_zh=new[0], new_en=new[1]
    )


def _text(name: str, value: Any, row: Change, words: Words, classes: Names) -> tuple[str, str]:
    if value is None:
        return "", ""
    if row.sort == Sort.CLASS:
        return classes.get(value, (value, value))
    if row.sort == Sort.FACT and name == "value":
        return fact_words(row.kind, value, words)
    if name == "kind":
        return words.named(row.sort, value)
    text = shown_name(value, row.kind, words) if row.sort == Sort.PERSON and name == "name" else str(value)
    return text, text
