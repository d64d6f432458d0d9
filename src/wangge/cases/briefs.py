"""Cases in bulk, as the rooms above look at them: no names, no words, a statement a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Q

from wangge.cases.models import Case, CaseQuerySet, OpenCase, OpenCaseQuerySet
from wangge.cases.rules import Status
from wangge.kernel.actor import Actor

COLUMNS = (
    *("id", "grid_path", "venue_id", "channel", "matter_code", "severity", "lon", "lat", "pack_version"),
    *("status", "reporter_id", "department_id", "handler_id", "verifier_id", "merged_into_id"),
    *("reported_at", "due_at", "stage_started_at", "stage_due_at", "closed_at", "rework", "fixed_on_spot"),
    "version",
)


@dataclass(frozen=True, slots=True)
class CaseBrief:
    """The facts of a case without its texts, photos and chain."""

    id: UUID
    grid_path: str
    venue_id: UUID | None
    channel: str
    matter_code: str
    severity: str
    lon: float  # WGS-84
    lat: float
    pack_version: str
    status: Status
    reporter_id: int
    department_id: int | None
    handler_id: int | None
    verifier_id: int | None
    merged_into_id: UUID | None
    reported_at: datetime
    due_at: datetime | None
    stage_started_at: datetime
    stage_due_at: datetime | None
    closed_at: datetime | None
    rework: int
    fixed_on_spot: bool
    version: int


def get_briefs(actor: Actor, case_ids: Iterable[UUID]) -> dict[UUID, CaseBrief]:
    """Return those of the cases that the actor sees; one statement (CS-8)."""
    return {one.id: one for one in briefs_of(Case.objects.visible_to(actor).filter(pk__in=list(case_ids)))}


def list_by_ids(case_ids: Iterable[UUID]) -> list[CaseBrief]:
    """Return the cases by id, open or not: for a job, which has no actor; one statement."""
    return briefs_of(Case.objects.filter(pk__in=list(case_ids)).order_by("pk"))


def list_open_past(
    moment: datetime,
    *,
    beyond: UUID | None = None,
    limit: int = 2_000,
    scope: str = "",
    but: Exists | None = None,
) -> list[CaseBrief]:
    """Return open cases of which a clock ends at or before `moment`, by id: for a job, which has no actor.

    `but` leaves out those of which the caller has a row: its outer row has the id and the clocks of the case.
    Shape: a page; the next one begins `beyond` the last id of this one. Suspended cases are in no page.
    """
    found = OpenCase.objects.filter(Q(due_at__lte=moment) | Q(stage_due_at__lte=moment))
    if but is not None:
        found = found.filter(~but)
    return _page(found, beyond, limit, scope)


def list_open(*, beyond: UUID | None = None, limit: int = 2_000, scope: str = "") -> list[CaseBrief]:
    """Return open cases that are not suspended, by id: for a job, which has no actor. Shape: as above."""
    return _page(OpenCase.objects.all(), beyond, limit, scope)


def _page(found: OpenCaseQuerySet, beyond: UUID | None, limit: int, scope: str) -> list[CaseBrief]:
    found = found.filter(grid_path__startswith=scope).exclude(status=Status.SUSPENDED)
    if beyond is not None:
        found = found.filter(pk__gt=beyond)
    page = found.order_by("pk").values("pk")[:limit]
    return briefs_of(Case.objects.filter(pk__in=page).order_by("pk"))


def briefs_of(found: CaseQuerySet) -> list[CaseBrief]:
    """Return the cases of the set without texts, in one statement."""
    rows = found.values(*COLUMNS)
    return [CaseBrief(**row | {"status": Status(row["status"])}) for row in rows]
