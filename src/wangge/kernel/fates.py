"""What became of each item of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from wangge.kernel.errors import Refused, Unreadable, VersionConflict


class Outcome(StrEnum):
    APPLIED = "applied"  # done now
    REPEATED = "repeated"  # done before by the same command: the fate of its first time
    REFUSED = "refused"  # 403, 404 or 409
    CONFLICT = "conflict"  # somebody changed it meanwhile
    UNREADABLE = "unreadable"  # 422; kept, with the reason


@dataclass(frozen=True, slots=True)
class Fate:
    """The fate of one command. `result` carries what the caller needs next (ids, version, status)."""

    command_id: UUID
    outcome: Outcome
    status: int = 200
    code: str | None = None
    zh: str | None = None
    en: str | None = None
    result: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def applied(cls, command_id: UUID, **result: Any) -> Fate:
        return cls(command_id, Outcome.APPLIED, result=result)

    @classmethod
    def repeated(cls, command_id: UUID, result: Mapping[str, Any]) -> Fate:
        return cls(
            command_id,
            Outcome.REPEATED,
            status=208,
            code="kernel.command_repeated",
            zh="这项操作此前已经完成，没有重复执行。",
            en="This was done before and was not done twice.",
            result=result,
        )

    @classmethod
    def refused(cls, command_id: UUID, refusal: Refused) -> Fate:
        outcome = Outcome.REFUSED
        if isinstance(refusal, VersionConflict):
            outcome = Outcome.CONFLICT
        elif isinstance(refusal, Unreadable) or refusal.status == 422:
            outcome = Outcome.UNREADABLE
        return cls(
            command_id, outcome, refusal.status, refusal.code, refusal.message("zh"), refusal.message("en")
        )
