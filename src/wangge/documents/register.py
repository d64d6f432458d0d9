"""The register of all documents issued: searched, paged, and as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.http import StreamingHttpResponse

from wangge.documents.models import SEARCHED, Document, DocumentQuerySet
from wangge.documents.queries import rows_out, whole_rows
from wangge.documents.schemas import DocumentFilter, DocumentPage, DocumentRow
from wangge.kernel import terms
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.downloads import check_suffix, download
from wangge.kernel.errors import Unreadable

COUNTED = 10_000
MOST_EXPORTED = 20_000
AT_ONCE = 500
REGISTER: Mapping[str, Callable[[DocumentRow], object]] = {
    "编号 number": lambda row: row.number_text,
    "文种 kind": lambda row: row.title_zh,
    "发文单位 organisation": lambda row: row.organisation_name,
    "受送达单位 recipient": lambda row: row.recipient,
    "网格 grid": lambda row: row.grid_name,
    "经办人 issuer": lambda row: row.issued_by_name,
    "出具时间 issued_at": lambda row: _minute(row.issued_at),
    "作废时间 voided_at": lambda row: _minute(row.voided_at) if row.voided_at else "",
    "作废理由 void_reason": lambda row: row.void_reason or "",
    "摘要 sha256": lambda row: row.sha256,
}


def list_documents(actor: Actor, filters: DocumentFilter) -> DocumentPage:
    """Return one page of the visible documents, the newest first. Raises: NotYourRole, Unreadable."""
    actor.check_can("documents.read")
    found = beyond = _select(Document.objects.visible_to(actor), filters)
    if filters.cursor:
        at, identifier = _read_key(filters.cursor)
        beyond = found.filter(issued_at__lte=at).filter(Q(issued_at__lt=at) | Q(id__lt=identifier))
    rows = list(whole_rows(beyond).order_by("-issued_at", "-id")[: filters.limit + 1])
    page = rows[: filters.limit]
    total = found[: COUNTED + 1].count()
    last = page[-1] if len(rows) > len(page) else None
    return DocumentPage(
        items=rows_out(page),
        total=min(total, COUNTED),
        total_is_exact=total <= COUNTED,
        next_cursor=f"{last.issued_at.isoformat()}|{last.id}" if last else None,
    )


def export(actor: Actor, filters: DocumentFilter, suffix: str, *, at: datetime) -> StreamingHttpResponse:
    """Return the visible documents as csv or xlsx, the newest first. Raises: NotYourRole, Unreadable."""
    actor.check_can("documents.read")
    check_suffix(suffix)
    found = whole_rows(_select(Document.objects.visible_to(actor), filters)).order_by("-issued_at", "-id")
    many = min(found.count(), MOST_EXPORTED)
    pages = (rows_out(list(found[n : min(n + AT_ONCE, many)])) for n in range(0, many, AT_ONCE))
    lines = ({title: value(row) for title, value in REGISTER.items()} for page in pages for row in page)
    return download(lines, list(REGISTER), name="documents", suffix=suffix, at=at)


def _select(found: DocumentQuerySet, filters: DocumentFilter) -> DocumentQuerySet:
    if filters.q:
        found = found.filter(terms.holds(filters.q, *SEARCHED) or Q(pk__in=[]))
    if filters.organisation:
        found = found.filter(organisation_name=filters.organisation)
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.is_void is not None:
        found = found.filter(voiding__isnull=not filters.is_void)
    if filters.issued_from:
        found = found.filter(issued_at__gte=_midnight(filters.issued_from))
    if filters.issued_to:
        found = found.filter(issued_at__lt=_midnight(filters.issued_to) + timedelta(days=1))
    return found


def _minute(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)


def _read_key(cursor: str) -> tuple[datetime, UUID]:
    at, _, identifier = cursor.partition("|")
    try:
        return datetime.fromisoformat(at), UUID(identifier)
    except ValueError:
        raise Unreadable(
            field="cursor",
            why_zh="翻页标记无效，请从第一页重新开始",
            why_en="start again from the first page",
        ) from None
