"""A ledger of every kind, for the tests of ledgers."""

from __future__ import annotations

from typing import Any

from wangge.ledgers import services
from wangge.ledgers.rules import LedgerKind


def make_ledgers(**changes: Any) -> None:
    """Let there be a ledger of every kind, each by the kind's own name."""
    services.install_ledgers(
        [
            {
                "code": kind.value,
                "number": f"{n}",
                "name_zh": f"台账{kind.value}",
                "name_en": kind.value,
                "kind": kind.value,
                "source": "SC-11",
                "is_confirmed": True,
            }
            | changes.get(kind.value, {})
            for n, kind in enumerate(LedgerKind, start=1)
        ],
        pack_version="test@1",
    )
