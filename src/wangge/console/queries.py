"""The wall in figures: what the day is like, read from the rows themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from wangge.cases import queries as cases
from wangge.cases.rules import RESTRICTED
from wangge.console.schemas import WallEvent, WallLights, WallOut, WallPlace, WallToday
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.matters import queries as matters
from wangge.territory import queries as territory

LAST = 20
PLACES = 12
_TODAY = """
SELECT (SELECT count(*) FROM cases_case WHERE reported_at >= %(from)s AND grid_path LIKE %(scope)s
          AND (%(restricted)s OR NOT is_restricted)),
       (SELECT count(DISTINCT case_id) FROM cases_liveevent WHERE at >= %(from)s AND after = 'closed'
          AND before <> 'closed' AND grid_path LIKE %(scope)s AND (%(restricted)s OR NOT is_restricted))
"""
_ORDERS = """
SELECT count(*) FILTER (WHERE status = 'open' AND ends_on > %(today)s),
       count(*) FILTER (WHERE status = 'done' AND done_at >= %(from)s),
       count(*) FILTER (WHERE status = 'done' AND done_at >= %(from)s AND findings > 0)
FROM orders_order
WHERE grid_path LIKE %(scope)s AND opens_on > %(today)s::date - 100 AND opens_on <= %(today)s
"""
_PLACES = """
SELECT array_to_string((string_to_array(rtrim(grid_path, '.'), '.'))[1:%(depth)s], '.') || '.' AS place,
       count(*),
       count(*) FILTER (WHERE status <> 'suspended' AND (due_at <= %(at)s OR stage_due_at <= %(at)s))
FROM cases_opencase WHERE grid_path LIKE %(scope)s AND (%(restricted)s OR NOT is_restricted)
GROUP BY 1 ORDER BY 3 DESC, 2 DESC, 1 LIMIT %(places)s
"""
_EVENTS = """
SELECT id, case_id, action, before, after, grid_path, matter_code, at FROM cases_liveevent
WHERE grid_path LIKE %(scope)s AND (%(restricted)s OR NOT is_restricted) AND at >= %(from)s
ORDER BY id DESC LIMIT %(last)s
"""


def get_wall(actor: Actor, *, at: datetime) -> WallOut:
    """Return what the wall shows of the actor's territory. Raises: NotYourRole. Rule: LV-4."""
    actor.check_can("appraisal.read")
    asked = {
        "scope": territory.pattern_of(actor.scope),
        "restricted": actor.can(RESTRICTED),
        "from": at.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0),
        "today": at.astimezone(CHINA).date(),
        "at": at,
        "depth": actor.scope.count(".") + 1,
        "places": PLACES,
        "last": LAST,
    }
    [(reported, closed)] = _rows(_TODAY, asked)
    [(still, done, found)] = _rows(_ORDERS, asked)
    places, events = _rows(_PLACES, asked), _rows(_EVENTS, asked)
    names = territory.names_of([actor.scope, *(row[0] for row in places), *(row[5] for row in events)])
    lights = cases.count_work(actor, at=at).open
    return WallOut(
        at=at,
        territory=actor.scope,
        territory_name=names.get(actor.scope, actor.scope),
        today=WallToday(
            reported=reported, closed=closed, orders_open=still, orders_done=done, with_finding=found
        ),
        lights=WallLights(**lights.model_dump()),
        places=[
            WallPlace(path=path, name=names.get(path, path), open=many, late=late)
            for path, many, late in places
        ],
        events=_events(events, names),
        live_port=settings.WANGGE_LIVE_PORT,
        live_path=settings.WANGGE_LIVE_PATH,
    )


def _events(rows: list[Any], names: dict[str, str]) -> list[WallEvent]:
    called = matters.names_of([row[6] for row in rows])
    return [
        WallEvent(
            number=number,
            case_id=case_id,
            action=action,
            before=before,
            after=after,
            grid_name=names.get(path, path),
            matter_zh=called.get(code, (code, code))[0],
            matter_en=called.get(code, (code, code))[1],
            at=when,
        )
        for number, case_id, action, before, after, path, code, when in rows
    ]


def _rows(statement: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
