"""Reading cases. Every read starts from `visible_to(actor)`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.http import HttpResponseBase

from wangge.cases import paging, recounting, searching
from wangge.cases.briefs import CaseBrief, get_briefs, list_by_ids, list_open, list_open_past
from wangge.cases.by_grid import count_by_grid
from wangge.cases.chain import Event
from wangge.cases.counting import count_work
from wangge.cases.deadlines import deadline_if_known, light
from wangge.cases.detail_schemas import CaseDetail
from wangge.cases.detailing import detail_of
from wangge.cases.events import judged_at, read_events
from wangge.cases.explaining import explain, list_moves
from wangge.cases.figures import get_figures
from wangge.cases.finding import select
from wangge.cases.heat import count_heat as count_heat
from wangge.cases.heat import list_day as list_day
from wangge.cases.loads import advise_handler, list_inboxes
from wangge.cases.models import Case, CaseEvent
from wangge.cases.nearby import ToldCase, count_judged, get_told, list_judged, list_near
from wangge.cases.photo_uses import PhotoUse, list_photo_uses
from wangge.cases.recounting import Move, Window, scan
from wangge.cases.saved_filters import list_saved
from wangge.cases.schemas import CaseFilter, CasePage, DeadlineLine, DeadlineOut
from wangge.cases.searching import COUNTED
from wangge.cases.showing import lines_out, rows_of
from wangge.cases.verifying import count_chained, verify_chains
from wangge.cases.whole import TELLING, WholeCase, WholeStep, check_all_visible, read_whole
from wangge.kernel import calendars, photo_copies
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.matters import queries as matters
from wangge.matters.rules import Clock
from wangge.territory.queries import read_box
from wangge.territory.schemas import FeatureCollection

__all__ = [
    "TELLING",
    "CaseBrief",
    "Move",
    "PhotoUse",
    "ToldCase",
    "WholeCase",
    "WholeStep",
    "Window",
    "advise_handler",
    "check_all_visible",
    "count_by_grid",
    "count_chained",
    "count_judged",
    "count_work",
    "deadline_if_known",
    "explain_clock",
    "explain_deadline",
    "get_briefs",
    "get_detail",
    "get_details",
    "get_figures",
    "get_photo",
    "get_told",
    "judged_at",
    "light",
    "list_by_ids",
    "list_cases",
    "list_deadline_moves",
    "list_inboxes",
    "list_judged",
    "list_near",
    "list_open",
    "list_open_past",
    "list_photo_uses",
    "list_points",
    "list_saved",
    "list_stopped",
    "read_whole",
    "select",
    "verify_chains",
]
MOST_POINTS = 5_000


def list_cases(actor: Actor, filters: CaseFilter, *, at: datetime) -> CasePage:
    """Return one page of the visible cases. Raises: NotYourRole, Unreadable."""
    rules = matters.in_force()
    if searching.fits(filters):
        sought = searching.first_page(actor, filters, at, rules)
        return CasePage(
            items=rows_of(sought.cases, actor, at, rules),
            total=sought.total,
            total_is_exact=sought.is_exact,
            next_cursor=paging.cursor_after(sought.cases[-1], at) if sought.has_more else None,
        )
    found = select(actor, filters, at)
    page = paging.read(found, filters, at)
    is_all = not filters.cursor and page.next_cursor is None  # then there is nothing more to count
    total = len(page.pks) if is_all else found.order_by()[: COUNTED + 1].count()
    return CasePage(
        items=rows_of(page.cases, actor, at, rules),
        total=min(total, COUNTED),
        total_is_exact=total <= COUNTED,
        next_cursor=page.next_cursor,
    )


def get_detail(actor: Actor, case_id: UUID, *, at: datetime) -> CaseDetail:
    """Return the whole case with its events and the steps the actor may take. Raises: NotVisible."""
    case = _get(actor, case_id)
    return detail_of(case, read_events([case_id]), actor, at)


def get_details(actor: Actor, case_ids: Iterable[UUID], *, at: datetime) -> list[CaseDetail]:
    """Return the visible ones of a few cases as `get_detail` does, their events in one statement."""
    found = list(Case.objects.visible_to(actor).filter(pk__in=list(case_ids)))
    events: dict[UUID, list[Event]] = {}
    for event in read_events([case.pk for case in found]) if found else []:
        events.setdefault(event.case_id, []).append(event)
    return [detail_of(case, events.get(case.pk, []), actor, at) for case in found]


def explain_deadline(actor: Actor, case_id: UUID) -> DeadlineOut:
    """Return both deadlines and the account of each, line by line. Raises: NotVisible. Rule: CS-6."""
    case = _get(actor, case_id)
    matter = matters.of_version(case.pack_version).matters.get(case.matter_code)
    calendar = calendars.in_force().of(case.grid_path)
    lines = explain(case.reported_at, matter.clock, calendar) if matter else []
    lines += list_moves(read_events([case_id]))
    clock = matters.in_force().stage_clocks.get(case.status)
    stage = matters.in_force().stage_names.get(case.status, (case.status, case.status))
    stage_lines = (
        explain(case.stage_started_at, clock, calendar, began=stage)
        if clock and case.closed_at is None
        else []
    )
    return DeadlineOut(
        due_at=case.due_at,
        lines=lines_out(lines, case.due_at),
        stage_due_at=case.stage_due_at,
        stage_lines=lines_out(stage_lines, case.stage_due_at),
    )


def explain_clock(
    start: datetime, clock: Clock, due_at: datetime | None, *, grid_path: str
) -> list[DeadlineLine]:
    """Return the ledger of a clock that a room above keeps on a case. Rule: CS-6."""
    return lines_out(explain(start, clock, calendars.in_force().of(grid_path)), due_at)


def list_deadline_moves(
    actor: Actor, window: Window, *, beyond: UUID | None = None, limit: int = 200
) -> tuple[list[Move], UUID | None]:
    """Return open visible cases whose deadlines the calendar in force counts otherwise, and where to go on.

    Raises: NotYourRole.
    Rule:   CS-23: shown first, moved only by a person.
    """
    actor.check_can("cases.read")
    return scan(Case.objects.visible_to(actor), window, beyond=beyond, limit=limit)


def list_stopped(actor: Actor, *, limit: int) -> tuple[list[CaseBrief], int]:
    """Return the first visible cases whose clocks stand still, and how many. Raises: NotYourRole."""
    actor.check_can("cases.read")
    return recounting.list_stopped(Case.objects.visible_to(actor), limit)


def list_points(actor: Actor, bbox: str, filters: CaseFilter, *, at: datetime) -> FeatureCollection:
    """Return the open cases in a box as GeoJSON points. Raises: NotYourRole, Unreadable."""
    min_lon, min_lat, max_lon, max_lat = read_box(bbox)
    still_open = select(actor, filters.model_copy(update={"is_open": True}), at)
    inside = {"lon__range": (min_lon, max_lon), "lat__range": (min_lat, max_lat)}
    found = Case.objects.filter(pk__in=still_open.values("pk"), **inside)
    rows = list(found.order_by("-reported_at")[: MOST_POINTS + 1])
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]},
            "properties": {
                "id": str(row.id),
                "status": row.status.value,
                "light": row.light.value,
                "matter_zh": row.matter_zh,
                "matter_en": row.matter_en,
                "address": row.address,
            },
        }
        for row in rows_of(rows[:MOST_POINTS], actor, at)
    ]
    return FeatureCollection(features=features, is_complete=len(rows) <= MOST_POINTS)


def get_photo(
    actor: Actor,
    case_id: UUID,
    sha256: str,
    form: photo_copies.PhotoForm = photo_copies.PhotoForm.PLAIN,
    *,
    at: datetime,
) -> HttpResponseBase:
    """Return a photo of a visible case; the original to those who judge by it, a marked copy to the others.

    Raises: NotVisible, also for a photo of another case; NotYourRole for the original.
    Rule:   CS-8, KE-21, KE-22.
    """
    case = _get(actor, case_id)
    if form is photo_copies.PhotoForm.ORIGINAL:
        actor.check_can("evidence.read")
    of_steps = CaseEvent.objects.filter(case_id=case_id, detail__photos__contains=[sha256])
    used_at = of_steps.order_by("seq").values_list("at", flat=True).first()
    if sha256 not in case.photos and used_at is None:
        raise NotVisible()
    lines: list[str] = []
    if not actor.can("evidence.read"):
        shows = matters.in_force().limits.photo_marks
        first = used_at or case.reported_at
        lines = photo_copies.mark_lines(shows, used_at=first, place=case.address, viewer=actor, at=at)
    return photo_copies.hand_out(sha256, form, lines=lines)


def _get(actor: Actor, case_id: UUID) -> Case:
    case = Case.objects.visible_to(actor).filter(pk=case_id).first()
    if case is None:
        raise NotVisible()
    return case
