"""What a person decided about a command that was refused or met a newer version. Rule: FD-10."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from wangge.field.schemas import DecidedIn
from wangge.kernel import audit, batches
from wangge.kernel.actor import Actor
from wangge.kernel.fates import Fate


def note_decisions(told: Sequence[DecidedIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Write each decision into the audit trail, once; a fate each, in order.

    Raises: TooMany.
    Rule:   FD-10. Names of fields are kept, not their contents: those may be personal.
    """

    def settle(fresh: Sequence[DecidedIn]) -> dict[UUID, Fate]:
        audit.record([_row(one) for one in fresh], actor=actor, at=at)
        return {one.id: Fate.applied(one.id) for one in fresh}

    return batches.apply_once(told, settle, kind="field.decide", actor=actor, at=at)


def _row(one: DecidedIn) -> tuple[str, str, str, dict[str, object]]:
    detail = one.model_dump(
        mode="json", include={"kind", "subject", "code", "choice", "fields", "became", "at"}
    )
    return "field.decide_conflict", "command", str(one.refused_id), detail
