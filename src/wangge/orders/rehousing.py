"""Orders follow their place when it is merged into another, and go back when it is parted again (OR-16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.territory.queries import members_of
from wangge.venues.services import Back, Moved, Pair, Standing

LAYER = "comprehensive"
# What is still owed goes to the grid of the place that stays; what is done or missed stays in its grid.
MOVE = """
WITH n AS (
  SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::bigint[])
    AS n(merge, gone, stay, gone_path, path, member)),
old AS (
  SELECT n.merge, n.stay, n.path, n.member, o.id, o.grid_path, o.member_id,
         o.status = 'open' AND n.path <> o.grid_path AS goes
    FROM n JOIN orders_order o ON o.venue_id = n.gone FOR UPDATE OF o),
done AS (
  UPDATE orders_order o SET venue_id = old.stay,
         grid_path = CASE WHEN goes THEN old.path ELSE o.grid_path END,
         member_id = CASE WHEN goes THEN old.member ELSE o.member_id END,
         version = o.version + goes::int
    FROM old WHERE o.id = old.id)
SELECT merge, id, grid_path, member_id, goes FROM old
"""
BACK = """
UPDATE orders_order o SET venue_id = n.gone,
       grid_path = CASE WHEN n.goes AND o.status = 'open' THEN n.path ELSE o.grid_path END,
       member_id = CASE WHEN n.goes AND o.status = 'open' THEN n.member ELSE o.member_id END,
       version = o.version + (n.goes AND o.status = 'open')::int
  FROM unnest(%s::uuid[], %s::uuid[], %s::bool[], %s::text[], %s::bigint[]) AS n(id, gone, goes, path, member)
 WHERE o.id = n.id
"""


@dataclass(frozen=True, slots=True)
class OrderMergeMover:
    """An order is known by the place it was made for, so one that was made since stands in nobody's way."""

    kind: str = "order"
    zh: str = "个任务"
    en: str = "orders"

    def move(self, pairs: Sequence[Pair], *, actor: Actor, at: datetime) -> list[Moved]:
        """Write place, and of what is owed grid and member, in one statement."""
        members = members_of([p.stay_path for p in pairs], LAYER, at.astimezone(CHINA).date())
        columns = [list(column) for column in zip(*pairs, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(MOVE, [*columns, [members.get(p.stay_path) for p in pairs]])
            rows = cursor.fetchall()
        return [
            Moved(merge, str(pk), {"goes": goes, "path": path, "member": member} if goes else {})
            for merge, pk, path, member, goes in rows
        ]

    def put_back(self, things: Sequence[Back], *, actor: Actor, at: datetime) -> None:
        """The same backwards; where the grids changed since, to whoever walks there now."""
        members = members_of([one.gone_path for one in things], LAYER, at.astimezone(CHINA).date())
        columns: list[list[object]] = [[], [], [], [], []]
        for one in things:
            there = one.before.get("path") == one.gone_path
            row = (
                one.subject, one.gone, bool(one.before.get("goes")), one.gone_path,
                one.before.get("member") if there else members.get(one.gone_path),
            )  # fmt: skip
            for column, value in zip(columns, row, strict=True):
                column.append(value)
        with connection.cursor() as cursor:
            cursor.execute(BACK, columns)

    def count_since(self, merges: Sequence[Standing]) -> dict[UUID, int]:
        """None stands in the way."""
        return {}
