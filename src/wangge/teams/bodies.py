"""Reads of committees and groups, and which nodes lack theirs. Rule: TM-10 to TM-12."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import connection
from django.db.models import Count, Max, Q

from wangge.accounts import queries as accounts
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.kernel.photo_copies import PhotoForm, open_photo
from wangge.teams.body_schemas import (
    BodyFilter,
    BodyKindOut,
    BodyMemberOut,
    BodyPage,
    BodyRow,
    MeetingOut,
    MissingBodyOut,
    MissingBodyPage,
)
from wangge.teams.models import Body, BodyKind, BodyMember, BodyQuerySet, Meeting
from wangge.teams.queries import COUNTED, READ
from wangge.territory import queries as territory
from wangge.territory.services import NODES, patterns

_MISSING = f"""
FROM {NODES} n JOIN teams_bodykind k ON k.tier = n.tier AND k.is_required
LEFT JOIN teams_body b ON b.kind = k.code AND b.path = n.path
  AND b.since_on <= %(on)s AND (b.until_on IS NULL OR b.until_on > %(on)s)
WHERE b.id IS NULL AND n.path LIKE %(scope)s AND %(kind)s IN ('', k.code)
"""
MISSING = f"""SELECT n.path, n.name, k.code, k.name_zh, k.name_en, k.source, k.is_confirmed {_MISSING}
  AND (n.path, k.code) > (%(path)s, %(code)s) ORDER BY n.path, k.code LIMIT %(limit)s"""
COUNT = f"SELECT k.code, count(*) {_MISSING} GROUP BY k.code"
MEETINGS = 100


def list_kinds(actor: Actor, *, on: date) -> list[BodyKindOut]:
    """Return the bodies that the pack names, with how many stand and how many are missing. Rule: TM-10."""
    actor.check_can(READ)
    missing = _count_missing(actor.scope, "", on)
    standing = Counter(_standing(actor, on).values_list("kind", flat=True))
    return [
        BodyKindOut(
            code=kind.code, name_zh=kind.name_zh, name_en=kind.name_en, tier=kind.tier,
            is_required=kind.is_required, source=kind.source, is_confirmed=kind.is_confirmed,
            standing=standing[kind.code], missing=missing.get(kind.code, 0),
        )
        for kind in BodyKind.objects.order_by("level", "position", "code")
    ]  # fmt: skip


def _standing(actor: Actor, on: date) -> BodyQuerySet:
    bodies = Body.objects.visible_to(actor).filter(since_on__lte=on)
    return bodies.filter(Q(until_on__isnull=True) | Q(until_on__gt=on))


def _count_missing(scope: str, kind: str, on: date) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"on": on, "scope": patterns([scope])[0], "kind": kind})
        return dict(cursor.fetchall())


def list_missing(
    actor: Actor, *, kind: str, within: str, cursor: str, limit: int, on: date
) -> MissingBodyPage:
    """Return a page of the nodes that lack a body which the pack asks of them.

    Raises: NotYourRole. Rule: TM-11 (HB-04, HB-05, SX-01, SX-12).
    """
    actor.check_can(READ)
    scope = within if within.startswith(actor.scope) else actor.scope
    path, _, code = territory.read_cursor(cursor).partition("|") if cursor else ("", "", "")
    asked: dict[str, str | int | date] = {
        "on": on,
        "scope": patterns([scope])[0],
        "kind": kind,
        "limit": limit + 1,
    }
    with connection.cursor() as sql:
        sql.execute(MISSING, asked | {"path": path, "code": code})
        rows = sql.fetchall()
    more, rows = len(rows) > limit, rows[:limit]
    names = ("path", "place_name", "kind", "kind_zh", "kind_en", "source", "is_confirmed")
    return MissingBodyPage(
        items=[MissingBodyOut.model_validate(dict(zip(names, row, strict=True))) for row in rows],
        total=sum(_count_missing(scope, kind, on).values()),
        next_cursor=territory.make_cursor(f"{rows[-1][0]}|{rows[-1][2]}") if more else None,
    )


def list_bodies(actor: Actor, filters: BodyFilter, *, on: date) -> BodyPage:
    """Return a page of the bodies that stand, by their place, each with who sits in it. Rule: TM-11."""
    actor.check_can(READ)
    bodies = _standing(actor, on)
    if filters.q:
        bodies = bodies.filter(name__contains=filters.q.strip())
    if filters.kind:
        bodies = bodies.filter(kind=filters.kind)
    if filters.within:
        bodies = bodies.filter(path__startswith=filters.within)
    total = bodies.order_by()[: COUNTED + 1].count()
    if filters.cursor:
        path, _, key = territory.read_cursor(filters.cursor).partition("|")
        bodies = bodies.filter(Q(path__gt=path) | Q(path=path, pk__gt=key))
    rows = list(bodies.select_related("chair").order_by("path", "pk")[: filters.limit + 1])
    more, rows = len(rows) > filters.limit, rows[: filters.limit]
    return BodyPage(
        items=_rows(rows),
        total=min(total, COUNTED),
        total_is_exact=total <= COUNTED,
        next_cursor=territory.make_cursor(f"{rows[-1].path}|{rows[-1].pk}") if more else None,
    )


def _rows(bodies: Sequence[Body]) -> list[BodyRow]:
    kinds = BodyKind.objects.in_bulk([body.kind for body in bodies])
    places = territory.names_of({body.path for body in bodies})
    seats: dict[UUID, list[BodyMemberOut]] = defaultdict(list)
    rows = BodyMember.objects.filter(body__in=bodies).select_related("department", "user")
    for one in rows.order_by("position"):
        name = one.department.name if one.department else one.user.name if one.user else ""
        seats[one.body_id].append(
            BodyMemberOut(department_id=one.department_id, user_id=one.user_id, name=name, title=one.title)
        )
    grouped = Meeting.objects.filter(body__in=bodies).values_list("body_id")
    met = {key: (n, last) for key, n, last in grouped.annotate(Count("pk"), Max("held_on"))}
    shown = []
    for body in bodies:
        kind = kinds.get(body.kind)
        meetings, last = met.get(body.pk, (0, None))
        shown.append(
            BodyRow(
                id=body.pk, kind=body.kind, path=body.path, name=body.name,
                kind_zh=kind.name_zh if kind else body.kind, kind_en=kind.name_en if kind else body.kind,
                place_name=places.get(body.path, body.path),
                chair_id=body.chair_id, chair_name=body.chair.name if body.chair else "",
                chair_title=body.chair_title, since_on=body.since_on, until_on=body.until_on,
                members=seats[body.pk], meetings=meetings, last_met_on=last, version=body.version,
            )
        )  # fmt: skip
    return shown


def list_meetings(actor: Actor, body_id: UUID) -> list[MeetingOut]:
    """Return the meetings of a body, newest first, the last hundred. Raises: NotVisible. Rule: TM-12."""
    actor.check_can(READ)
    if not Body.objects.visible_to(actor).filter(pk=body_id).exists():
        raise NotVisible()
    rows = list(Meeting.objects.filter(body_id=body_id).order_by("-held_on", "-pk")[:MEETINGS])
    names = accounts.names_of([row.by_id for row in rows])
    return [
        MeetingOut(
            id=row.pk, held_on=row.held_on, topic=row.topic, decision=row.decision, photos=row.photos,
            by=names.get(row.by_id, ""), at=row.at,
        )
        for row in rows
    ]  # fmt: skip


def open_page(actor: Actor, meeting_id: UUID, sha256: str) -> tuple[File[Any], str]:
    """Return a copy of a photographed page of the minutes, and its kind. Raises: NotVisible. Rule: TM-12."""
    actor.check_can(READ)
    bodies = Body.objects.visible_to(actor)
    if not Meeting.objects.filter(pk=meeting_id, body__in=bodies, photos__contains=[sha256]).exists():
        raise NotVisible()
    return open_photo(sha256, PhotoForm.PLAIN)
