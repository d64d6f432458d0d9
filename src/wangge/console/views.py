"""Views of a page that somebody keeps under a name: the query of its address. Rule: WP-5."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from wangge.console.models import SavedView
from wangge.console.rules import MOST_VIEWS, TooManyViews, ViewNameTaken
from wangge.console.schemas import SavedViewIn, SavedViewOut
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible


def list_views(actor: Actor, page: str) -> list[SavedViewOut]:
    """Return the actor's own views of a page by name, and those that others of the same territory share."""
    own = SavedView.objects.visible_to(actor).filter(page=page).order_by("name", "id")
    return [_shown(one, actor) for one in own[: 2 * MOST_VIEWS]]


def save_view(given: SavedViewIn, *, actor: Actor, at: datetime) -> SavedViewOut:
    """Keep a view under a name; the same id again changes it.

    Raises: NotVisible, ViewNameTaken, TooManyViews.
    """
    known = SavedView.objects.filter(pk=given.id).first()
    if known is not None and known.owner_id != actor.user_id:
        raise NotVisible()
    if (
        known is None
        and SavedView.objects.filter(owner_id=actor.user_id, page=given.page).count() >= MOST_VIEWS
    ):
        raise TooManyViews(most=MOST_VIEWS)
    row = known or SavedView(id=given.id, owner_id=actor.user_id)
    row.page, row.name, row.query, row.is_shared = given.page, given.name, given.query, given.is_shared
    row.scope, row.saved_at = actor.scope, at
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ViewNameTaken(name=given.name) from error
    return _shown(row, actor)


def delete_view(view_id: UUID, *, actor: Actor) -> None:
    """Forget one of one's own. Raises: NotVisible."""
    gone, _ = SavedView.objects.filter(pk=view_id, owner_id=actor.user_id).delete()
    if not gone:
        raise NotVisible()


def _shown(one: SavedView, actor: Actor) -> SavedViewOut:
    return SavedViewOut(
        id=one.pk,
        page=one.page,
        name=one.name,
        query=one.query,
        is_shared=one.is_shared,
        is_own=one.owner_id == actor.user_id,
    )
