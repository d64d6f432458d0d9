"""Small reads about people and their leaves, for the rooms above. Rule: AC-10, AC-13, AC-18."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q

from wangge.accounts.leave_models import StaffWord
from wangge.accounts.leave_rules import WordList
from wangge.accounts.models import Post, User
from wangge.accounts.schemas import ColleagueOut, StaffWordOut
from wangge.kernel.actor import Actor
from wangge.kernel.initials import initials_of
from wangge.kernel.terms import folded


def with_post_in(scope: str, on: date) -> Exists:
    """Return the condition that the user of a row has a post under `scope` that is not over."""
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    return Exists(Post.objects.filter(lasting, user_id=OuterRef("user_id"), scope__startswith=scope))


def has_post_in(user_id: int, scope: str, on: date) -> bool:
    """Return whether somebody has a post under `scope` that is not over."""
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    return Post.objects.filter(lasting, user_id=user_id, scope__startswith=scope).exists()


def named_like(words: str, prefix: str = "") -> Q:
    """Return the condition that a person is called so.

    A piece of the name, or the beginning of its initials, of the username or of the staff number.
    Rule: AC-17 (KE-31).
    """
    found = Q(**{f"{prefix}name__contains": words}) | Q(**{f"{prefix}username__startswith": words})
    found |= Q(**{f"{prefix}staff_number__startswith": words})
    if words.isascii() and words.isalnum():
        found |= Q(**{f"{prefix}initials__startswith": folded(words)})
    return found


def letters_of(name: str) -> str:
    """Return the initials under which somebody is found, "" for a name in Latin letters. Rule: AC-17."""
    return initials_of(name)[:64]


def find_colleagues(actor: Actor, words: str, *, on: date) -> list[ColleagueOut]:
    """Return up to 20 people with a post in the caller's territory whose leave the caller may enter.

    Raises: NotYourRole.
    Rule:   AC-10, AC-17.
    """
    actor.check_can("leave.grant")
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    own = Post.objects.filter(lasting, user_id=OuterRef("pk"), scope__startswith=actor.scope)
    found = User.objects.filter(Exists(own), named_like(words) if words else Q(), is_active=True)
    people = list(found.exclude(pk=actor.user_id).order_by("name", "pk")[:20])
    places = places_of([one.pk for one in people], on)
    return [ColleagueOut(id=one.pk, name=one.name, place=places.get(one.pk, "")) for one in people]


def ids_by_number(numbers: Iterable[str], scope: str, on: date) -> dict[str, int]:
    """Return the id of each staff number that is of the territory, or of nobody's yet. Rule: AC-10."""
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    held = Post.objects.filter(lasting, user_id=OuterRef("pk"))
    own = Q(Exists(held.filter(scope__startswith=scope))) | ~Q(Exists(held))
    found = User.objects.filter(own, staff_number__in=set(numbers) - {""})
    return {number: pk for number, pk in found.values_list("staff_number", "pk") if number}


def list_staff_words() -> list[StaffWordOut]:
    """Return the active pack's words about people, list by list in the pack's order. Rule: AC-18."""
    rows = StaffWord.objects.order_by("list", "position", "code")
    return [StaffWordOut.model_validate(row, from_attributes=True) for row in rows]


def leave_names() -> dict[str, tuple[str, str]]:
    """Return what the kinds of leave are called, in both languages."""
    rows = StaffWord.objects.filter(list=WordList.LEAVE)
    return {code: (zh, en) for code, zh, en in rows.values_list("code", "name_zh", "name_en")}


def places_of(user_ids: Iterable[int], on: date) -> dict[int, str]:
    """Return where each person is posted, as people call it: of several posts the one that began first."""
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    rows = Post.objects.filter(lasting, user_id__in=set(user_ids), lent_for__isnull=True)
    named = rows.order_by("user_id", "-starts_on", "-id").values_list("user_id", "scope_name", "scope")
    return {user_id: name or scope for user_id, name, scope in named}
