"""What orders are about, in words: a place, something or somebody at a place, or a grid. Rule: OR-29."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from django.db import connection

from wangge.orders import subject_sql
from wangge.orders.rules import SubjectKind
from wangge.territory import queries as territory

GRID_ZH, GRID_EN = "网格", "Grid"


@dataclass(frozen=True, slots=True)
class Described:
    """The subject of an order as people read it, and where to go (WGS-84)."""

    name: str
    class_zh: str
    class_en: str
    address: str
    lon: float
    lat: float


class About(Protocol):
    """What says which subject an order has."""

    @property
    def id(self) -> UUID: ...
    @property
    def venue_id(self) -> UUID | None: ...
    @property
    def subject_id(self) -> UUID | None: ...
    @property
    def subject_kind(self) -> str: ...


def describe(orders: Iterable[About]) -> dict[UUID, Described]:
    """Return what each order is about, in one statement. Rule: OR-29."""
    rows = [(order.id, order.venue_id, order.subject_id, order.subject_kind) for order in orders]
    if not rows:
        return {}
    columns = [list(column) for column in zip(*rows, strict=True)]
    grids = {subject for *_, subject, kind in rows if kind == SubjectKind.GRID and subject is not None}
    inside = territory.points_inside(grids)
    points = {key: inside[subject] for key, _, subject, _ in rows if subject in inside}
    with connection.cursor() as cursor:
        cursor.execute(subject_sql.DESCRIBE, columns)
        return {
            key: Described(
                venue or grid or "", zh or GRID_ZH, en or GRID_EN, address, *points.get(key, (lon, lat))
            )
            for key, venue, zh, en, address, lon, lat, grid in cursor.fetchall()
        }


def mark_seen(days: Mapping[tuple[UUID, SubjectKind], date]) -> None:
    """Note the day a subject that is no place was last seen; an older day changes nothing. Rule: OR-30."""
    if not days:
        return
    ids, kinds = zip(*days, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            subject_sql.SEEN, [list(ids), [str(SubjectKind(kind)) for kind in kinds], list(days.values())]
        )
