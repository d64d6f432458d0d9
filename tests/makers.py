"""What tests are made of. Few and keyword-only; whoever needs one first adds it.

Three people everywhere: ALICE runs the street, BOB walks one of its grids, and CAROL belongs to another
district whose code looks like a prefix of theirs.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from django.test import Client
from PIL import Image

from wangge.accounts import queries, services
from wangge.accounts.models import User
from wangge.accounts.rules import CAPABILITIES, Role
from wangge.accounts.services import NewDepartment, NewPost, NewUser
from wangge.kernel import files
from wangge.kernel.actor import Actor
from wangge.kernel.ids import assemble
from wangge.territory.models import GridMember
from wangge.venues.models import Venue, VenueClass

AT = datetime(2025, 10, 13, 2, 0, tzinfo=UTC)  # Monday, 10 o'clock in China, a working day
ON = date(2025, 10, 13)


@dataclass(frozen=True)
class Person:
    username: str
    name: str
    role: Role
    scope: str

    def acting_as(self, role: Role, *, scope: str | None = None) -> Person:
        return replace(self, role=role, scope=scope or self.scope)


ALICE = Person("alice", "李爱丽", Role.DISPATCHER, "34.02.03.005.")
BOB = Person("bob", "包步行", Role.GRID_MEMBER, "34.02.03.005.012.001.")
CAROL = Person("carol", "柯若兰", Role.DISPATCHER, "34.02.0.")
NOBODY = 900_000_000  # the id of a user who is in no table: no sequence of a test run comes that far


def plain_actor(person: Person, *, user_id: int = 1, department_id: int | None = None) -> Actor:
    """Return the actor without a database, for tests of rules."""
    return Actor(user_id, person.name, person.role, person.scope, department_id, CAPABILITIES[person.role])


def make_user(*, username: str = "dave", name: str = "戴维", password: str | None = None) -> User:
    services.create_users([NewUser(username, name)], password=password, actor=None, at=AT)
    return User.objects.get(username=username)


def make_post(
    *,
    user: User,
    role: Role = Role.GRID_MEMBER,
    scope: str = BOB.scope,
    department_id: int | None = None,
    starts_on: date = date(2025, 1, 1),
    ends_on: date | None = None,
) -> int:
    post = NewPost(user.pk, role, scope, starts_on, f"辖区 {scope}", department_id, ends_on)
    return services.grant_post(post, actor=None, at=AT)


def make_department(
    *, code: str = "fire-03", name: str = "镜湖区消防大队", kind: str = "fire", path: str = "34.02.03."
) -> int:
    return services.ensure_department(NewDepartment(code, name, kind, path), actor=None, at=AT)


def make_actor(person: Person, *, department_id: int | None = None) -> Actor:
    """Return the person's actor; the user and the post are made when they are not there."""
    user = make_user(username=person.username, name=person.name)
    make_post(user=user, role=person.role, scope=person.scope, department_id=department_id)
    actor = queries.get_actor(user, ON)
    assert actor is not None
    assert (actor.role, actor.scope) == (person.role, person.scope), "an earlier post acts already"
    return actor


def make_client(actor: Actor) -> Client:
    """Return a browser in which the actor is logged in."""
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def photo_bytes(*, colour: str = "red", media_format: str = "JPEG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (32, 24), colour).save(file, media_format)
    return file.getvalue()


def make_photo(*, actor: Actor, colour: str = "red") -> str:
    """Return the digest of a stored photo; another colour is another photo."""
    return files.store_file(photo_bytes(colour=colour), actor=actor, at=AT).sha256


def make_members(paths: dict[str, User]) -> None:
    """Let each user be the primary member of a path of the comprehensive layer."""
    GridMember.objects.bulk_create(
        GridMember(path=path, layer="comprehensive", user=user, starts_on=date(2025, 1, 1))
        for path, user in paths.items()
    )


def make_venues(
    *,
    count: int = 1,
    class_code: str = "shop",
    tags: Sequence[str] = (),
    grid_path: str = BOB.scope,
    **fields: Any,
) -> list[Venue]:
    """Return new places of one kind; their ids are the same in every run."""
    VenueClass.objects.get_or_create(
        code=class_code, defaults={"name_zh": class_code, "name_en": class_code, "pack_version": "test@1"}
    )
    first = Venue.objects.count()
    return Venue.objects.bulk_create(
        Venue(
            id=assemble(AT, first + n),
            code=f"V{first + n}",
            venue_class_id=class_code,
            tags=list(tags),
            grid_path=grid_path,
            source="test",
            created_at=AT,
            updated_at=AT,
            **{"name": f"{first + n} 号店", "lon": 118.37, "lat": 31.33} | fields,
        )
        for n in range(count)
    )
