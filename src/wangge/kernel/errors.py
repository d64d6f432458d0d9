"""The four kinds of no, each with a code and a sentence for people in two languages.

404 outside your grids · 403 not your role · 409 wrong state or version · 422 wrong shape.
"""

from __future__ import annotations

from typing import Any, ClassVar


class Refused(Exception):
    """A typed no. Subclasses set `code`, `zh` and `en`; both sentences are format strings over `facts`."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "kernel.refused"
    zh: ClassVar[str] = "当前状态不允许这样做。"
    en: ClassVar[str] = "The present state does not allow this."

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.message("en"))

    def message(self, language: str) -> str:
        """Return the sentence in `zh` or `en`, with the facts filled in."""
        return (self.zh if language == "zh" else self.en).format(**self.facts)

    def as_dict(self) -> dict[str, Any]:
        """Return the body every face shows: code, both sentences, and the facts as text."""
        facts = {key: str(value) for key, value in self.facts.items()}
        return {"code": self.code, "zh": self.message("zh"), "en": self.message("en"), "facts": facts}


class NotVisible(Refused):
    """Outside your grids, or not there: the two are not told apart."""

    status = 404
    code = "kernel.not_visible"
    zh = "没有找到，或不在您的网格范围内。"
    en = "Not found, or outside your grids."


class NotYourRole(Refused):
    """Somebody may do this, but not with this post."""

    status = 403
    code = "kernel.not_your_role"
    zh = "您的岗位不能做这一步。"
    en = "Your post does not allow this step."


class VersionConflict(Refused):
    """Somebody changed it since you read it."""

    code = "kernel.version_conflict"
    zh = "别人刚刚更新过（现为第 {current} 版，您看到的是第 {given} 版）。请刷新后再试。"
    en = "It was changed meanwhile (now version {current}, you saw {given}). Reload and try again."


class CommandIdReused(Refused):
    """The same command id arrived with another content."""

    code = "kernel.command_id_reused"
    zh = "这个指令编号已用于另一项操作。请用新的编号重新提交。"
    en = "This command id was used for something else. Send it again with a new id."


class Unreadable(Refused):
    """Wrong shape: names the field and the remedy."""

    status = 422
    code = "kernel.unreadable"
    zh = "“{field}”有误：{why_zh}"
    en = "Field {field}: {why_en}"
