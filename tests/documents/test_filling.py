"""DO-5: what a template may hold, and what becomes of it."""

from __future__ import annotations

import io
import zipfile

import pytest

from tests.documents.makers import text_of, word
from tests.makers import photo_bytes
from wangge.documents.filling import TemplateWrong, UnknownPlaceholder, check_template, fill
from wangge.documents.placeholders import sample
from wangge.documents.rules import DocumentKind
from wangge.documents.shipped import shipped_template


@pytest.mark.parametrize("kind", DocumentKind)
def test_the_shipped_templates_are_good_and_the_same_every_time(kind):
    content = shipped_template(kind)
    check_template(content)
    shipped_template.cache_clear()
    assert shipped_template(kind) == content
    read = text_of(fill(content, sample(), pictures=None))
    assert "芜消整〔2026〕第0001号" in read
    assert "赭山百货商场" in read
    assert "{" not in read


def test_chinese_and_english_words_loops_and_conditions_are_filled():
    content = word(
        "{{ 编号 }} / {{ number }}",
        "{%p if deadline %}",
        "限 {{ 整改期限 }}",
        "{%p endif %}",
        "{%p for 步 in 经过 %}",
        "{{ 步.时间 }} {{ 步.action }}",
        "{%p endfor %}",
        "{{ note|default('无') }}",
    )
    check_template(content)
    read = text_of(
        fill(content, {"number": "一号", "events": [{"at": "九时", "action": "上报"}]}, pictures={})
    )
    assert read.split("\n") == ["一号 / 一号", "九时 上报", ""]


def test_text_stands_there_as_it_is_never_as_code_or_markup():
    read = text_of(
        fill(word("{{ text }}"), {"text": "<w:p/> & {{ number }} \x0b\x00第一行\n第二行"}, pictures={})
    )
    assert read == "<w:p/> & {{ number }} 第一行\n第二行"


def test_a_photo_is_put_in_its_place():
    filled = fill(
        word("{% for photo in photos %}{{ photo }}{% endfor %}"),
        {"photos": ["a" * 64]},
        pictures={"a" * 64: photo_bytes()},
    )
    with zipfile.ZipFile(io.BytesIO(filled)) as parts:
        assert [name for name in parts.namelist() if name.startswith("word/media/")] != []


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["{{ 编码 }}"], "编码"),
        (["{{ numbr }} {{ 地扯 }}"], "numbr、地扯"),
        (["{%p if note %}", "{{ hidden }}", "{%p endif %}"], "hidden"),
        (["{%p for one in events %}", "{{ one.when }}", "{%p endfor %}"], "when"),
    ],
)
def test_an_unknown_placeholder_is_named(lines, name):
    with pytest.raises(UnknownPlaceholder) as refusal:
        check_template(word(*lines))
    assert name in refusal.value.message("zh")


@pytest.mark.parametrize(
    "line",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ number.format(1) }}",
        "{% for n in range(9999999) %}x{% endfor %}",
        "{{ 2 ** 99999 }}",
        "{% set x = 1 %}",
        "{% include 'x' %}",
        "{{ number|attr('x') }}",
        "{{ number",
        "{% for %}",
    ],
)
def test_a_template_that_does_more_than_fill_in_is_refused(line):
    with pytest.raises((TemplateWrong, UnknownPlaceholder)):
        check_template(word(line))


def repacked(content: bytes, name: str, part: bytes) -> bytes:
    made = io.BytesIO(content)
    with zipfile.ZipFile(made, "a") as parts:
        parts.writestr(name, part)
    return made.getvalue()


OUTSIDE = b"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Type="http://x/attachedTemplate" Target="http://t.invalid/t" TargetMode="External"/>
</Relationships>"""


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"no zip", "no readable"),
        (repacked(word(), "word/vbaProject.bin", b"x"), "macros"),
        (repacked(word(), "word/_rels/settings.xml.rels", OUTSIDE), "elsewhere"),
        (repacked(word(), "word/media/big.bin", b"0" * (51 << 20)), "unpacks"),
    ],
    ids=["no zip", "macros", "outside", "bomb"],
)
def test_a_file_that_is_no_clean_word_file_is_refused(content, why):
    with pytest.raises(TemplateWrong) as refusal:
        check_template(content)
    assert why in refusal.value.message("en")
