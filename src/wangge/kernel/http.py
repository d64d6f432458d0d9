"""What every face needs at the edge of HTTP: the actor on the request, and a fate as an answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from ninja.responses import Status

from wangge.kernel.actor import Actor
from wangge.kernel.fates import Fate


class ActorRequest(HttpRequest):
    """A request of somebody who is logged in."""

    actor: Actor


def fate_body(fate: Fate) -> dict[str, Any]:
    return {
        "command_id": fate.command_id,
        "outcome": fate.outcome.value,
        "status": fate.status,
        "code": fate.code,
        "zh": fate.zh,
        "en": fate.en,
        "result": dict(fate.result),
    }


def fate_bodies(fates: Iterable[Fate]) -> list[dict[str, Any]]:
    return [fate_body(fate) for fate in fates]


def answer(fate: Fate) -> Status[dict[str, Any]]:
    """Return the HTTP status and body of a single command: 200, 208, 403, 404, 409 or 422."""
    return Status(fate.status, fate_body(fate))
