"""How whole and how fresh dossiers are: of one place at once, of every grid each night."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from wangge.dossiers.models import CopiedLog, GridFigures, Standard
from wangge.dossiers.quality_rules import COLUMNS, Alike, Figures, Limits, Measure, Sign, signs_of
from wangge.kernel.clock import CHINA
from wangge.territory.queries import list_paths, members_of, names_of

LAYER = "comprehensive"
PIECE = 200  # grids: some 100,000 places
_COLUMN = " ".join(
    f"WHEN '{name}' THEN v.{name} IS NOT NULL"
    + ("" if name in {"area_m2", "height_m"} else f" AND v.{name} <> ''")
    for name in COLUMNS
)
# A place, and each thing the pack asks of its class, known or not; a number or an index is asked a row.
_ASKED = f"""
WITH place AS (
  SELECT v.id, v.grid_path, v.class_code, v.last_visited_on, {", ".join(f"v.{name}" for name in COLUMNS)},
         (greatest(v.created_at, c.at, d.at) AT TIME ZONE 'Asia/Shanghai')::date AS told_on
    FROM venues_venue v
    LEFT JOIN LATERAL (SELECT at FROM venues_venuechange
                        WHERE venue_id = v.id AND way <> 'grids' ORDER BY version DESC LIMIT 1) c ON true
    LEFT JOIN LATERAL (SELECT at FROM dossiers_change
                        WHERE venue_id = v.id ORDER BY id DESC LIMIT 1) d ON true
   WHERE v.is_open AND {{which}}
), asked AS (
  SELECT v.id, v.grid_path, s.code, s.position, s.weight,
         CASE s.needs
           WHEN 'column' THEN CASE s.of {_COLUMN} ELSE false END
           WHEN 'person' THEN EXISTS (
             SELECT FROM dossiers_person e WHERE e.venue_id = v.id AND e.kind = s.of AND e.removed_at IS NULL
                AND (e.since_on IS NULL OR e.since_on <= %(on)s)
                AND (e.until_on IS NULL OR e.until_on > %(on)s))
           WHEN 'fact' THEN EXISTS (
             SELECT FROM dossiers_fact e WHERE e.venue_id = v.id AND e.kind = s.of AND e.removed_at IS NULL)
           ELSE EXISTS (
             SELECT FROM dossiers_holding e WHERE e.venue_id = v.id AND e.kind = s.of AND e.sort = s.needs
                AND e.removed_at IS NULL)
         END AS is_known
    FROM place v
    JOIN dossiers_standard s ON s.is_active AND s.measure = 'known'
     AND (s.classes = '{{{{}}}}' OR v.class_code = ANY (s.classes))
), knowing AS (
  SELECT p.id, p.grid_path, p.class_code, p.last_visited_on,
         greatest(p.last_visited_on, p.told_on) AS seen_on,
         coalesce(sum(a.weight) FILTER (WHERE a.is_known), 0) AS known, coalesce(sum(a.weight), 0) AS asked,
         coalesce(array_agg(a.code ORDER BY a.position) FILTER (WHERE NOT a.is_known), '{{{{}}}}') AS lacks,
         (SELECT min(s.days) FROM dossiers_standard s
           WHERE s.is_active AND s.measure = 'fresh'
             AND (s.classes = '{{{{}}}}' OR p.class_code = ANY (s.classes))) AS fresh_days
    FROM place p LEFT JOIN asked a ON a.id = p.id
   GROUP BY p.id, p.grid_path, p.class_code, p.last_visited_on, p.told_on
)
"""
_ONE = (
    _ASKED.format(which="v.id = ANY (%(ids)s)")
    + "SELECT id, known, asked, lacks, seen_on, fresh_days FROM knowing"
)
_GRIDS = (
    _ASKED.format(which="v.grid_path = ANY (%(paths)s)")
    + """
SELECT grid_path, count(*), count(*) FILTER (WHERE known = asked), sum(known), sum(asked),
       count(*) FILTER (WHERE seen_on + fresh_days < %(on)s), max(last_visited_on)
  FROM knowing GROUP BY grid_path
"""
)


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
        cursor.execute(_ONE, {"ids": list(venue_ids), "on": on})
        return {pk: Knowing(*row) for pk, *row in cursor.fetchall()}


def count_grids(*, at: datetime) -> int:
    """Count what is known in every grid of the comprehensive layer, piece by piece; return how many.

    Rule: DS-12 to DS-14. Grids that ended since are left out.
    """
    limits, on = limits_in_force(), at.astimezone(CHINA).date()
    count, last = 0, ""
    while paths := list_paths("", LAYER, at=at, most=PIECE, after=last):
        last, count = paths[-1], count + len(paths)
        _write(_counted(paths, limits, on, at))
    GridFigures.objects.exclude(counted_at=at).delete()
    return count


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


def _counted(paths: Sequence[str], limits: Limits, on: date, at: datetime) -> list[GridFigures]:
    with connection.cursor() as cursor:
        cursor.execute(_GRIDS, {"paths": list(paths), "on": on})
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
