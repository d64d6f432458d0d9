"""For each row of the catalogue of requirements: the entries of the shipped packs that do it, or none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import yaml

from wangge.kernel.shapes import Schema
from wangge.packs.entry import Certainty
from wangge.packs.reading import list_names, read

WORDS = Path(__file__).parent / "source_rows.yaml"
ROW = re.compile(r"\b([A-Z]{2})-(\d{2})\b")


class PackEntryOut(Schema):
    """An entry of a pack that names the row as its source."""

    pack: str
    section: str
    code: str
    zh: str
    en: str
    certainty: Certainty


class SourceRowOut(Schema):
    """A row of the catalogue; without entries no pack does it: the program itself does, or nothing yet."""

    id: str
    zh: str
    en: str
    entries: list[PackEntryOut]


def ids_in(source: str) -> list[str]:
    """Return the ids of rows that a source names. Rule: PK-9."""
    return [f"{letters}-{digits}" for letters, digits in ROW.findall(source)]


@lru_cache(maxsize=1)
def list_source_rows() -> tuple[SourceRowOut, ...]:
    """Return all rows in the catalogue's order, each with the entries of all shipped packs that name it.

    Rule: PK-9. An entry that a pack takes over unchanged from another is shown there only.
    """
    words: dict[str, Sequence[str]] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    found: dict[str, list[PackEntryOut]] = {row: [] for row in words}
    for entry, source in _entries():
        for row in dict.fromkeys(ids_in(source)):
            if row in found:
                found[row].append(entry)
    return tuple(SourceRowOut(id=row, zh=zh, en=en, entries=found[row]) for row, (zh, en) in words.items())


def _entries() -> Iterator[tuple[PackEntryOut, str]]:
    seen: set[tuple[str, str, str]] = set()
    for name in sorted(list_names(), key=lambda one: (one != "base", one)):
        pack = read(name)
        for section, rows in pack.rows().items():
            for row in rows:
                key = (section, str(row["code"]), repr(row))
                if key in seen:
                    continue
                seen.add(key)
                entry = PackEntryOut(
                    pack=name,
                    section=section,
                    code=row["code"],
                    zh=row["zh"],
                    en=row["en"],
                    certainty=row["certainty"],
                )
                yield entry, row["source"]
