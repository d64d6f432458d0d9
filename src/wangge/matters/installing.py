"""The rows that a pack installs: the catalogue with all that hangs on it, and at last its timing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models, transaction
from django.db.models import Max

from wangge.matters.models import (
    LoopRules,
    Matter,
    Power,
    Route,
    StageClock,
    StageName,
    Term,
    Timing,
    Upgrade,
)

Rows = Sequence[Mapping[str, Any]]


def install_matters(rows: Rows, *, pack_version: str) -> None:
    """Make `rows` the active matters; those of other versions are kept, inactive. Rule: PK-4."""
    _install(Matter, rows, pack_version)


def install_routes(rows: Rows, *, pack_version: str) -> None:
    """Make `rows` the active routes. Rule: PK-4, MA-1."""
    _install(Route, rows, pack_version)


def install_upgrades(rows: Rows, *, pack_version: str) -> None:
    """Make `rows` the active upgrade rules. Rule: PK-4, MA-6."""
    _install(Upgrade, rows, pack_version)


def install_powers(rows: Rows, *, pack_version: str) -> None:
    """Make `rows` the active list of enforcement powers. Rule: PK-4, MA-4."""
    _install(Power, rows, pack_version)


def install_terms(rows: Rows, *, pack_version: str) -> None:
    """Make `rows` the active words of the catalogue. Rule: PK-4, MA-3, MA-5."""
    _install(Term, rows, pack_version)


def install_clocks(rows: Rows, *, pack_version: str) -> None:
    """Make `rows` the active stage clocks. Rule: PK-4, CS-6."""
    _install(StageClock, rows, pack_version)


def install_stages(rows: Rows, *, pack_version: str) -> None:
    """Make `rows` the names of the statuses. Rule: PK-4."""
    _install(StageName, rows, pack_version)


def install_loop(
    limits: Mapping[str, Any], templates: Mapping[str, Sequence[Mapping[str, Any]]], *, pack_version: str
) -> None:
    """Make `limits` what the loop allows, and `templates` its stages by channel ("": the others).

    Rule: PK-4, CS-30 … CS-37.
    """
    _install(LoopRules, [{**limits, "templates": templates}], pack_version)


@transaction.atomic
def install_timing(
    *, yellow_at_pct: int, at_once_hours: int, pack_version: str, work_spans: Sequence[Sequence[str]] = ()
) -> None:
    """Put the numbers of the clocks and with them the rows of `pack_version` into force: the last step.

    The city's own matters stay in force: the edition goes on (MA-8).
    Rule: PK-4, CS-6.
    """
    edition = Timing.objects.aggregate(last=Max("edition"))["last"] or 0
    Timing.objects.filter(is_active=True).update(is_active=False)
    numbers = {"yellow_at_pct": yellow_at_pct, "at_once_hours": at_once_hours, "work_spans": list(work_spans)}
    Timing.objects.update_or_create(
        pack_version=pack_version, edition=edition, defaults=numbers | {"is_active": True}
    )


@transaction.atomic
def _install(model: type[models.Model], rows: Rows, pack_version: str) -> None:
    """Switch to `rows`. A version never holds two contents (PK-5), so its rows are written once."""
    known = model._default_manager
    known.filter(is_active=True).exclude(pack_version=pack_version).update(is_active=False)
    if known.filter(pack_version=pack_version).exists():
        known.filter(pack_version=pack_version).update(is_active=True)
    else:
        known.bulk_create(model(**row, pack_version=pack_version) for row in rows)
