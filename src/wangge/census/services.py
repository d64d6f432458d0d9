"""Writes of censuses: opened, answered, reviewed, compared, closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import StreamingHttpResponse

from wangge.census.answering import answer
from wangge.census.comparing import compare
from wangge.census.models import Answer, Census
from wangge.census.progress import count_unwalked
from wangge.census.queries import answers_out, censuses_out, get_census
from wangge.census.regridding import CensusMover
from wangge.census.reviewing import review
from wangge.census.rules import ASKABLE
from wangge.census.schemas import CensusIn, CensusOut
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.downloads import check_suffix, download
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.paths import is_closed

__all__ = ["CensusMover", "answer", "close_census", "compare", "export_census", "open_census", "review"]
OPEN = "census.open"
AT_ONCE = 500
COLUMNS = (
    "结果",
    "审核",
    "编号",
    "场所",
    "网格",
    "重复于",
    "填报内容",
    "备注",
    "填报人",
    "填报时间",
    "审核人",
    "审核说明",
)
FINDING_ZH = {
    "seen": "与登记一致",
    "changed": "有变化",
    "gone": "已不存在",
    "new": "新增",
    "duplicate": "重复",
}
REVIEW_ZH = {"nothing": "无需审核", "waiting": "待审核", "accepted": "已采纳", "kept": "保持原样"}
FIELD_ZH = {
    "name": "名称", "class_code": "类别", "tags": "标签", "address": "地址", "area_m2": "面积",
    "height_m": "高度", "credit_code": "信用代码", "keeper_name": "负责人", "keeper_phone": "负责人电话",
}  # fmt: skip


@transaction.atomic
def open_census(given: CensusIn, *, actor: Actor, at: datetime) -> CensusOut:
    """Open a census over the grids of a territory; the same id again is the same census.

    Raises: NotYourRole, NotVisible, Unreadable. Rule: CE-1.
    """
    actor.check_can(OPEN)
    path = given.path or actor.scope
    if not is_closed(path):
        raise Unreadable(field="path", why_zh="应为以点号结尾的路径", why_en="a closed path, as 44.03.05.")
    if not actor.covers(path):
        raise NotVisible
    row = Census.objects.filter(pk=given.id).first()
    if row is not None and (row.opened_by, row.path, row.name) != (actor.user_id, path, given.name):
        raise NotVisible
    if row is None:
        asked = [name for name in ASKABLE if name in given.asked]
        row = Census.objects.create(
            id=given.id, name=given.name, path=path, starts_on=given.starts_on, ends_on=given.ends_on,
            asked=asked, note=given.note, opened_at=at, opened_by=actor.user_id,
        )  # fmt: skip
        audit.record([("census.open", "census", str(row.pk), {"path": path})], actor=actor, at=at)
    return censuses_out([row])[0]


@transaction.atomic
def close_census(census_id: UUID, *, actor: Actor, at: datetime) -> CensusOut:
    """End a census and keep how many places nobody walked to; closed already, nothing changes.

    Raises: NotYourRole, NotVisible: only from the territory that it is over, or above. Rule: CE-7.
    """
    actor.check_can(OPEN)
    census = get_census(actor, census_id)
    if not actor.covers(census.path):
        raise NotVisible
    row = Census.objects.select_for_update().get(pk=census.pk)
    if row.closed_at is None:
        row.closed_at, row.closed_by = at, actor.user_id
        row.unwalked = count_unwalked(row.pk, row.path)
        row.save(update_fields=["closed_at", "closed_by", "unwalked"])
        detail = {"unwalked": row.unwalked}
        audit.record([("census.close", "census", str(row.pk), detail)], actor=actor, at=at)
    return censuses_out([row])[0]


def export_census(census_id: UUID, suffix: str, *, actor: Actor, at: datetime) -> StreamingHttpResponse:
    """Return what was found as a file, personal fields masked, and leave an audit row.

    Raises: NotYourRole, NotVisible, Unreadable. Rule: CE-5, KE-10.
    """
    actor.check_can("venues.export")
    check_suffix(suffix)
    census = get_census(actor, census_id)
    audit.record([("census.export", "census", str(census.pk), {"form": suffix})], actor=actor, at=at)
    return download(_lines(census, actor), COLUMNS, name="census", suffix=suffix, at=at)


def _lines(census: Census, actor: Actor) -> Iterator[dict[str, object]]:
    found = Answer.objects.visible_to(actor).filter(census=census, is_current=True).order_by("id")
    rows = list(found[:AT_ONCE])
    while rows:
        for one in answers_out(rows):
            said = "；".join(
                f"{FIELD_ZH[v.field]}：{v.recorded or '—'} → {v.found or '—'}" for v in one.values
            )
            local = one.at.astimezone(CHINA)
            new = next((v.found for v in one.values if v.field == "name"), "")
            values = (
                FINDING_ZH[one.finding], REVIEW_ZH[one.review], one.venue.code if one.venue else "",
                one.venue.name if one.venue else new, one.grid_name, one.other.code if one.other else "",
                said, one.note, one.by, f"{local:%Y-%m-%d %H:%M}", one.reviewed_by, one.reason,
            )  # fmt: skip
            yield dict(zip(COLUMNS, values, strict=True))
        rows = list(found.filter(pk__gt=rows[-1].pk)[:AT_ONCE])
