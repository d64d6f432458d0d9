"""The stamp on a document that no longer holds: in every header, so that no page leaves without it."""

from __future__ import annotations

import io
from typing import Any

from docx import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

RED = RGBColor(0xC0, 0x10, 0x10)


def stamp_void(content: bytes, why: str) -> bytes:
    """Return the Word file with 作废 VOID and the reason above every page. Rule: DO-7."""
    paper = Word(io.BytesIO(content))
    for section in paper.sections:
        headers = [section.header]
        if section.different_first_page_header_footer:
            headers.append(section.first_page_header)
        if paper.settings.odd_and_even_pages_header_footer:
            headers.append(section.even_page_header)
        for header in headers:
            header.is_linked_to_previous = False
            _write(header, "作废 VOID", size=34)
            _write(header, why, size=10)
    packed = io.BytesIO()
    paper.save(packed)
    return packed.getvalue()


def _write(header: Any, text: str, *, size: float) -> None:
    line = header.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    words = line.add_run(text)
    words.font.size, words.font.bold, words.font.color.rgb = Pt(size), True, RED
    words.font.name = "黑体"
    words._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "黑体")
