"""Reading orders. Every read starts from `visible_to(actor)`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Q

from wangge.accounts import queries as accounts
from wangge.checklists import queries as checklists
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.paths import is_closed
from wangge.orders.assignment_queries import beside_of, propose_alike, risk_of
from wangge.orders.by_grid import count_by_grid
from wangge.orders.evidence import get_signature
from wangge.orders.hands import count_open_by_member, hands_of_orders, in_hands_of
from wangge.orders.models import AssignedOrder, Order, OrderQuerySet, PlanRule, Visit
from wangge.orders.rules import OrderStatus, SubjectKind, Unsigned, VisitOutcome, status_on
from wangge.orders.schemas import (
    OrderDetail,
    OrderFigures,
    OrderFilter,
    OrderPage,
    OrderRow,
    PlanRuleOut,
    VisitOut,
)
from wangge.orders.subjects import describe
from wangge.territory import queries as territory

COUNTED = 10_000  # a list counts so far; beyond, the total is "more than"
__all__ = [
    "count_by_grid",
    "count_open_by_member",
    "get_detail",
    "get_details",
    "get_figures",
    "get_signature",
    "list_orders",
    "list_plan_rules",
    "list_top_scopes",
    "propose_alike",
]
READ = "orders.read"


def list_orders(actor: Actor, filters: OrderFilter, *, today: date) -> OrderPage:
    """Return one page of the visible orders, the earliest first. Raises: NotYourRole, Unreadable."""
    actor.check_can(READ)
    seen = Order.objects.given_to(actor) if filters.mine else Order.objects.visible_to(actor)
    found = _filtered(seen, actor, filters, today)
    total = found.order_by()[: COUNTED + 1].count()
    if filters.cursor:
        opens_on, after = _read_cursor(filters.cursor)
        found = found.filter(Q(opens_on__gt=opens_on) | Q(opens_on=opens_on, id__gt=after))
    rows = list(found.order_by("opens_on", "id")[: filters.limit + 1])
    page = rows[: filters.limit]
    return OrderPage(
        items=_shown(page, today),
        total=min(total, COUNTED),
        total_is_exact=total <= COUNTED,
        next_cursor=f"{page[-1].opens_on.isoformat()}_{page[-1].id}" if len(rows) > len(page) else None,
    )


def _filtered(orders: OrderQuerySet, actor: Actor, filters: OrderFilter, today: date) -> OrderQuerySet:
    if filters.mine:
        orders = orders.filter(in_hands_of(actor.user_id, today))
    if filters.status:
        orders = orders.filter(_stands(filters.status, today))
    if filters.overdue:
        orders = orders.filter(_stands(OrderStatus.OPEN, today), due_on__lt=today)
    if filters.opens_from:
        orders = orders.filter(opens_on__gte=filters.opens_from)
    if filters.opens_to:
        orders = orders.filter(opens_on__lt=filters.opens_to)
    if filters.grid:
        orders = orders.filter(grid_path__startswith=_closed(filters.grid))
    if filters.venue_id:
        orders = orders.filter(venue_id=filters.venue_id)
    if filters.assignment:
        made = AssignedOrder.objects.filter(assignment_id=filters.assignment)
        orders = orders.filter(id__in=made.values("order_id"))
    if filters.q:
        named = Q(venue__name__contains=filters.q) | Q(venue__address__contains=filters.q)
        orders = orders.filter(named | Q(venue__code=filters.q))
    return orders


def _stands(status: OrderStatus, today: date) -> Q:
    """Return the orders that stand so today: what nobody did is missed when its period ends (OR-9)."""
    over = Q(status=OrderStatus.OPEN, ends_on__lte=today)
    if status is OrderStatus.MISSED:
        return Q(status=status) | over
    return Q(status=status) & ~over if status is OrderStatus.OPEN else Q(status=status)


def _closed(path: str) -> str:
    return path if is_closed(path) else f"{path}."


def _read_cursor(cursor: str) -> tuple[date, UUID]:
    opens_on, _, after = cursor.partition("_")
    try:
        return date.fromisoformat(opens_on), UUID(after)
    except ValueError as error:
        raise Unreadable(
            field="cursor", why_zh="请从第一页重新开始", why_en="start again from the first page"
        ) from error


def _shown(orders: Sequence[Order], today: date) -> list[OrderRow]:
    """Return the rows with the names of subjects, members and rules, fetched in bulk."""
    places = describe(orders)
    hands = hands_of_orders(orders, today)
    named = {order.member_id for order in orders} | set(hands.values())
    members = accounts.names_of([one for one in named if one])
    rules = _rules({(order.rule_code, order.pack_version) for order in orders})
    rows = []
    for order in orders:
        place, rule = places[order.id], rules[order.rule_code, order.pack_version]
        status = status_on(OrderStatus(order.status), ends_on=order.ends_on, today=today)
        rows.append(
            OrderRow(
                id=order.id,
                venue_id=order.venue_id,
                subject_kind=SubjectKind(order.subject_kind),
                subject_id=order.subject_id,
                venue_name=place.name,
                venue_class_zh=place.class_zh,
                venue_class_en=place.class_en,
                address=place.address,
                lon=place.lon,
                lat=place.lat,
                grid_path=order.grid_path,
                member_name=members.get(hands[order.id] or 0),
                absent_name=members.get(order.member_id or 0) if hands[order.id] != order.member_id else None,
                rule_code=order.rule_code,
                rule_zh=rule.name_zh,
                rule_en=rule.name_en,
                rule_is_confirmed=rule.is_confirmed,
                season=order.season,
                opens_on=order.opens_on,
                due_on=order.due_on,
                status=status,
                is_overdue=status is OrderStatus.OPEN and order.due_on < today,
                outcome=VisitOutcome(order.outcome) if order.outcome else None,
                done_at=order.done_at,
                findings=order.findings,
                version=order.version,
            )
        )
    return rows


def _rules(wanted: set[tuple[str, str]]) -> dict[tuple[str, str], PlanRule]:
    rules = PlanRule.objects.filter(
        code__in={code for code, _ in wanted}, pack_version__in={version for _, version in wanted}
    )
    return {(rule.code, rule.pack_version): rule for rule in rules}


def get_detail(actor: Actor, order_id: UUID, *, today: date) -> OrderDetail:
    """Return one order with its checklist and its cases. Raises: NotYourRole, NotVisible."""
    actor.check_can(READ)
    order = Order.objects.given_to(actor).filter(id=order_id).first()
    if order is None:
        raise NotVisible
    visits = list(Visit.objects.filter(order_id=order_id).order_by("at"))
    case_ids = [answer["case_id"] for visit in visits for answer in visit.answers if _is_finding(answer)]
    return OrderDetail(
        **_shown([order], today)[0].model_dump(),
        checklist=checklists.get_checklist(order.checklist_id),
        visits=_visits_shown(visits),
        other_rules=order.other_rules,
        pack_version=order.pack_version,
        case_ids=case_ids,
        handed=territory.list_handed(order.id),
        beside=beside_of(order.id),
        risk=risk_of(order.id),
    )


def get_details(actor: Actor, filters: OrderFilter, *, today: date) -> list[OrderDetail]:
    """Return the first page of `list_orders`, each with checklist and visits, in a handful of statements.

    Shape:  `case_ids` and `handed` are empty: the order's own page, with signal, tells them.
    Raises: NotYourRole, Unreadable.
    """
    rows = list_orders(actor, filters, today=today).items
    more = Order.objects.filter(id__in=[row.id for row in rows]).in_bulk()
    sheets = checklists.get_many({order.checklist_id for order in more.values()})
    of_order: dict[UUID, list[Visit]] = {}
    for visit in Visit.objects.filter(order_id__in=list(more)).order_by("at"):
        of_order.setdefault(visit.order_id, []).append(visit)
    return [
        OrderDetail(
            **row.model_dump(),
            checklist=sheets[more[row.id].checklist_id],
            visits=_visits_shown(of_order.get(row.id, [])),
            other_rules=more[row.id].other_rules,
            pack_version=more[row.id].pack_version,
            case_ids=[],
            handed=[],
        )
        for row in rows
    ]


def _visits_shown(visits: Sequence[Visit]) -> list[VisitOut]:
    names = accounts.names_of([visit.actor_id for visit in visits])
    return [
        VisitOut(
            id=visit.id,
            at=visit.at,
            member_name=names.get(visit.actor_id),
            outcome=VisitOutcome(visit.outcome),
            answers=visit.answers,
            score=visit.score,
            note=visit.note,
            is_signed=visit.signature != "",
            unsigned=Unsigned(visit.unsigned) if visit.unsigned else None,
        )
        for visit in visits
    ]


def _is_finding(answer: dict[str, object]) -> bool:
    return answer["ok"] is False and answer["case_id"] is not None


def list_plan_rules() -> list[PlanRuleOut]:
    """Return the active plan rules, by code."""
    rules = PlanRule.objects.filter(is_active=True).order_by("code")
    return [PlanRuleOut.model_validate(rule, from_attributes=True) for rule in rules]


def get_figures(
    actor: Actor, *, today: date, opens_from: date | None = None, opens_to: date | None = None
) -> OrderFigures:
    """Return the proactive half of the circle for the orders that open in `[opens_from, opens_to)`.

    Raises: NotYourRole.
    Rule:   OR-12 (formulas).
    """
    actor.check_can(READ)
    with connection.cursor() as cursor:
        cursor.execute(
            _FIGURES,
            {
                "scope": actor.scope.replace("_", r"\_") + "%",
                "today": today,
                "opens_from": opens_from,
                "opens_to": opens_to,
            },
        )
        made, done, on_time, missed, open_, overdue, inspected, hit, findings = cursor.fetchone()
    return OrderFigures(
        made=made,
        done=done,
        on_time=on_time,
        missed=missed,
        open=open_,
        overdue=overdue,
        inspected=inspected,
        with_findings=hit,
        findings=findings,
        completion_pct=_share(done, done + missed + overdue),
        on_time_pct=_share(on_time, done),
        hit_rate_pct=_share(hit, inspected),
    )


_FIGURES = """
SELECT count(*) FILTER (WHERE status <> 'withdrawn'),
       count(*) FILTER (WHERE status = 'done'),
       count(*) FILTER (WHERE status = 'done' AND (done_at AT TIME ZONE 'Asia/Shanghai')::date <= due_on),
       count(*) FILTER (WHERE status = 'missed' OR status = 'open' AND ends_on <= %(today)s),
       count(*) FILTER (WHERE status = 'open' AND ends_on > %(today)s),
       count(*) FILTER (WHERE status = 'open' AND ends_on > %(today)s AND due_on < %(today)s),
       count(*) FILTER (WHERE status = 'done' AND outcome = 'inspected'),
       count(*) FILTER (WHERE findings > 0),
       coalesce(sum(findings), 0)
FROM orders_order
WHERE grid_path LIKE %(scope)s
  AND (%(opens_from)s::date IS NULL OR opens_on >= %(opens_from)s)
  AND (%(opens_to)s::date IS NULL OR opens_on < %(opens_to)s)
"""


def _share(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def list_top_scopes() -> list[str]:
    """Return the outermost paths under which there are places: what the daily plan walks over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT split_part(grid_path, '.', 1) || '.' FROM venues_venue ORDER BY 1")
        return [path for (path,) in cursor.fetchall()]
