"""The rows of a file merged into the dossiers by a handful of statements. Rule: DS-16, DS-17, DS-7."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models

from wangge.dossiers import file_wording as wording
from wangge.dossiers.file_rows import COLUMNS
from wangge.dossiers.people import shown_name
from wangge.dossiers.rules import Sort
from wangge.dossiers.vocabulary import Words
from wangge.kernel import staging
from wangge.kernel.actor import Actor
from wangge.kernel.run_work import Progress
from wangge.territory.rules import Problems

STAGED = "dossier_staged"
SEEN = "dossier_seen"
PIECE = 2_000  # places whose class is reckoned at a time
PART = 50_000  # rows that one statement adds: people see how far it is, and can end it in between
KEPT = frozenset({"id", "venue_id", "created_at"})  # of an entry whatever becomes of it
_TWICE = f"""
SELECT row, number, other
  FROM (SELECT row, number, min(row) OVER (PARTITION BY id) AS other FROM {SEEN}) n
 WHERE row > other ORDER BY row
"""
_OTHERS = f"""
WITH n AS (
  SELECT row, told, id, venue_id, kind, name, daterange(since_on, until_on) AS days
    FROM {STAGED} WHERE kind = ANY(%s) AND removed_at IS NULL),
o AS (
  SELECT row, id, venue_id, kind, name, days FROM n
   UNION ALL
  SELECT 0, p.id, p.venue_id, p.kind, p.name, daterange(p.since_on, p.until_on)
    FROM dossiers_person p JOIN (SELECT DISTINCT venue_id FROM n) here USING (venue_id)
   WHERE p.kind = ANY(%s) AND p.removed_at IS NULL
     AND NOT EXISTS (SELECT FROM {STAGED} s WHERE s.id = p.id))
SELECT DISTINCT ON (n.row) n.row, n.told, n.kind, o.name, o.row
  FROM n JOIN o ON o.venue_id = n.venue_id AND o.kind = n.kind AND o.id <> n.id AND o.row < n.row
               AND o.days && n.days
 ORDER BY n.row, o.row
"""
_LOCK = f"""
SELECT count(*) FROM (
  SELECT FROM venues_venue WHERE id IN (SELECT venue_id FROM {STAGED} WHERE kind = ANY(%s))
   ORDER BY id FOR NO KEY UPDATE) locked
"""
_LOCK_ALL = f"""
SELECT count(*) FROM (
  SELECT FROM venues_venue WHERE id IN (SELECT venue_id FROM {STAGED}) ORDER BY id FOR NO KEY UPDATE) locked
"""
_MEANWHILE = f"""
SELECT n.row, n.told
  FROM {STAGED} n JOIN dossiers_fact f ON f.venue_id = n.venue_id AND f.kind = n.kind
 WHERE n.is_new AND f.removed_at IS NULL ORDER BY n.row
"""
_PLACES = f"SELECT DISTINCT venue_id FROM {STAGED} WHERE venue_id > %s ORDER BY venue_id LIMIT %s"
_HISTORY = f"""
INSERT INTO dossiers_change
       (venue_id, sort, entry_id, kind, deed, version, at, by_id, source, reason, fields)
SELECT venue_id, %s, id, kind, CASE WHEN is_new THEN 'made' ELSE 'changed' END, version, %s, %s, source, '',
       changed
  FROM {STAGED} WHERE row >= %s AND row < %s
