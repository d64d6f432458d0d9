"""What needs a person now, for the page that opens first. Source: docs/rules/console.md (WP-1 … WP-4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from wangge.appraisal import queries as appraisal
from wangge.appraisal.schemas import TargetFilter
from wangge.cases import queries as cases
from wangge.cases.schemas import CaseFilter, WorkCounts
from wangge.console import audit_trail
from wangge.console.schemas import DeskCard, DeskCase, DeskDepartment, DeskOut
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.notices import queries as notices
from wangge.orders import queries as orders
from wangge.orders.schemas import OrderFilter
from wangge.territory import services as territory
from wangge.venues import queries as venues
from wangge.venues.schemas import VenueFilter

FIRST = 8
DEPARTMENTS = 10
WATCHED = timedelta(days=14)  # as the page of leave counts
Cards = Iterator[DeskCard]


def get_desk(actor: Actor, *, at: datetime) -> DeskOut:
    """Return what waits for the actor's post, the most urgent first; each count is that of its list.

    A post is told only of rooms that it may open.
    Rule: WP-1 … WP-4.
    """
    counts = cases.count_work(actor, at=at) if actor.can("cases.read") else None
    cards: list[DeskCard] = []
    if counts:
        cards += _of_cases(actor, counts)
    for capability, make in _ROOMS:
        if actor.can(capability):
            cards += make(actor, at)
    return DeskOut(
        at=at,
        cards=cards,
        next_cases=_next_cases(actor, at) if counts and counts.waiting.total else [],
        departments=_departments(actor, counts) if counts else [],
    )


def _of_cases(actor: Actor, counts: WorkCounts) -> Cards:
    """WP-2: what one must do comes before what one watches."""
    yield _card("waiting_red", counts.waiting.red, "/cases", tone="red", view="waiting", light="red")
    yield _card(
        "waiting_yellow", counts.waiting.yellow, "/cases", tone="yellow", view="waiting", light="yellow"
    )
    yield _card("waiting", counts.waiting.total, "/cases", view="waiting")
    if actor.can("cases.report") or actor.can("cases.handle"):
        yield _card("mine", counts.mine.total, "/cases", view="mine")
    if actor.can("oversight.read") or actor.can("appraisal.read"):
        yield _card("open_red", counts.open.red, "/cases", tone="red", view="open", light="red")
        yield _card("open", counts.open.total, "/cases", view="open")


def _of_orders(actor: Actor, at: datetime) -> Cards:
    today = at.astimezone(CHINA).date()
    mine = {"mine": True} if actor.can("orders.do") else {}
    said = {"mine": "1"} if mine else {}
    late = orders.list_orders(
        actor, OrderFilter.model_validate({"overdue": True, "limit": 1} | mine), today=today
    )
    yield _card("orders_overdue", late.total, "/orders", late.total_is_exact, tone="red", overdue="1", **said)
    if mine:
        asked = OrderFilter.model_validate({"status": "open", "limit": 1} | mine)
        found = orders.list_orders(actor, asked, today=today)
        yield _card("orders_mine", found.total, "/orders", found.total_is_exact, status="open", **said)


def _of_places(actor: Actor, at: datetime) -> Cards:
    found = venues.list_venues(actor, VenueFilter.model_validate({"orphan": True, "limit": 1}))
    yield _card("orphans", found.total, "/venues", found.total_is_exact, state="orphan")


def _of_grids(actor: Actor, at: datetime) -> Cards:
    today = at.astimezone(CHINA).date()
    first, until = today, today + WATCHED
    open_days = territory.list_uncovered(actor, starts_on=first, ends_on=until, within="", cursor="", limit=1)
    yield _card("uncovered", open_days.total, "/leave", tone="yellow")


def _of_people(actor: Actor, at: datetime) -> Cards:
    if actor.can("territory.read"):
        on = at.astimezone(CHINA).date()
        short = territory.list_shortages(actor, layer="comprehensive", within="", cursor="", limit=1, on=on)
        yield _card("shortages", short.total, "/people")


def _of_audit(actor: Actor, at: datetime) -> Cards:
    on = at.astimezone(CHINA).date()
    for code, action in (("reveals", "reveal"), ("exports", "export"), ("audited", "")):
        asked = audit_trail.AuditFilter.model_validate({"first_on": on, "last_on": on, "action": action})
        many, is_exact = audit_trail.count(actor, asked)
        said = {"first_on": str(on), "last_on": str(on)} | ({"action": action} if action else {})
        yield _card(code, many, "/audit", is_exact, **said)


def _of_targets(actor: Actor, at: datetime) -> Cards:
    """TA-8: for who steers and walks no grid."""
    if actor.can("orders.do"):
        return
    year = at.astimezone(CHINA).year
    found = appraisal.list_targets(
        actor, TargetFilter.model_validate({"year": year, "only_behind": True}), at=at
    )
    yield _card("targets_behind", found.behind, "/targets", tone="yellow", behind="1")


def _of_notices(actor: Actor, at: datetime) -> Cards:
    yield _card("unread", notices.count_unread(actor), "/notices")


_ROOMS: tuple[tuple[str, Callable[[Actor, datetime], Cards]], ...] = (
    ("orders.read", _of_orders),
    ("leave.read", _of_grids),
    ("accounts.read", _of_people),
    ("venues.write", _of_places),
    ("appraisal.read", _of_targets),
    ("audit.read", _of_audit),
    ("leave.take", _of_notices),
)


def _card(
    code: str, count: int, path: str, is_exact: bool = True, *, tone: str = "plain", **query: str
) -> DeskCard:
    return DeskCard(code=code, count=count, is_exact=is_exact, tone=tone, path=path, query=query)


def _next_cases(actor: Actor, at: datetime) -> list[DeskCase]:
    asked = CaseFilter.model_validate(
        {"is_open": True, "waiting_for_me": True, "sort": "due", "limit": FIRST}
    )
    return [
        DeskCase(
            id=row.id,
            matter_zh=row.matter_zh,
            matter_en=row.matter_en,
            stage_zh=row.stage_name,
            stage_en=row.stage_name_en,
            grid_name=row.grid_name,
            light=row.light,
            due_at=row.due_at,
        )
        for row in cases.list_cases(actor, asked, at=at).items
    ]


def _departments(actor: Actor, counts: WorkCounts) -> list[DeskDepartment]:
    """WP-3: who watches over departments sees which is late, the latest first."""
    if not actor.can("oversight.read") or actor.can("cases.handle"):
        return []
    late = sorted(
        (one for one in counts.by_department if one.id is not None and one.red),
        key=lambda one: (-one.red, one.name or ""),
    )
    return [
        DeskDepartment(id=one.id or 0, name=one.name or "", open=one.open, red=one.red)
        for one in late[:DEPARTMENTS]
    ]
