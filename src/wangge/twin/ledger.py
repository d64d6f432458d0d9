"""The ledger of acknowledged commands: what a crash of the house must not undo."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from wangge.kernel.fates import Fate


class Ledger:
    """The acknowledged commands, one line each, on the disk before anybody relies on it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")

    def note(self, fates: Iterable[Fate]) -> None:
        """Append what was answered, after it was answered."""
        self._file.writelines(f"{fate.command_id} {fate.outcome.value}\n" for fate in fates)
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def read_ledger(path: Path) -> dict[UUID, str]:
    """Return the outcome of each acknowledged command. A line cut short by a crash is no acknowledgement."""
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    pairs = (line.split() for line in whole.splitlines())
    return {UUID(command_id): outcome for command_id, outcome in pairs}
