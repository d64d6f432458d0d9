"""Reading the audit trail: who did what to which thing, inside the reader's territory. Rule: AT-1."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from pydantic import Field

from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import Unreadable
from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema

READ = "audit.read"
LONGEST_DAYS = 93
COUNTED = 10_000
EXPORTED = 200_000
COLUMNS = ("时间", "人员", "岗位", "动作", "对象", "对象编号", "详情")
# Rows of a post inside the reader's scope; those without a post belong to who reads the whole house.
_FOUND = """
FROM kernel_auditrow a WHERE a.at >= %(from)s AND a.at < %(until)s
  AND CASE WHEN a.post_id IS NULL THEN %(whole)s
      ELSE EXISTS (SELECT FROM accounts_post p WHERE p.id = a.post_id AND starts_with(p.scope, %(scope)s)) END
  AND (%(person)s = '' OR strpos(a.actor_name, %(person)s) > 0)
  AND (%(action)s = '' OR strpos(a.action, %(action)s) > 0)
  AND (%(kind)s = '' OR a.subject_type = %(kind)s) AND (%(subject)s = '' OR a.subject_id = %(subject)s)
"""
_ROWS = f"""
SELECT a.at, a.actor_name, a.role, a.action, a.subject_type, a.subject_id, a.detail::text
{_FOUND} AND a.at <= %(before)s ORDER BY a.at DESC, a.id DESC OFFSET %(beyond)s LIMIT %(most)s
"""
_COUNT = f"SELECT count(*) FROM (SELECT {_FOUND} LIMIT {COUNTED + 1}) found"
_WHOLE = "SELECT NOT EXISTS (SELECT FROM accounts_post WHERE NOT starts_with(scope, %s))"


class AuditFilter(Schema):
    """Which rows; a week up to today where no days are given."""

    first_on: date | None = None
    last_on: date | None = None
    person: Text = Field("", max_length=64)  # a piece of the name
    action: Text = Field("", max_length=64)  # a piece of the word
    subject_type: Text = Field("", max_length=32)
    subject_id: Text = Field("", max_length=64)
    cursor: Text = Field("", max_length=64)
    limit: int = Field(50, ge=1, le=200)


class AuditLine(Schema):
    at: datetime
    actor_name: str
    role: str
    action: str
    subject_type: str
    subject_id: str
    detail: dict[str, Any]


class AuditPage(Schema):
    items: list[AuditLine]
    total: int
    total_is_exact: bool
    next_cursor: str | None


def list_rows(actor: Actor, filters: AuditFilter, *, on: date) -> AuditPage:
    """Return a page of the trail, the newest first. Raises: NotYourRole, Unreadable. Rule: AT-1."""
    asked = _asked(actor, filters, on)
    before, beyond = _read_cursor(filters.cursor) if filters.cursor else (asked["until"], 0)
    rows = _run(_ROWS, asked | {"before": before, "beyond": beyond, "most": filters.limit + 1})
    page = rows[: filters.limit]
    total, is_exact = count(actor, filters, on=on)
    return AuditPage(
        items=[_line(row) for row in page],
        total=total,
        total_is_exact=is_exact,
        next_cursor=_cursor(page, before, beyond) if len(rows) > len(page) else None,
    )


def _cursor(page: Sequence[Any], before: datetime, beyond: int) -> str:
    """Return where a page ends: a moment, and how many of its rows were seen.

    A number of the row would tell how much is written in the rest of the house (AT-1).
    """
    last = page[-1][0]
    seen = sum(1 for row in page if row[0] == last) + (beyond if last == before else 0)
    return f"{last.isoformat()}|{seen}"


def _read_cursor(cursor: str) -> tuple[datetime, int]:
    moment, _, seen = cursor.partition("|")
    try:
        before, beyond = datetime.fromisoformat(moment), int(seen)
    except ValueError:
        before, beyond = None, -1
    if before is None or before.tzinfo is None or not 0 <= beyond < 2**31:
        raise Unreadable(
            field="cursor", why_zh="请从第一页重新开始", why_en="start again from the first page"
        )
    return before, beyond


def _line(row: Any) -> AuditLine:
    *cells, detail = row
    return AuditLine(**dict(zip(AuditLine.model_fields, (*cells, json.loads(detail)), strict=True)))


def count(actor: Actor, filters: AuditFilter, *, on: date | None = None) -> tuple[int, bool]:
    """Return how many rows there are, and whether that is all of them. Raises: NotYourRole, Unreadable."""
    asked = _asked(actor, filters, on or filters.last_on or date.min)
    [(found,)] = _run(_COUNT, asked)
    return min(found, COUNTED), found <= COUNTED


def export_rows(actor: Actor, filters: AuditFilter, *, at: datetime) -> Iterator[dict[str, object]]:
    """Return the rows as a file holds them; that somebody took them is a row itself. Raises: as list_rows."""
    asked = _asked(actor, filters, at.astimezone(CHINA).date())
    said = filters.model_dump(mode="json", exclude={"cursor", "limit"})
    audit.record([("audit.export", "audit_trail", "", said)], actor=actor, at=at)
    return _lines(asked)


def _lines(asked: dict[str, Any]) -> Iterator[dict[str, object]]:
    before, beyond, left = asked["until"], 0, EXPORTED
    while rows := _run(_ROWS, asked | {"before": before, "beyond": beyond, "most": min(1_000, left)}):
        for at, *cells in rows:
            when = f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
            yield dict(zip(COLUMNS, (when, *cells), strict=True))
        before, beyond = _read_cursor(_cursor(rows, before, beyond))
        left -= len(rows)
        if left <= 0:
            return


def _asked(actor: Actor, filters: AuditFilter, on: date) -> dict[str, Any]:
    actor.check_can(READ)
    last = filters.last_on or on
    first = filters.first_on or last - timedelta(days=6)
    if not 0 <= (last - first).days < LONGEST_DAYS:
        raise Unreadable(
            field="first_on",
            why_zh=f"起止日期应按先后顺序，最多 {LONGEST_DAYS} 天",
            why_en=f"the first day, then the last, at most {LONGEST_DAYS} days",
        )
    [(whole,)] = _run(_WHOLE, [actor.scope])
    return {
        "from": datetime.combine(first, time.min, CHINA),
        "until": datetime.combine(last + timedelta(days=1), time.min, CHINA),
        "scope": actor.scope,
        "whole": whole,
        "person": filters.person.strip(),
        "action": filters.action.strip(),
        "kind": filters.subject_type.strip(),
        "subject": filters.subject_id.strip(),
    }


def _run(statement: str, values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
