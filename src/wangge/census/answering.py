"""Answers from the field: each kept once, none of them changes the register (CE-2, CE-3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np

from wangge.census.models import Answer, Census
from wangge.census.rules import (
    SEALED,
    AcceptedAlready,
    BadFinding,
    Closed,
    Finding,
    NotItsTime,
    Review,
    check_finding,
    first_review,
)
from wangge.census.schemas import AnswerIn
from wangge.kernel import audit, batches
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.datum import check_position
from wangge.kernel.errors import NotVisible, NotYourRole, Refused
from wangge.kernel.fates import Fate
from wangge.kernel.identity import check_credit_code
from wangge.kernel.secrets import encrypt
from wangge.territory import queries as territory
from wangge.venues import queries as venues
from wangge.venues.schemas import VenueRow

ANSWER = "census.answer"
LAYER = "comprehensive"


def answer(census_id: UUID, answers: Sequence[AnswerIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Keep what was found, one fate an item, in order; of two answers of one place the later counts.

    Shape:  len(fates) == len(answers); a repeated id gives the fate of its first time.
    Raises: TooMany; nothing for a single item: a refusal is a fate.
    Rule:   CE-2, CE-3.
    """

    def settle(fresh: Sequence[AnswerIn]) -> dict[UUID, Fate]:
        if not actor.can(ANSWER):
            refusal = NotYourRole(capability=ANSWER, role=actor.role)
            return {one.id: Fate.refused(one.id, refusal) for one in fresh}
        census = Census.objects.visible_to(actor).select_for_update().filter(pk=census_id).first()
        if census is None:
            return {one.id: Fate.refused(one.id, NotVisible()) for one in fresh}
        return _Batch(census, actor, at).take(fresh)

    return batches.apply_once(answers, settle, kind=ANSWER, actor=actor, at=at)


@dataclass(slots=True)
class _Batch:
    """What the answers of one batch are judged by."""

    census: Census
    actor: Actor
    at: datetime
    rows: Mapping[UUID, VenueRow] = field(default_factory=dict)
    grids: Mapping[UUID, str | None] = field(default_factory=dict)
    classes: frozenset[str] = frozenset()
    before: dict[UUID, str] = field(default_factory=dict)  # place → what became of its answer

    def take(self, answers: Sequence[AnswerIn]) -> dict[UUID, Fate]:
        self._look(answers)
        made: dict[UUID, Answer] = {}
        fates = {}
        for given in answers:
            try:
                made[given.id] = row = self._check(given)
                fates[given.id] = Fate.applied(given.id, review=row.review, grid_path=row.grid_path)
            except Refused as refusal:
                fates[given.id] = Fate.refused(given.id, refusal)
        self._write(list(made.values()))
        return fates

    def _look(self, answers: Sequence[AnswerIn]) -> None:
        ids = {pk for one in answers for pk in (one.venue_id, one.other_id) if pk is not None}
        self.rows = venues.get_many(self.actor, ids)
        new = [one for one in answers if one.venue_id is None and one.lon is not None and one.lat is not None]
        points = np.array([(one.lon, one.lat) for one in new], dtype=np.float64).reshape(-1, 2)
        paths = territory.locate_many(points, LAYER, self.at) if new else []
        self.grids = {one.id: path for one, path in zip(new, paths, strict=True)}
        self.classes = frozenset(one.code for one in venues.list_classes())
        known = Answer.objects.filter(census=self.census, venue__in=ids, is_current=True)
        self.before = dict(known.values_list("venue_id", "review"))

    def _check(self, given: AnswerIn) -> Answer:
        census, values = self.census, given.values.model_dump(exclude_unset=True)
        if census.closed_at is not None:
            raise Closed(name=census.name)
        if not census.starts_on <= given.at.astimezone(CHINA).date() <= census.ends_on:
            raise NotItsTime(name=census.name, starts_on=census.starts_on, ends_on=census.ends_on)
        check_finding(
            given.finding,
            has_venue=given.venue_id is not None,
            has_other=given.other_id is not None and given.other_id != given.venue_id,
            values=values,
            asked=census.asked,
        )
        path = self._place(given)
        if not path.startswith(census.path):
            raise NotVisible
        return Answer(
            id=given.id, census=census, grid_path=path, venue_id=given.venue_id, other_id=given.other_id,
            finding=given.finding.value, values=self._checked(values), venue_version=given.venue_version,
            note=given.note, lon=given.lon, lat=given.lat, at=given.at, by=self.actor.user_id,
            review=first_review(given.finding).value,
        )  # fmt: skip

    def _place(self, given: AnswerIn) -> str:
        """Return the grid of the place. Raises: NotVisible, AcceptedAlready, BadFinding, Unreadable."""
        if given.finding is Finding.NEW:
            if given.lon is None or given.lat is None:
                raise BadFinding(why_zh="新场所要有位置", why_en="a new place has a position")
            check_position(given.lon, given.lat)
            path = self.grids[given.id]
            if path is None or not self.actor.covers(path):
                raise NotVisible
            return path
        if any(pk is not None and pk not in self.rows for pk in (given.venue_id, given.other_id)):
            raise NotVisible
        assert given.venue_id is not None
        if self.before.get(given.venue_id) == Review.ACCEPTED:
            raise AcceptedAlready
        return self.rows[given.venue_id].grid_path

    def _checked(self, values: dict[str, Any]) -> dict[str, Any]:
        if "class_code" in values and values["class_code"] not in self.classes:
            raise BadFinding(why_zh="没有这种场所类别", why_en="there is no such class")
        if values.get("credit_code"):
            values["credit_code"] = check_credit_code(values["credit_code"])
        return {
            name: encrypt(value).decode("ascii") if name in SEALED and value else value
            for name, value in values.items()
            if value is not None
        }

    def _write(self, made: Sequence[Answer]) -> None:
        """The later answer of a place takes the place of the earlier; of a batch the last."""
        last = {row.venue_id: row.pk for row in made if row.venue_id is not None}
        Answer.objects.filter(census=self.census, venue__in=last, is_current=True).update(is_current=False)
        for row in made:
            row.is_current = row.venue_id is None or last[row.venue_id] == row.pk
        Answer.objects.bulk_create(made)
        audit.record(
            ((ANSWER, "answer", str(row.pk), {"finding": row.finding}) for row in made),
            actor=self.actor,
            at=self.at,
        )
