"""How whole and how fresh dossiers are: of one place at once, of every grid each night."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from wangge.dossiers.models import CopiedLog, GridFigures, Standard
from wangge.dossiers.quality_rules import Alike, Figures, Limits, Measure, Sign, signs_of
from wangge.dossiers.quality_sql import ONE, count_statement
from wangge.kernel.clock import CHINA
from wangge.territory.queries import list_paths, members_of, names_of
from wangge.venues.queries import list_classes

LAYER = "comprehensive"
PIECE = 200  # grids: some 100,000 places


@dataclass(frozen=True, slots=True)
class Knowing:
    """What is known of one place, by codes of the pack."""

    known: int
    asked: int
    lacks: Sequence[str]
    seen_on: date  # somebody was there, or changed something
    fresh_days: int | None


def knowing_of(venue_ids: Sequence[UUID], on: date) -> dict[UUID, Knowing]:
    """Return what is known of open places that the caller was allowed to see. Rule: DS-12, DS-13."""
    with connection.cursor() as cursor:
        cursor.execute(ONE, {"ids": list(venue_ids), "on": on})
        return {pk: Knowing(*row) for pk, *row in cursor.fetchall()}


def count_grids(*, at: datetime) -> int:
    """Count what is known in every grid of the comprehensive layer, piece by piece; return how many.

    Rule: DS-12 to DS-14. Grids that ended since are left out.
    """
    limits, on = limits_in_force(), at.astimezone(CHINA).date()
    statement = statement_in_force(on)
    count, last = 0, ""
    while paths := list_paths("", LAYER, at=at, most=PIECE, after=last):
        last, count = paths[-1], count + len(paths)
        _write(_counted(paths, statement, limits, on, at))
    GridFigures.objects.exclude(counted_at=at).delete()
    return count


def statement_in_force(on: date) -> tuple[str, dict[str, Any]]:
    """Return the statement that counts grids by the active pack, and its parameters but for the grids."""
    rows = Standard.objects.filter(is_active=True)
    return count_statement(rows, [one.code for one in list_classes()], on)


def limits_in_force() -> Limits:
    """Return by what a grid is hollow, as the active pack says."""
    rows = {Sign(one.code): one for one in standards_in_force(Measure.HOLLOW)}
    of = {sign: (row.days, row.percent) for sign, row in rows.items()}
    copied = rows.get(Sign.COPIED_LOGS)
    none = (None, None)
    return Limits(
        frozenset(rows),
        no_visit_days=of.get(Sign.NO_VISIT, none)[0],
        known_pct=of.get(Sign.KNOWN_LITTLE, none)[1],
        stale_pct=of.get(Sign.STALE, none)[1],
        copied=Alike(copied.times or 0, copied.days or 0, copied.percent or 0) if copied else None,
    )


@transaction.atomic
def keep_copied_logs(days: Mapping[str, int]) -> None:
    """Keep on how many days the log of each grid was copied, for the next count of hollow grids.

    Rule: DS-14, PA-17. The room of logs lies above: it counts, and says so here.
    """
    CopiedLog.objects.all().delete()
    CopiedLog.objects.bulk_create(CopiedLog(path=path, days=count) for path, count in days.items())


def copied_logs_limit() -> Alike | None:
    """Return when the log of a grid is copied, as the active pack says; None: nobody looks. Rule: DS-14."""
    return limits_in_force().copied


def standards_in_force(measure: Measure) -> list[Standard]:
    """Return the rows of the active pack, in its order."""
    return list(Standard.objects.filter(measure=measure.value, is_active=True).order_by("position"))


def _counted(
    paths: Sequence[str],
    statement: tuple[str, dict[str, Any]],
    limits: Limits,
    on: date,
    at: datetime,
) -> list[GridFigures]:
    sql, said = statement
    with connection.cursor() as cursor:
        cursor.execute(sql, {**said, "paths": list(paths)})
        found: dict[str, list[Any]] = {path: row for path, *row in cursor.fetchall()}
    members, names = members_of(paths, LAYER, on), names_of(paths)
    copied = dict(CopiedLog.objects.filter(path__in=paths).values_list("path", "days"))
    rows = []
    for path in paths:
        places, whole, known, asked, stale, visited = found.get(path, [0, 0, 0, 0, 0, None])
        figures = Figures(
            places, int(known), int(asked), stale, visited, path in members, copied.get(path, 0)
        )
        rows.append(
            GridFigures(
                path=path,
                name=names.get(path, path),
                places=places,
                whole=whole,
                known=figures.known,
                asked=figures.asked,
                stale=stale,
                last_visit_on=visited,
                has_member=figures.has_member,
                copied_days=figures.copied_days,
                signs=[one.value for one in signs_of(figures, limits, on)],
                counted_at=at,
            )
        )
    return rows


@transaction.atomic
def _write(rows: Sequence[GridFigures]) -> None:
    fields = [one.name for one in GridFigures._meta.concrete_fields if one.name != "path"]
    GridFigures.objects.bulk_create(rows, update_conflicts=True, unique_fields=["path"], update_fields=fields)
