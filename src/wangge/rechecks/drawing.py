"""Samples drawn by a published seed, recorded with who and when, withdrawn with a reason."""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wangge.kernel import audit, batches, files
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, Refused, Unreadable, VersionConflict
from wangge.kernel.fates import Fate
from wangge.kernel.ids import new_id
from wangge.rechecks.models import Draw, Sample
from wangge.rechecks.populations import Work, work_of
from wangge.rechecks.rules import (
    NothingToDraw,
    OwnWork,
    RecheckKind,
    Withdrawn,
    check_verdict,
    choose,
    cross,
    digest,
    told,
)
from wangge.rechecks.schemas import RecheckDrawIn, RecheckResultIn

WRITE = "rechecks.write"


def draw_samples(commands: Sequence[RecheckDrawIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Draw samples, a fate each. The population is kept with its digest, so that anybody can draw again.

    Raises: NotYourRole; TooMany.
    Rule:   RC-1 to RC-4.
    """
    actor.check_can(WRITE)

    def settle(fresh: Sequence[RecheckDrawIn]) -> dict[UUID, Fate]:
        fates = {}
        for given in fresh:
            try:
                fates[given.id] = _draw(given, actor, at)
            except Refused as refusal:
                fates[given.id] = Fate.refused(given.id, refusal)
        return fates

    return batches.apply_once(commands, settle, kind="rechecks.draw", actor=actor, at=at)


def _draw(given: RecheckDrawIn, actor: Actor, at: datetime) -> Fate:
    if not actor.covers(given.path):
        raise NotVisible()
    if given.until_on > at.astimezone(CHINA).date():
        raise Unreadable(field="until_on", why_zh="日期还没有到", why_en="that day has not come yet")
    work = work_of(given.kind, given.path, given.since_on, given.until_on)
    candidates = [one.candidate for one in work.values()]
    seed = given.seed.strip() or secrets.token_hex(16)
    chosen = choose(candidates, seed, given.size)
    walkers = cross(chosen) if given.kind is RecheckKind.CROSS_PATROL else {}
    if given.kind is RecheckKind.CROSS_PATROL:
        chosen = [one for one in chosen if one.id in walkers]  # where there is nobody else, nobody walks
    if not chosen:
        raise NothingToDraw()
    draw = Draw.objects.create(
        id=given.id, kind=given.kind.value, title=given.title, path=given.path, since_on=given.since_on,
        until_on=given.until_on, due_on=given.due_on, seed=seed, population=len(candidates),
        population_sha256=digest(candidates), drawn_from=zlib.compress(told(candidates).encode()),
        drawn_at=at, drawn_by_id=actor.user_id,
    )  # fmt: skip
    Sample.objects.bulk_create(
        _sample(draw, n, work[one.id], walkers.get(one.id)) for n, one in enumerate(chosen)
    )
    detail = {"kind": draw.kind, "path": draw.path, "population": draw.population, "size": len(chosen)}
    audit.record([("rechecks.draw", "draw", str(draw.pk), {**detail, "seed": seed})], actor=actor, at=at)
    return Fate.applied(given.id, draw_id=str(draw.pk), size=len(chosen))


def _sample(draw: Draw, position: int, work: Work, walker: str | None) -> Sample:
    return Sample(
        id=new_id(), draw=draw, position=position, grid_path=work.grid_path, venue_id=work.venue_id,
        order_id=work.order_id, case_id=work.case_id, done_at=work.done_at, member_id=work.member_id,
        walker_id=int(walker) if walker else None,
    )  # fmt: skip


def record_results(commands: Sequence[RecheckResultIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Record what was found, a fate each; a result may be put right, every version is in the audit trail.

    Raises: NotYourRole; TooMany.
    Rule:   RC-5, RC-4 (nobody judges the own work).
    """
    actor.check_can(WRITE)

    def settle(fresh: Sequence[RecheckResultIn]) -> dict[UUID, Fate]:
        ids = {given.sample_id for given in fresh}
        found = Sample.objects.visible_to(actor).filter(pk__in=ids).select_related("draw")
        rows = {row.pk: row for row in found.order_by("pk").select_for_update(of=("self",))}
        fates, changed, entries = {}, {}, []
        for given in fresh:
            row = rows.get(given.sample_id)
            try:
                _record(given, row, actor, at)
            except Refused as refusal:
                fates[given.id] = Fate.refused(given.id, refusal)
                continue
            if row is not None:
                changed[row.pk] = row
                detail = {"draw": str(row.draw_id), "verdict": row.verdict, "rating": row.rating}
                entries.append(("rechecks.record", "sample", str(row.pk), detail))
                fates[given.id] = Fate.applied(given.id, version=row.version)
        fields = ["verdict", "rating", "note", "photos", "looked_at", "looked_by", "version"]
        Sample.objects.bulk_update(list(changed.values()), fields)
        audit.record(entries, actor=actor, at=at)
        return fates

    return batches.apply_once(commands, settle, kind="rechecks.record", actor=actor, at=at)


def _record(given: RecheckResultIn, row: Sample | None, actor: Actor, at: datetime) -> None:
    """Raises: NotVisible, VersionConflict, Withdrawn, OwnWork, NotThatVerdict, Unreadable."""
    if row is None:
        raise NotVisible()
    if row.version != given.base_version:
        raise VersionConflict(current=row.version, given=given.base_version)
    if row.draw.withdrawn_at is not None:
        raise Withdrawn()
    if row.member_id == actor.user_id:
        raise OwnWork()
    check_verdict(RecheckKind(row.draw.kind), given.verdict, given.rating)
    if added := set(given.photos) - set(row.photos):
        files.check_stored(added)
    row.verdict, row.rating, row.note, row.photos = (
        given.verdict.value,
        given.rating,
        given.note,
        given.photos,
    )
    row.looked_at, row.looked_by_id, row.version = at, actor.user_id, row.version + 1


@transaction.atomic
def withdraw(draw_id: UUID, reason: str, *, actor: Actor, at: datetime) -> None:
    """Let a draw count for nothing, with the reason; it stays in the list. Twice is once.

    Raises: NotYourRole, NotVisible.
    Rule:   RC-7.
    """
    actor.check_can(WRITE)
    draw = Draw.objects.visible_to(actor).select_for_update().filter(pk=draw_id).first()
    if draw is None:
        raise NotVisible()
    if draw.withdrawn_at is not None:
        return
    draw.withdrawn_at, draw.withdrawn_by_id, draw.withdrawn_reason = at, actor.user_id, reason.strip()
    draw.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    audit.record([("rechecks.withdraw", "draw", str(draw_id), {"reason": reason})], actor=actor, at=at)
