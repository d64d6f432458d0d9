"""Lists that somebody keeps under a name, for themselves or for their office (CS-40)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from wangge.accounts import queries as accounts
from wangge.cases.models import SavedFilter
from wangge.cases.schemas import SavedFilterIn, SavedFilterOut
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Refused

MOST = 50


class NameTaken(Refused):
    code = "cases.filter_name_taken"
    zh = "您已有名为“{name}”的清单，请换一个名称。"
    en = "You keep a list named {name} already. Choose another name."


class TooManyFilters(Refused):
    status = 422
    code = "cases.too_many_filters"
    zh = "每人最多保存 {most} 个清单，请先删除不用的。"
    en = "Everybody keeps {most} lists at most. Delete one that you no longer need."


def list_saved(actor: Actor) -> list[SavedFilterOut]:
    """Return the actor's own lists and those that the office shares, by name. Raises: NotYourRole."""
    actor.check_can("cases.read")
    office = Q(is_shared=True, scope=actor.scope, department_id=actor.department_id)
    if actor.department_id is None:
        office = Q(is_shared=True, scope=actor.scope, department_id__isnull=True)
    rows = list(SavedFilter.objects.filter(Q(owner_id=actor.user_id) | office).order_by("name", "pk"))
    names = accounts.names_of([row.owner_id for row in rows])
    return [
        SavedFilterOut(
            id=row.pk,
            name=row.name,
            query=row.query,
            is_shared=row.is_shared,
            is_mine=row.owner_id == actor.user_id,
            owner_name=names.get(row.owner_id, ""),
        )
        for row in rows
    ]


@transaction.atomic
def save_filter(given: SavedFilterIn, *, actor: Actor, at: datetime) -> SavedFilterOut:
    """Keep a list under a name, or change one's own; sent twice it is one.

    Raises: NotYourRole, NotVisible for the id of somebody else's, NameTaken, TooManyFilters.
    Rule:   CS-40.
    """
    actor.check_can("cases.read")
    others = SavedFilter.objects.exclude(pk=given.id)
    if others.filter(owner_id=actor.user_id).count() >= MOST:
        raise TooManyFilters(most=MOST)
    if SavedFilter.objects.filter(pk=given.id).exclude(owner_id=actor.user_id).exists():
        raise NotVisible()
    told: dict[str, Any] = {"name": given.name.strip(), "query": given.query, "is_shared": given.is_shared}
    try:
        with transaction.atomic():
            SavedFilter.objects.update_or_create(
                pk=given.id,
                defaults={
                    **told,
                    "owner_id": actor.user_id,
                    "scope": actor.scope,
                    "department_id": actor.department_id,
                    "saved_at": at,
                },
            )
    except IntegrityError as error:
        raise NameTaken(name=told["name"]) from error
    audit.record([("cases.save_filter", "saved_filter", str(given.id), told)], actor=actor, at=at)
    return SavedFilterOut(id=given.id, is_mine=True, owner_name=actor.name, **told)


@transaction.atomic
def delete_filter(filter_id: UUID, *, actor: Actor, at: datetime) -> None:
    """Forget one's own list. Raises: NotVisible, also for a list that the office shares but another made."""
    actor.check_can("cases.read")
    gone, _ = SavedFilter.objects.filter(pk=filter_id, owner_id=actor.user_id).delete()
    if not gone:
        raise NotVisible()
    audit.record([("cases.delete_filter", "saved_filter", str(filter_id), {})], actor=actor, at=at)
