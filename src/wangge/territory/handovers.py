"""Reads of handovers: what would go on, what went, and the history of one thing. Rule: TE-36, TE-37."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from wangge.accounts import services as posts
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import Unreadable
from wangge.territory import queries
from wangge.territory.candidates import grids_of
from wangge.territory.handover_models import Handover
from wangge.territory.handover_schemas import (
    HandoverOut,
    HandoverPage,
    LeaverOut,
    OpenKindOut,
    OpenThingOut,
    SuccessorOut,
)
from wangge.territory.keepers import Keeper, Leaver

GRANT = "accounts.grant"
SHOWN = 50  # of each kind
COUNTED = 1_000


def preview_handover(
    actor: Actor, post_id: int, *, ends_on: date, keepers: Sequence[Keeper], today: date
) -> LeaverOut:
    """Return what would go on if a post ended on a day, and who may take over.

    Raises: NotYourRole, NotVisible.
    Rule:   TE-36: shown before anybody says yes.
    """
    post = posts.get_post(post_id, actor=actor)
    leaver = Leaver(post.user_id, post.scope, post.department_id, ends_on, today)
    led = [grid.path for grid in grids_of(post.user_id, max(ends_on, today), date.max)]
    names = queries.names_of(led)
    return LeaverOut(
        post_id=post.id,
        name=post.user_name,
        grids=[names.get(path, path) for path in led if path.startswith(post.scope)],
        open=[
            OpenKindOut(
                kind=keeper.kind,
                count=keeper.count(leaver),
                first=[OpenThingOut.model_validate(one._asdict()) for one in keeper.list_open(leaver, SHOWN)],
            )
            for keeper in keepers
        ],
        successors=[
            SuccessorOut(id=one.id, name=one.name, place=one.place)
            for one in posts.list_successors(post, on=max(ends_on, today))
        ],
    )


def list_handovers(actor: Actor, *, cursor: str, limit: int) -> HandoverPage:
    """Return a page of the handovers in the caller's territory, the newest first. Raises: NotYourRole."""
    actor.check_can(GRANT)
    found = Handover.objects.filter(path__startswith=actor.scope)
    total = found.order_by()[: COUNTED + 1].count()
    if cursor:
        at, after = _read_key(cursor)
        found = found.filter(Q(at__lt=at) | Q(at=at, id__lt=after))
    rows = list(found.select_related("user", "successor").order_by("-at", "-id")[: limit + 1])
    page = rows[:limit]
    last = page[-1] if len(rows) > limit else None
    return HandoverPage(
        items=[_shown(row) for row in page],
        total=min(total, COUNTED),
        total_is_exact=total <= COUNTED,
        next_cursor=queries.make_cursor(f"{last.at.isoformat()}|{last.pk}") if last else None,
    )


def _read_key(cursor: str) -> tuple[datetime, UUID]:
    at, _, after = queries.read_cursor(cursor).partition("|")
    try:
        return datetime.fromisoformat(at).astimezone(CHINA), UUID(after)
    except ValueError:
        raise Unreadable(
            field="cursor", why_zh="请从第一页重新开始", why_en="start again from the first page"
        ) from None


def _shown(row: Handover) -> HandoverOut:
    return HandoverOut(
        id=row.pk,
        user_name=row.user.name,
        post_id=row.post_id,
        path=row.path,
        ends_on=row.ends_on,
        successor_name=row.successor.name if row.successor else None,
        orders=row.orders,
        cases=row.cases,
        reason=row.reason,
        at=row.at,
        actor_name=row.actor_name,
        moved=row.moved,
        undone_at=row.undone_at,
    )
