"""The list of what is due as a file; the export is on record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http import StreamingHttpResponse

from wangge.dossiers.due_list import due_pages
from wangge.dossiers.list_answers import DueRow
from wangge.dossiers.rules import State, What
from wangge.dossiers.schemas import DueFilter
from wangge.kernel import audit, downloads
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA

PAGE = 2_000
SORTS = {"facility": "设施", "licence": "证照"}
STATES = {State.FINE: "正常", State.SOON: "将到期", State.OVERDUE: "已逾期", State.UNKNOWN: "日期不明"}
WHATS = {
    What.TEST: "检测",
    What.MAINTAIN: "维护保养",
    What.SCRAP: "报废",
    What.CONTRACT: "维保合同到期",
    What.EXPIRE: "证照到期",
    What.UNKNOWN: "日期不明",
}
COLUMNS = (
    "状态",
    "到期日",
    "剩余天数",
    "事项",
    "种类",
    "类型",
    "场所",
    "场所类别",
    "网格",
    "数量",
    "位置",
    "证号",
    "依据",
    "来源",
    "依据是否已确认",
)


def export_due(actor: Actor, filters: DueFilter, suffix: str, *, at: datetime) -> StreamingHttpResponse:
    """Return the filtered list as csv or xlsx. The audit row comes before the first piece.

    Raises: NotYourRole; Unreadable for another suffix.
    Rule:   DS-6.
    """
    actor.check_can("venues.export")
    downloads.check_suffix(suffix)
    asked = {name: value for name, value in filters.model_dump().items() if value not in ("", None)}
    audit.record(
        [("dossiers.export_due", "dossier", "", {"suffix": suffix, "filters": asked})], actor=actor, at=at
    )
    return downloads.download(_rows(actor, filters, at), COLUMNS, name="due", suffix=suffix, at=at)


def _rows(actor: Actor, filters: DueFilter, at: datetime) -> Iterator[dict[str, object]]:
    for page in due_pages(actor, filters, on=at.astimezone(CHINA).date(), size=PAGE):
        yield from map(_row, page)


def _row(row: DueRow) -> dict[str, object]:
    return {
        "状态": STATES[row.state],
        "到期日": row.due_on,
        "剩余天数": row.days,
        "事项": WHATS[row.what],
        "种类": row.kind_zh,
        "类型": SORTS[row.sort.value],
        "场所": row.venue_name,
        "场所类别": row.class_zh,
        "网格": row.grid_name,
        "数量": row.count,
        "位置": row.place,
        "证号": row.number,
        "依据": row.rule_zh,
        "来源": row.source,
        "依据是否已确认": "是" if row.is_confirmed else "否（预设）",
    }
