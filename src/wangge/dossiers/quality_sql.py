"""The statements that measure dossiers: one place explained, every grid counted. Rule: DS-12, DS-13.

Both say the same: a place is asked row by row of the pack and told what it lacks; a grid is counted from
weights by class that are made beforehand, so that a night with three million places joins each table once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from wangge.dossiers.models import Standard
from wangge.dossiers.quality_rules import COLUMNS, Measure, Needs

NUMBERS = frozenset({"area_m2", "height_m"})


def is_known(column: str) -> str:
    """Return the condition under which a column of the register is known. `column` is one of COLUMNS."""
    return f"v.{column} IS NOT NULL" + ("" if column in NUMBERS else f" AND v.{column} <> ''")


# Since when nobody looked: the last change of the place that was none of the grids, and of its entries.
_TOLD = """
    LEFT JOIN LATERAL (SELECT at FROM venues_venuechange
                        WHERE venue_id = v.id AND way <> 'grids' ORDER BY version DESC LIMIT 1) c ON true
    LEFT JOIN LATERAL (SELECT at FROM dossiers_change
                        WHERE venue_id = v.id ORDER BY id DESC LIMIT 1) d ON true"""
_TOLD_ON = "(greatest(v.created_at, c.at, d.at) AT TIME ZONE 'Asia/Shanghai')::date AS told_on"
_STANDS = "(e.since_on IS NULL OR e.since_on <= %(on)s) AND (e.until_on IS NULL OR e.until_on > %(on)s)"
_COLUMN = " ".join(f"WHEN '{name}' THEN {is_known(name)}" for name in COLUMNS)
ONE = f"""
WITH place AS (
  SELECT v.id, v.class_code, v.last_visited_on, {", ".join(f"v.{name}" for name in COLUMNS)}, {_TOLD_ON}
    FROM venues_venue v{_TOLD}
   WHERE v.is_open AND v.id = ANY (%(ids)s)
), asked AS (
  SELECT v.id, s.code, s.position, s.weight,
         CASE s.needs
           WHEN 'column' THEN CASE s.of {_COLUMN} ELSE false END
           WHEN 'person' THEN EXISTS (
             SELECT FROM dossiers_person e
              WHERE e.venue_id = v.id AND e.kind = s.of AND e.removed_at IS NULL AND {_STANDS})
           WHEN 'fact' THEN EXISTS (
             SELECT FROM dossiers_fact e WHERE e.venue_id = v.id AND e.kind = s.of AND e.removed_at IS NULL)
           ELSE EXISTS (
             SELECT FROM dossiers_holding e WHERE e.venue_id = v.id AND e.kind = s.of AND e.sort = s.needs
                AND e.removed_at IS NULL)
         END AS is_known
    FROM place v
    JOIN dossiers_standard s ON s.is_active AND s.measure = 'known'
     AND (s.classes = '{{}}' OR v.class_code = ANY (s.classes))
)
SELECT p.id, coalesce(sum(a.weight) FILTER (WHERE a.is_known), 0), coalesce(sum(a.weight), 0),
       coalesce(array_agg(a.code ORDER BY a.position) FILTER (WHERE NOT a.is_known), '{{}}'),
       greatest(p.last_visited_on, p.told_on),
       (SELECT min(s.days) FROM dossiers_standard s
         WHERE s.is_active AND s.measure = 'fresh' AND (s.classes = '{{}}' OR p.class_code = ANY (s.classes)))
  FROM place p LEFT JOIN asked a ON a.id = p.id
 GROUP BY p.id, p.class_code, p.last_visited_on, p.told_on
