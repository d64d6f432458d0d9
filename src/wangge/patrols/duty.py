"""On duty and off: a patrol is started, paused and stopped; only in between are points taken. Rule: PA-8."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import F, Max, Q

from wangge.kernel import audit, batches, jobs
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, NotYourRole, Refused, Unreadable
from wangge.kernel.fates import Fate
from wangge.patrols.installing import limits_in_force
from wangge.patrols.models import CheckIn, DutySpan, PatrolSession
from wangge.patrols.rules import (
    AlreadyOnDuty,
    Backwards,
    InTheFuture,
    Limits,
    Overlapping,
    PatrolAction,
    PatrolState,
    TooLate,
    step,
)
from wangge.patrols.schemas import DutyCommand
from wangge.plates import queries as plates
from wangge.territory import queries as territory
from wangge.venues import queries as venues

DO = "patrols.do"
COUNT = "patrols.count_days"
SKEW = timedelta(minutes=5)  # a phone's clock may run ahead by so much, as in orders


def take_duty(commands: Sequence[DutyCommand], *, actor: Actor, at: datetime) -> list[Fate]:
    """Take the steps of one's own patrols, one fate each, in order.

    Shape:  len(fates) == len(commands); a repeated command id gives the fate of its first time.
    Raises: TooMany; nothing for a single step: a refusal is a fate.
    Rule:   PA-8, PA-9.
    """

    def settle(fresh: Sequence[DutyCommand]) -> dict[UUID, Fate]:
        if not actor.can(DO):
            refusal = NotYourRole(capability=DO, role=actor.role)
            return {one.id: Fate.refused(one.id, refusal) for one in fresh}
        with connection.cursor() as cursor:  # of two phones of one person the second waits
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('patrols.duty'), %s)", [actor.user_id])
        limits = limits_in_force()
        cut_forgotten(limits, at=at, user_id=actor.user_id)
        fates = {one.id: _one(one, actor, at, limits) for one in fresh}
        jobs.defer(COUNT)
        return fates

    return batches.apply_once(commands, settle, kind="patrols.duty", actor=actor, at=at)


def _one(command: DutyCommand, actor: Actor, at: datetime, limits: Limits) -> Fate:
    try:
        session = _take(command, actor, at, limits)
    except Refused as refusal:
        return Fate.refused(command.id, refusal)
    detail = {"action": command.action.value, "at": command.at.isoformat()}
    audit.record([("patrols.duty", "patrol", str(session.pk), detail)], actor=actor, at=at)
    return Fate.applied(command.id, session_id=str(session.pk), state=session.state)


def _take(command: DutyCommand, actor: Actor, at: datetime, limits: Limits) -> PatrolSession:
    """Raises: whatever forbids the step."""
    if command.at > at + SKEW:
        raise InTheFuture
    if command.at < at - timedelta(hours=limits.late_hours):
        raise TooLate(hours=round(limits.late_hours))
    if command.action is PatrolAction.START:
        return _start(command, actor, at)
    session = PatrolSession.objects.filter(pk=command.session_id, user_id=actor.user_id).first()
    if session is None:
        raise NotVisible
    after = step(PatrolState(session.state), command.action)
    if command.at < session.last_at:
        raise Backwards(last=f"{session.last_at.astimezone(CHINA):%H:%M:%S}")
    if command.action is PatrolAction.CHECK_IN:
        _check_in(command, session, at)
    elif command.action is PatrolAction.RESUME:
        DutySpan.objects.create(session=session, user_id=session.user_id, starts_at=command.at)
    else:
        session.spans.filter(ends_at__isnull=True).update(ends_at=command.at)
    session.state, session.last_at, session.touched_at = after.value, command.at, at
    session.ended_at = command.at if after is PatrolState.OVER else None
    session.save(update_fields=["state", "last_at", "ended_at", "touched_at"])
    return session


def _start(command: DutyCommand, actor: Actor, at: datetime) -> PatrolSession:
    others = PatrolSession.objects.filter(user_id=actor.user_id)
    if PatrolSession.objects.filter(pk=command.session_id).exists():
        raise AlreadyOnDuty
    if others.filter(ended_at__isnull=True).exists():
        raise AlreadyOnDuty
    if others.filter(ended_at__gt=command.at).exists():
        raise Overlapping
    own = sorted(territory.paths_of(actor.user_id, command.at.astimezone(CHINA).date()))
    session = PatrolSession.objects.create(
        id=command.session_id,
        user_id=actor.user_id,
        grid_path=own[0] if own else actor.scope,
        started_at=command.at,
        last_at=command.at,
        touched_at=at,
    )
    DutySpan.objects.create(session=session, user_id=actor.user_id, starts_at=command.at)
    return session


def _check_in(command: DutyCommand, session: PatrolSession, at: datetime) -> None:
    """Raises: PlateGone; Unreadable for the plate of no place. Rule: PA-5."""
    told = plates.find_plate(command.plate.rstrip("/").rpartition("/")[2], at=at)
    place = venues.get_standing([told.venue_id]).get(told.venue_id) if told.venue_id else None
    if place is None:
        raise Unreadable(field="plate", why_zh="这不是场所的门牌", why_en="it is the plate of no place")
    CheckIn.objects.create(
        id=command.id,
        session=session,
        user_id=session.user_id,
        at=command.at,
        venue_id=place.id,
        lon=place.lon,
        lat=place.lat,
    )


def cut_forgotten(limits: Limits, *, at: datetime, user_id: int | None = None) -> int:
    """End the patrols that nobody stopped in time; return how many. Rule: PA-9."""
    longest = timedelta(hours=limits.longest_hours)
    stale = PatrolSession.objects.filter(ended_at__isnull=True, started_at__lt=at - longest)
    if user_id is not None:
        stale = stale.filter(user_id=user_id)
    ended = list(stale.select_for_update(of=("self",)).annotate(end=F("started_at") + longest))
    for session in ended:
        end = max(session.end, session.last_at)
        session.spans.filter(ends_at__isnull=True).update(ends_at=end)
        latest = session.spans.aggregate(end=Max("ends_at"))["end"] or end
        PatrolSession.objects.filter(pk=session.pk).update(
            state=PatrolState.OVER.value, ended_at=max(latest, session.last_at), is_cut=True, touched_at=at
        )
    return len(ended)


def spans_within(user_ids: Sequence[int], since: datetime, until: datetime) -> list[DutySpan]:
    """Return the spans of these people that touch `[since, until)`, with their sessions, in order."""
    found = DutySpan.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=since), starts_at__lt=until)
    return list(found.filter(user_id__in=user_ids).select_related("session").order_by("user_id", "starts_at"))
