"""The HTTP doors of cases, as tests knock on them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.cases.makers import HOUR
from tests.makers import AT, make_client
from wangge.kernel.actor import Actor

LATER = AT + HOUR * 30
BOX = "118.3,31.3,118.4,31.4"


def get(actor: Actor, path: str, **query: Any) -> Any:
    return make_client(actor).get(f"/api/cases{path}", query)


def post(actor: Actor, path: str, body: Any) -> Any:
    return make_client(actor).post(f"/api/cases{path}", body, content_type="application/json")


def ids(actor: Actor, **query: Any) -> list[UUID]:
    answer = get(actor, "", **query)
    assert answer.status_code == 200, answer.content
    return [UUID(item["id"]) for item in answer.json()["items"]]
