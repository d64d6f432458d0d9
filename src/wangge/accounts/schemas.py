"""Shapes of accounts at the edge."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from wangge.accounts.rules import Medium, Role
from wangge.kernel.shapes import Schema


class LoginIn(Schema):
    username: str = Field(max_length=64, pattern=r"^[^\x00]*$")  # PostgreSQL keeps no NUL
    password: str = Field(max_length=256)


class MyPostOut(Schema):
    """A post that the caller may act in."""

    id: int
    role: Role
    scope: str
    scope_name: str
    department_name: str | None
    ends_on: date | None
    stands_in_for: str | None  # the post was lent for somebody's leave


class Me(Schema):
    id: int
    username: str
    name: str
    role: Role
    scope: str
    scope_name: str
    department_id: int | None
    department_name: str | None
    capabilities: list[str]
    csrf_token: str
    post_id: int | None
    posts: list[MyPostOut]  # in force today; more than one: the person chooses


class ActIn(Schema):
    """In which of the own posts to go on."""

    post_id: int


class DepartmentOut(Schema):
    id: int
    code: str
    name: str
    kind: str
    path: str


class UserIn(Schema):
    username: str = Field(min_length=1, max_length=64)
    name: str = Field(min_length=1, max_length=64)
    password: str = Field(max_length=256)


class UserOut(Schema):
    id: int
    username: str
    name: str


class PostIn(Schema):
    """A post for somebody, in `[starts_on, ends_on)`."""

    user_id: int
    role: Role
    scope: str = Field(max_length=64)  # a closed path
    scope_name: str = Field("", max_length=64)
    department_id: int | None = None
    starts_on: date
    ends_on: date | None = None
    kind: str = Field("", max_length=32)  # of the pack's staff kinds; empty: not said
    employment: str = Field("", max_length=32)


class PostKindIn(Schema):
    """What kind of staff somebody is in a post, and by what means employed; empty: not said."""

    kind: str = Field("", max_length=32)
    employment: str = Field("", max_length=32)


class KindCountOut(Schema):
    """How many people in force are of a kind, by the source of their employment."""

    kind: str
    employment: str
    people: int


class PostOut(Schema):
    id: int


class PostEndIn(Schema):
    """The first day without the post; none: it has no end."""

    ends_on: date | None


class HeldPostOut(Schema):
    """A post somebody holds, held or will hold."""

    id: int
    role: Role
    scope: str
    scope_name: str
    department_name: str | None
    starts_on: date
    ends_on: date | None
    stands: Literal["now", "later", "over"]
    kind: str
    employment: str
    stands_in_for: str | None


class PostHolderOut(Schema):
    """Somebody with the posts inside the caller's territory, the newest first."""

    id: int
    username: str
    name: str
    staff_number: str | None
    is_active: bool
    posts: list[HeldPostOut]


class PostHolderPage(Schema):
    items: list[PostHolderOut]
    total: int
    total_is_exact: bool
    next_cursor: str | None


class ColleagueOut(Schema):
    """Somebody of the own territory, as a picker shows them."""

    id: int
    name: str
    place: str


class StaffWordOut(Schema):
    """A word of the pack about people: a kind of leave, a kind of staff, a source of employment."""

    list: str
    code: str
    parent: str
    name_zh: str
    name_en: str
    source: str
    is_confirmed: bool


class DepartmentIn(Schema):
    """A department by its code: made, or brought up to date."""

    code: str = Field(min_length=1, max_length=32)
    name: str = Field(min_length=1, max_length=64)
    kind: str = Field(min_length=1, max_length=32)
    path: str = Field(max_length=64)


class AddressesIn(Schema):
    """Addresses by medium; an empty one is removed, one that is not named stays."""

    addresses: dict[Medium, str]


class AddressesOut(Schema):
    """Addresses by medium, masked."""

    addresses: dict[Medium, str]
