"""Writes of ledgers: the pack's sections, files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from wangge.ledgers.exporting import EXPORT, ask_export, export_all, export_ledger, work_export
from wangge.ledgers.models import Ledger

__all__ = ["EXPORT", "ask_export", "export_all", "export_ledger", "install_ledgers", "work_export"]


@transaction.atomic
def install_ledgers(rows: Sequence[Mapping[str, Any]], *, pack_version: str) -> None:
    """Make these the sections of the ledgers, in their order. Rule: LE-1."""
    Ledger.objects.all().delete()
    Ledger.objects.bulk_create(
        Ledger(**row, position=n, pack_version=pack_version) for n, row in enumerate(rows)
    )
