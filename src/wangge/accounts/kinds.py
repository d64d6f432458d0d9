"""What kind of staff people are, and by what means employed: words of the pack on posts. Rule: AC-18."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Q

from wangge.accounts.leave_models import StaffWord
from wangge.accounts.leave_rules import WordList
from wangge.accounts.models import Post
from wangge.accounts.schemas import KindCountOut
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Unreadable

FIELDS = (("kind", WordList.STAFF_KIND), ("employment", WordList.EMPLOYMENT))


def check_words(pairs: Iterable[tuple[str, str]]) -> None:
    """Raises: Unreadable for a (kind, employment) that the active pack does not name. Rule: AC-18."""
    given = [set(some) - {""} for some in zip(*pairs, strict=True)]
    for (field, words), used in zip(FIELDS, given, strict=False):
        if not used:
            continue
        known = set(StaffWord.objects.filter(list=words).values_list("code", flat=True))
        if unknown := used - known:
            one, choice = min(unknown), "、".join(sorted(known)) or "—"
            raise Unreadable(
                field=field,
                why_zh=f"规则包中没有“{one}”。可用：{choice}",
                why_en=f"the pack has no {one}. There are: {choice}",
            )


@transaction.atomic
def set_post_kind(post_id: int, *, kind: str, employment: str, actor: Actor, at: datetime) -> None:
    """Say what kind of staff somebody is in a post.

    Raises: NotYourRole, NotVisible; Unreadable for a word that the pack does not name.
    Rule:   AC-18, AC-10.
    """
    actor.check_can("accounts.grant")
    own = Post.objects.select_for_update().filter(pk=post_id, scope__startswith=actor.scope)
    post = own.first()
    if post is None:
        raise NotVisible()
    check_words([(kind, employment)])
    before = (post.kind, post.employment)
    if before == (kind, employment):
        return
    post.kind, post.employment = kind, employment
    post.save(update_fields=["kind", "employment"])
    detail = {"post": post_id, "from": list(before), "to": [kind, employment]}
    audit.record([("accounts.set_post_kind", "user", str(post.user_id), detail)], actor=actor, at=at)


def kinds_at(held: Iterable[tuple[int, str]]) -> dict[tuple[int, str], tuple[str, str]]:
    """Return what the kind of staff of (person, scope) is called, for those that say one; two statements."""
    pairs = set(held)
    rows = Post.objects.filter(
        user_id__in={user for user, _ in pairs}, scope__in={scope for _, scope in pairs}
    ).exclude(kind="")
    found = {(user, scope): kind for user, scope, kind in rows.values_list("user_id", "scope", "kind")}
    if not found:
        return {}
    words = StaffWord.objects.filter(list=WordList.STAFF_KIND, code__in=set(found.values()))
    names = {code: (zh, en) for code, zh, en in words.values_list("code", "name_zh", "name_en")}
    return {pair: names.get(kind, (kind, kind)) for pair, kind in found.items() if pair in pairs}


def count_kinds(actor: Actor, *, within: str, on: date) -> list[KindCountOut]:
    """Return how many people in force are of each kind and employment in the caller's territory.

    Raises: NotYourRole.
    Rule:   AC-18, AC-10 (HB-05, WH-35). Nobody is counted for a post that was lent.
    """
    actor.check_can("accounts.read")
    scope = within if within.startswith(actor.scope) else actor.scope
    held = Post.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=on),
        starts_on__lte=on,
        scope__startswith=scope,
        lent_for__isnull=True,
        user__is_active=True,
    ).exclude(kind="", employment="")
    rows = held.values_list("kind", "employment").annotate(n=Count("user_id", distinct=True))
    return [
        KindCountOut(kind=kind, employment=employment, people=n)
        for kind, employment, n in rows.order_by("kind", "employment")
    ]
