"""Who holds which post where, for many places at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q, QuerySet

from wangge.accounts.models import Post
from wangge.accounts.rules import Role
from wangge.kernel.paths import ancestors


def _in_force(on: date) -> QuerySet[Post]:
    return Post.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on, user__is_active=True
    )


def holders_of(wanted: Iterable[tuple[Role, str]], on: date) -> dict[tuple[Role, str], list[int]]:
    """Return who holds the role nearest to each path: those of the longest scope that covers it.

    Shape: every pair has an entry, empty where nobody holds the role. One statement.
    """
    pairs = set(wanted)
    up = {path: ancestors(path) for _, path in pairs}
    rows = _in_force(on).filter(
        role__in={role.value for role, _ in pairs}, scope__in={one for paths in up.values() for one in paths}
    )
    held: dict[tuple[str, str], list[int]] = defaultdict(list)
    for role, scope, user in rows.order_by("user_id").values_list("role", "scope", "user_id").distinct():
        held[role, scope].append(user)
    return {
        (role, path): next(
            (held[role.value, one] for one in reversed(up[path]) if (role.value, one) in held), []
        )
        for role, path in pairs
    }


def holders_within(role: Role, scopes: Sequence[str], on: date) -> list[tuple[str, int]]:
    """Return (scope, person) of everybody whose post lies inside one of the paths."""
    inside = Q(pk__in=[])
    for scope in set(scopes):
        inside |= Q(scope__startswith=scope)
    return list(_in_force(on).filter(inside, role=role.value).values_list("scope", "user_id").distinct())


def members_of(department_ids: Iterable[int], on: date) -> dict[int, list[int]]:
    """Return who handles for each department, in one statement."""
    rows = _in_force(on).filter(department_id__in=set(department_ids), role=Role.DEPARTMENT_HANDLER.value)
    found: dict[int, list[int]] = defaultdict(list)
    for department, user in rows.order_by("user_id").values_list("department_id", "user_id").distinct():
        found[department].append(user)
    return found
