"""Shapes of accounts at the edge."""

from __future__ import annotations

from ninja import Schema
from pydantic import Field

from wangge.accounts.rules import Role


class LoginIn(Schema):
    username: str = Field(max_length=64, pattern=r"^[^\x00]*$")  # PostgreSQL keeps no NUL
    password: str = Field(max_length=256)


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


class DepartmentOut(Schema):
    id: int
    code: str
    name: str
    kind: str
    path: str
