"""A draw as a file, and what it was drawn from, so that anybody can draw it again."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.http import StreamingHttpResponse

from wangge.kernel import audit, downloads
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.rechecks import queries
from wangge.rechecks.models import Draw
from wangge.rechecks.rules import RecheckVerdict, choose, rank, read_told
from wangge.rechecks.schemas import RecheckSampleOut

VERDICT_ZH = {
    None: "",
    RecheckVerdict.AGREES: "属实",
    RecheckVerdict.DIFFERS: "不属实",
    RecheckVerdict.OVERLOOKED: "当时漏查",
    RecheckVerdict.AROSE_SINCE: "事后产生",
    RecheckVerdict.CLEAN: "未发现新问题",
    RecheckVerdict.FOUND: "发现漏报问题",
    RecheckVerdict.ANSWERED: "已回访",
    RecheckVerdict.UNCLEAR: "无法核实",
}
COLUMNS = (
    "序号",
    "网格",
    "场所",
    "地址",
    "工作时间",
    "被查人",
    "巡查人",
    "结论",
    "满意度",
    "说明",
    "复核人",
    "复核时间",
)
DRAWN = ("序号", "对象", "被查人编号", "排序值", "是否抽中")


def export_draw(actor: Actor, draw_id: UUID, suffix: str, *, at: datetime) -> StreamingHttpResponse:
    """Return what was drawn and found as csv or xlsx. Raises: NotYourRole, NotVisible, Unreadable.

    Rule: RC-5; the audit row comes before the first piece.
    """
    actor.check_can("rechecks.write")
    downloads.check_suffix(suffix)
    draw = queries.get_draw(actor, draw_id, at=at)
    audit.record([("rechecks.export", "draw", str(draw_id), {"suffix": suffix})], actor=actor, at=at)
    rows = (dict(zip(COLUMNS, _said(one), strict=True)) for one in draw.samples)
    return downloads.download(rows, COLUMNS, name="recheck", suffix=suffix, at=at)


def _said(one: RecheckSampleOut) -> tuple[object, ...]:
    return (
        one.position + 1, one.grid_name, one.venue_name, one.address, one.done_at, one.member, one.walker,
        VERDICT_ZH[one.verdict], one.rating or "", one.note, one.looked_by, one.looked_at,
    )  # fmt: skip


def export_population(actor: Actor, draw_id: UUID, suffix: str, *, at: datetime) -> StreamingHttpResponse:
    """Return all that was drawn from, with the rank by the seed. Raises: as export_draw. Rule: RC-1."""
    actor.check_can(queries.READ)
    downloads.check_suffix(suffix)
    draw = Draw.objects.visible_to(actor).filter(pk=draw_id).first()
    if draw is None:
        raise NotVisible()
    return downloads.download(_drawn(draw), DRAWN, name="recheck-population", suffix=suffix, at=at)


def _drawn(draw: Draw) -> Iterator[dict[str, object]]:
    candidates = read_told(zlib.decompress(bytes(draw.drawn_from)).decode())
    size = draw.samples.count()
    for n, one in enumerate(choose(candidates, draw.seed, len(candidates))):
        said = (n + 1, one.id, one.of, rank(draw.seed, one.id), "是" if n < size else "")
        yield dict(zip(DRAWN, said, strict=True))
