"""Shapes of the kinds of cases at the edge."""

from __future__ import annotations

from ninja import Schema

from wangge.matters.rules import Severity


class MatterOut(Schema):
    code: str
    name_zh: str
    name_en: str
    group_code: str
    group_zh: str
    group_en: str
    severity: Severity
    fix_days: int
    fix_hours: int | None
    basis: str
    department_kind: str
    words_zh: list[str]  # what people call it: the words that suggest it
    is_confirmed: bool