"""
_ENTRIES = (
    f"SELECT DISTINCT p.id, w.needs, w.of, w.weight FROM place p JOIN dossiers_person e ON e.venue_id = p.id"
    f" AND e.removed_at IS NULL AND {_STANDS}"
    " JOIN weigh w ON w.needs = 'person' AND w.of = e.kind AND w.class_code = p.class_code",
    "SELECT DISTINCT p.id, w.needs, w.of, w.weight FROM place p JOIN dossiers_holding e ON e.venue_id = p.id"
    " AND e.removed_at IS NULL"
    " JOIN weigh w ON w.needs = e.sort AND w.of = e.kind AND w.class_code = p.class_code",
    "SELECT DISTINCT p.id, w.needs, w.of, w.weight FROM place p JOIN dossiers_fact e ON e.venue_id = p.id"
    " AND e.removed_at IS NULL"
    " JOIN weigh w ON w.needs = 'fact' AND w.of = e.kind AND w.class_code = p.class_code",
)


def count_statement(
    standards: Iterable[Standard], classes: Sequence[str], on: date
) -> tuple[str, dict[str, Any]]:
    """Return the statement that counts the grids of `%(paths)s`, and all its other parameters.

    Shape: grid, open places, whole ones, weight known, weight asked, stale ones, the last visit.
    """
    rows = list(standards)
    known = [row for row in rows if row.measure == Measure.KNOWN]
    fresh = [row for row in rows if row.measure == Measure.FRESH]
    columns = [row for row in known if row.needs == Needs.COLUMN and row.of in COLUMNS]
    entries = [row for row in known if row.needs != Needs.COLUMN]
    said: dict[str, Any] = {"on": on, "classes": list(classes)}
    said["asked"] = [sum(row.weight or 0 for row in known if _is_for(row, one)) for one in classes]
    said["fresh"] = [
        min((row.days for row in fresh if _is_for(row, one) and row.days), default=None) for one in classes
    ]
    for n, row in enumerate(columns):
        said[f"w{n}"] = [row.weight if _is_for(row, one) else 0 for one in classes]
    pairs = [(row, one) for row in entries for one in classes if _is_for(row, one)]
    said |= {
        "needs": [row.needs for row, _ in pairs],
        "of": [row.of for row, _ in pairs],
        "of_class": [one for _, one in pairs],
        "weights": [row.weight for row, _ in pairs],
    }
    return _statement([row.of for row in columns]), said


def _is_for(row: Standard, class_code: str) -> bool:
    return not row.classes or class_code in row.classes


def _statement(columns: Sequence[str]) -> str:
    arrays = "".join(f", %(w{n})s::int[]" for n in range(len(columns)))
    names = "".join(f", w{n}" for n in range(len(columns)))
    sums = " + ".join(
        ["0", *(f"CASE WHEN {is_known(column)} THEN k.w{n} ELSE 0 END" for n, column in enumerate(columns))]
    )
    return f"""
WITH kind AS (
  SELECT * FROM unnest(%(classes)s::text[], %(asked)s::int[], %(fresh)s::int[]{arrays})
    AS k(class_code, asked, fresh_days{names})
), weigh AS (
  SELECT * FROM unnest(%(needs)s::text[], %(of)s::text[], %(of_class)s::text[], %(weights)s::int[])
    AS w(needs, of, class_code, weight)
), place AS MATERIALIZED (
  SELECT v.id, v.grid_path, v.class_code, v.last_visited_on, k.asked, k.fresh_days, {sums} AS known,
         {_TOLD_ON}
    FROM venues_venue v JOIN kind k ON k.class_code = v.class_code{_TOLD}
   WHERE v.is_open AND v.grid_path = ANY (%(paths)s)
), entry AS (
  SELECT id, sum(weight) AS known FROM ({" UNION ALL ".join(_ENTRIES)}) s GROUP BY id
)
SELECT p.grid_path, count(*), count(*) FILTER (WHERE p.known + coalesce(e.known, 0) = p.asked),
       sum(p.known + coalesce(e.known, 0)), sum(p.asked),
       count(*) FILTER (WHERE greatest(p.last_visited_on, p.told_on) + p.fresh_days < %(on)s),
       max(p.last_visited_on)
  FROM place p LEFT JOIN entry e ON e.id = p.id GROUP BY p.grid_path
"""
