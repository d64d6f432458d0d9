"""Tests and upkeep of many facilities, noted in one go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from wangge.dossiers.holdings import FACILITY, reckon
from wangge.dossiers.models import Holding
from wangge.dossiers.recording import WRITE, Ground, lock_places, note, values_of, write
from wangge.dossiers.rules import Deed, IsRemoved, Sort
from wangge.dossiers.schemas import DoneIn
from wangge.dossiers.vocabulary import words_in_force
from wangge.kernel import batches
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Refused, Unreadable, VersionConflict
from wangge.kernel.fates import Fate

FIELDS = {"test": "tested_on", "maintain": "maintained_on"}


def record_done(commands: Sequence[DoneIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Note that facilities were tested or maintained on a day, a fate each; the next due day follows.

    Raises: NotYourRole, TooMany.
    Rule:   DS-4, DS-7, DS-8.
    """
    actor.check_can(WRITE)

    def settle(fresh: Sequence[DoneIn]) -> dict[UUID, Fate]:
        ids = {given.entry_id for given in fresh}
        of_places = Holding.objects.filter(pk__in=ids).values_list("venue_id", flat=True)
        places = lock_places(set(of_places), actor)
        found = Holding.objects.filter(pk__in=ids, venue_id__in=places, sort=Sort.FACILITY.value)
        ground: Ground[Holding] = Ground(actor, at, places, {row.pk: row for row in found}, words_in_force())
        fates: dict[UUID, Fate] = {}
        for given in fresh:
            try:
                row = _note_done(given, ground)
            except Refused as refusal:
                fates[given.id] = Fate.refused(given.id, refusal)
            else:
                due_on = row.due_on.isoformat() if row.due_on else None
                fates[given.id] = Fate.applied(given.id, version=row.version, due_on=due_on)
        write(ground, Holding)
        return fates

    return batches.apply_once(commands, settle, kind="dossiers.record_done", actor=actor, at=at)


def _note_done(given: DoneIn, ground: Ground[Holding]) -> Holding:
    row = ground.standing.get(given.entry_id)
    if row is None:
        raise NotVisible()
    if row.version != given.base_version:
        raise VersionConflict(current=row.version, given=given.base_version)
    if row.removed_at is not None:
        raise IsRemoved()
    if given.done_on > ground.today:
        raise Unreadable(field="done_on", why_zh="日期不能晚于今天", why_en="the day has not come yet")
    if row.made_on is not None and given.done_on < row.made_on:
        raise Unreadable(
            field="done_on", why_zh="日期不能早于出厂日期", why_en="it was not made yet on that day"
        )
    before = values_of(row, FACILITY.kept)
    setattr(row, FIELDS[given.what], given.done_on)
    row.class_code = ground.places[row.venue_id]
    reckon(row, ground.words.intervals())
    row.version += 1
    row.updated_at = ground.at
    after = values_of(row, FACILITY.kept)
    fields = {name: [before[name], after[name]] for name in FACILITY.kept if before[name] != after[name]}
    ground.changed[row.pk] = row
    note(row, Sort.FACILITY, Deed.CHANGED, ground, fields, "")
    return row
