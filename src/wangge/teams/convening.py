"""Bodies made, changed and ended, and their meetings: a fate each. Rule: TM-10 to TM-12."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from wangge.accounts import queries as accounts
from wangge.kernel import audit, files
from wangge.kernel.actor import Actor
from wangge.kernel.batches import apply_once
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, Refused, VersionConflict
from wangge.kernel.fates import Fate
from wangge.kernel.paths import is_within
from wangge.teams.body_schemas import BodyIn, MeetingIn
from wangge.teams.models import Body, BodyKind, BodyMember, Meeting
from wangge.teams.rules import BodyStands, NotARightTeam
from wangge.teams.saving import WRITE
from wangge.territory import services as territory


@dataclass(slots=True)
class Ground:
    """What the bodies of one batch are judged by."""

    actor: Actor
    standing: dict[UUID, Body]
    hidden: set[UUID]
    kinds: Mapping[str, str]  # → the level it is of
    nodes: Mapping[str, tuple[str, str]]
    taken: dict[tuple[str, str], UUID]
    departments: frozenset[int]
    people: Mapping[int, str]
    seated: dict[UUID, set[int]]  # whom a body names already: they may stay when their post has ended
    changed: dict[UUID, Body] = field(default_factory=dict)
    seats: dict[UUID, list[BodyMember]] = field(default_factory=dict)


def save_bodies(bodies: Sequence[BodyIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Add, change or end bodies with their members, one fate an item, in order.

    Raises: NotYourRole, TooMany; for a single item nothing: a refusal is a fate.
    Rule:   TM-10, TM-11 (HB-04: one body a node).
    """
    actor.check_can(WRITE)

    def settle(fresh: Sequence[BodyIn]) -> dict[UUID, Fate]:
        ground = _ground(fresh, actor, at)
        fates = {one.id: _save(one, ground) for one in fresh}
        changed = list(ground.changed.values())
        new = [body for body in changed if body._state.adding]
        Body.objects.bulk_update([body for body in changed if body not in new], FIELDS)
        Body.objects.bulk_create(new)
        BodyMember.objects.filter(body__in=changed).delete()
        BodyMember.objects.bulk_create(seat for body in changed for seat in ground.seats[body.pk])
        lines = [("teams.save_body", "body", str(body.pk), {"version": body.version}) for body in changed]
        audit.record(lines, actor=actor, at=at)
        return fates

    return apply_once(bodies, settle, kind="teams.save_body", actor=actor, at=at)


FIELDS = ("kind", "path", "name", "chair", "chair_title", "since_on", "until_on", "version")


def _ground(bodies: Sequence[BodyIn], actor: Actor, at: datetime) -> Ground:
    ids = {one.body_id for one in bodies}
    own = Body.objects.visible_to(actor).filter(pk__in=ids).select_for_update(of=("self",))
    standing = own.order_by("pk").in_bulk()
    named = {one.user_id for body in bodies for one in body.members if one.user_id is not None}
    named |= {one.chair_id for one in bodies if one.chair_id is not None}
    acting = accounts.get_actors(sorted(named), at.astimezone(CHINA).date())
    open_ones = Body.objects.filter(path__in={one.path for one in bodies}, until_on__isnull=True)
    return Ground(
        actor=actor,
        standing=standing,
        hidden=set(Body.objects.filter(pk__in=ids).values_list("pk", flat=True)) - standing.keys(),
        kinds=dict(BodyKind.objects.values_list("code", "tier")),
        nodes=territory.tiers_of({one.path for one in bodies}),
        taken={(kind, path): pk for kind, path, pk in open_ones.values_list("kind", "path", "pk")},
        departments=frozenset(one.id for one in accounts.list_departments(actor)),
        people={key: one.scope for key, one in acting.items()},
        seated={
            key: {body.chair_id or 0, *(one.user_id or 0 for one in body.members.all())}
            for key, body in standing.items()
        },
    )


