"""People from a file, by staff number: made or brought up to date, set by set. Rule: AC-19, AC-6, AC-8."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from django.contrib.auth.hashers import make_password
from django.db import transaction

from wangge.accounts.absences import letters_of
from wangge.accounts.models import Address, Post, User
from wangge.accounts.rules import Medium
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.secrets import decrypt, encrypt

Became = Literal["created", "updated", "unchanged", "taken"]


class PersonRow(NamedTuple):
    """One person of a file; an empty phone says nothing, and so does one that came out masked."""

    staff_number: str
    username: str
    name: str
    phone: str = ""


@transaction.atomic
def load_people(rows: Sequence[PersonRow], *, actor: Actor, at: datetime) -> list[Became]:
    """Make the people of a file or bring them up to date; return what became of each row.

    `taken`: the number or the username is somebody's of another territory, or of another number.
    Raises: NotYourRole.
    Rule:   AC-19. Nobody is given a password: the system administrator sets it by hand.
    """
    actor.check_can("accounts.write")
    numbers, usernames = {row.staff_number for row in rows}, {row.username for row in rows}
    by_number = {one.staff_number: one for one in User.objects.filter(staff_number__in=numbers)}
    by_name = {one.username: one for one in User.objects.filter(username__in=usernames)}
    foreign = _foreign({one.pk for one in (*by_number.values(), *by_name.values())}, actor, at)
    phones = _phones({one.pk for one in by_number.values()})
    became: list[Became] = []
    fresh: list[User] = []
    changed: list[User] = []
    called: list[tuple[User, str]] = []
    shared = make_password(None)
    for row in rows:
        user = by_number.get(row.staff_number)
        namesake = by_name.get(row.username)
        if user is None and namesake is not None and namesake.staff_number is None:
            user = namesake
        others = namesake is not None and (user is None or namesake.username != user.username)
        if (user is not None and user.pk in foreign) or others:
            became.append("taken")
            continue
        if user is None:
            user = User(username=row.username, password=shared, created_at=at, staff_number=row.staff_number)
            user.name, user.initials = row.name, letters_of(row.name)
            fresh.append(user)
            by_number[row.staff_number] = by_name[row.username] = user
            became.append("created")
            if row.phone:
                called.append((user, row.phone))
            continue
        is_new_phone = bool(row.phone) and phones.get(user.pk) != row.phone
        is_other = (user.name, user.staff_number) != (row.name, row.staff_number)
        became.append("updated" if is_other or is_new_phone else "unchanged")
        if is_other:
            user.name, user.initials, user.staff_number = row.name, letters_of(row.name), row.staff_number
            changed.append(user)
        if is_new_phone:
            called.append((user, row.phone))
    User.objects.bulk_create(fresh, batch_size=5_000)
    User.objects.bulk_update(changed, ["name", "initials", "staff_number"], batch_size=2_000)
    _write_phones(called, at)
    words: tuple[Literal["created", "updated"], ...] = ("created", "updated")
    counted: dict[str, int] = {word: became.count(word) for word in words if word in became}
    if counted:
        audit.record([("accounts.load_people", "user", "", counted)], actor=actor, at=at)
    return became


def _foreign(user_ids: set[int], actor: Actor, at: datetime) -> set[int]:
    """Return those with posts, but none in the actor's territory (AC-10)."""
    on = at.astimezone(CHINA).date()
    held = Post.objects.filter(user_id__in=user_ids).exclude(ends_on__lte=on)
    mine = set(held.filter(scope__startswith=actor.scope).values_list("user_id", flat=True))
    return set(held.values_list("user_id", flat=True)) - mine


def _phones(user_ids: set[int]) -> dict[int, str]:
    rows = Address.objects.filter(user_id__in=user_ids, medium=Medium.SMS.value)
    return {user_id: decrypt(sealed) for user_id, sealed in rows.values_list("user_id", "sealed")}


def _write_phones(called: Sequence[tuple[User, str]], at: datetime) -> None:
    Address.objects.bulk_create(
        (
            Address(user_id=user.pk, medium=Medium.SMS.value, sealed=encrypt(phone), updated_at=at)
            for user, phone in called
        ),
        update_conflicts=True,
        unique_fields=["user", "medium"],
        update_fields=["sealed", "updated_at"],
    )
