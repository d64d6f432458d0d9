"""A reviewer accepts what was found, or lets the register stay; only then does anything change (CE-4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from wangge.census.models import Answer, Census
from wangge.census.rules import SEALED, CensusVerdict, ChangedSince, Closed, Finding, Review, ReviewedAlready
from wangge.census.schemas import ReviewIn
from wangge.kernel import audit, batches
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, NotYourRole, Refused
from wangge.kernel.fates import Fate, Outcome
from wangge.kernel.secrets import decrypt
from wangge.venues import queries as venues
from wangge.venues import services as venue_services
from wangge.venues.rules import Way
from wangge.venues.services import Found, MergeMover

REVIEW = "census.review"


def review(
    census_id: UUID, commands: Sequence[ReviewIn], *, movers: Sequence[MergeMover], actor: Actor, at: datetime
) -> list[Fate]:
    """Accept findings or keep the register, one fate an item, in order.

    Shape:  len(fates) == len(commands); a repeated id gives the fate of its first time.
    Raises: TooMany; nothing for a single item: a refusal is a fate.
    Rule:   CE-4. The history of a dossier says "census NAME".
    """

    def settle(fresh: Sequence[ReviewIn]) -> dict[UUID, Fate]:
        if not actor.can(REVIEW):
            refusal = NotYourRole(capability=REVIEW, role=actor.role)
            return {one.id: Fate.refused(one.id, refusal) for one in fresh}
        census = Census.objects.visible_to(actor).filter(pk=census_id).first()
        if census is None:
            return {one.id: Fate.refused(one.id, NotVisible()) for one in fresh}
        return _Round(census, movers, actor, at).decide(fresh)

    return batches.apply_once(commands, settle, kind=REVIEW, actor=actor, at=at)


@dataclass(slots=True)
class _Round:
    """The decisions of one batch."""

    census: Census
    movers: Sequence[MergeMover]
    actor: Actor
    at: datetime

    @property
    def source(self) -> str:
        return f"census {self.census.name}"[:64]

    def decide(self, commands: Sequence[ReviewIn]) -> dict[UUID, Fate]:
        wanted = [one.answer_id for one in commands]
        found = Answer.objects.visible_to(self.actor).filter(census=self.census, pk__in=wanted)
        rows = {row.pk: row for row in found.order_by("pk").select_for_update()}
        fates: dict[UUID, Fate] = {}
        good: dict[UUID, tuple[ReviewIn, Answer]] = {}
        for command in commands:
            try:
                good[command.answer_id] = (command, self._check(rows.get(command.answer_id), command, good))
            except Refused as refusal:
                fates[command.id] = Fate.refused(command.id, refusal)
        told = {row.pk: row for command, row in good.values() if command.verdict is CensusVerdict.ACCEPT}
        outcomes = self._accept(list(told.values()))
        for pk, (command, row) in good.items():
            fate = outcomes.get(pk) or Fate.applied(command.id)
            fates[command.id] = self._note(command, row, fate)
        return fates

    def _check(self, row: Answer | None, command: ReviewIn, before: dict[UUID, Any]) -> Answer:
        if row is None:
            raise NotVisible
        if self.census.closed_at is not None:
            raise Closed(name=self.census.name)
        if row.review != Review.WAITING or not row.is_current or command.answer_id in before:
            raise ReviewedAlready
        return row

    def _note(self, command: ReviewIn, row: Answer, fate: Fate) -> Fate:
        if fate.outcome not in (Outcome.APPLIED, Outcome.REPEATED):
            return Fate(command.id, fate.outcome, fate.status, fate.code, fate.zh, fate.en)
        is_accepted = command.verdict is CensusVerdict.ACCEPT
        row.review = (Review.ACCEPTED if is_accepted else Review.KEPT).value
        row.reviewed_at, row.reviewed_by, row.reason = self.at, self.actor.user_id, command.reason
        if row.finding == Finding.NEW and is_accepted:
            row.venue_id = row.pk
        row.save(update_fields=["review", "reviewed_at", "reviewed_by", "reason", "venue"])
        detail = {"verdict": command.verdict.value, "reason": command.reason}
        audit.record([(REVIEW, "answer", str(row.pk), detail)], actor=self.actor, at=self.at)
        return Fate.applied(command.id, review=row.review, venue_id=str(row.venue_id or ""))

    def _accept(self, rows: Sequence[Answer]) -> dict[UUID, Fate]:
        """Return the fate of each accepted answer in the register."""
        by_finding: dict[Finding, Callable[[list[Answer]], dict[UUID, Fate]]] = {
            Finding.CHANGED: self._write,
            Finding.NEW: self._write,
            Finding.GONE: self._close,
            Finding.DUPLICATE: self._merge,
        }
        fates: dict[UUID, Fate] = {}
        for finding, act in by_finding.items():
            if some := [row for row in rows if row.finding == finding]:
                fates |= act(some)
        return fates

    def _write(self, rows: list[Answer]) -> dict[UUID, Fate]:
        since = venues.fields_since((r.venue_id, r.venue_version) for r in rows if r.venue_id is not None)
        fates: dict[UUID, Fate] = {}
        found = []
        for row in rows:
            if row.venue_id and (twice := sorted(since.get(row.venue_id, set()) & row.values.keys())):
                what = ", ".join(twice)
                fates[row.pk] = Fate.refused(row.pk, ChangedSince(what_zh=what, what_en=what))
                continue
            point = (row.lon, row.lat) if row.finding == Finding.NEW and row.lon and row.lat else None
            found.append(Found(row.pk, row.venue_id or row.pk, opened(row.values), point))
        saved = venue_services.accept_found(found, source=self.source, actor=self.actor, at=self.at)
        return fates | {one.id: fate for one, fate in zip(found, saved, strict=True)}

    def _close(self, rows: list[Answer]) -> dict[UUID, Fate]:
        seen = venues.get_many(self.actor, [row.venue_id for row in rows if row.venue_id])
        ids = [row.venue_id for row in rows if row.venue_id in seen]
        venue_services.close_venues(
            [pk for pk in ids if pk], actor=self.actor, at=self.at, way=Way.CENSUS, source=self.source
        )
        return {
            row.pk: Fate.applied(row.pk) if row.venue_id in seen else Fate.refused(row.pk, NotVisible())
            for row in rows
        }

    def _merge(self, rows: list[Answer]) -> dict[UUID, Fate]:
        """The place that was walked to goes into the other one that the member named."""
        seen = venues.get_many(self.actor, [pk for row in rows for pk in (row.venue_id, row.other_id) if pk])
        commands = [
            (row.pk, row.other_id, row.venue_id)
            for row in rows
            if row.venue_id in seen and row.other_id in seen
        ]
        merged = venue_services.merge_found(
            [(pk, stay, gone) for pk, stay, gone in commands if stay and gone],
            movers=self.movers, reason=self.source, actor=self.actor, at=self.at,
        )  # fmt: skip
        return {row.pk: merged.get(row.pk) or Fate.refused(row.pk, NotVisible()) for row in rows}


def opened(values: dict[str, Any]) -> dict[str, Any]:
    """Return what was found with its sealed fields plain."""
    return {
        name: decrypt(value.encode("ascii")) if name in SEALED and value else value
        for name, value in values.items()
    }
