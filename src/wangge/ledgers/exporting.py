"""Ledgers as files: one, or all with a sheet each; at once, or in the background. Rule: LE-4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.http import StreamingHttpResponse

from wangge.kernel import audit, runs
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.downloads import WRITERS, check_suffix, download
from wangge.kernel.models import FileRun
from wangge.kernel.run_rules import Outcome, Way
from wangge.kernel.run_work import Desk
from wangge.kernel.runs import Asked as AskedRun
from wangge.kernel.spreadsheets import Sheet, write_workbook
from wangge.ledgers.models import Ledger
from wangge.ledgers.queries import Asked, ask, count_rows, get_ledger, lines_of
from wangge.ledgers.rules import MOST_AT_ONCE, TooLarge, sheet_names
from wangge.ledgers.schemas import LedgerExportIn, LedgerFilter

EXPORT = "ledgers.export"
TOLD_EVERY = 2_000
NOT_KEPT = "说明"
NOT_KEPT_TEXT = "系统尚未登记这类资料。"


def export_ledger(
    actor: Actor, code: str, filters: LedgerFilter, suffix: str, *, at: datetime
) -> StreamingHttpResponse:
    """Return one ledger as a file. Raises: NotYourRole, NotVisible, LedgerUnknown, TooLarge, Unreadable."""
    actor.check_can(EXPORT)
    check_suffix(suffix)
    asked = ask(actor, get_ledger(code), filters)
    _check_size([asked])
    _note(actor, code, filters, suffix, at)
    return download(_rows(asked), _columns(asked), name=f"ledger-{code}", suffix=suffix, at=at)


def export_all(actor: Actor, filters: LedgerFilter, *, at: datetime) -> StreamingHttpResponse:
    """Return all ledgers of a territory and a period as one workbook, a sheet each.

    Raises: NotYourRole, NotVisible, PeriodWrong, TooLarge. Rule: LE-4 (SC-11: in one click).
    """
    actor.check_can(EXPORT)
    asked = [ask(actor, ledger, filters) for ledger in Ledger.objects.order_by("position")]
    _check_size(asked)
    _note(actor, "", filters, "xlsx", at)
    answer = StreamingHttpResponse(write_workbook(_sheets(asked)), content_type=WRITERS["xlsx"][1])
    name = f"ledgers-{at.astimezone(CHINA):%Y%m%d-%H%M}.xlsx"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def ask_export(given: LedgerExportIn, *, actor: Actor, at: datetime) -> FileRun:
    """Ask for a file of ledgers that a worker makes, as whoever asks; the same id twice is one run.

    Raises: NotYourRole, NotVisible, PeriodWrong, LedgerUnknown, CommandIdReused. Rule: LE-4, KE-33.
    """
    actor.check_can(EXPORT)
    for ledger in [get_ledger(given.code)] if given.code else []:
        ask(actor, ledger, given)
    for ledger in Ledger.objects.order_by("position")[:1]:
        ask(actor, ledger, given)  # the territory and the period are judged before anything waits
    told = given.model_dump(mode="json", exclude={"id"})
    name = f"ledger-{given.code}.{given.suffix}" if given.code else "ledgers.xlsx"
    return runs.ask_run(
        AskedRun(given.id, EXPORT, Way.OUT, EXPORT, told, file_name=name), None, actor=actor, at=at
    )


def work_export(desk: Desk) -> Outcome:
    """Write the file that was asked for, in the author's scope. Rule: LE-4."""
    given = LedgerExportIn.model_validate(desk.run.options | {"id": desk.run.pk})
    _note(desk.actor, given.code, given, given.suffix, desk.at)
    ledgers = [get_ledger(given.code)] if given.code else list(Ledger.objects.order_by("position"))
    asked = [ask(desk.actor, ledger, given) for ledger in ledgers]
    desk.watch.expect(sum(count_rows(one, 1 << 31) for one in asked))
    rows = 0

    def counted(some: Iterable[Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
        nonlocal rows
        for row in some:
            yield row
            rows += 1
            if rows % TOLD_EVERY == 0:
                desk.watch.read(rows)

    if given.code:
        pieces = WRITERS[given.suffix][0](counted(_rows(asked[0])), _columns(asked[0]))
    else:
        pieces = write_workbook(Sheet(one.name, one.columns, counted(one.rows)) for one in _sheets(asked))
    for piece in pieces:
        desk.result.write(piece)
    return Outcome(rows=rows)


def _check_size(asked: Iterable[Asked]) -> None:
    """Raises: TooLarge."""
    left = MOST_AT_ONCE
    for one in asked:
        left -= count_rows(one, left + 1)
        if left < 0:
            raise TooLarge(rows=MOST_AT_ONCE, most=MOST_AT_ONCE)


def _sheets(asked: list[Asked]) -> Iterator[Sheet]:
    names = sheet_names([f"{one.ledger.number} {one.ledger.name_zh}" for one in asked])
    for name, one in zip(names, asked, strict=True):
        yield Sheet(name, _columns(one), _rows(one))


def _columns(asked: Asked) -> list[str]:
    return [one.zh for one in asked.columns] or [NOT_KEPT]


def _rows(asked: Asked) -> Iterator[Mapping[str, object]]:
    return iter([{NOT_KEPT: NOT_KEPT_TEXT}]) if asked.source is None else lines_of(asked)


def _note(actor: Actor, code: str, filters: LedgerFilter, suffix: str, at: datetime) -> None:
    said: dict[str, Any] = filters.model_dump(mode="json", include={"grid", "first_on", "last_on"})
    audit.record([(EXPORT, "ledger", code or "all", said | {"suffix": suffix})], actor=actor, at=at)
