"""A draw as it is published: the seed, both drums, the list; and as a file with which anybody draws again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from wangge.accounts import queries as accounts
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.orders.draw_rules import Drawn, Inspector, Place, draw, pool_digest
from wangge.orders.draw_schemas import DoubleDrawOut, DrawnOut
from wangge.orders.models import AssignedOrder, Assignment, Draw, Order
from wangge.orders.rules import AssignmentKind, OrderStatus, status_on
from wangge.territory import queries as territory
from wangge.venues import queries as venues


def _kept(actor: Actor, assignment_id: UUID) -> Draw:
    actor.check_can("orders.read")
    rows = Assignment.objects.visible_to(actor).filter(kind=AssignmentKind.DRAW.value)
    found = Draw.objects.filter(assignment__in=rows, pk=assignment_id).select_related("assignment").first()
    if found is None:
        raise NotVisible
    return found


def drums_of(kept: Draw) -> tuple[list[Place], list[Inspector]]:
    """Return the two drums as they were kept. Rule: OR-33."""
    places = [Place(*row) for row in zip(kept.place_ids, kept.place_paths, strict=True)]
    people = [Inspector(one["user_id"], tuple(one["own_paths"])) for one in kept.inspectors]
    return places, people


def draw_again(kept: Draw) -> list[Drawn]:
    """Return what the kept seed and drums give: the list that was drawn. Rule: OR-33."""
    places, people = drums_of(kept)
    return draw(kept.seed, places, people, kept.count)


def get_draw(actor: Actor, assignment_id: UUID, *, today: date) -> DoubleDrawOut:
    """Return a draw with its list, drawn again just now and compared with the orders that were given.

    Raises: NotYourRole, NotVisible.
    Rule:   OR-33. Who sees the territory sees the whole list: it is published.
    """
    kept = _kept(actor, assignment_id)
    row = kept.assignment
    given = AssignedOrder.objects.filter(assignment=row).values("order_id")
    orders = {order.venue_id: order for order in Order.objects.filter(id__in=given)}
    drawn = draw_again(kept)
    places = venues.get_places(one.place.id for one in drawn)
    names = {one["user_id"]: one["name"] for one in kept.inspectors}
    shown = []
    for n, one in enumerate(drawn, 1):
        order, place = orders.get(one.place.id), places.get(one.place.id)
        status = status_on(OrderStatus(order.status), ends_on=order.ends_on, today=today) if order else None
        shown.append(
            DrawnOut(
                position=n,
                order_id=order.id if order else None,
                venue_id=one.place.id,
                venue_name=place.name if place else "",
                address=place.address if place else "",
                grid_path=one.place.grid_path,
                inspector=names.get(one.user_id) if one.user_id is not None else None,
                status=status.value if status else None,
                findings=order.findings if order else 0,
            )
        )
    first = {one.place.id for one in drawn if one.user_id is not None}
    pool = pool_digest(kept.seed, *drums_of(kept))
    return DoubleDrawOut(
        id=row.id,
        path=row.path,
        place=territory.names_of([row.path]).get(row.path, row.path),
        reason=row.reason,
        seed=kept.seed,
        is_seed_given=kept.is_seed_given,
        digest=kept.digest,
        count=kept.count,
        pool_places=len(kept.place_ids),
        pool_inspectors=len(kept.inspectors),
        made_by=accounts.names_of([row.made_by_id]).get(row.made_by_id, "") if row.made_by_id else "",
        made_at=row.made_at,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        undone_at=row.undone_at,
        is_reproduced=pool == kept.digest and first == set(orders),
        drawn=shown,
    )


def draw_lines(actor: Actor, assignment_id: UUID) -> Iterator[list[str]]:
    """Yield the rows of the file of a draw: how it was drawn, the list, then both drums.

    Raises: NotYourRole, NotVisible.
    Rule:   OR-33. With sha256 and this file anybody draws the same list.
    """
    kept = _kept(actor, assignment_id)
    told = get_draw(actor, assignment_id, today=kept.assignment.starts_on)
    places, people = drums_of(kept)
    names = {one["user_id"]: one["name"] for one in kept.inspectors}
    yield ["种子 seed", kept.seed]
    yield ["摘要 sha256", kept.digest]
    yield ["方法 method", "按 sha256(种子|场所编号) 由小到大取前 n 个；每个场所由可检查者中已分得最少、"]
    yield ["", "其次 sha256(种子|场所编号|人员编号) 最小的人员检查；人员不检查本人网格"]
    yield ["抽取人 drawn by", told.made_by, told.made_at.isoformat()]
    yield []
    yield ["序号", "场所编号", "场所", "地址", "所在网格", "检查人员"]
    for one in told.drawn:
        row = [str(one.position), str(one.venue_id), one.venue_name, one.address, one.grid_path]
        yield [*row, one.inspector or "—"]
    yield []
    yield ["场所名单 places", str(len(places))]
    yield from ([str(place.id), place.grid_path] for place in places)
    yield ["人员名单 inspectors", str(len(people))]
    yield from ([str(one.user_id), names.get(one.user_id, ""), *one.own_paths] for one in people)
