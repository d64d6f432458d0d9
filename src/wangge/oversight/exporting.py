"""The list of late cases as a file, for a meeting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http import HttpResponseBase

from wangge.cases.schemas import CaseFilter
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.downloads import check_suffix, download
from wangge.oversight.queries import list_late
from wangge.oversight.rules import CARD_ZH
from wangge.oversight.schemas import LateRow

AT_ONCE = 200
COLUMNS = [
    *("案件 id", "事项 matter", "地址 address", "网格 grid", "部门 department", "承办人 handler"),
    *("环节 stage", "超期自 late since", "超期天数 days late", "已升级至 level", "催办 urged"),
    *("督办未复 letters", "牌 cards", "应发牌 card due"),
]


def export_late(actor: Actor, filters: CaseFilter, suffix: str, *, at: datetime) -> HttpResponseBase:
    """Return the late cases as a csv or xlsx file. Raises: NotYourRole, Unreadable."""
    check_suffix(suffix)
    first = list_late(actor, filters.model_copy(update={"limit": AT_ONCE, "cursor": ""}), at=at)
    rows = (_columns(row, at) for row in _all(actor, filters, first.items, first.next_cursor, at))
    return download(rows, COLUMNS, name="late", suffix=suffix, at=at)


def _all(
    actor: Actor, filters: CaseFilter, items: list[LateRow], cursor: str | None, at: datetime
) -> Iterator[LateRow]:
    yield from items
    while cursor:
        page = list_late(actor, filters.model_copy(update={"limit": AT_ONCE, "cursor": cursor}), at=at)
        yield from page.items
        cursor = page.next_cursor


def _columns(row: LateRow, at: datetime) -> dict[str, object]:
    case = row.case
    cells = [
        *(str(case.id), case.matter_zh, case.address, case.grid_name, case.department_name or ""),
        *(case.handler_name or "", case.stage_name),
        row.late_since.astimezone(CHINA).strftime("%Y-%m-%d %H:%M"),
        (at - row.late_since).days,
        *(row.level_zh, row.urged, row.letters_open, "、".join(CARD_ZH[card] for card in row.cards)),
        row.card_due.name_zh if row.card_due else "",
    ]
    return dict(zip(COLUMNS, cells, strict=True))
