"""By which handovers one thing went from whom to whom: its history, for the rooms above. Rule: TE-36."""

from __future__ import annotations

from uuid import UUID

from wangge.accounts import queries as accounts
from wangge.territory.handover_models import HandoverItem
from wangge.territory.handover_schemas import HandedOnOut


def list_handed(subject_id: UUID) -> list[HandedOnOut]:
    """Return the handovers of one thing, the earliest first."""
    rows = list(
        HandoverItem.objects.filter(subject_id=subject_id)
        .select_related("handover__user")
        .order_by("handover__at", "pk")
    )
    names = accounts.names_of([row.user_after for row in rows if row.user_after])
    return [
        HandedOnOut(
            at=row.handover.at,
            actor_name=row.handover.actor_name,
            from_name=row.handover.user.name,
            to_name=names.get(row.user_after) if row.user_after else None,
            reason=row.handover.reason,
            undone_at=row.handover.undone_at,
        )
        for row in rows
    ]
