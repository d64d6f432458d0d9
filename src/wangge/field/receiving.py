"""The command inbox: what phones made, in the order in which they made it, a fate each. Rule: FD-6, FD-8."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from wangge.accounts import queries as accounts
from wangge.field.kinds import KINDS
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import Refused, Unreadable
from wangge.kernel.fates import Fate
from wangge.kernel.ids import new_id
from wangge.kernel.models import Unread


@dataclass(frozen=True, slots=True)
class Read:
    """A command as it was read: of a kind, made in a post; without a kind `why` says what is wrong."""

    kind: str | None
    post: int | None
    body: Any = None
    why: str = ""


def receive(commands: Sequence[Mapping[str, Any]], *, actor: Actor, at: datetime) -> list[Fate]:
    """Return a fate a command, in order. Neighbours of one kind and post are written together.

    Shape:  len(fates) == len(commands). What cannot be read is kept as it came (`kernel.Unread`).
    Raises: nothing for a single command: a refusal is a fate.
    Rule:   FD-6 (order kept, a fate each, nothing lost), FD-8 (each in the post in which it was made).
    """
    read = [_read(command) for command in commands]
    fates: list[Fate] = []
    lost: list[Unread] = []
    for (kind, post), group in groupby(read, key=lambda one: (one.kind, one.post)):
        batch = list(group)
        if kind is None:
            for one, raw in zip(batch, commands[len(fates) : len(fates) + len(batch)], strict=True):
                fate = Fate.refused(_id_of(raw), Unreadable(field="payload", why_zh=one.why, why_en=one.why))
                lost.append(_kept(raw, fate, actor, at))
                fates.append(fate)
        else:
            fates += _apply(kind, post, [one.body for one in batch], actor, at)
    Unread.objects.bulk_create(lost)
    return fates


def _apply(kind: str, post: int | None, bodies: Sequence[Any], actor: Actor, at: datetime) -> list[Fate]:
    """What refuses a whole batch (a post that is over, a role that may not) is the fate of each in it."""
    try:
        if post is not None and post != actor.post_id:
            actor = accounts.get_acting(actor.user_id, post, at.astimezone(CHINA).date())
        return KINDS[kind].apply(bodies, actor=actor, at=at)
    except Refused as refusal:
        return [Fate.refused(body.id, refusal) for body in bodies]


def _read(command: Mapping[str, Any]) -> Read:
    kind, post = str(command.get("kind", "")), command.get("post")
    if kind not in KINDS:
        return Read(None, None, why=f"kind {kind[:64]!r}")
    if post is not None and not (isinstance(post, int) and 0 < post < 1 << 63):
        return Read(None, None, why="post: not a number of a post")
    payload = command.get("payload")
    body = dict(payload) if isinstance(payload, Mapping) else {}
    body |= {key: command[key] for key in ("id", "at", "base_version") if key in command}
    try:
        return Read(kind, post, KINDS[kind].shape.model_validate_json(json.dumps(body)))
    except ValidationError as error:
        wrong = "; ".join(".".join(map(str, one["loc"])) + f": {one['msg']}" for one in error.errors())
        return Read(None, None, why=wrong[:1000])


def _id_of(raw: Mapping[str, Any]) -> UUID:
    """Return the id that the command says it has, or the nil id: then its place in the list tells which."""
    try:
        return UUID(str(raw.get("id", "")))
    except ValueError:
        return UUID(int=0)


def _kept(raw: Mapping[str, Any], fate: Fate, actor: Actor, at: datetime) -> Unread:
    return Unread(
        id=new_id(),
        kind="field.inbox",
        actor_id=actor.user_id,
        at=at,
        raw=json.dumps(raw, ensure_ascii=False).replace("\\u0000", ""),
        code=fate.code or "",
        reason=fate.en or "",
    )