def _save(given: BodyIn, ground: Ground) -> Fate:
    try:
        body = _check(given, ground)
    except Refused as refusal:
        return Fate.refused(given.id, refusal)
    body.kind, body.path, body.name = given.kind, given.path, given.name
    body.chair_id, body.chair_title = given.chair_id, given.chair_title
    body.since_on, body.until_on = given.since_on, given.until_on
    body.version += 1
    ground.standing[body.pk] = ground.changed[body.pk] = body
    ground.taken = {key: pk for key, pk in ground.taken.items() if pk != body.pk}
    if given.until_on is None:
        ground.taken[given.kind, given.path] = body.pk
    ground.seats[body.pk] = [
        BodyMember(body=body, position=n, **one.model_dump()) for n, one in enumerate(given.members, 1)
    ]
    return Fate.applied(given.id, body_id=str(body.pk), version=body.version)


def _check(given: BodyIn, ground: Ground) -> Body:
    """Return the body as it stands. Raises: NotVisible, VersionConflict, BodyStands, NotARightTeam."""
    if given.body_id in ground.hidden or not ground.actor.covers(given.path):
        raise NotVisible()
    body = ground.standing.get(given.body_id)
    version = body.version if body else 0
    if version != given.base_version:
        raise VersionConflict(current=version, given=given.base_version)
    name, tier = ground.nodes.get(given.path, ("", ""))
    if ground.kinds.get(given.kind) != tier and (body is None or body.kind != given.kind):
        raise NotARightTeam(
            why_zh="这一层级没有这种机构，请换一个辖区或类型。",
            why_en="A node of this level has no such body: choose another node or kind.",
        )
    if given.until_on is not None and given.until_on <= given.since_on:
        raise NotARightTeam(why_zh="终止日期应晚于成立日期。", why_en="It ends after it began.")
    if given.until_on is None and ground.taken.get((given.kind, given.path), given.body_id) != given.body_id:
        raise BodyStands(place=name)
    _check_people(given, ground)
    return body or Body(id=given.body_id, version=0)


def _check_people(given: BodyIn, ground: Ground) -> None:
    """Raises: NotVisible for whom the caller does not know; NotARightTeam for a seat of nobody."""
    if given.chair_id is None and not given.chair_title:
        raise NotARightTeam(why_zh="请写明负责人或其职务。", why_en="Name the chair, or the chair's office.")
    mine = ground.actor.scope
    named = [given.chair_id, *(one.user_id for one in given.members)]
    seated = ground.seated.get(given.body_id, set())
    for user_id in (one for one in named if one is not None and one not in seated):
        scope = ground.people.get(user_id)
        if scope is None or not (is_within(scope, mine) or is_within(mine, scope)):
            raise NotVisible()
    for one in given.members:
        if one.department_id is not None and one.department_id not in ground.departments:
            raise NotVisible()
        if one.department_id is None and one.user_id is None and not one.title:
            raise NotARightTeam(why_zh="成员应为部门、人员或职务。", why_en="A seat is of somebody.")


def record_meetings(meetings: Sequence[MeetingIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Write down meetings, one fate an item; none is changed afterwards.

    Raises: NotYourRole, TooMany. Rule: TM-12 (LN-03).
    """
    actor.check_can(WRITE)
    today = at.astimezone(CHINA).date()

    def settle(fresh: Sequence[MeetingIn]) -> dict[UUID, Fate]:
        own = Body.objects.visible_to(actor).filter(pk__in={one.body_id for one in fresh})
        bodies = set(own.values_list("pk", flat=True))
        stored = files.list_stored(sha256 for one in fresh for sha256 in one.photos)
        fates, rows = {}, []
        for one in fresh:
            if one.body_id not in bodies:
                fates[one.id] = Fate.refused(one.id, NotVisible())
            elif one.held_on > today or not stored.issuperset(one.photos):
                wrong = NotARightTeam(
                    why_zh="日期不能晚于今天，附件须先上传。",
                    why_en="The day is past or today, and photos are uploaded first.",
                )
                fates[one.id] = Fate.refused(one.id, wrong)
            else:
                rows.append(Meeting(**one.model_dump(), at=at, by_id=actor.user_id))
                fates[one.id] = Fate.applied(one.id)
        Meeting.objects.bulk_create(rows)
        lines = [("teams.record_meeting", "body", str(row.body_id), {"meeting": str(row.pk)}) for row in rows]
        audit.record(lines, actor=actor, at=at)
        return fates

    return apply_once(meetings, settle, kind="teams.meeting", actor=actor, at=at)
