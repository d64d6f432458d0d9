"""Reading grid logs. Rule: PA-15."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from wangge.accounts import queries as accounts
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, NotYourRole, Unreadable
from wangge.kernel.paths import is_closed
from wangge.patrols.duty import DO
from wangge.patrols.logs import auto_text, facts_of, minutes_of
from wangge.patrols.models import GridLog
from wangge.patrols.schemas import GridLogDetail, GridLogFact, GridLogPage, GridLogRow, LogFilter
from wangge.territory import queries as territory

READ = "patrols.read"
COUNTED = 10_000
EXPORTED = 100_000
COLUMNS = ("日期", "姓名", "网格", "巡查分钟", "完成的工作", "日志", "签名时间")


def visible_to(actor: Actor) -> QuerySet[GridLog]:
    """Return the logs of the territory; for who may not read patrols, the own. Raises: NotYourRole."""
    if actor.can(READ):
        return GridLog.objects.filter(grid_path__startswith=actor.scope)
    if not actor.can(DO):
        raise NotYourRole(capability=READ, role=actor.role)
    return GridLog.objects.filter(user_id=actor.user_id)


def list_logs(actor: Actor, filters: LogFilter) -> GridLogPage:
    """Return one page of the visible logs, the latest first. Raises: NotYourRole, Unreadable."""
    found = _filtered(actor, filters)
    total = found.order_by()[: COUNTED + 1].count()
    if filters.cursor:
        found = found.filter(_after(filters.cursor))
    rows = list(found.order_by("-on", "grid_path", "id")[: filters.limit + 1])
    page = rows[: filters.limit]
    last = page[-1] if len(rows) > len(page) else None
    return GridLogPage(
        items=[GridLogRow(**one) for one in _shown(page, actor)],
        total=min(total, COUNTED),
        total_is_exact=total <= COUNTED,
        next_cursor=territory.make_cursor(f"{last.on.isoformat()} {last.grid_path} {last.pk}")
        if last
        else None,
    )


def _after(cursor: str) -> Q:
    try:
        said, path, number = territory.read_cursor(cursor).split(" ")
        on, after = date.fromisoformat(said), int(number)
    except ValueError:
        raise Unreadable(
            field="cursor", why_zh="请从第一页重新开始", why_en="start again from the first page"
        ) from None
    return Q(on__lt=on) | Q(on=on, grid_path__gt=path) | Q(on=on, grid_path=path, id__gt=after)


def _filtered(actor: Actor, filters: LogFilter) -> QuerySet[GridLog]:
    found = visible_to(actor)
    if filters.mine:
        found = found.filter(user_id=actor.user_id)
    if filters.first_on:
        found = found.filter(on__gte=filters.first_on)
    if filters.last_on:
        found = found.filter(on__lte=filters.last_on)
    if filters.grid:
        path = filters.grid if is_closed(filters.grid) else f"{filters.grid}."
        found = found.filter(grid_path__startswith=path)
    if filters.signed is not None:
        found = found.filter(signed_at__isnull=not filters.signed)
    if filters.q:
        found = found.filter(accounts.named_like(filters.q, "user__") | Q(text__contains=filters.q))
    return found


def _shown(rows: Sequence[GridLog], actor: Actor) -> list[dict[str, Any]]:
    people = accounts.names_of([row.user_id for row in rows])
    grids = territory.names_of({row.grid_path for row in rows})
    return [
        {
            "on": row.on,
            "member_name": people.get(row.user_id, ""),
            "grid_path": row.grid_path,
            "grid_name": grids.get(row.grid_path, row.grid_path),
            "text": row.text or auto_text(row.facts),
            "is_mine": row.user_id == actor.user_id,
            "signed_at": row.signed_at,
            "version": row.version,
        }
        for row in rows
    ]


def get_log(actor: Actor, on: date, *, at: datetime) -> GridLogDetail:
    """Return the caller's own log of a day, as it would write itself now if nobody has written it yet.

    Raises: NotYourRole; NotVisible for a day to come.
    """
    actor.check_can(DO)
    if on > at.astimezone(CHINA).date():
        raise NotVisible
    log = GridLog.objects.filter(user_id=actor.user_id, on=on).first()
    if log is not None and log.signed_at is not None:
        facts = log.facts
    else:
        lines = facts_of([actor.user_id], on).get(actor.user_id, [])
        facts = {"lines": lines, "minutes": minutes_of(actor.user_id, on, at=at)}
    own = sorted(territory.paths_of(actor.user_id, on))
    row = log or GridLog(user_id=actor.user_id, on=on, grid_path=own[0] if own else actor.scope, version=0)
    shown = _shown([row], actor)[0] | {"text": row.text or auto_text(facts)}
    told = [GridLogFact(**one) for one in facts["lines"]]
    return GridLogDetail(**shown, facts=told, minutes=facts["minutes"])


def export_logs(actor: Actor, filters: LogFilter, *, at: datetime) -> Iterator[dict[str, object]]:
    """Return the logs of the list as a file holds them, with an audit row. Raises: NotYourRole."""
    actor.check_can("patrols.export")
    found = _filtered(actor, filters).order_by("-on", "grid_path", "id")
    said = filters.model_dump(mode="json", exclude={"cursor", "limit"})
    audit.record([("patrols.export", "grid_logs", "", said)], actor=actor, at=at)
    return _rows(found, actor)


def _rows(found: QuerySet[GridLog], actor: Actor) -> Iterator[dict[str, object]]:
    batch: list[GridLog] = []
    for row in found[:EXPORTED].iterator(chunk_size=1_000):
        batch.append(row)
        if len(batch) == 1_000:
            yield from _lines(batch, actor)
            batch = []
    yield from _lines(batch, actor)


def _lines(batch: Sequence[GridLog], actor: Actor) -> Iterator[dict[str, object]]:
    for row, shown in zip(batch, _shown(batch, actor), strict=True):
        signed = f"{row.signed_at.astimezone(CHINA):%Y-%m-%d %H:%M}" if row.signed_at else ""
        done = "；".join(line["zh"] for line in row.facts.get("lines", []))
        cells = [row.on.isoformat(), shown["member_name"], shown["grid_name"], row.facts.get("minutes", 0)]
        yield dict(zip(COLUMNS, [*cells, done, shown["text"], signed], strict=True))
