"""The rows that a pack installs: matters, routes, stage clocks, stage names, and at last its timing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models, transaction

from wangge.matters.models import Matter, Route, StageClock, StageName, Timing

Rows = Sequence[Mapping[str, Any]]


def install_matters(rows: Rows, *, pack_version: str) -> None:
    """Make `rows` the active matters; those of other versions are kept, inactive. Rule: PK-4."""
    _install(Matter, rows, pack_version)


def install_routes(rows: Rows, *, pack_version: str) -> None:
    """Make `rows` the active routes. Rule: PK-4, MA-1."""
    _install(Route, rows, pack_version)


def install_clocks(rows: Rows, *, pack_version: str) -> None:
    """Make `rows` the active stage clocks. Rule: PK-4, CS-6."""
    _install(StageClock, rows, pack_version)


def install_stages(rows: Rows, *, pack_version: str) -> None:
    """Make `rows` the names of the statuses. Rule: PK-4."""
    _install(StageName, rows, pack_version)


def install_timing(
    *, yellow_at_pct: int, at_once_hours: int, pack_version: str, work_spans: Sequence[Sequence[str]] = ()
) -> None:
    """Put the numbers of the clocks and with them the rows of `pack_version` into force: the last step.

    Rule: PK-4, CS-6.
    """
    row = {"yellow_at_pct": yellow_at_pct, "at_once_hours": at_once_hours, "work_spans": list(work_spans)}
    _install(Timing, [row], pack_version)


@transaction.atomic
def _install(model: type[models.Model], rows: Rows, pack_version: str) -> None:
    """Switch to `rows`. A version never holds two contents (PK-5), so its rows are written once."""
    known = model._default_manager
    known.filter(is_active=True).exclude(pack_version=pack_version).update(is_active=False)
    if known.filter(pack_version=pack_version).exists():
        known.filter(pack_version=pack_version).update(is_active=True)
    else:
        known.bulk_create(model(**row, pack_version=pack_version) for row in rows)
