"""A draft becomes grids: community by community, by people, through the one change of grids there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wangge.grid_drafts.making import WRITE
from wangge.grid_drafts.models import CommunityDraft, GridDraft
from wangge.grid_drafts.schemas import Adoption, ChosenCommunity
from wangge.grid_drafts.state import unpack_shapes
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Refused, VersionConflict
from wangge.territory import services as territory
from wangge.territory.services import Done, Laid, Laying, Mover


class NoGridsProposed(Refused):
    code = "grid_drafts.no_grids_proposed"
    zh = "“{name}”没有提出网格（没有住户），无法启用。"
    en = "No grid is proposed for {name} (no households): nothing to adopt."


@dataclass(frozen=True, slots=True)
class Adopted:
    """What became of one community: a change of grids, or why not."""

    path: str
    done: Done | None
    refusal: Refused | None


def adopt(body: Adoption, *, movers: Sequence[Mover], actor: Actor, at: datetime) -> list[Adopted]:
    """Let the proposed grids of each chosen community stand, a change of its own for each, in order.

    Venues and open work move with it, members go on with the grids that go on, each change can be undone for
    24 hours. A community that was adopted before answers with that change.
    Raises: NotYourRole; NotVisible for a draft outside the caller's scope.
    Rule:   GD-11, TE-41.
    """
    actor.check_can(WRITE)
    draft = GridDraft.objects.visible_to(actor).filter(pk=body.draft_id).first()
    if draft is None:
        raise NotVisible
    found = []
    for chosen in body.communities:
        try:
            with transaction.atomic():
                done = _adopt(draft, chosen, body, movers, actor, at)
        except Refused as refusal:
            found.append(Adopted(chosen.path, None, refusal))
        else:
            found.append(Adopted(chosen.path, done, None))
    return found


def _adopt(
    draft: GridDraft,
    chosen: ChosenCommunity,
    body: Adoption,
    movers: Sequence[Mover],
    actor: Actor,
    at: datetime,
) -> Done:
    row = CommunityDraft.objects.select_for_update().filter(draft=draft, path=chosen.path).first()
    if row is None:
        raise NotVisible
    if row.version != chosen.version:
        raise VersionConflict(current=row.version, given=chosen.version)
    if not row.figures:
        raise NoGridsProposed(name=row.name)
    done = territory.lay_grids(
        laying_of(row, draft.layer, body.reason), movers=movers, actor=actor, at=at, dry_run=body.dry_run
    )
    if not body.dry_run and not done.was_done:
        row.adopted_at, row.adopted_by = at, actor.name
        row.save(update_fields=["adopted_at", "adopted_by"])
        detail = {"community": row.path, "change": str(row.change_id), "moved_households": row.moved}
        audit.record([("grid_drafts.adopt", "grid_draft", str(draft.pk), detail)], actor=actor, at=at)
    return done


def laying_of(row: CommunityDraft, layer: str, reason: str) -> Laying:
    """Return the proposed grids as the territory takes them."""
    standing = [UUID(one["id"]) for one in row.standing]
    shapes = unpack_shapes(bytes(row.shapes))
    grids = [
        Laid(
            name_of(row, said["number"]),
            shape,
            said["households"],
            standing[heir - 1] if (heir := row.heirs.get(str(said["number"]))) else None,
        )
        for said, shape in zip(row.figures, shapes, strict=True)
    ]
    return Laying(id=row.change_id, layer=layer, path=row.path, reason=reason, known=standing, grids=grids)


def name_of(row: CommunityDraft, number: int) -> str:
    """Return the name of a proposed grid: of the one it goes on with, else the community's and its number."""
    heir = row.heirs.get(str(number))
    if heir:
        return str(row.standing[heir - 1]["name"])
    ending = f"新{number:03}" if row.standing else f"{number:03}"
    return f"{row.name[: 64 - len(ending)]}{ending}"
