"""Documents: kinds, numbers, placeholders, who may issue. Pure. Source: docs/rules/documents.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from wangge.kernel.actor import Actor
from wangge.kernel.clock import deadline_words
from wangge.kernel.errors import NotYourRole, Refused


class DocumentKind(StrEnum):
    """What may be issued. The Chinese name is the title on paper."""

    RECTIFICATION_NOTICE = "rectification_notice"
    HANDOVER_FORM = "handover_form"
    RECHECK_RECORD = "recheck_record"
    INSPECTION_RECORD = "inspection_record"
    LISTING_NOTICE = "listing_notice"
    DELISTING_NOTICE = "delisting_notice"
    WEEKLY_BULLETIN = "weekly_bulletin"
    MONTHLY_BULLETIN = "monthly_bulletin"


TITLES: Mapping[DocumentKind, tuple[str, str]] = {  # DO-1
    DocumentKind.RECTIFICATION_NOTICE: ("整改通知书", "Notice to rectify"),
    DocumentKind.HANDOVER_FORM: ("移交单", "Hand-over form"),
    DocumentKind.RECHECK_RECORD: ("复查单", "Record of re-inspection"),
    DocumentKind.INSPECTION_RECORD: ("检查记录", "Record of inspection"),
    DocumentKind.LISTING_NOTICE: ("重大火灾隐患挂牌督办通知书", "Notice of listing a major hazard"),
    DocumentKind.DELISTING_NOTICE: ("重大火灾隐患销号通知书", "Notice of de-listing a major hazard"),
    DocumentKind.WEEKLY_BULLETIN: ("消防安全网格化工作周报", "Weekly bulletin"),
    DocumentKind.MONTHLY_BULLETIN: ("消防安全网格化工作月报", "Monthly bulletin"),
}
BULLETINS = frozenset({DocumentKind.WEEKLY_BULLETIN, DocumentKind.MONTHLY_BULLETIN})
RECORDS = frozenset(
    {DocumentKind.HANDOVER_FORM, DocumentKind.INSPECTION_RECORD}
)  # what a grid member writes too (LN-05)
FORMAT_WORDS = ("organisation", "year", "number")
_HOLE = re.compile(r"\{([^{}]*)\}")
_HOLE_WITH_WIDTH = re.compile(r"(organisation|year|number)(?::0(\d))?")


@dataclass(frozen=True, slots=True)
class Organisation:
    """Whose document it is: the department of the post, else its territory (DO-2)."""

    key: str  # "department:12" or "territory:34.02.03.005."
    name: str


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A format of numbers: of one organisation, or ("") of all; from the pack or set by hand."""

    organisation: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A document as it left the house, and the digests of its files: Word, and PDF where it was made."""

    id: UUID
    kind: str
    number_text: str
    issued_at: datetime
    issued_by_name: str
    void_reason: str | None
    holds_personal: bool = False
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """What a room asks to have issued: for which thing, and the facts that go on paper.

    `facts` are values of `placeholders.PLACEHOLDERS`; `personal` those that are shown only for a reason.
    """

    id: UUID
    kind: DocumentKind
    subject_type: str
    subject_id: UUID
    grid_path: str
    department_id: int | None
    facts: Mapping[str, Any]
    personal: Mapping[str, str] = field(default_factory=dict)
    reveal_reason: str = ""


class NumberFormatWrong(Refused):
    status = 422
    code = "documents.number_format_wrong"
    zh = (
        "编号格式“{pattern}”有误：{why_zh}。可用 {{organisation}}、{{year}}、{{number:04}}，"
        "且必须含年份和序号。"
    )
    en = (
        "The number format {pattern} is wrong: {why_en}. Use {{organisation}}, {{year}}, {{number:04}};"
        " year and number must be there."
    )


class NumberTaken(Refused):
    code = "documents.number_taken"
    zh = "编号“{number}”已被另一单位使用。两个单位的编号格式相同，请系统管理员为各单位分别设置格式。"
    en = (
        "The number {number} belongs to another organisation: the two have one format."
        " Ask the system administrator to give each its own."
    )


class NumberFormatMissing(Refused):
    code = "documents.number_format_missing"
    zh = "“{title}”还没有编号格式。请系统管理员在“文书设置”中填写，或安装规则包。"
    en = "There is no number format for {title}. Set one under Documents, or install a pack."


class NotForYourPost(NotYourRole):
    code = "documents.not_for_your_post"
    zh = "您的岗位不能签发“{title}”。"
    en = "Your post does not issue: {title}."


class AlreadyVoided(Refused):
    code = "documents.already_voided"
    zh = "“{number}”已经作废。"
    en = "{number} is void already."


def title_of(kind: DocumentKind) -> str:
    """Return the Chinese title of a kind. Rule: DO-1."""
    return TITLES[kind][0]


def check_may_issue(kind: DocumentKind, actor: Actor) -> None:
    """Refuse a post that may not issue the kind.

    Raises: NotForYourPost.
    Rule:   DO-1 (LN-05, LN-07: a grid member records and hands over, a notice is somebody else's).
    """
    capability = _capability(kind)
    if not actor.can(capability):
        raise NotForYourPost(title=title_of(kind), capability=capability)


def kinds_for(actor: Actor, kinds: Iterable[DocumentKind] = DocumentKind) -> list[DocumentKind]:
    """Return which of the kinds the post may issue. Rule: DO-1."""
    return [kind for kind in kinds if actor.can(_capability(kind))]


def _capability(kind: DocumentKind) -> str:
    if kind in BULLETINS:
        return "bulletins.make"
    return "documents.record" if kind in RECORDS else "documents.issue"


def organisation_key(actor: Actor) -> str:
    """Return whose numbers this person uses. Rule: DO-2."""
    return f"department:{actor.department_id}" if actor.department_id else f"territory:{actor.scope}"


def check_pattern(pattern: str) -> str:
    """Return the pattern of a number.

    Raises: NumberFormatWrong naming what is wrong.
    Rule:   DO-3.
    """
    holes = _HOLE.findall(pattern)
    unknown = [hole for hole in holes if not _HOLE_WITH_WIDTH.fullmatch(hole)]
    if unknown or "{" in _HOLE.sub("", pattern) or "}" in _HOLE.sub("", pattern):
        what = "、".join(unknown) or "{ }"
        raise NumberFormatWrong(pattern=pattern, why_zh=f"不认识 {what}", why_en=f"{what} is not known")
    words = [hole.split(":")[0] for hole in holes]
    for word, zh in (("year", "年份"), ("number", "序号")):
        if words.count(word) != 1:
            raise NumberFormatWrong(
                pattern=pattern, why_zh=f"{zh}应出现一次", why_en=f"{word} stands there once"
            )
    return pattern


def write_number(pattern: str, *, organisation: str, year: int, number: int) -> str:
    """Return the number as it stands on paper: 芜消整〔2026〕第0001号.

    Raises: NumberFormatWrong.
    Rule:   DO-3.
    """
    check_pattern(pattern)
    values: Mapping[str, str | int] = {"organisation": organisation, "year": year, "number": number}

    def fill(hole: re.Match[str]) -> str:
        word, _, width = hole[1].partition(":0")
        return f"{values[word]}".rjust(int(width or 0), "0")

    return _HOLE.sub(fill, pattern)


def pattern_for(organisation: str, rows: Sequence[NumberRow]) -> str | None:
    """Return the pattern of the organisation's own row, else of the row for all. Rule: DO-3."""
    by_owner = {row.organisation: row.pattern for row in rows}
    return by_owner.get(organisation, by_owner.get(""))


def chinese_date(day: date | datetime) -> str:
    """Return 2026年11月26日. Rule: DO-1."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_time(at: datetime) -> str:
    """Return 2026年11月26日 09:30; the caller gives the moment in China's time. Rule: DO-1."""
    return f"{chinese_date(at)} {at:%H:%M}"


def chinese_deadline(at: datetime) -> str:
    """Return the end of a day in China as 24:00 of that day, else as `chinese_time`. Rule: DO-1."""
    day, time = deadline_words(at)
    return f"{chinese_date(day)} {time}"
