"""How the pack divides the city, and which grids lack the people that it asks for. Rule: TE-11, TE-15."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection
from django.db.models import Count

from wangge.kernel.actor import Actor
from wangge.territory import queries
from wangge.territory.change_schemas import (
    LayerOut,
    NamedOut,
    ShortageOut,
    ShortagePage,
    SlotOut,
    TierOut,
    TreeOut,
)
from wangge.territory.models import Grid, Layer, Scene, StaffingSlot, Tier
from wangge.territory.movers import patterns

_SHORT = """
WITH there AS (
  SELECT layer, path, coalesce(nullif(slot, ''), duty) AS slot, count(DISTINCT user_id) AS people
  FROM territory_gridmember
  WHERE path LIKE %(scope)s AND starts_on <= %(on)s AND (ends_on IS NULL OR ends_on > %(on)s)
    AND duty <> 'substitute'
  GROUP BY 1, 2, 3
)
SELECT {columns}
FROM territory_grid g
JOIN territory_staffingslot s ON s.layer = g.layer AND s.tier = g.tier AND s.scene IN ('', g.scene)
LEFT JOIN there t ON t.layer = g.layer AND t.path = g.path AND t.slot = s.slot
WHERE g.valid_to IS NULL AND g.path LIKE %(scope)s AND (%(layer)s = '' OR g.layer = %(layer)s)
  AND (coalesce(t.people, 0) < s.at_least OR coalesce(t.people, 0) > s.at_most)
  AND (g.path, s.code) > (%(path)s, %(code)s)
"""
_COLUMNS = """g.path, g.name, g.layer, g.tier, s.rule, s.slot, s.name_zh, s.name_en, s.at_least, s.at_most,
  coalesce(t.people, 0), s.source, s.is_confirmed, s.code"""
PAGE = _SHORT.format(columns=_COLUMNS) + " ORDER BY g.path, s.code LIMIT %(limit)s"
COUNT = _SHORT.format(columns="count(*)")


def list_shortages(
    actor: Actor, *, layer: str, within: str, cursor: str, limit: int, on: date
) -> ShortagePage:
    """Return a page of the places in teams that are vacant or hold too many, by grid.

    Raises: NotYourRole.
    Rule:   TE-15 (WH-07, GQ-03, SC-04, SX-09). A substitute fills nobody's place.
    """
    actor.check_can(queries.READ)
    scope = within if within.startswith(actor.scope) else actor.scope
    path, _, code = queries.read_cursor(cursor).partition("|") if cursor else ("", "", "")
    asked: dict[str, str | int | date] = {
        "scope": patterns([scope])[0],
        "on": on,
        "layer": layer,
        "limit": limit + 1,
    }
    with connection.cursor() as sql:
        sql.execute(PAGE, asked | {"path": path, "code": code})
        rows = sql.fetchall()
        sql.execute(COUNT, asked | {"path": "", "code": ""})
        total = sql.fetchone()[0]
    more, rows = len(rows) > limit, rows[:limit]
    next_cursor = queries.make_cursor(f"{rows[-1][0]}|{rows[-1][-1]}") if more else None
    return ShortagePage(items=[_shortage(row) for row in rows], total=total, next_cursor=next_cursor)


def _shortage(row: tuple[object, ...]) -> ShortageOut:
    names = (
        "path", "name", "layer", "tier", "rule", "slot", "slot_zh", "slot_en", "at_least", "at_most",
        "there", "source", "is_confirmed",
    )  # fmt: skip
    return ShortageOut.model_validate(dict(zip(names, row, strict=False)))


def get_tree(actor: Actor, *, at: datetime) -> TreeOut:
    """Return the levels, layers, scenes and teams of the active pack, with the caller's grids counted."""
    actor.check_can(queries.READ)
    standing = Grid.objects.visible_to(actor).valid_at(at).order_by()
    counts = dict(standing.values_list("layer").annotate(Count("pk")))
    return TreeOut(
        tiers=[
            TierOut.model_validate(row, from_attributes=True)
            for row in Tier.objects.order_by("level", "code")
        ],
        layers=[
            LayerOut.model_validate(
                {**{name: getattr(row, name) for name in LayerOut.model_fields if name != "grids"}}
                | {"grids": counts.get(row.code, 0)}
            )
            for row in Layer.objects.order_by("first", "code")
        ],
        scenes=[NamedOut.model_validate(row, from_attributes=True) for row in Scene.objects.order_by("code")],
        staffing=[
            SlotOut.model_validate(row, from_attributes=True)
            for row in StaffingSlot.objects.order_by("rule", "position")
        ],
    )
