"""Who is in the grids of a layer, dedicated ones too: a page by grid. Rule: TE-43 (SX-08, SX-09)."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from wangge.accounts.queries import names_of as people_names_of
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Unreadable
from wangge.territory import queries
from wangge.territory.change_schemas import MemberPage, MemberRow
from wangge.territory.models import GridMember, StaffingSlot

COUNTED = 10_000


def list_members(actor: Actor, *, layer: str, within: str, cursor: str, limit: int, on: date) -> MemberPage:
    """Return a page of who is in the grids of a layer on a day, by grid; the place in the team beside it.

    Raises: NotYourRole; Unreadable for a strange cursor.
    Rule:   TE-43.
    """
    actor.check_can(queries.READ)
    scope = within if within.startswith(actor.scope) else actor.scope
    found = GridMember.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)
    found = found.filter(layer=layer, path__startswith=scope)
    total = found.order_by()[: COUNTED + 1].count()
    rows = list(_after(found, cursor).order_by("path", "pk")[: limit + 1])
    more, rows = len(rows) > limit, rows[:limit]
    return MemberPage(
        items=_shown(rows),
        total=min(total, COUNTED),
        total_is_exact=total <= COUNTED,
        next_cursor=queries.make_cursor(f"{rows[-1].path}|{rows[-1].pk}") if more else None,
    )


def _after(found: QuerySet[GridMember], cursor: str) -> QuerySet[GridMember]:
    if not cursor:
        return found
    path, _, key = queries.read_cursor(cursor).partition("|")
    if not key.isdigit():
        raise Unreadable(
            field="cursor", why_zh="请从第一页重新开始", why_en="start again from the first page"
        )
    return found.filter(Q(path__gt=path) | Q(path=path, pk__gt=int(key)))


def _shown(rows: list[GridMember]) -> list[MemberRow]:
    grids = queries.names_of({row.path for row in rows})
    people = people_names_of(sorted({row.user_id for row in rows}))
    slots = {
        one.slot: (one.name_zh, one.name_en) for one in StaffingSlot.objects.order_by("rule", "position")
    }
    return [
        MemberRow(
            path=row.path,
            grid_name=grids.get(row.path, row.path),
            user_id=row.user_id,
            name=people.get(row.user_id, ""),
            duty=row.duty,
            slot_zh=slots.get(row.slot, (row.slot, row.slot))[0],
            slot_en=slots.get(row.slot, (row.slot, row.slot))[1],
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
        for row in rows
    ]
