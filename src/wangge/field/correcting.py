"""What a member puts right in a dossier on the way: only the fields that were touched. Rule: FD-9."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from wangge.field.schemas import CorrectionIn
from wangge.kernel import batches
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.fates import Fate
from wangge.venues import queries as venues
from wangge.venues import services
from wangge.venues.schemas import VenueDetail, VenueIn

SOURCE = "field"


def correct_places(told: Sequence[CorrectionIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Change the named fields of places and leave the others, a fate each, in order.

    Shape:  len(fates) == len(told); a repeated command id gives the fate of its first time. The result of a
            conflict carries the version that stands; both sides are then on the phone.
    Raises: TooMany; NotYourRole.
    Rule:   FD-9 (a correction on an older version is a conflict, whatever fields it names).
    """
    actor.check_can("venues.write")

    def settle(fresh: Sequence[CorrectionIn]) -> dict[UUID, Fate]:
        return {one.id: _one(one, actor, at) for one in fresh}

    return batches.apply_once(told, settle, kind="field.correct", actor=actor, at=at)


def _one(told: CorrectionIn, actor: Actor, at: datetime) -> Fate:
    named = told.model_fields_set & told.FIELDS
    if not named:
        refusal = Unreadable(field="fields", why_zh="没有要更正的内容", why_en="nothing to put right")
        return Fate.refused(told.id, refusal)
    try:
        standing = venues.get_detail(actor, told.venue_id)
    except NotVisible as refusal:
        return Fate.refused(told.id, refusal)
    given = _whole(standing, told).model_copy(update={name: getattr(told, name) for name in named})
    fate = services.save_venues([given], actor=actor, at=at, source=SOURCE)[0]
    result = dict(fate.result) | {"venue_id": str(told.venue_id), "current": standing.version}
    return replace(fate, command_id=told.id, result=result)


def _whole(standing: VenueDetail, told: CorrectionIn) -> VenueIn:
    """Return the dossier as it stands; what is masked on the way out stays as it is (VE-6)."""
    return VenueIn.model_validate(
        standing.model_dump(include=set(VenueIn.model_fields)) | {"base_version": told.base_version}
    )
