"""The four figures by month, territory, cause or kind of place, beside a year before. Rule: FR-3, FR-4."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection

from wangge.fires.models import FireWord
from wangge.fires.rules import COUNTED, NOTICE_EN, NOTICE_ZH, FireGrouping, Four, TimesWrong, change_pct
from wangge.fires.schemas import FireChangeOut, FireFigureFilter, FireFigureRow, FireFigures, FireFourOut
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.kernel.paths import is_closed
from wangge.territory import queries as territory

LONGEST_MONTHS = 120
GROUPS: Mapping[FireGrouping, str] = {
    FireGrouping.NONE: "''::text",
    FireGrouping.MONTH: "to_char(occurred_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')",
    FireGrouping.TERRITORY: (
        "array_to_string((string_to_array(rtrim(grid_path, '.'), '.'))[1:%(depth)s], '.') || '.'"
    ),
    FireGrouping.CAUSE: "cause::text",
    FireGrouping.PLACE: "place::text",
}
COUNT = """
SELECT {group} AS g, count(*), sum(dead), sum(injured), sum(loss_fen) FROM fires_fire
WHERE grid_path LIKE %(like)s AND status = ANY(%(counted)s)
  AND occurred_at >= %(starts)s::timestamp AT TIME ZONE 'Asia/Shanghai'
  AND occurred_at < %(ends)s::timestamp AT TIME ZONE 'Asia/Shanghai'
GROUP BY 1
"""
Counts = dict[str, Four]


def count_fires(actor: Actor, given: FireFigureFilter) -> FireFigures:
    """Return the four figures of a territory and a span of months, in all and by group, and their change.

    Raises: NotYourRole, NotVisible, TimesWrong.
    Rule:   FR-3, FR-4 (WH-39, DG-15, HB-15).
    """
    actor.check_can("fires.read")
    path = given.territory or actor.scope
    if not is_closed(path) or not actor.covers(path):
        raise NotVisible()
    starts_on, ends_on = _months(given.first, given.last)
    before = (_a_year_before(starts_on), _a_year_before(ends_on))
    total = _count(path, starts_on, ends_on, FireGrouping.NONE).get("", Four())
    was = _count(path, *before, FireGrouping.NONE).get("", Four())
    rows: list[FireFigureRow] = []
    if given.by is not FireGrouping.NONE:
        now, then = _count(path, starts_on, ends_on, given.by), _count(path, *before, given.by)
        if given.by is FireGrouping.MONTH:
            then = {f"{int(key[:4]) + 1}{key[4:]}": four for key, four in then.items()}
        keys = sorted({*now, *then})
        names = _names(given.by, keys)
        rows = [
            _row(key, names.get(key, (key, key)), now.get(key, Four()), then.get(key, Four())) for key in keys
        ]
    return FireFigures(
        territory=path,
        territory_name=territory.names_of([path]).get(path, path),
        by=given.by,
        total=_row("", ("合计", "Total"), total, was),
        rows=rows,
        notice_zh=NOTICE_ZH,
        notice_en=NOTICE_EN,
    )


def count_span(actor: Actor, path: str, starts_on: date, ends_on: date) -> Four:
    """Return the four figures of `[starts_on, ends_on)` in a territory. Raises: NotYourRole, NotVisible."""
    actor.check_can("fires.read")
    if not is_closed(path) or not actor.covers(path):
        raise NotVisible()
    return _count(path, starts_on, ends_on, FireGrouping.NONE).get("", Four())


def _months(first: str, last: str) -> tuple[date, date]:
    starts_on, last_on = (date.fromisoformat(f"{text}-01") for text in (first, last))
    ends_on = date(last_on.year + last_on.month // 12, last_on.month % 12 + 1, 1)
    long = (ends_on.year - starts_on.year) * 12 + ends_on.month - starts_on.month
    if not 1 <= long <= LONGEST_MONTHS or starts_on.year < 1902:
        raise TimesWrong(
            why_zh=f"起始月不晚于结束月，最多 {LONGEST_MONTHS} 个月",
            why_en=f"the first month is not after the last, and there are at most {LONGEST_MONTHS}",
        )
    return starts_on, ends_on


def _a_year_before(on: date) -> date:
    return on.replace(year=on.year - 1)


def _count(path: str, starts_on: date, ends_on: date, by: FireGrouping) -> Counts:
    said: dict[str, Any] = {
        "like": territory.pattern_of(path),
        "counted": [one.value for one in COUNTED],
        "starts": starts_on,
        "ends": ends_on,
        "depth": path.count(".") + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(group=GROUPS[by]), said)
        return {key: Four(*map(int, counts)) for key, *counts in cursor.fetchall()}


def _names(by: FireGrouping, keys: list[str]) -> dict[str, tuple[str, str]]:
    if by is FireGrouping.TERRITORY:
        return {path: (name, name) for path, name in territory.names_of(keys).items()}
    if by in {FireGrouping.CAUSE, FireGrouping.PLACE}:
        found = FireWord.objects.filter(code__in=keys).values_list("code", "name_zh", "name_en")
        return {code: (zh, en) for code, zh, en in found} | {"": ("未登记", "Not stated")}
    return {}


def _row(key: str, name: tuple[str, str], now: Four, before: Four) -> FireFigureRow:
    figures = ("fires", "dead", "injured", "loss_fen")
    return FireFigureRow(
        key=key,
        name_zh=name[0],
        name_en=name[1],
        now=FireFourOut.model_validate(now, from_attributes=True),
        before=FireFourOut.model_validate(before, from_attributes=True),
        change=FireChangeOut(
            **{name: change_pct(getattr(now, name), getattr(before, name)) for name in figures}
        ),
    )
