"""Cases that are late by their time to fix become severer, by a mark that says which rule did it (MA-6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wangge.cases.briefs import CaseBrief, list_open_past
from wangge.cases.rules import CaseFacts
from wangge.matters import queries as matters
from wangge.matters.rules import Raised, raised_when_overdue


@dataclass(slots=True)
class Books:
    """The rulebooks that cases were made under, each looked up once."""

    known: dict[str, matters.Rulebook]

    def of(self, version: str) -> matters.Rulebook:
        if version not in self.known:
            self.known[version] = matters.of_version(version)
        return self.known[version]


def list_late(at: datetime, books: Books) -> Iterator[list[UUID]]:
    """Yield pages of open cases that an upgrade rule raises now."""
    page = list_open_past(at)
    while page:
        found = [
            case.id
            for case in page
            if case.due_at is not None and raised_now(case, books.of(case.pack_version), at)
        ]
        if found:
            yield found
        page = list_open_past(at, beyond=page[-1].id)


def raised_now(case: CaseBrief | CaseFacts, book: matters.Rulebook, at: datetime) -> Raised | None:
    """Return the rule that raises an open case because it is late. Rule: MA-6."""
    matter = book.matters.get(case.matter_code)
    if matter is None or case.due_at is None:
        return None
    return raised_when_overdue(
        case.matter_code,
        case.severity,
        matter.may_become,
        reported_at=case.reported_at,
        due_at=case.due_at,
        upgrades=book.upgrades,
        at=at,
    )


def raise_all(cases: Mapping[UUID, CaseFacts], books: Books, at: datetime) -> dict[UUID, Raised]:
    """Return what raises each of the cases as they stand under the lock."""
    found = {key: raised_now(case, books.of(case.pack_version), at) for key, case in cases.items()}
    return {key: raised for key, raised in found.items() if raised is not None}
