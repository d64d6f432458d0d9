"""Reads of bulletins. Every one starts from visible_to(actor)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import Q

from wangge.bulletins.making import MAKE, list_paths
from wangge.bulletins.models import Bulletin
from wangge.bulletins.rules import BulletinKind
from wangge.bulletins.schemas import BulletinFilter, BulletinPage, BulletinRow
from wangge.documents import queries as documents
from wangge.documents.rules import TITLES, DocumentKind
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.kernel.paths import is_closed
from wangge.territory import queries as territory

READ = "bulletins.read"

__all__ = ["READ", "get_bulletin", "list_bulletins", "list_paths"]


def list_bulletins(actor: Actor, filters: BulletinFilter) -> BulletinPage:
    """Return a page of the bulletins of one's territory, the newest first. Raises: NotYourRole, NotVisible.

    Rule: BU-6.
    """
    actor.check_can(READ)
    found = Bulletin.objects.visible_to(actor)
    if filters.within:
        if not is_closed(filters.within) or not actor.covers(filters.within):
            raise NotVisible()
        found = found.filter(path__startswith=filters.within)
    if filters.kind:
        found = found.filter(kind=filters.kind.value)
    total = found.count()
    if filters.cursor:
        last = found.filter(pk=filters.cursor).first()
        if last is None:
            raise NotVisible()
        later = Q(starts_on=last.starts_on) & (Q(path__gt=last.path) | Q(path=last.path, pk__gt=last.pk))
        found = found.filter(Q(starts_on__lt=last.starts_on) | later)
    rows = list(
        found.select_related("document__voiding").order_by("-starts_on", "path", "pk")[: filters.limit + 1]
    )
    shown = rows[: filters.limit]
    names = territory.names_of({one.path for one in shown})
    return BulletinPage(
        items=[_row(one, names.get(one.path, one.path)) for one in shown],
        total=total,
        next_cursor=shown[-1].pk if len(rows) > filters.limit else None,
        has_pdf=documents.has_pdf(),
        may_make=actor.can(MAKE),
    )


def get_bulletin(actor: Actor, bulletin_id: UUID) -> Bulletin:
    """Return a bulletin with its document. Raises: NotYourRole, NotVisible."""
    actor.check_can(READ)
    found = Bulletin.objects.visible_to(actor).select_related("document").filter(pk=bulletin_id).first()
    if found is None:
        raise NotVisible()
    return found


def _row(one: Bulletin, name: str) -> BulletinRow:
    title = TITLES[DocumentKind(one.document.kind)]
    return BulletinRow(
        id=one.pk,
        document_id=one.document_id,
        kind=BulletinKind(one.kind),
        title_zh=title[0],
        title_en=title[1],
        number_text=one.document.number_text,
        path=one.path,
        place_name=name,
        starts_on=one.starts_on,
        last_on=one.ends_on - timedelta(days=1),
        summary=str(one.document.facts.get("summary", "")),
        is_scheduled=one.is_scheduled,
        is_void=getattr(one.document, "voiding", None) is not None,
        made_at=one.made_at,
    )
