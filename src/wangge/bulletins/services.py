"""Writes of bulletins, and handing them out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse

from wangge.bulletins import queries
from wangge.bulletins.making import make_bulletins, make_due, make_spans
from wangge.bulletins.workbook import workbook_of
from wangge.documents import services as documents
from wangge.kernel import audit
from wangge.kernel.actor import Actor

__all__ = ["hand_out", "make_bulletins", "make_due", "make_spans"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def hand_out(bulletin_id: UUID, suffix: str, *, actor: Actor, at: datetime) -> HttpResponse:
    """Return a bulletin as Word, PDF or workbook, and leave an audit row.

    Raises: NotYourRole, NotVisible, Unreadable, NoConverter, ConversionFailed.
    Rule:   BU-4, DO-7, DO-8.
    """
    one = queries.get_bulletin(actor, bulletin_id)
    if suffix != "xlsx":
        return documents.hand_out(one.document, suffix, actor=actor, at=at)
    audit.record(
        [("bulletins.hand_out", "bulletin", str(one.pk), {"number": one.document.number_text})],
        actor=actor,
        at=at,
    )
    answer = HttpResponse(workbook_of(one.document.facts), content_type=XLSX)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = f'attachment; filename="bulletin-{one.kind}-{one.starts_on}.xlsx"'
    return answer
