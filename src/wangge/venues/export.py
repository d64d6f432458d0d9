"""The register as a file that can be imported again; personal fields masked, the export on record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any

from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Unreadable
from wangge.kernel.secrets import mask_name
from wangge.kernel.spreadsheets import write_csv, write_xlsx
from wangge.territory.queries import names_of
from wangge.venues import queries
from wangge.venues.models import Venue
from wangge.venues.schemas import VenueFilter

COLUMNS = (
    "编号",
    "名称",
    "类别代码",
    "标签",
    "地址",
    "经度",
    "纬度",
    "面积（平方米）",
    "高度（米）",
    "统一社会信用代码",
    "负责人",
    "负责人电话",
    "在营",
    "所属场所编号",
    "网格路径",
    "网格名称",
    "孤立点",
    "最近网格",
    "最近距离（米）",
    "最近检查日期",
    "来源",
)
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
BATCH = 5_000


def export_venues(
    actor: Actor, filters: VenueFilter, suffix: str, *, at: datetime
) -> tuple[str, Iterator[bytes] | IO[bytes]]:
    """Return the media type and the pieces of the file, WGS-84. The audit row comes before the first piece.

    Raises: NotYourRole; Unreadable for another suffix than csv or xlsx.
    Rule:   VE-6, VE-8.
    """
    actor.check_can("venues.export")
    check_suffix(suffix)
    asked = {name: value for name, value in filters.model_dump().items() if value not in ("", None)}
    audit.record([("venues.export", "venue", "", {"suffix": suffix, "filters": asked})], actor=actor, at=at)
    return MEDIA_TYPES[suffix], pieces_of(venue_rows(actor, filters), suffix)


def check_suffix(suffix: str) -> None:
    """Raises: Unreadable for another suffix than csv or xlsx."""
    if suffix not in MEDIA_TYPES:
        raise Unreadable(field="suffix", why_zh="只能导出 csv 或 xlsx", why_en="csv or xlsx")


def pieces_of(rows: Iterable[dict[str, Any]], suffix: str) -> Iterator[bytes]:
    """Yield the pieces of a file of rows."""
    return write_csv(rows, COLUMNS) if suffix == "csv" else write_xlsx(rows, COLUMNS)


def venue_rows(actor: Actor, filters: VenueFilter) -> Iterator[dict[str, Any]]:
    """Yield the filtered venues as rows for people, by grid and id, a piece of the table at a time."""
    found = queries.select(actor, filters).order_by("grid_path", "id")
    batch: list[Venue] = []
    for venue in found.iterator(chunk_size=BATCH):
        batch.append(venue)
        if len(batch) == BATCH:
            yield from _named(batch)
            batch = []
    yield from _named(batch)


def _named(batch: list[Venue]) -> Iterator[dict[str, Any]]:
    names = names_of({p for v in batch for p in (v.grid_path, v.nearest_path) if p})
    wholes = queries.wholes_of(venue.pk for venue in batch)
    for venue in batch:
        pk, source, code = wholes.get(venue.pk, (None, "", ""))
        whole = "" if pk is None else code if source == venue.source else str(pk)
        yield _row(venue, names, whole)


def _row(venue: Venue, names: dict[str, str], whole: str) -> dict[str, Any]:
    nearest = venue.nearest_path
    return {
        "编号": venue.code,
        "名称": venue.name,
        "类别代码": venue.venue_class_id,
        "标签": ";".join(venue.tags),
        "地址": venue.address,
        "经度": repr(venue.lon),
        "纬度": repr(venue.lat),
        "面积（平方米）": venue.area_m2,
        "高度（米）": venue.height_m,
        "统一社会信用代码": venue.credit_code,
        "负责人": mask_name(venue.keeper_name),
        "负责人电话": queries.masked_phone(venue),
        "在营": "是" if venue.is_open else "否",
        "所属场所编号": whole,
        "网格路径": venue.grid_path,
        "网格名称": names.get(venue.grid_path, venue.grid_path),
        "孤立点": "是" if venue.is_orphan else "否",
        "最近网格": names.get(nearest, nearest) if nearest else "",
        "最近距离（米）": venue.nearest_m,
        "最近检查日期": venue.last_visited_on,
        "来源": venue.source,
    }
