"""Papers to issue, and templates as administrators make them."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from docx import Document as Word

from tests.makers import AT, BOB
from wangge.documents import services
from wangge.documents.models import Document
from wangge.documents.rules import DocumentKind, Paper
from wangge.kernel.actor import Actor
from wangge.kernel.ids import new_id

FORMATS = [
    {
        "kind": "rectification_notice",
        "pattern": "{organisation}整改〔{year}〕第{number:04}号",
        "is_confirmed": False,
    },
    {
        "kind": "handover_form",
        "pattern": "{organisation}移交〔{year}〕第{number:04}号",
        "is_confirmed": False,
    },
    {
        "kind": "recheck_record",
        "pattern": "{organisation}复查〔{year}〕第{number:04}号",
        "is_confirmed": False,
    },
    {
        "kind": "inspection_record",
        "pattern": "{organisation}检查〔{year}〕第{number:04}号",
        "is_confirmed": False,
    },
    {
        "kind": "listing_notice",
        "pattern": "{organisation}挂牌〔{year}〕第{number:04}号",
        "is_confirmed": False,
    },
    {
        "kind": "delisting_notice",
        "pattern": "{organisation}销号〔{year}〕第{number:04}号",
        "is_confirmed": False,
    },
    {
        "kind": "weekly_bulletin",
        "pattern": "{organisation}周报〔{year}〕第{number:02}期",
        "is_confirmed": False,
    },
    {
        "kind": "monthly_bulletin",
        "pattern": "{organisation}月报〔{year}〕第{number:02}期",
        "is_confirmed": False,
    },
]
SUBJECT = UUID("01935e2a-0000-7000-8000-000000000001")


def make_formats() -> None:
    services.install_number_formats(FORMATS, pack_version="test@1")


def paper(**fields: Any) -> Paper:
    plain: dict[str, Any] = {
        "id": new_id(),
        "kind": DocumentKind.RECTIFICATION_NOTICE,
        "subject_type": "case",
        "subject_id": SUBJECT,
        "grid_path": BOB.scope,
        "department_id": None,
        "facts": {
            "recipient": "赭山百货商场",
            "text": "二层东侧安全出口上锁\n通道堆物",
            "demand": "立即拆除",
        },
        "personal": {"keeper": "王小明", "keeper_phone": "13912341234"},
    }
    return Paper(**plain | fields)


def issue(*papers: Paper, actor: Actor) -> list[Document]:
    """Issue the papers; each must come out."""
    done = services.issue(papers or (paper(),), actor=actor, at=AT)
    for one in done.values():
        assert isinstance(one, Document), one
    return [one for one in done.values() if isinstance(one, Document)]


def word(*lines: str) -> bytes:
    """Return a Word file with these paragraphs."""
    made = Word()
    for line in lines:
        made.add_paragraph(line)
    packed = io.BytesIO()
    made.save(packed)
    return packed.getvalue()


def text_of(content: bytes) -> str:
    """Return what a reader of the Word file sees, tables included."""
    read = Word(io.BytesIO(content))
    cells = [cell.text for table in read.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in read.paragraphs), *cells])
