"""The rows that a pack installs: topics, rules, and the hours in which nobody is disturbed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models, transaction

from wangge.notices.models import NoticeHours, NoticeRule, NoticeTopic

Rows = Sequence[Mapping[str, Any]]


def install_topics(rows: Rows, *, pack_version: str) -> None:
    """Make `rows` the topics. Rule: PK-4."""
    _install(NoticeTopic, rows, pack_version)


def install_rules(rows: Rows, *, pack_version: str) -> None:
    """Make `rows` the rules in force; those of other versions are kept, inactive. Rule: PK-4, NT-1."""
    _install(NoticeRule, rows, pack_version)


def install_hours(rows: Rows, *, pack_version: str) -> None:
    """Make `rows`, at most one, the hours in force. Rule: PK-4, NT-4."""
    _install(NoticeHours, rows[:1], pack_version)


@transaction.atomic
def _install(model: type[models.Model], rows: Rows, pack_version: str) -> None:
    """Switch to `rows`. A version never holds two contents (PK-5), so its rows are written once."""
    known = model._default_manager
    known.filter(is_active=True).exclude(pack_version=pack_version).update(is_active=False)
    if known.filter(pack_version=pack_version).exists():
        known.filter(pack_version=pack_version).update(is_active=True)
    else:
        known.bulk_create(model(**row, pack_version=pack_version) for row in rows)
