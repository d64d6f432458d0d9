"""Cases near a place and a moment, by index, and closed cases to learn from: what suggestions look at."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Value
from django.db.models.functions import Floor

from wangge.cases.models import CELLS_A_DEGREE, Case, CaseQuerySet
from wangge.cases.rules import Channel, Status
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible

METRES_A_DEGREE = 111_195.0
LEFT_OUT = (Status.MERGED, Status.REJECTED)


@dataclass(frozen=True, slots=True)
class ToldCase:
    """What was told of a case, and whose it became."""

    id: UUID
    text: str
    address: str
    lon: float
    lat: float
    reported_at: datetime
    matter_code: str
    severity: str
    department_id: int | None
    venue_id: UUID | None
    channel: str
    grid_path: str
    status: str
    closed_at: datetime | None


FIELDS = tuple(ToldCase.__annotations__)


def get_told(actor: Actor, case_id: UUID) -> ToldCase:
    """Return what was told of a visible case. Raises: NotYourRole, NotVisible."""
    actor.check_can("cases.read")
    row = Case.objects.visible_to(actor).filter(pk=case_id).values_list(*FIELDS).first()
    if row is None:
        raise NotVisible()
    return ToldCase(*row)


def list_near(
    actor: Actor,
    lon: float,
    lat: float,
    *,
    within_m: float,
    since: datetime,
    until: datetime,
    most: int = 200,
) -> list[ToldCase]:
    """Return visible cases of a square around a point (WGS-84) that were reported in `[since, until)`.

    Merged and rejected ones are left out; the newest first. Rule: TR-7, CS-8.
    """
    north = within_m / METRES_A_DEGREE
    east = north / max(math.cos(math.radians(lat)), 0.01)
    found = in_box(Case.objects.visible_to(actor), lon - east, lat - north, lon + east, lat + north)
    rows = found.filter(reported_at__gte=since, reported_at__lt=until).exclude(status__in=LEFT_OUT)
    return [ToldCase(*row) for row in rows.order_by("-reported_at", "-id").values_list(*FIELDS)[:most]]


def in_box(cases: CaseQuerySet, west: float, south: float, east: float, north: float) -> CaseQuerySet:
    """Return the cases of a small box, by the index of cells."""
    rows, columns = ([*range(_cell(low), _cell(high) + 1)] for low, high in ((south, north), (west, east)))
    in_cells = cases.alias(
        _row=Floor(F("lat") * Value(CELLS_A_DEGREE)), _column=Floor(F("lon") * Value(CELLS_A_DEGREE))
    ).filter(_row__in=rows, _column__in=columns)
    return in_cells.filter(lon__range=(west, east), lat__range=(south, north))


def list_judged(*, most: int) -> Iterator[tuple[ToldCase, str, list[str]]]:
    """Yield the newest closed cases, oldest first, with class and tags of their place.

    Left out are findings of an inspection, whose matter the checklist names, and restricted cases (DG-13).
    Rule: TR-3, TR-11.
    """
    newest = (
        _judged()
        .order_by("-reported_at", "-id")
        .values_list(*FIELDS, "venue__venue_class_id", "venue__tags")[:most]
    )
    for *told, venue_class, tags in reversed(newest):
        yield ToldCase(*told), venue_class or "", tags or []


def count_judged(*, most: int) -> int:
    """Return how many cases `list_judged` would yield."""
    return _judged()[:most].count()


def _judged() -> CaseQuerySet:
    closed = Case.objects.filter(status=Status.CLOSED, closed_at__isnull=False, is_restricted=False)
    return closed.exclude(channel=Channel.INSPECTION).exclude(text="")


def _cell(degrees: float) -> int:
    return math.floor(degrees * CELLS_A_DEGREE)
