"""The people of grids that end: they go on in the grid that is named for them. Rule: TE-13."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from wangge.accounts import services as accounts
from wangge.kernel.actor import Actor
from wangge.territory.models import Duty, GridMember


@dataclass(slots=True)
class Handed:
    """Who went where; kept with the change, so that it can be undone."""

    members: list[dict[str, Any]] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)


def heirs_of(
    old: Sequence[tuple[int, str]],
    new: Sequence[str],
    shared: Sequence[tuple[int, int, float]],
    *,
    named: str | None,
    largest: str,
) -> dict[str, str]:
    """Return the heir of each grid whose code ends: the named one, else where most of its ground goes.

    `old` are number and path; `shared` is (number before, number after, square metres).
    """
    most = {i: new[j] for i, j, _ in sorted(shared, key=lambda line: line[2])}  # of each the last is the most
    return {path: named or most.get(n, largest) for n, path in old if path not in new}


def hand_over(
    layer: str, heirs: Mapping[str, str], *, on: date, actor: Actor, at: datetime, posts: bool = True
) -> Handed:
    """Let members and posts of old paths go on in their heirs from `on`; of two primaries the first stays.

    A primary who comes to a grid that has one already is a deputy there.
    `heirs`: old path → new path, the path whose primary member stays first.
    """
    handed = Handed()
    standing = GridMember.objects.select_for_update().filter(layer=layer, path__in=list(heirs))
    held = list(standing.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on)).order_by("pk"))
    order = {path: n for n, path in enumerate(heirs)}
    held.sort(key=lambda member: (order[member.path], member.pk))
    GridMember.objects.filter(pk__in=[member.pk for member in held]).update(ends_on=on)
    staying = GridMember.objects.filter(layer=layer, path__in=set(heirs.values()) - heirs.keys())
    stay = list(staying.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on)))
    there = {(member.path, member.user_id) for member in stay}
    led = {member.path for member in stay if member.duty == Duty.PRIMARY}  # a grid that goes on has its own
    begun = []
    for member in held:
        path, duty = heirs[member.path], member.duty
        if (path, member.user_id) in there:
            continue
        if duty == Duty.PRIMARY and path in led:
            duty = Duty.DEPUTY
        there.add((path, member.user_id))
        led |= {path} if duty == Duty.PRIMARY else set()
        begun.append(_again(member, path, duty, on))
        handed.members.append(
            {"user": member.user_id, "from": member.path, "to": path, "was": member.duty, "duty": duty}
        )
    GridMember.objects.bulk_create(begun)
    if posts:
        moved = accounts.rescope_posts(heirs, on=on, actor=actor, at=at)
        handed.posts = [{"user": one.user_id, "from": one.before, "to": one.after} for one in moved]
    return handed


def _again(member: GridMember, path: str, duty: str, on: date) -> GridMember:
    return GridMember(
        path=path,
        layer=member.layer,
        user_id=member.user_id,
        duty=duty,
        slot=member.slot if duty == member.duty else "",
        starts_on=max(member.starts_on, on),
        ends_on=member.ends_on,
        leave_id=member.leave_id if duty == member.duty else None,
    )


def hand_back(
    layer: str, handed: Mapping[str, Sequence[Mapping[str, Any]]], paths: Sequence[str], *,
    on: date, actor: Actor, at: datetime,
) -> Handed:  # fmt: skip
    """Let everybody of these paths end, and those who were handed over go on where they were.

    Whoever stayed in a grid that goes on stays.
    """
    back = handed.get("members", ())
    came = Q(path__in=list(paths))
    for one in back:
        came |= Q(path=one["to"], user_id=one["user"])
    standing = GridMember.objects.select_for_update().filter(came, layer=layer)
    standing.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on)).update(ends_on=on)
    GridMember.objects.bulk_create(
        GridMember(path=one["from"], layer=layer, user_id=one["user"], duty=one["was"], starts_on=on)
        for one in back
    )
    posts = handed.get("posts", ())
    for one in posts:
        accounts.rescope_posts({one["to"]: one["from"]}, on=on, actor=actor, at=at, users=[one["user"]])
    return Handed(
        [{**one, "from": one["to"], "to": one["from"], "duty": one["was"]} for one in back],
        [{**one, "from": one["to"], "to": one["from"]} for one in posts],
    )
