"""Reads of ledgers: contents, pages, and rows for files. Every one is held inside the actor's scope."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA, days, deadline_words
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.paths import is_closed
from wangge.kernel.secrets import decrypt, mask_name
from wangge.ledgers.models import Ledger
from wangge.ledgers.rules import (
    MOST_AT_ONCE,
    CellForm,
    Column,
    LedgerKind,
    LedgerUnknown,
    check_period,
    chosen,
)
from wangge.ledgers.schemas import (
    CellOut,
    ColumnOut,
    LedgerContents,
    LedgerFilter,
    LedgerLine,
    LedgerPage,
    PageFilter,
)
from wangge.ledgers.sources import SOURCES, WORDS, Source
from wangge.territory import queries as territory

READ = "ledgers.read"
COUNTED = 10_000
PIECE = 2_000
Cells = list[tuple[str, str]]  # in Chinese and in English


@dataclass(frozen=True, slots=True)
class Asked:
    """A ledger of a territory and a period. Made by `ask` alone, which holds it inside the scope."""

    ledger: Ledger
    source: Source | None
    columns: list[Column]
    given: dict[str, Any]


def ask(actor: Actor, ledger: Ledger, filters: LedgerFilter) -> Asked:
    """Return what is asked for. Raises: NotYourRole, NotVisible, PeriodWrong. Rule: LE-3."""
    actor.check_can(READ)
    check_period(filters.first_on, filters.last_on)
    path = path_of(actor, filters)
    since, until = days(filters.first_on, filters.last_on)
    source = SOURCES.get(LedgerKind(ledger.kind))
    given = {
        "within": territory.pattern_of(path),
        "since": since,
        "until": until,
        "first_on": filters.first_on,
        "last_on": filters.last_on,
        "classes": ledger.classes,
        "tags": ledger.tags,
        "drawings": ledger.drawings,
        "restricted": actor.can("cases.read_restricted"),
    }
    return Asked(ledger, source, chosen(source.columns, ledger.columns) if source else [], given)


def path_of(actor: Actor, filters: LedgerFilter) -> str:
    """Return the territory that is asked for. Raises: NotVisible."""
    path = filters.grid or actor.scope
    path = path if is_closed(path) else f"{path}."
    if not actor.covers(path):
        raise NotVisible
    return path


def column_keys(kind: LedgerKind) -> frozenset[str]:
    """Return the columns that a pack may choose from. Rule: LE-1."""
    return frozenset(column.key for column in SOURCES[kind].columns) if kind in SOURCES else frozenset()


def get_ledger(code: str) -> Ledger:
    """Return a section of the pack in force. Raises: LedgerUnknown. Rule: LE-1."""
    ledger = Ledger.objects.filter(pk=code).first()
    if ledger is None:
        raise LedgerUnknown(ledger=code)
    return ledger


def get_contents(actor: Actor, filters: LedgerFilter) -> LedgerContents:
    """Return the sections with how many rows each has, a statement each. Raises: as `ask`. Rule: LE-1."""
    actor.check_can(READ)
    path = path_of(actor, filters)
    lines = []
    for ledger in Ledger.objects.order_by("position"):
        asked = ask(actor, ledger, filters)
        count = count_rows(asked, COUNTED + 1)
        lines.append(
            LedgerLine(
                code=ledger.code,
                number=ledger.number,
                name_zh=ledger.name_zh,
                name_en=ledger.name_en,
                kind=LedgerKind(ledger.kind),
                is_kept=asked.source is not None,
                total=min(count, COUNTED),
                total_is_exact=count <= COUNTED,
                source=ledger.source,
                is_confirmed=ledger.is_confirmed,
            )
        )
    return LedgerContents(
        territory_name=territory.names_of([path]).get(path, path),
        lines=lines,
        is_large=sum(line.total for line in lines) > MOST_AT_ONCE
        or not all(line.total_is_exact for line in lines),
    )


def get_page(actor: Actor, code: str, filters: PageFilter) -> LedgerPage:
    """Return a page of a ledger, in its order. Raises: as `ask`; LedgerUnknown, Unreadable. Rule: LE-2."""
    ledger = get_ledger(code)
    asked = ask(actor, ledger, filters)
    count = count_rows(asked, COUNTED + 1)
    rows = read_piece(asked, filters.cursor, filters.limit + 1)
    more, rows = len(rows) > filters.limit, rows[: filters.limit]
    path = path_of(actor, filters)
    return LedgerPage(
        code=ledger.code,
        number=ledger.number,
        name_zh=ledger.name_zh,
        name_en=ledger.name_en,
        territory_name=territory.names_of([path]).get(path, path),
        is_kept=asked.source is not None,
        columns=[ColumnOut(key=one.key, zh=one.zh, en=one.en, form=one.form) for one in asked.columns],
        rows=[[CellOut(zh=zh, en=en) for zh, en in row] for row in cells_of(asked, rows)],
        total=min(count, COUNTED),
        total_is_exact=count <= COUNTED,
        next_cursor=cursor_after(rows[-1]) if more else None,
    )


def count_rows(asked: Asked, most: int) -> int:
    """Return how many rows a ledger has, counting no further than `most`."""
    if asked.source is None:
        return 0
    with connection.cursor() as cursor:
        counted = f"SELECT count(*) FROM (SELECT 1 FROM ({asked.source.sql}) found LIMIT %(most)s) counted"
        cursor.execute(counted, asked.given | {"most": most})
        [(count,)] = cursor.fetchall()
    return int(count)


def read_piece(asked: Asked, cursor: str, limit: int) -> list[dict[str, Any]]:
    """Return the rows after a cursor, in order, in one statement. Raises: Unreadable."""
    if asked.source is None:
        return []
    first, second = asked.source.order
    given = asked.given | {"most": limit}
    after = ""
    if cursor:
        given |= dict(zip(("a1", "a2"), _read_cursor(cursor), strict=True))
        after = f"WHERE (k1, k2) > (%(a1)s::{first}, %(a2)s::{second})"
    statement = f"SELECT * FROM ({asked.source.sql}) found {after} ORDER BY k1, k2 LIMIT %(most)s"
    with connection.cursor() as query:
        query.execute(statement, given)
        names = [column.name for column in query.description]
        return [dict(zip(names, row, strict=True)) for row in query.fetchall()]


def cursor_after(row: dict[str, Any]) -> str:
    """Return the cursor after a row."""
    first = row["k1"].isoformat() if isinstance(row["k1"], date | datetime) else str(row["k1"])
    return territory.make_cursor(f"{first}|{row['k2']}")


def _read_cursor(cursor: str) -> list[str]:
    parts = territory.read_cursor(cursor).rsplit("|", 1)
    if len(parts) != 2:
        raise Unreadable(
            field="cursor",
            why_zh="翻页标记无效，请从第一页重新开始",
            why_en="start again from the first page",
        )
    return parts


def cells_of(asked: Asked, rows: Sequence[dict[str, Any]]) -> list[Cells]:
    """Return rows as people read them: grids by name, words in both languages, people masked. Rule: LE-5."""
    keys = [one.key for one in asked.columns if one.form is CellForm.GRID]
    names = territory.names_of({row[key] for row in rows for key in keys})
    return [[_cell(row[one.key], one.form, names) for one in asked.columns] for row in rows]


def _cell(value: Any, form: CellForm, names: dict[str, str]) -> tuple[str, str]:
    if value is None:
        return "", ""
    match form:
        case CellForm.WORD:
            return WORDS.get(value, (value, value))
        case CellForm.GRID:
            text = names.get(value, value)
        case CellForm.NAME:
            text = mask_name(value)
        case CellForm.SEALED_NAME:
            text = mask_name(decrypt(value))
        case CellForm.MOMENT:
            text = f"{value.astimezone(CHINA):%Y-%m-%d %H:%M}"
        case CellForm.DEADLINE:
            text = " ".join(map(str, deadline_words(value)))
        case CellForm.DAY:
            on = value.astimezone(CHINA).date() if isinstance(value, datetime) else value
            text = on.isoformat()
        case CellForm.NUMBER:
            text = f"{value:g}" if isinstance(value, float) else str(value)
        case _:
            text = str(value)
    return text, text


def lines_of(asked: Asked) -> Iterator[dict[str, object]]:
    """Yield the rows of a ledger for a file, in Chinese, a piece at a time. Numbers stay numbers."""
    cursor: str | None = ""
    while cursor is not None:
        rows = read_piece(asked, cursor, PIECE)
        for row, cells in zip(rows, cells_of(asked, rows), strict=True):
            yield {
                one.zh: row[one.key] if one.form is CellForm.NUMBER else zh
                for one, (zh, _) in zip(asked.columns, cells, strict=True)
            }
        cursor = cursor_after(rows[-1]) if len(rows) == PIECE else None
