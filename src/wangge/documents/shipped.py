"""The templates that come with the house, laid out in code: a city replaces them with its own Word files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from wangge.documents.rules import BULLETINS, DocumentKind, title_of

SONG, HEI = "宋体", "黑体"
Row = tuple[str, str]

ABOUT: Sequence[Row] = (
    ("受送达单位", "{{ recipient }}"),
    ("负责人", "{{ keeper }}  {{ keeper_phone }}"),
    ("地址", "{{ address }}"),
    ("所属网格", "{{ grid }}"),
)
MATTER: Sequence[Row] = (
    ("案件编号", "{{ case_number }}"),
    ("事项", "{{ matter_code }} {{ matter }}（{{ severity }}）"),
    ("依据", "{{ basis }}"),
    ("发现时间", "{{ found_at }}"),
    ("情况", "{{ text }}"),
)
NOTE: Row = ("备注", "{{ note }}")
TABLES: Mapping[DocumentKind, Sequence[Row]] = {
    DocumentKind.RECTIFICATION_NOTICE: (
        *ABOUT,
        *MATTER,
        ("整改要求", "{{ demand }}"),
        ("整改期限", "{{ deadline }}"),
        NOTE,
    ),
    DocumentKind.HANDOVER_FORM: (
        *ABOUT,
        *MATTER,
        ("移交给", "{{ department }}"),
        ("移交事由", "{{ demand }}"),
        ("办理期限", "{{ deadline }}"),
        NOTE,
    ),
    DocumentKind.RECHECK_RECORD: (
        *ABOUT,
        *MATTER,
        ("承办", "{{ department }}  {{ handler }}"),
        ("复查人", "{{ verifier }}"),
        ("复查结论", "{{ conclusion }}"),
        NOTE,
    ),
    DocumentKind.INSPECTION_RECORD: (*ABOUT, *MATTER, ("检查意见", "{{ demand }}"), NOTE),
    DocumentKind.LISTING_NOTICE: (
        *ABOUT,
        ("认定依据", "{{ basis }}"),
        ("隐患情况", "{{ text }}"),
        ("督办单位", "{{ department }}"),
        ("整改要求", "{{ demand }}"),
        ("整改期限", "{{ deadline }}"),
        NOTE,
    ),
    DocumentKind.DELISTING_NOTICE: (
        *ABOUT,
        ("认定依据", "{{ basis }}"),
        ("隐患情况", "{{ text }}"),
        ("复查人", "{{ verifier }}"),
        ("销号结论", "{{ conclusion }}"),
        NOTE,
    ),
}
OPENINGS: Mapping[DocumentKind, str] = {
    DocumentKind.RECTIFICATION_NOTICE: "{{ recipient }}：经检查，你单位存在下列问题，请限期整改并反馈情况。",
    DocumentKind.HANDOVER_FORM: "{{ department }}：下列事项超出本单位处置权限，现移交你单位办理。",
    DocumentKind.RECHECK_RECORD: "对下列事项的整改情况复查如下。",
    DocumentKind.INSPECTION_RECORD: "对下列场所的检查情况记录如下。",
    DocumentKind.LISTING_NOTICE: "{{ recipient }}：经集体讨论认定，你单位存在重大火灾隐患，现予挂牌督办。",
    DocumentKind.DELISTING_NOTICE: "{{ recipient }}：你单位的重大火灾隐患经复查并集体讨论，现予销号。",
}
STEPS = frozenset(
    {DocumentKind.HANDOVER_FORM, DocumentKind.RECHECK_RECORD}
)  # these tell what was done so far


BULLETIN_TABLES: Sequence[tuple[str, str, Sequence[Row]]] = (  # loop, heading, columns: heading, field
    (
        "figures",
        "一、主要指标",
        (("指标", "name"), ("本期", "value"), ("上期", "last"), ("上年同期", "year"), ("同比", "change")),
    ),
    (
        "places",
        "二、各辖区情况",
        (
            ("辖区", "name"),
            ("上报", "reported"),
            ("办结", "closed"),
            ("超期未结", "late"),
            ("完成工单", "done"),
            ("发现隐患", "found"),
        ),
    ),
    ("goals", "三、目标进度", (("目标", "name"), ("计划", "plan"), ("完成", "fact"), ("状态", "standing"))),
)


def _bulletin(paper: Any) -> None:
    _line(paper, "报送：{{ recipient }}", size=12)
    _line(paper, "时段：{{ period }}", size=12, after=8)
    _line(paper, "{{ summary }}", size=12, after=8)
    _line(paper, "{%p for chart in charts %}")
    _line(paper, "{{ chart }}", centre=True, after=6)
    _line(paper, "{%p endfor %}")
    for loop, heading, columns in BULLETIN_TABLES:
        _line(paper, f"{{%p if {loop} %}}")
        _line(paper, heading, font=HEI, size=12, after=4)
        _looped(paper, loop, columns)
        _line(paper, "{%p endif %}")
    _line(paper, "{{ note }}", size=10, after=8)
    _line(paper, "{{ organisation }}  {{ issued_on }}", size=12)


def _looped(paper: Any, loop: str, columns: Sequence[Row]) -> None:
    """A table with a row an item: docxtpl takes the rows that open and close the loop away."""
    cells = [f"{{{{ row.{name} }}}}" for _, name in columns]
    blank = [""] * (len(columns) - 1)
    rows = [
        [heading for heading, _ in columns],
        [f"{{%tr for row in {loop} %}}", *blank],
        cells,
        ["{%tr endfor %}", *blank],
    ]
    first = 15.8 - 2.4 * (len(columns) - 1)
    _grid(paper, rows, (first, *([2.4] * (len(columns) - 1))))


@cache
def shipped_template(kind: DocumentKind) -> bytes:
    """Return the Word template of the house for a kind; the same bytes every time. Rule: DO-5."""
    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    section.top_margin = section.bottom_margin = Cm(2.4)
    _set_font(paper.styles["Normal"], SONG, 11)
    _line(paper, "{{ organisation }}", size=14, centre=True)
    _line(paper, title_of(kind), size=20, font=HEI, centre=True, after=4)
    _line(paper, "{{ number }}", size=11, centre=True, after=10)
    if kind in BULLETINS:
        _bulletin(paper)
        return _same_bytes(paper.save)
    _line(paper, OPENINGS[kind], size=12, after=8)
    _table(paper, TABLES[kind])
    if kind in STEPS:
        _events(paper)
    _pictures(paper, "现场照片", "photos")
    if kind in {DocumentKind.RECHECK_RECORD, DocumentKind.DELISTING_NOTICE}:
        _pictures(paper, "整改后照片", "after_photos")
    _signatures(paper)
    return _same_bytes(paper.save)


def _set_font(style: Any, name: str, size: float) -> None:
    style.font.name, style.font.size = name, Pt(size)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _line(
    paper: Any, text: str, *, size: float = 11, font: str = SONG, centre: bool = False, after: float = 2
) -> None:
    line = paper.add_paragraph()
    line.paragraph_format.space_after, line.paragraph_format.space_before = Pt(after), Pt(0)
    line.paragraph_format.keep_with_next = font == HEI
    if centre:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    words = line.add_run(text)
    _set_font(words, font, size)


def _table(paper: Any, rows: Sequence[Row]) -> None:
    _grid(paper, rows, (3, 12.8))


def _events(paper: Any) -> None:
    _line(paper, "办理经过", font=HEI, size=12, after=4)
    lines = (
        ("时间", "步骤", "人员", "说明"),
        ("{%tr for event in events %}", "", "", ""),
        ("{{ event.at }}", "{{ event.action }}", "{{ event.who }}", "{{ event.text }}"),
        ("{%tr endfor %}", "", "", ""),
    )
    _grid(paper, lines, (4.2, 2.4, 3, 6.2))


def _grid(paper: Any, rows: Sequence[Sequence[str]], widths_cm: Sequence[float]) -> None:
    table = paper.add_table(rows=len(rows), cols=len(widths_cm))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths_cm, strict=True):
        column.width = Cm(width)
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text, width in zip(row.cells, texts, widths_cm, strict=True):
            cell.width = Cm(width)
            cell.paragraphs[0].add_run(text)
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
    paper.add_paragraph().paragraph_format.space_after = Pt(0)


def _pictures(paper: Any, label: str, name: str) -> None:
    _line(paper, f"{{%p if {name} %}}")
    _line(paper, label, font=HEI, size=12, after=4)
    _line(paper, f"{{% for photo in {name} %}}{{{{ photo }}}} {{% endfor %}}", after=8)
    _line(paper, "{%p endif %}")


def _signatures(paper: Any) -> None:
    _line(paper, "{%p for one in signatures %}")
    _line(paper, "{{ one.role }}：{{ one.name }} {{ one.picture }}", size=12)
    _line(paper, "{%p endfor %}")
    _line(paper, "签收人（签名）：                  日期：      年    月    日", size=12, after=10)
    _line(paper, "经办人：{{ issuer }}", size=12)
    _line(paper, "{{ organisation }}（印章）", size=12)
    _line(paper, "{{ issued_on }}", size=12)


def _same_bytes(save: Callable[[Any], None]) -> bytes:
    """Return the file with the times of its parts levelled: its digest is the same on every machine."""
    packed, level = io.BytesIO(), io.BytesIO()
    save(packed)
    with zipfile.ZipFile(packed) as parts, zipfile.ZipFile(level, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(parts.namelist()):
            part = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            target.writestr(part, parts.read(name), zipfile.ZIP_DEFLATED)
    return level.getvalue()
