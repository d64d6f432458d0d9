"""Who holds which post where, for many places at once. Whoever is away is asked last (AC-15)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from wangge.accounts.models import Leave, Post
from wangge.accounts.rules import Role
from wangge.kernel.paths import ancestors


def _in_force(on: date) -> QuerySet[Post]:
    return Post.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on, user__is_active=True
    )


def _away(on: date) -> Exists:
    leaves = Leave.objects.filter(withdrawn_at__isnull=True, starts_on__lte=on, ends_on__gt=on)
    return Exists(leaves.filter(user_id=OuterRef("user_id")))


def _nearest(found: Mapping[bool, Mapping[str, list[int]]], up: Sequence[str]) -> list[int]:
    """Return those of the longest scope that has any, of the present first and then of all."""
    for is_away in (False, True):
        for scope in reversed(up):
            if users := found[is_away].get(scope):
                return users
    return []


def holders_of(wanted: Iterable[tuple[Role, str]], on: date) -> dict[tuple[Role, str], list[int]]:
    """Return who holds the role nearest to each path: those of the longest scope that covers it.

    Whoever is away is left out while anybody else holds the role there or above; whoever stands in holds it.
    Shape: every pair has an entry, empty where nobody holds the role. One statement.
    Rule:  AC-15.
    """
    pairs = set(wanted)
    up = {path: ancestors(path) for _, path in pairs}
    rows = _in_force(on).filter(
        role__in={role.value for role, _ in pairs}, scope__in={one for paths in up.values() for one in paths}
    )
    held: dict[str, dict[bool, dict[str, list[int]]]] = defaultdict(lambda: {False: {}, True: {}})
    rows = rows.annotate(is_away=_away(on)).order_by("user_id")
    for role, scope, user, is_away in rows.values_list("role", "scope", "user_id", "is_away").distinct():
        held[role][is_away].setdefault(scope, []).append(user)
    return {(role, path): _nearest(held[role.value], up[path]) for role, path in pairs}


def holders_within(role: Role, scopes: Sequence[str], on: date) -> list[tuple[str, int]]:
    """Return (scope, person) of everybody present whose post lies inside one of the paths."""
    inside = Q(pk__in=[])
    for scope in set(scopes):
        inside |= Q(scope__startswith=scope)
    present = _in_force(on).filter(inside, ~_away(on), role=role.value)
    return list(present.values_list("scope", "user_id").distinct())


def members_of(department_ids: Iterable[int], on: date) -> dict[int, list[int]]:
    """Return who handles for each department, those who are away only if all are; in one statement."""
    rows = _in_force(on).filter(department_id__in=set(department_ids), role=Role.DEPARTMENT_HANDLER.value)
    rows = rows.annotate(is_away=_away(on)).order_by("user_id")
    found: dict[int, dict[bool, list[int]]] = defaultdict(lambda: {False: [], True: []})
    for department, user, is_away in rows.values_list("department_id", "user_id", "is_away").distinct():
        found[department][is_away].append(user)
    return {department: some[False] or some[True] for department, some in found.items()}
