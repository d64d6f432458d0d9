"""Lists of cases as files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http import HttpResponse, StreamingHttpResponse

from wangge.cases import queries
from wangge.cases.models import Case
from wangge.cases.schemas import CaseFilter, CaseRow
from wangge.cases.showing import rows_of
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.downloads import check_suffix, download
from wangge.kernel.errors import Refused

MOST = 100_000
AT_ONCE = 1000


class TooManyRows(Refused):
    status = 422
    code = "cases.too_many_rows"
    zh = "共 {count} 条，一个文件最多 {most} 条。请缩小范围后再导出。"
    en = "{count} cases; a file holds {most} at most. Narrow the list."


def export(
    actor: Actor, filters: CaseFilter, suffix: str, at: datetime
) -> HttpResponse | StreamingHttpResponse:
    """Return the filtered list as a file. Raises: Unreadable, TooManyRows."""
    check_suffix(suffix)
    found = queries.select(actor, filters, at)
    count = found.order_by()[: MOST + 1].count()
    if count > MOST:
        raise TooManyRows(count=f"{MOST}+", most=MOST)
    rows = (_columns(row) for page in _pages(actor, filters, at) for row in page)
    return download(rows, list(COLUMNS), name="cases", suffix=suffix, at=at)


def _pages(actor: Actor, filters: CaseFilter, at: datetime) -> Iterator[list[CaseRow]]:
    keys = queries.select(actor, filters, at).order_by("pk").values_list("pk", flat=True)
    page = list(keys[:AT_ONCE])
    while page:
        yield rows_of(list(Case.objects.filter(pk__in=page).order_by("pk")), actor, at)
        page = list(keys.filter(pk__gt=page[-1])[:AT_ONCE])


COLUMNS = {
    "案件 id": "id",
    "状态 status": "stage_name",
    "事项 matter": "matter_code",
    "名称 name": "matter_zh",
    "等级 severity": "severity",
    "内容 text": "text",
    "地址 address": "address",
    "网格 grid": "grid_name",
    "网格路径 path": "grid_path",
    "场所 venue": "venue_name",
    "经度 lon (wgs84)": "lon",
    "纬度 lat (wgs84)": "lat",
    "来源 channel": "channel",
    "部门 department": "department_name",
    "承办人 handler": "handler_name",
    "上报时间 reported_at": "reported_at",
    "到期时间 due_at": "due_at",
    "灯 light": "light",
    "返工 rework": "rework",
}


def _columns(row: CaseRow) -> dict[str, object]:
    return {title: _plain(getattr(row, name)) for title, name in COLUMNS.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    return value if isinstance(value, int | float | str) else "" if value is None else str(value)
