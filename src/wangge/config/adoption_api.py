"""Adoption of a draft of grids: here, because it moves what every room keeps in a grid (ADR 21)."""

from __future__ import annotations

from ninja import Router

from wangge.config.territory_api import MOVERS
from wangge.grid_drafts import services
from wangge.grid_drafts.schemas import Adoption
from wangge.grid_drafts.services import Adopted
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest
from wangge.kernel.schemas import Refusal
from wangge.kernel.shapes import Schema
from wangge.territory import family
from wangge.territory.change_schemas import ChangeOut

router = Router(tags=["grid drafts"])


class AdoptedOut(Schema):
    """What became of one community: the change, or with `dry_run` what it would do; else why not."""

    path: str
    change: ChangeOut | None
    refusal: Refusal | None


@router.post("", response={200: list[AdoptedOut], (403, 404, 422): Refusal}, operation_id="adopt_grid_draft")
def adopt_grid_draft(request: ActorRequest, body: Adoption) -> list[AdoptedOut]:
    """Let the proposed grids of communities stand, each a change of its own that can be undone for a day."""
    at = clock.now()
    adopted = services.adopt(body, movers=MOVERS, actor=request.actor, at=at)

    def told(one: Adopted) -> AdoptedOut:
        change = (
            family.tell(one.done, at=at, dry_run=body.dry_run and not one.done.was_done) if one.done else None
        )
        return AdoptedOut(
            path=one.path, change=change, refusal=Refusal(**one.refusal.as_dict()) if one.refusal else None
        )

    return [told(one) for one in adopted]
