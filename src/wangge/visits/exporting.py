"""Lists of visits as files: masked as on the page, with an audit row. Rule: VI-11."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.downloads import check_suffix, download
from wangge.visits import queries
from wangge.visits.installing import groups_in_force
from wangge.visits.rules import PersonOutcome, Standing
from wangge.visits.schemas import ArrivalFilter, ArrivalRow, PersonFilter, PersonRow, QuickFilter, QuickRow
from wangge.visits.showing import arrivals_out, people_out, reports_out

EXPORT = "visits.export"
MOST, AT_ONCE = 100_000, 1_000
STANDING_ZH = {Standing.DONE: "已访", Standing.DUE: "待访", Standing.OVERDUE: "逾期未访"}
OUTCOME_ZH = {
    PersonOutcome.MET: "已见到",
    PersonOutcome.NOBODY_THERE: "无人在家",
    PersonOutcome.REFUSED: "拒绝走访",
    PersonOutcome.MOVED_AWAY: "已搬离",
    PersonOutcome.NO_LONGER: "不再属于走访对象",
}
PEOPLE = (
    "姓名", "电话", "住址", "网格", "可公开类别", "另有受保护标签", "状态", "应访截止",
    "最近见到", "最近走访",
)  # fmt: skip
ARRIVALS = (
    "类型", "网格", "地址", "内容", "发出时间", "要求到场", "到场时间",
    "到场人", "用时（分钟）", "是否超时", "距现场（米）",
)  # fmt: skip
REPORTS = ("类型", "网格", "地址", "内容", "上报时间", "上报人", "去向", "编号")
REGISTER_ZH = {"case": "案件", "place": "场所登记", "fact": "场所情况", "person": "走访对象登记"}


def export_people(actor: Actor, filters: PersonFilter, suffix: str, *, at: datetime) -> StreamingHttpResponse:
    """Return the people of a list as a file, masked. Raises: NotYourRole, Unreadable. Rule: VI-11."""
    _note(actor, "people", suffix, filters.model_dump(mode="json"), at)
    today = at.astimezone(CHINA).date()
    found = queries.select_people(actor, filters, today=today).order_by("grid_path", "id")
    names = {code: row.name_zh for code, row in groups_in_force().items()}

    def line(row: PersonRow) -> Sequence[object]:
        groups = "、".join(names.get(one, one) for one in row.groups)
        held = "是" if row.is_protected else ""
        days: list[date | None] = [row.due_on, row.last_met_on, row.last_tried_on]
        return [
            row.name,
            row.phone,
            row.address,
            row.grid_name,
            groups,
            held,
            STANDING_ZH[row.standing],
            *days,
        ]

    rows = _lines(found, lambda page: people_out(page, today), line, PEOPLE)
    return download(rows, PEOPLE, name="visits-people", suffix=suffix, at=at)


def export_arrivals(
    actor: Actor, filters: ArrivalFilter, suffix: str, *, at: datetime
) -> StreamingHttpResponse:
    """Return calls as a file. Raises: NotYourRole, Unreadable. Rule: VI-11."""
    _note(actor, "arrivals", suffix, filters.model_dump(mode="json"), at)
    found = queries.select_arrivals(actor, filters, at=at).order_by("-called_at", "id")

    def line(row: ArrivalRow) -> Sequence[object]:
        when = [row.called_at, row.due_at, row.arrived_at, row.arrived_by_name, row.minutes]
        late = "是" if row.is_late else ""
        return [row.trigger_zh, row.grid_name, row.address, row.text, *when, late, row.off_m]

    rows = _lines(found, lambda page: arrivals_out(page, at), line, ARRIVALS)
    return download(rows, ARRIVALS, name="arrivals", suffix=suffix, at=at)


def export_reports(actor: Actor, filters: QuickFilter, suffix: str, *, at: datetime) -> StreamingHttpResponse:
    """Return quick reports as a file. Raises: NotYourRole, Unreadable. Rule: VI-11."""
    _note(actor, "reports", suffix, filters.model_dump(mode="json"), at)
    found = queries.select_reports(actor, filters).order_by("-at", "id")

    def line(row: QuickRow) -> Sequence[object]:
        where = [row.kind_zh, row.grid_name, row.address, row.text, row.at, row.by_name]
        return [*where, REGISTER_ZH[row.becomes.value], str(row.subject_id)]

    return download(_lines(found, reports_out, line, REPORTS), REPORTS, name="reports", suffix=suffix, at=at)


def _note(actor: Actor, what: str, suffix: str, said: dict[str, Any], at: datetime) -> None:
    actor.check_can(EXPORT)
    check_suffix(suffix)
    detail = {key: value for key, value in said.items() if value and key not in {"cursor", "limit"}}
    audit.record([(EXPORT, what, "", detail | {"suffix": suffix})], actor=actor, at=at)


def _lines(
    found: QuerySet[Any],
    show: Callable[[list[Any]], Sequence[Any]],
    line: Callable[[Any], Sequence[object]],
    columns: Sequence[str],
) -> Iterator[dict[str, object]]:
    page: list[Any] = []
    for row in found[:MOST].iterator(chunk_size=AT_ONCE):
        page.append(row)
        if len(page) == AT_ONCE:
            yield from (dict(zip(columns, line(one), strict=True)) for one in show(page))
            page = []
    yield from (dict(zip(columns, line(one), strict=True)) for one in show(page))
