"""Reading packs: which rows win, and which rows point nowhere. Source: docs/rules/packs.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wangge.kernel.errors import Refused

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One row that two packs hold differently. None: the pack has no such row."""

    section: str
    code: str
    before: Row | None
    after: Row | None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a pack: where, what, and what to do about it."""

    file: str
    line: int
    field: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str

    def sentence(self, language: str) -> str:
        """Return `file:line field: what. remedy` in `zh` or `en`."""
        what, remedy = (self.zh, self.remedy_zh) if language == "zh" else (self.en, self.remedy_en)
        return f"{self.file}:{self.line} {self.field}: {what} {remedy}"


class PackUnknown(Refused):
    status = 404
    code = "packs.unknown"
    zh = "没有名为“{name}”的规则包。可选：{known}。"
    en = "There is no pack {name}. There are: {known}."


class PackUnreadable(Refused):
    status = 422
    code = "packs.unreadable"
    zh = "规则包“{name}”有 {count} 处错误：\n{lines_zh}"
    en = "Pack {name} has {count} problems:\n{lines_en}"

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(
            name=name,
            count=len(self.problems),
            lines_zh="\n".join(p.sentence("zh") for p in self.problems),
            lines_en="\n".join(p.sentence("en") for p in self.problems),
        )


class PackLacksClock(Refused):
    """Without these rows no light turns yellow and "at once" has no length: nobody guesses them (PK-8)."""

    status = 422
    code = "packs.clock_missing"
    zh = "规则包缺少“{row}”。请在 clocks.yaml 中补上，或继承 base。"
    en = "The pack lacks {row}. Add it to clocks.yaml, or extend base."


class PackChangedUnderVersion(Refused):
    code = "packs.changed_under_version"
    zh = "规则包 {pack_version} 已安装过，但内容不同。请修改 pack.yaml 中的 version 后再安装。"
    en = (
        "Pack {pack_version} was installed with other content. Change the version in pack.yaml, then install."
    )


class NotYetEffective(Refused):
    code = "packs.not_yet_effective"
    zh = "规则包自 {effective_on} 起生效，今天是 {today}。请在生效当日安装；此前可用 wangge pack diff 比较。"
    en = "It takes effect on {effective_on}, today is {today}. Until then compare with wangge pack diff."


def overlay(base: Iterable[Row], own: Iterable[Row]) -> list[Row]:
    """Return the rows of `base` with those of `own` on top: the later wins by code, in place. Rule: PK-1."""
    rows = {row["code"]: row for row in base}
    rows.update({row["code"]: row for row in own})
    return list(rows.values())


def compare(before: Mapping[str, Iterable[Row]], after: Mapping[str, Iterable[Row]]) -> list[Change]:
    """Return the rows that differ, section by section, in the order of the later pack."""
    changes: list[Change] = []
    for section in after:
        old = {row["code"]: row for row in before.get(section, ())}
        new = {row["code"]: row for row in after[section]}
        for code in [*new, *(code for code in old if code not in new)]:
            if old.get(code) != new.get(code):
                changes.append(Change(section, code, old.get(code), new.get(code)))
    return changes
