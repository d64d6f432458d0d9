"""The catalogue as a file."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponseBase

from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.downloads import check_suffix, download
from wangge.matters.catalogue import get_catalogue
from wangge.matters.schemas import CatalogueRow

COLUMNS = {
    "编号 code": "code",
    "名称 name": "name_zh",
    "name_en": "name_en",
    "类别 group": "group_zh",
    "主管 owner": "owner_kind",
    "等级 severity": "severity",
    "可上调至 may_become": "may_become",
    "时限原文 deadline": "deadline_words",
    "工作日 fix_days": "fix_days",
    "小时 fix_hours": "fix_hours",
    "首办 department": "department_kind",
    "依据 basis": "basis",
    "限定可见 restricted": "is_restricted",
    "停业整改 stops_operation": "stops_operation",
    "来源 origin": "origin",
    "出处 source": "source",
    "已确认 confirmed": "is_confirmed",
}


def export_matters(actor: Actor, suffix: str, *, at: datetime) -> HttpResponseBase:
    """Return the catalogue in force as a csv or xlsx file, and leave an audit row.

    Raises: NotYourRole, Unreadable for another suffix.
    """
    check_suffix(suffix)
    rows = get_catalogue(actor).matters
    audit.record([("matters.export", "catalogue", "", {"suffix": suffix})], actor=actor, at=at)
    return download(map(_columns, rows), list(COLUMNS), name="matters", suffix=suffix, at=at)


def _columns(row: CatalogueRow) -> dict[str, object]:
    told = row.model_dump(mode="json")
    return {title: told[name] for title, name in COLUMNS.items()}