"""


class Stage:
    """Where the rows of one file lie until all of them are read."""

    def __init__(self, model: type[models.Model], sort: Sort, problems: Problems) -> None:
        self.table, self.sort, self.problems = model._meta.db_table, sort, problems
        self.columns = [str(one.column) for one in model._meta.concrete_fields]
        self.known_by = COLUMNS[sort]["venue" if sort is Sort.FACT else "number"]
        self._into = f"{STAGED} (row, told, is_new, base, changed, {', '.join(self.columns)})"
        staging.make_table(SEEN, "id uuid, row int, number varchar(64)")
        more = "row int, told varchar(64), is_new bool, base int, changed jsonb"
        staging.make_table(STAGED, f"{more}, LIKE {self.table}")

    def see(self, rows: Iterable[Sequence[Any]]) -> None:
        staging.copy_rows(SEEN, rows)

    def put(self, rows: Iterable[Sequence[Any]]) -> None:
        staging.copy_rows(self._into, rows)

    def check_once(self) -> None:
        """Note every number that stands in more than one row; of facts every place."""
        kind = wording.PLACE_TWICE if self.sort is Sort.FACT else wording.TWICE
        for row, number, other in self._found(_TWICE):
            self.problems.add(kind, row, self.known_by, number, other=other)

    def check_single(self, words: Words) -> None:
        """Note whoever shares a day with another of a kind that is one at a time; nobody can come between.

        Rule: DS-3.
        """
        kinds = [kind.code for (of, _), kind in words.kinds.items() if of == self.sort and kind.is_single]
        self._do(f"ANALYZE {STAGED}")
        self._do(_LOCK, kinds)  # as whoever writes by hand locks the place
        for row, number, kind, name, other in self._found(_OTHERS, kinds, kinds):
            zh, en = words.named(self.sort.value, kind)
            told = {
                "zh": zh, "en_text": en, "name": shown_name(name, kind, words),
                "at_row": f"（第 {other} 行）" if other else "",
                "at_row_en": f" (row {other})" if other else "",
            }  # fmt: skip
            self.problems.add(wording.ANOTHER_STANDS, row, None, number, **told)

    def check_facts(self) -> None:
        """Note a fact that somebody wrote while the file was read; nobody can come between. Rule: DS-9."""
        self._do(f"ANALYZE {STAGED}")
        self._do(_LOCK_ALL)
        for row, number in self._found(_MEANWHILE):
            self.problems.add(wording.CHANGED_MEANWHILE, row, self.known_by, number)

    def places(self) -> Iterator[tuple[int, list[UUID]]]:
        """Yield the places of what lies here in pieces, each with how many came before it."""
        last, done = UUID(int=0), 0
        while piece := [pk for (pk,) in self._found(_PLACES, last, PIECE)]:
            yield done, piece
            last, done = piece[-1], done + len(piece)

    def merge(self, actor: Actor, at: datetime, progress: Progress) -> None:
        """Write what lies here, with its history; what somebody changed meanwhile is noted instead."""
        self._do(f"CREATE INDEX ON {STAGED} (row)")
        self._do(f"ANALYZE {STAGED}")
        self._change()
        written, all_of = 0, ", ".join(self.columns)
        for first, end in self._parts():
            self._do(
                f"INSERT INTO {self.table} ({all_of}) SELECT {all_of} FROM {STAGED}"
                " WHERE is_new AND row >= %s AND row < %s ORDER BY id",
                first,
                end,
            )
            written += self._do(_HISTORY, self.sort.value, at, actor.user_id, first, end)
            progress.wrote(written)

    def _change(self) -> None:
        news = ", ".join(f"{one} = n.{one}" for one in self.columns if one not in KEPT)
        sql = (
            f"WITH done AS (UPDATE {self.table} e SET {news} FROM {STAGED} n"
            " WHERE NOT n.is_new AND e.id = n.id AND e.version = n.base RETURNING n.id)"
            f" SELECT row, told FROM {STAGED} n"
            " WHERE NOT is_new AND NOT EXISTS (SELECT FROM done WHERE done.id = n.id) ORDER BY row"
        )
        for row, number in self._found(sql):
            self.problems.add(wording.CHANGED_MEANWHILE, row, self.known_by, number)

    def _parts(self) -> Iterator[tuple[int, int]]:
        [(last,)] = self._found(f"SELECT coalesce(max(row), -1) FROM {STAGED}")
        for first in range(0, last + 1, PART):
            yield first, first + PART

    def _do(self, sql: str, *values: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            return int(cursor.rowcount)

    def _found(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            return list(cursor.fetchall())
