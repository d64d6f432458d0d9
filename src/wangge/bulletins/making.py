"""Making bulletins: those that are due, and those that somebody asks for. Rule: BU-1, BU-5."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wangge.bulletins.models import Bulletin
from wangge.bulletins.rules import (
    TIERS,
    BulletinKind,
    NoTerritory,
    PeriodNotOver,
    Span,
    last_complete,
    span_at,
)
from wangge.bulletins.schemas import BulletinIn
from wangge.bulletins.telling import facts_of
from wangge.documents import services as documents
from wangge.documents.rules import DocumentKind, Paper
from wangge.kernel.actor import Actor
from wangge.kernel.batches import apply_once
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, Refused
from wangge.kernel.fates import Fate
from wangge.kernel.ids import new_id
from wangge.territory import queries as territory

MAKE = "bulletins.make"
HOUSE = "系统"
OF_THE_HOUSE = frozenset({MAKE, "appraisal.read", "fires.read", "venues.read"})
KINDS = {
    BulletinKind.WEEK: DocumentKind.WEEKLY_BULLETIN,
    BulletinKind.MONTH: DocumentKind.MONTHLY_BULLETIN,
}


def make_due(*, at: datetime) -> int:
    """Make the bulletins of the last complete week and month that are not there yet; return how many.

    One a transaction: what fails leaves the others. Rule: BU-1: prefectures, counties and streets that have
    grids; restricted matters are not counted.
    """
    spans = [last_complete(kind, at.astimezone(CHINA).date()) for kind in BulletinKind]
    made = 0
    for path in list_paths(""):
        actor = Actor(0, HOUSE, "installation", path, capabilities=OF_THE_HOUSE)
        for span in spans:
            if not _is_there(path, span):
                _make(new_id(), path, span, is_scheduled=True, actor=actor, at=at)
                made += 1
    return made


def make_bulletins(given: Sequence[BulletinIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Make bulletins of territories inside one's own now, one fate an item; one that is there is answered.

    Raises: NotYourRole, TooMany. Rule: BU-5.
    """
    actor.check_can(MAKE)

    def settle(fresh: Sequence[BulletinIn]) -> dict[UUID, Fate]:
        return {one.id: _settled(one, actor, at) for one in fresh}

    return apply_once(given, settle, kind="bulletins.make", actor=actor, at=at)


def _settled(one: BulletinIn, actor: Actor, at: datetime) -> Fate:
    path, span = one.path or actor.scope, span_at(one.kind, one.on)
    try:
        if not actor.covers(path):
            raise NotVisible()
        if at.astimezone(CHINA).date() < span.ends_on:
            raise PeriodNotOver(ends_on=span.last_on)
        if path not in list_paths(path):
            raise NoTerritory(path=path)
        there = Bulletin.objects.filter(kind=span.kind, path=path, starts_on=span.starts_on).first()
        if there is not None:
            return Fate.applied(one.id, bulletin_id=str(there.pk), is_new=False)
        public = Actor(
            actor.user_id, actor.name, actor.role, path, capabilities=OF_THE_HOUSE, post_id=actor.post_id
        )  # of its territory, whoever asks: the next reader sees what the first one did
        made = _make(one.id, path, span, is_scheduled=False, actor=public, at=at)
    except Refused as refusal:
        return Fate.refused(one.id, refusal)
    return Fate.applied(one.id, bulletin_id=str(made.pk), is_new=True)


def list_paths(under: str) -> list[str]:
    """Return the prefectures, counties and streets that have grids, in and below a path ("": all)."""
    return territory.divisions_with_grids(under, TIERS)


def _is_there(path: str, span: Span) -> bool:
    return Bulletin.objects.filter(kind=span.kind, path=path, starts_on=span.starts_on).exists()


@transaction.atomic
def _make(key: UUID, path: str, span: Span, *, is_scheduled: bool, actor: Actor, at: datetime) -> Bulletin:
    facts = facts_of(actor, path, span, at=at.astimezone(CHINA))
    paper = Paper(
        id=new_id(),
        kind=KINDS[span.kind],
        subject_type="bulletin",
        subject_id=key,
        grid_path=path,
        department_id=None,
        facts=facts,
    )
    issued = documents.issue([paper], actor=actor, at=at)[paper.id]
    if isinstance(issued, Refused):
        raise issued
    return Bulletin.objects.create(
        id=key,
        kind=span.kind.value,
        path=path,
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        document=issued,
        is_scheduled=is_scheduled,
        made_at=at,
    )


def make_spans(paths: Iterable[str], spans: Sequence[Span], *, at: datetime) -> int:
    """Make bulletins of past spans at a moment: for a city that is made up. Rule: BU-1."""
    made = 0
    for path in paths:
        actor = Actor(0, HOUSE, "installation", path, capabilities=OF_THE_HOUSE)
        for span in spans:
            if not _is_there(path, span):
                _make(new_id(), path, span, is_scheduled=True, actor=actor, at=at)
                made += 1
    return made
