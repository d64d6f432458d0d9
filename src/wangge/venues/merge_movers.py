"""How what hangs on a place goes along when it is merged into another (ADR 24).

The rooms above say what they keep of a place; whoever assembles the house hands their movers to the merge, as
for a change of grids (ADR 21). What moves is noted thing by thing, so that an undo puts back exactly this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.db import connection

from wangge.kernel.actor import Actor


class Pair(NamedTuple):
    """One merge: what hangs on `gone` shall hang on `stay`."""

    merge: UUID
    gone: UUID
    stay: UUID
    gone_path: str
    stay_path: str


class Moved(NamedTuple):
    """One thing that went along, and what it said before beside its place."""

    merge: UUID
    subject: str
    before: dict[str, Any]


class Back(NamedTuple):
    """One thing that goes back to its place."""

    merge: UUID
    subject: str
    before: dict[str, Any]
    gone: UUID
    gone_path: str  # where that place lies now
    stay_path: str


class Standing(NamedTuple):
    """A merge that is to be undone."""

    merge: UUID
    stay: UUID
    at: datetime
    last_contact: int


class MergeMover(Protocol):
    """A room's part in a merge of places."""

    @property
    def kind(self) -> str:
        """Of the things: at most 32 letters."""

    @property
    def zh(self) -> str:
        """How a refusal counts them: 个案件."""

    @property
    def en(self) -> str: ...

    def move(self, pairs: Sequence[Pair], *, actor: Actor, at: datetime) -> list[Moved]:
        """Hang everything of each place that goes on the one that stays; return each thing."""

    def put_back(self, things: Sequence[Back], *, actor: Actor, at: datetime) -> None:
        """Hang each thing on its place again."""

    def count_since(self, merges: Sequence[Standing]) -> dict[UUID, int]:
        """Return what was written at the one place since, of which nobody can tell whose it is."""


@dataclass(frozen=True, slots=True)
class TableMover:
    """A table whose rows name their place in one column: most rooms need no more than this.

    Names are SQL, never input. Without `written` (a column of times) nothing in it hinders an undo.
    one_a: a column of which a place has one live row a value (of the rows `t` of which `one_where` is true);
    what the place that stays has itself is left behind.
    """

    kind: str
    table: str
    zh: str
    en: str
    venue: str = "venue_id"
    key: str = "id"
    key_type: str = "uuid"
    written: str = ""
    one_a: str = ""
    one_where: str = "true"

    def move(self, pairs: Sequence[Pair], *, actor: Actor, at: datetime) -> list[Moved]:
        """Write the place in one statement."""
        merges, gone, stay, *_ = zip(*pairs, strict=True)
        sql = (
            f"UPDATE {self.table} t SET {self.venue} = n.stay"
            " FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[]) AS n(merge, gone, stay)"
            f" WHERE t.{self.venue} = n.gone{self._free()} RETURNING n.merge, t.{self.key}::text"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [list(merges), list(gone), list(stay)])
            return [Moved(merge, subject, {}) for merge, subject in cursor.fetchall()]

    def _free(self) -> str:
        if not self.one_a:
            return ""
        return (
            f" AND NOT (({self.one_where}) AND EXISTS (SELECT FROM {self.table} o WHERE o.removed_at IS NULL"
            f" AND o.{self.venue} = n.stay AND o.{self.one_a} = t.{self.one_a}))"
        )

    def put_back(self, things: Sequence[Back], *, actor: Actor, at: datetime) -> None:
        """Write the place in one statement."""
        sql = (
            f"UPDATE {self.table} t SET {self.venue} = n.gone"
            f" FROM unnest(%s::{self.key_type}[], %s::uuid[]) AS n(id, gone) WHERE t.{self.key} = n.id"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [[one.subject for one in things], [one.gone for one in things]])

    def count_since(self, merges: Sequence[Standing]) -> dict[UUID, int]:
        """Count the rows at the place that are younger than the merge and did not come with it."""
        if not self.written:
            return {}
        sql = (
            "SELECT n.merge, count(*) FROM unnest(%s::uuid[], %s::uuid[], %s::timestamptz[])"
            f" AS n(merge, stay, at)"
            f" JOIN {self.table} t ON t.{self.venue} = n.stay AND t.{self.written} > n.at"
            " WHERE NOT EXISTS (SELECT FROM venues_mergemove m"
            f" WHERE m.merge_id = n.merge AND m.kind = %s AND m.subject_id = t.{self.key}::text) GROUP BY 1"
        )
        with connection.cursor() as cursor:
            ids, stays, ats = [m.merge for m in merges], [m.stay for m in merges], [m.at for m in merges]
            cursor.execute(sql, [ids, stays, ats, self.kind])
            return dict(cursor.fetchall())


_CONTACTS = """
SELECT n.merge, count(*) FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[]) AS n(merge, stay, last)
  JOIN venues_contact c ON c.venue_id = n.stay AND c.id > n.last
 WHERE NOT EXISTS (SELECT FROM venues_mergemove m
   WHERE m.merge_id = n.merge AND m.kind = 'contact' AND m.subject_id = c.id::text)
 GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class ContactMover:
    """Who is told of the place; a contact has no time, but a number that counts up."""

    kind: str = "contact"
    zh: str = "个联系人"
    en: str = "contacts"

    def move(self, pairs: Sequence[Pair], *, actor: Actor, at: datetime) -> list[Moved]:
        """Write the place in one statement."""
        return _CONTACT_ROWS.move(pairs, actor=actor, at=at)

    def put_back(self, things: Sequence[Back], *, actor: Actor, at: datetime) -> None:
        """Write the place in one statement; one that was removed since stays removed."""
        _CONTACT_ROWS.put_back(things, actor=actor, at=at)

    def count_since(self, merges: Sequence[Standing]) -> dict[UUID, int]:
        """Count the contacts that were added since."""
        with connection.cursor() as cursor:
            ids, stays = [m.merge for m in merges], [m.stay for m in merges]
            cursor.execute(_CONTACTS, [ids, stays, [m.last_contact for m in merges]])
            return dict(cursor.fetchall())


_CONTACT_ROWS = TableMover("contact", "venues_contact", "个联系人", "contacts", key_type="bigint")
