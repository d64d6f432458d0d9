"""Heat by place and hour, and a day of the territory from hour to hour. Rules: MP-10, MP-11."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from wangge.cases import queries as cases
from wangge.console.map_schemas import DayCase, DayFire, DayWalk, HeatFilter, HeatOut, MapDayOut
from wangge.fires import queries as fires
from wangge.fires.schemas import FireFilter
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import Unreadable
from wangge.matters import queries as matters
from wangge.patrols import queries as patrols

LONGEST_DAYS = 366
FIRES = 200


def get_heat(actor: Actor, given: HeatFilter) -> HeatOut:
    """Return where cases were reported in those days and hours.

    Raises: NotYourRole, Unreadable. Rule: MP-10.
    """
    days = (given.last_on - given.first_on).days
    if not 0 <= days <= LONGEST_DAYS or given.first_hour >= given.after_hour:
        raise Unreadable(
            field="first_on",
            why_zh=f"起止日期应有先后，最多 {LONGEST_DAYS} 天；起始小时早于结束小时",
            why_en=f"days in order, at most {LONGEST_DAYS}; the first hour before the last",
        )
    found = cases.count_heat(
        actor,
        first_on=given.first_on,
        last_on=given.last_on,
        hours=(given.first_hour, given.after_hour),
        matter=given.matter,
    )
    return HeatOut(
        cells=found.cells, hours=found.hours, total=sum(found.hours), is_complete=found.is_complete
    )


def get_day(actor: Actor, on: date, *, at: datetime) -> MapDayOut:
    """Return cases, fires and ways of one day, each only to a post that reads that room.

    Ways are personal: whoever sees some leaves an audit row.
    Raises: NotYourRole, Unreadable for a day that has not come. Rule: MP-11.
    """
    actor.check_can("territory.read")
    if on > at.astimezone(CHINA).date() or on < at.astimezone(CHINA).date() - timedelta(days=3_660):
        raise Unreadable(field="on", why_zh="这一天还没有到，或太久以前", why_en="a day to come, or long ago")
    found, are_all = cases.list_day(actor, on) if actor.can("cases.read") else ([], True)
    walks, are_whole = patrols.list_walks(actor, on) if actor.can("patrols.read") else ([], True)
    patrols.note_replaying(actor, on, len(walks), at=at)
    names = matters.names_of({one.matter_code for one in found})
    burnt = []
    if actor.can("fires.read"):
        asked = FireFilter.model_validate({"first_on": on, "last_on": on, "limit": FIRES})
        burnt = fires.list_fires(actor, asked).items
    return MapDayOut(
        on=on,
        cases=[
            DayCase(
                id=one.id,
                lon=one.lon,
                lat=one.lat,
                name_zh=names.get(one.matter_code, (one.matter_code,) * 2)[0],
                name_en=names.get(one.matter_code, (one.matter_code,) * 2)[1],
                from_minute=one.from_minute,
                to_minute=one.to_minute,
            )
            for one in found
        ],
        walks=[DayWalk(number=one.number, steps=one.steps) for one in walks],
        fires=[
            DayFire(id=one.id, lon=one.lon, lat=one.lat, minute=_minute(one.occurred_at), name=one.address)
            for one in burnt
            if one.lon is not None and one.lat is not None and one.status != "dismissed"
        ],
        is_complete=are_all and are_whole,
    )


def _minute(at: datetime) -> int:
    local = at.astimezone(CHINA)
    return local.hour * 60 + local.minute
