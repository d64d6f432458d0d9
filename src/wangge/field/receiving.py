"""The command inbox: what phones made, in the order in which they made it, a fate each. Rule: FD-6."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ValidationError

from wangge.cases import services as cases
from wangge.cases.schemas import CaseReport, StepCommand
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Unreadable
from wangge.kernel.fates import Fate
from wangge.kernel.ids import new_id
from wangge.kernel.models import Unread
from wangge.orders import services as orders
from wangge.orders.schemas import OrderResult

Apply = Callable[..., list[Fate]]
KINDS: Mapping[str, tuple[type[BaseModel], Apply]] = {
    "orders.complete": (OrderResult, orders.complete_orders),
    "cases.report": (CaseReport, cases.report_cases),
    "cases.step": (StepCommand, cases.take_steps),
}


def receive(commands: Sequence[Mapping[str, Any]], *, actor: Actor, at: datetime) -> list[Fate]:
    """Return a fate a command, in order. Neighbours of one kind are written together.

    Shape:  len(fates) == len(commands). What cannot be read is kept as it came (`kernel.Unread`).
    Raises: nothing for a single command: a refusal is a fate.
    Rule:   FD-6 (order kept, a fate each, nothing lost).
    """
    read = [_read(command) for command in commands]
    fates: list[Fate] = []
    lost: list[Unread] = []
    start = 0
    for kind, group in groupby(read, key=lambda one: one[0]):
        batch = list(group)
        if kind is None:
            for (_, _, why), raw in zip(batch, commands[start : start + len(batch)], strict=True):
                fate = Fate.refused(_id_of(raw), Unreadable(field="payload", why_zh=why, why_en=why))
                lost.append(_kept(raw, fate, actor, at))
                fates.append(fate)
        else:
            _, apply = KINDS[kind]
            fates += apply([one for _, one, _ in batch], actor=actor, at=at)
        start += len(batch)
    Unread.objects.bulk_create(lost)
    return fates


def _read(command: Mapping[str, Any]) -> tuple[str | None, Any, str]:
    kind = str(command.get("kind", ""))
    if kind not in KINDS:
        return None, None, f"kind {kind[:64]!r}"
    payload = command.get("payload")
    body = dict(payload) if isinstance(payload, Mapping) else {}
    body |= {key: command[key] for key in ("id", "at", "base_version") if key in command}
    try:
        return kind, KINDS[kind][0].model_validate_json(json.dumps(body)), ""
    except ValidationError as error:
        wrong = "; ".join(".".join(map(str, one["loc"])) + f": {one['msg']}" for one in error.errors())
        return None, None, wrong[:1000]


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
