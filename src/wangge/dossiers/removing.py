"""Entries taken out of a dossier and put back; nothing is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from wangge.dossiers.classing import reckon_classes
from wangge.dossiers.models import Drawing, Fact, Holding, Person
from wangge.dossiers.people import holder_of
from wangge.dossiers.recording import WRITE, Ground, Row, lock_places, note, write
from wangge.dossiers.rules import AnotherFact, Deed, RemovedAlready, Sort, check_single
from wangge.dossiers.schemas import RemovalIn
from wangge.dossiers.vocabulary import words_in_force
from wangge.kernel import batches
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Refused, VersionConflict
from wangge.kernel.fates import Fate

Model = type[Person] | type[Holding] | type[Fact] | type[Drawing]
MODELS: Sequence[tuple[Model, frozenset[str]]] = (
    (Person, frozenset({"person"})),
    (Holding, frozenset({"facility", "licence"})),
    (Fact, frozenset({"fact"})),
    (Drawing, frozenset({"drawing"})),
)


def set_removed(commands: Sequence[RemovalIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Take entries out of their dossiers or put them back, a fate each; the reason stays in the history.

    Raises: NotYourRole, TooMany.
    Rule:   DS-7, DS-8. What is put back must still fit: one at a time (DS-3).
    """
    actor.check_can(WRITE)

    def settle(fresh: Sequence[RemovalIn]) -> dict[UUID, Fate]:
        fates: dict[UUID, Fate] = {}
        for model, sorts in MODELS:
            fates |= _settle([one for one in fresh if one.sort in sorts], model, actor, at)
        return fates

    return batches.apply_once(commands, settle, kind="dossiers.set_removed", actor=actor, at=at)


def _settle(
    commands: Sequence[RemovalIn],
    model: Model,
    actor: Actor,
    at: datetime,
) -> dict[UUID, Fate]:
    if not commands:
        return {}
    manager: models.Manager[Any] = model._default_manager
    ids = {given.entry_id for given in commands}
    venue_ids = set(manager.filter(pk__in=ids).values_list("venue_id", flat=True))
    places = lock_places(venue_ids, actor)
    found = manager.filter(pk__in=ids, venue_id__in=places)
    if model is not Holding:
        found |= manager.filter(venue_id__in=places, removed_at__isnull=True)
    ground: Ground[Any] = Ground(actor, at, places, {row.pk: row for row in found}, words_in_force())
    fates: dict[UUID, Fate] = {}
    for given in commands:
        try:
            row = _turn(given, ground)
        except Refused as refusal:
            fates[given.id] = Fate.refused(given.id, refusal)
        else:
            fates[given.id] = Fate.applied(given.id, entry_id=str(row.pk), version=row.version)
    write(ground, model)
    if model is Fact and ground.changed:
        reckon_classes({row.venue_id for row in ground.changed.values()}, at=at)
    return fates


def _turn(given: RemovalIn, ground: Ground[Any]) -> Row:
    row: Row | None = ground.standing.get(given.entry_id)
    if row is None or (isinstance(row, Holding) and row.sort != given.sort):
        raise NotVisible()
    if row.version != given.base_version:
        raise VersionConflict(current=row.version, given=given.base_version)
    if (row.removed_at is not None) == given.is_removed:
        raise RemovedAlready()
    if not given.is_removed:
        _check_fits(row, ground)
    row.removed_at = ground.at if given.is_removed else None
    row.version += 1
    row.updated_at = ground.at
    ground.changed[row.pk] = row
    note(row, Sort(given.sort), Deed.REMOVED if given.is_removed else Deed.RESTORED, ground, {}, given.reason)
    return row


def _check_fits(row: Row, ground: Ground[Any]) -> None:
    """Raises: AnotherStands, AnotherFact if what is put back no longer fits beside the others."""
    others = [
        one
        for one in ground.standing.values()
        if one.removed_at is None and one.venue_id == row.venue_id and one.kind == row.kind
    ]
    zh, en = ground.words.named(Sort.FACT.value, row.kind)
    if isinstance(row, Fact) and others:
        raise AnotherFact(kind_zh=zh, kind_en=en)
    kind = ground.words.kinds.get((Sort.PERSON.value, row.kind))
    if isinstance(row, Person) and kind is not None and kind.is_single:
        holders = [holder_of(one) for one in others]
        check_single(holder_of(row), holders, kind_zh=kind.name_zh, kind_en=kind.name_en)
