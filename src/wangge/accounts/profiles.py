"""Hiring criteria and what the teams are made of (三有两化一高). Rule: AC-20 (TZ-09)."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from wangge.accounts.leave_models import StaffWord
from wangge.accounts.leave_rules import WordList
from wangge.accounts.models import Post, Profile, User
from wangge.accounts.profile_rules import FEWEST, is_told, share_pct
from wangge.accounts.profile_schemas import CompositionOut, ProfileIn, ProfileOut, ShareOut
from wangge.accounts.rules import Role
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Unreadable

LISTS = (("education", WordList.EDUCATION), ("politics", WordList.POLITICS), ("criteria", WordList.HIRING))


def get_profile(actor: Actor, user_id: int, *, on: date) -> ProfileOut:
    """Return what was noted of somebody of the territory. Raises: NotYourRole, NotVisible."""
    actor.check_can("accounts.write")
    _check_own(actor, user_id, on)
    row = Profile.objects.filter(pk=user_id).first()
    if row is None:
        return ProfileOut(user_id=user_id, education="", politics="", criteria=[], noted_at=None)
    return ProfileOut(
        user_id=user_id,
        education=row.education,
        politics=row.politics,
        criteria=row.criteria,
        noted_at=row.noted_at,
    )


@transaction.atomic
def save_profile(user_id: int, given: ProfileIn, *, actor: Actor, at: datetime, on: date) -> ProfileOut:
    """Note schooling, politics and the criteria that somebody meets. The audit row holds no value.

    Raises: NotYourRole, NotVisible; Unreadable for a word that the pack does not name.
    Rule:   AC-20.
    """
    actor.check_can("accounts.write")
    _check_own(actor, user_id, on)
    for field, words in LISTS:
        said = getattr(given, field)
        _check_words(field, set(said) if isinstance(said, list) else {said} - {""}, words)
    told = given.model_dump() | {"noted_at": at, "noted_by": actor.user_id}
    Profile.objects.update_or_create(user_id=user_id, defaults=told)
    audit.record([("accounts.note_profile", "user", str(user_id), {})], actor=actor, at=at)
    return get_profile(actor, user_id, on=on)


def _check_words(field: str, used: set[str], words: WordList) -> None:
    known = set(StaffWord.objects.filter(list=words.value).values_list("code", flat=True))
    if unknown := used - known:
        one = min(unknown)
        raise Unreadable(field=field, why_zh=f"规则包中没有“{one}”", why_en=f"the pack has no {one}")


def _check_own(actor: Actor, user_id: int, on: date) -> None:
    """Raises: NotVisible for somebody who holds a post, but none of the territory. Rule: AC-10."""
    lasting = Post.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), user_id=user_id)
    own = lasting.filter(scope__startswith=actor.scope)
    if not User.objects.filter(pk=user_id).exists() or (lasting.exists() and not own.exists()):
        raise NotVisible()


def count_composition(actor: Actor, *, within: str, on: date) -> CompositionOut:
    """Return what the grid members of a territory are by schooling, politics and hiring criteria.

    Raises: NotYourRole.
    Rule:   AC-20 (TZ-09): of fewer than five people, or where fewer than five were noted, no figure is told.
    """
    actor.check_can("accounts.read")
    scope = within if within.startswith(actor.scope) else actor.scope
    held = Post.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on, scope__startswith=scope,
        role=Role.GRID_MEMBER.value, lent_for__isnull=True, user__is_active=True,
    )  # fmt: skip
    people = set(held.values_list("user_id", flat=True))
    rows = list(Profile.objects.filter(user_id__in=people).values_list("education", "politics", "criteria"))
    words = list(StaffWord.objects.filter(list__in=[words.value for _, words in LISTS]).order_by("position"))
    is_enough = is_told(len(rows))
    counts = {
        WordList.EDUCATION.value: Counter(education for education, _, _ in rows),
        WordList.POLITICS.value: Counter(politics for _, politics, _ in rows),
        WordList.HIRING.value: Counter(one for _, _, criteria in rows for one in criteria),
    }
    shares = [
        ShareOut(
            list=word.list,
            code=word.code,
            name_zh=word.name_zh,
            name_en=word.name_en,
            source=word.source,
            is_confirmed=word.is_confirmed,
            people=counts[word.list][word.code],
            share_pct=share_pct(counts[word.list][word.code], len(rows)),
        )
        for word in words
    ]
    return CompositionOut(
        people=len(people),
        noted=len(rows),
        is_told=is_enough,
        fewest=FEWEST,
        shares=shares if is_enough else [],
    )
