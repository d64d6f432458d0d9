"""Plates as a PDF: QR codes by segno, pages by ReportLab, Chinese by the server's own font (PL-3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from wangge.kernel.photo_copies import FONTS
from wangge.plates.rules import A4_MM, Field, Sheet, lay_out

NAME = "plate"
# Chinese of every reader program, for a server without a font whose outlines can be embedded.
SPARE = "STSong-Light"
LABELS = {
    "zh": {
        Field.NAME: "名称", Field.CLASS: "类别", Field.ADDRESS: "地址",
        Field.GRID: "网格", Field.MEMBER: "网格员", Field.SUPERVISION: "监督电话",
    },
    "en": {
        Field.NAME: "Name", Field.CLASS: "Class", Field.ADDRESS: "Address",
        Field.GRID: "Grid", Field.MEMBER: "Grid member", Field.SUPERVISION: "To complain",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Face:
    """One plate as it is printed."""

    url: str
    code: str  # in groups of four
    title: str
    lines: Sequence[str]
    hint: str


def draw(
    faces: Sequence[Face],
    *,
    width_mm: float,
    height_mm: float,
    margin_mm: float,
    progress: Callable[[int], object],
) -> tuple[bytes, int]:
    """Return the PDF and its number of pages. Raises: TooLarge. Rule: PL-3."""
    sheet = lay_out(width_mm, height_mm, margin_mm)
    font, kept = _font(settings.WANGGE_FONT), BytesIO()
    page = Canvas(kept, pagesize=(A4_MM[0] * mm, A4_MM[1] * mm), pageCompression=1)
    page.setTitle("Wangge")
    for n, face in enumerate(faces):
        if n and n % sheet.a_page == 0:
            page.showPage()
            progress(n)
        _draw_one(page, face, sheet, n % sheet.a_page, font)
    page.save()
    progress(len(faces))
    return kept.getvalue(), max(1, -(-len(faces) // sheet.a_page))


def _draw_one(page: Any, face: Face, sheet: Sheet, n: int, font: str) -> None:
    left, top = sheet.place(n)
    x, y = left * mm, (A4_MM[1] - top - sheet.height) * mm  # of its lower left corner
    width, height = sheet.width * mm, sheet.height * mm
    gap = min(width, height) * 0.06
    page.setLineWidth(0.3)
    page.setStrokeGray(0.6)
    page.rect(x, y, width, height)
    title = min(height * 0.11, width * 0.09)
    page.setFont(font, title)
    page.drawString(x + gap, y + height - gap - title * 0.85, _cut(face.title, font, title, width - 2 * gap))
    small = title * 0.62
    side = min(height - 3 * gap - title - small * 1.4, width * 0.45)
    _draw_code(page, face.url, x + gap, y + gap + small * 1.4, side)
    page.setFont(font, small)
    page.drawString(x + gap, y + gap, face.code)
    column = x + 2 * gap + side
    room = x + width - gap - column
    at = y + gap + small * 1.4 + side - small
    for line in face.lines:
        page.drawString(column, at, _cut(line, font, small, room))
        at -= small * 1.6
    if face.hint:
        page.setFont(font, small * 0.85)
        page.drawString(column, y + gap, _cut(face.hint, font, small * 0.85, room))


def _draw_code(page: Any, url: str, x: float, y: float, side: float) -> None:
    """Draw the code as one path: runs of dark squares of a row in one rectangle."""
    matrix = segno.make(url, error="m", micro=False).matrix
    step = side / len(matrix)
    path = page.beginPath()
    for row, squares in enumerate(matrix):
        column = 0
        for dark, run in groupby(squares):
            length = len(list(run))
            if dark:
                path.rect(x + column * step, y + side - (row + 1) * step, length * step, step)
            column += length
    page.drawPath(path, stroke=0, fill=1)


def _cut(text: str, font: str, size: float, room: float) -> str:
    """Return the text, or as much of it as fits with an ellipsis."""
    if pdfmetrics.stringWidth(text, font, size) <= room:
        return text
    end = len(text)
    while end > 1 and pdfmetrics.stringWidth(f"{text[:end]}…", font, size) > room:
        end -= 1
    return f"{text[:end]}…"


@lru_cache(maxsize=2)
def _font(named: str) -> str:
    """Return the name of a font with Chinese letters: embedded where its outlines allow it."""
    for one in [named] if named else FONTS:
        if not Path(one).is_file():
            continue
        try:
            pdfmetrics.registerFont(TTFont(NAME, one, subfontIndex=0))
        except TTFError:  # outlines of PostScript, which ReportLab does not embed
            continue
        return NAME
    pdfmetrics.registerFont(UnicodeCIDFont(SPARE))
    return SPARE
