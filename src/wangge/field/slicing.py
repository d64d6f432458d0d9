"""The slice of a member's day: own grids, their places, orders due, open cases, words. Rule: FD-2.

Its keys are those under which the phone's pages keep what they read, so that a page needs no second way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from wangge.cases import queries as cases
from wangge.cases.schemas import CaseFilter
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.shapes import Schema
from wangge.matters import queries as matters
from wangge.notices import queries as notices
from wangge.notices.schemas import NoticeFilter
from wangge.orders import queries as orders
from wangge.orders.rules import OrderStatus
from wangge.orders.schemas import OrderFilter
from wangge.plates import queries as plates
from wangge.territory import queries as territory
from wangge.venues import queries as venues
from wangge.visits import queries as visits
from wangge.visits.rules import Standing
from wangge.visits.schemas import ArrivalFilter, PersonFilter

LAYER = "comprehensive"
MOST_GRIDS = 50
MOST_PLACES = 5_000
MOST_ORDERS = 300
MOST_CASES = 50
MOST_VISITS = 200  # of who is overdue, of who is due, and of calls to a place
WHOLE_CASES = 20  # so many of them with every event: each costs the server some ten statements
AHEAD = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Slice:
    values: dict[str, Any]
    is_complete: bool


def cut(actor: Actor, *, at: datetime) -> Slice:
    """Return what the actor's phone carries, by key. What the post may not read is not in it.

    Rule: FD-2. Every part starts at the scope of its own room.
    """
    values: dict[str, Any] = {"matters": _plain_many(matters.list_matters())}
    first = notices.list_notices(actor, NoticeFilter(topic="", cursor=None, limit=50))
    values["notices"] = first.model_dump(mode="json")
    is_complete = True
    if actor.can(territory.READ):
        paths = own_paths(actor, at)
        values |= _ground(actor, paths, at)
        if actor.can(venues.READ):
            places, is_complete = _places(actor, paths)
            values |= places
    if actor.can(orders.READ):
        values |= _orders(actor, at)
    if actor.can("cases.read"):
        values |= _cases(actor, at)
    if actor.can("visits.do"):
        values |= _visits(actor, at)
    return Slice(values, is_complete)


def own_paths(actor: Actor, at: datetime) -> list[str]:
    """Return the grids that the person covers today in the acting post's scope; one inside another once."""
    found: list[str] = []
    for path in sorted(territory.paths_of(actor.user_id, at.astimezone(CHINA).date())):
        if actor.covers(path) and not (found and path.startswith(found[-1])):
            found.append(path)
    return found


def _ground(actor: Actor, paths: list[str], at: datetime) -> dict[str, Any]:
    page = territory.list_grids(
        actor, layer=LAYER, q="", within=actor.scope, cursor="", limit=MOST_GRIDS, at=at
    )
    own = [grid for grid in page.items if any(grid.path.startswith(path) for path in paths)]
    shapes: list[Any] = []
    if own:
        west, south = (min(grid.bbox[side] for grid in own) for side in (0, 1))
        east, north = (max(grid.bbox[side] for grid in own) for side in (2, 3))
        found = territory.list_shapes(actor, bbox=f"{west},{south},{east},{north}", layer=LAYER, at=at)
        inside = {grid.path for grid in own}
        shapes = [one for one in found.features if one["properties"]["path"] in inside]
    return {
        "grids": _plain_many(page.items),
        "shapes": {"type": "FeatureCollection", "features": shapes, "is_complete": True},
    }


def _places(actor: Actor, paths: list[str]) -> tuple[dict[str, Any], bool]:
    ids: list[Any] = []
    for path in paths:
        ids += [pk for pk, _, _ in venues.list_doors(actor, grid=path, most=MOST_PLACES + 1 - len(ids))]
    told = venues.facts_of(ids[:MOST_PLACES])
    values: dict[str, Any] = {f"venue:{pk}": row.model_dump(mode="json") for pk, row in told.items()}
    values |= {f"plate:{code}": str(pk) for pk, code in plates.codes_of(told).items()}
    return values, len(ids) <= MOST_PLACES


def _orders(actor: Actor, at: datetime) -> dict[str, Any]:
    today = at.astimezone(CHINA).date()
    due = OrderFilter(q="", mine=True, status=OrderStatus.OPEN, opens_to=today + AHEAD, limit=MOST_ORDERS)
    values: dict[str, Any] = {}
    for order in orders.get_details(actor, due, today=today):
        told = order.model_dump(mode="json")
        sheet = told.pop("checklist")
        values[f"checklist:{sheet['id']}"] = sheet
        values[f"order:{order.id}"] = told | {"checklist_id": sheet["id"]}
    return values


def _cases(actor: Actor, at: datetime) -> dict[str, Any]:
    waiting = CaseFilter(q="", waiting_for_me=True, sort="due", limit=MOST_CASES)
    page = cases.list_cases(actor, waiting, at=at)
    values: dict[str, Any] = {"cases:waiting:": page.model_dump(mode="json")}
    whole = cases.get_details(actor, [row.id for row in page.items[:WHOLE_CASES]], at=at)
    return values | {f"case:{case.id}": case.model_dump(mode="json") for case in whole}


def _visits(actor: Actor, at: datetime) -> dict[str, Any]:
    """Who is owed a visit and who is called in the own grids, masked as everywhere (VI-10)."""
    today = at.astimezone(CHINA).date()
    values: dict[str, Any] = {"visit-words": visits.get_words(actor).model_dump(mode="json")}
    for standing in (Standing.OVERDUE, Standing.DUE):
        owed = PersonFilter.model_validate({"standing": standing, "mine": True, "limit": MOST_VISITS})
        people = visits.list_people(actor, owed, today=today).items
        values |= {f"person:{row.id}": row.model_dump(mode="json") for row in people}
    called = ArrivalFilter.model_validate({"state": "open", "mine": True, "limit": MOST_VISITS})
    arrivals = visits.list_arrivals(actor, called, at=at).items
    return values | {f"arrival:{row.id}": row.model_dump(mode="json") for row in arrivals}


def _plain_many(rows: Iterable[Schema]) -> list[Any]:
    return [row.model_dump(mode="json") for row in rows]
