"""Filling a Word template, and looking at one before it is used: nothing but words, loops and conditions."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from docx.oxml.parser import parse_xml
from docx.shared import Cm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError, meta, nodes
from jinja2.exceptions import UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from PIL import Image

from wangge.documents.charts import InlineChart, read_chart
from wangge.documents.placeholders import KNOWN, PICTURE, sample, whole
from wangge.kernel.errors import Refused, Unreadable

MOST_UNPACKED = 50 << 20
MOST_PARTS = 500
CHARTS = frozenset({"charts", "图表"})
PHOTO_WIDTH_CM = 7.2
SIGNATURE_WIDTH_CM = 3.2
FILTERS = frozenset({"default", "length", "join", "upper", "lower", "trim", "first", "last"})
ALLOWED = (  # a template decides nothing: it cannot call, calculate or reach into the program
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.For),
    *(nodes.If, nodes.CondExpr, nodes.Filter, nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand),
)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class UnknownPlaceholder(Refused):
    status = 422
    code = "documents.unknown_placeholder"
    zh = "模板中有不认识的占位符：{names}。请对照占位符清单改正后重新上传。"
    en = "The template holds unknown placeholders: {names}. Mend them by the list of placeholders."


class TemplateWrong(Refused):
    status = 422
    code = "documents.template_wrong"
    zh = "模板无法使用：{why_zh}。"
    en = "The template cannot be used: {why_en}."


class _Narrow(ImmutableSandboxedEnvironment):
    """Jinja without its powers. Keeps the unknown words of all parts it has read."""

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True)
        self.unknown: set[str] = set()

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in tree.find_all(nodes.Node):
            if not isinstance(node, ALLOWED) or (isinstance(node, nodes.Filter) and node.name not in FILTERS):
                what = node.name if isinstance(node, nodes.Filter) else type(node).__name__
                raise TemplateWrong(
                    why_zh=f"只能使用占位符、循环和条件，不能使用 {what}",
                    why_en=f"only placeholders, loops and conditions are allowed, not {what}",
                )
        self.unknown |= meta.find_undeclared_variables(tree) - KNOWN
        return tree


def check_template(content: bytes) -> None:
    """Look at an uploaded template.

    Raises: TemplateWrong if it is no clean Word file or does more than fill in; UnknownPlaceholder.
    Rule:   DO-5.
    """
    _check_package(content)
    fill(content, sample(), pictures=None)


def fill(content: bytes, facts: Mapping[str, Any], *, pictures: Mapping[str, bytes] | None) -> bytes:
    """Return the template with the facts filled in, as a Word file.

    Shape:  a picture in `facts` is a key of `pictures`; without `pictures` an empty frame stands there.
    Raises: TemplateWrong, UnknownPlaceholder.
    Rule:   DO-5.
    """
    template, rules = DocxTemplate(io.BytesIO(content)), _Narrow()
    template.init_docx()
    frames = pictures if pictures is not None else {PICTURE: _FRAME}
    words = {
        name: [InlineChart(template, read_chart(one)) for one in value]
        if name in CHARTS
        else _printable(value, template, frames)
        for name, value in whole(facts).items()
    }
    try:
        template.render(words, rules, autoescape=True)
    except UndefinedError as error:
        _raise_unknown(rules, str(error))
    except TemplateError as error:
        line = f"（{error})" if str(error) else ""
        raise TemplateWrong(
            why_zh=f"占位符写法有误{line}", why_en=f"a placeholder is miswritten: {error}"
        ) from error
    if rules.unknown:  # inside a branch that was not taken
        _raise_unknown(rules, "")
    packed = io.BytesIO()
    template.save(packed)
    return packed.getvalue()


def _raise_unknown(rules: _Narrow, said: str) -> None:
    part = re.search(r"attribute '([^']+)'", said)
    names = sorted(rules.unknown) or [part[1] if part else said]
    raise UnknownPlaceholder(names="、".join(names))


def _printable(value: Any, template: DocxTemplate, pictures: Mapping[str, bytes]) -> Any:
    """Return the value as the template takes it: pictures framed, text without what XML forbids."""
    if isinstance(value, list):
        return [_printable(one, template, pictures) for one in value]
    if isinstance(value, dict):
        narrow = SIGNATURE_WIDTH_CM
        return {key: _picture(one, template, pictures, narrow) for key, one in value.items()}
    return _picture(value, template, pictures, PHOTO_WIDTH_CM)


def _picture(value: Any, template: DocxTemplate, pictures: Mapping[str, bytes], width_cm: float) -> Any:
    text = str(value)
    if text in pictures:
        return InlineImage(template, io.BytesIO(pictures[text]), width=Cm(width_cm))
    return _ILLEGAL.sub("", text)


def _check_package(content: bytes) -> None:
    """Refuse what is no Word file, unpacks without end, carries macros, or fetches from elsewhere."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
            if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                raise TemplateWrong(why_zh="文件解压后过大", why_en="it unpacks to too much")
            names = {entry.filename for entry in entries}
            if "word/document.xml" not in names:
                raise TemplateWrong(why_zh="不是 Word（.docx）文件", why_en="it is no Word (.docx) file")
            if any("vbaProject" in name for name in names):
                raise TemplateWrong(why_zh="含有宏，请另存为不含宏的 .docx", why_en="it holds macros")
            for name in names:
                if name.endswith(".rels"):
                    _check_relationships(packed.read(name))
    except (zipfile.BadZipFile, SyntaxError, RuntimeError, NotImplementedError) as error:
        raise TemplateWrong(
            why_zh="不是可读的 Word（.docx）文件", why_en="it is no readable .docx file"
        ) from error


def _check_relationships(content: bytes) -> None:
    for one in parse_xml(content).iter(_RELATIONSHIP):
        if one.get("TargetMode") == "External" and not str(one.get("Type")).endswith("/hyperlink"):
            raise TemplateWrong(
                why_zh=f"引用了外部内容（{one.get('Target')}），请改为嵌入",
                why_en=f"it takes something from elsewhere ({one.get('Target')}): embed it",
            )


def check_is_docx(name: str) -> None:
    """Raises: Unreadable unless the file is named as a Word file. Rule: DO-5."""
    if not name.lower().endswith(".docx"):
        raise Unreadable(field="file", why_zh="请上传 .docx 文件", why_en="upload a .docx file")


def _frame() -> bytes:
    packed = io.BytesIO()
    Image.new("RGB", (320, 240), "#dde3ea").save(packed, "PNG")
    return packed.getvalue()


_FRAME = _frame()
