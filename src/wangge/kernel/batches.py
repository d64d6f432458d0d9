"""A batch of commands, each applied once: repeats are answered, the rest is settled and gets its receipts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from django.db import transaction

from wangge.kernel import prepared, receipts
from wangge.kernel.actor import Actor
from wangge.kernel.errors import CommandIdReused, Refused
from wangge.kernel.fates import Fate, Outcome
from wangge.kernel.ids import assemble

MOST = 500


class TooMany(Refused):
    status = 422
    code = "kernel.too_many"
    zh = "一次最多提交 {most} 条，本次有 {given} 条。请分批提交。"
    en = "At most {most} at a time; this has {given}. Send it in parts."


class Command(Protocol):
    """A command carries the id that its sender made."""

    id: UUID


C = TypeVar("C", bound=Command)


def nothing() -> None:
    """What a batch asks or writes that does all in `settle`."""


def apply_once(
    commands: Sequence[C],
    settle: Callable[[Sequence[C]], dict[UUID, Fate]],
    *,
    kind: str,
    actor: Actor,
    at: datetime,
    ask: Callable[[], None] = nothing,
    write: Callable[[], None] = nothing,
) -> list[Fate]:
    """Return a fate a command, in order; `settle` is asked for the fates of those that were never applied.

    All in one transaction. Of two deliveries of one command at once the second waits for the first. `ask` may
    send what `settle` will look at, and `write` what it decided: each travels in one round trip with the
    receipts (`prepared.together`).
    Raises: TooMany.
    Rule:   KE-17 (a retry is harmless).
    """
    if len(commands) > MOST:
        raise TooMany(most=MOST, given=len(commands))
    given = [(command.id, receipts.digest_of_command(command)) for command in commands]
    digests: dict[UUID, bytes] = {}
    for identifier, digest in given:
        digests.setdefault(identifier, digest)
    first = {command.id: command for command in reversed(commands)}
    with transaction.atomic():
        with prepared.together():
            asked = receipts.ask(digests)
            ask()
        fates = receipts.settle_asked(asked, digests, actor=actor)
        fresh = [first[identifier] for identifier in digests if identifier not in fates]
        if fresh:
            settled = settle(fresh)
            with prepared.together():
                write()
                receipts.record(settled.values(), digests, kind=kind, actor=actor, at=at)
            fates |= settled
    return _in_order(given, digests, fates)


def id_for(thing: UUID, at: datetime) -> UUID:
    """Return the id of what the installation does to `thing` at `at`: done twice, it is one id."""
    return assemble(at, thing.int & (1 << 74) - 1)


def _in_order(
    given: Sequence[tuple[UUID, bytes]], digests: Mapping[UUID, bytes], fates: Mapping[UUID, Fate]
) -> list[Fate]:
    """Return a fate an item; the second of one id in a batch is a repeat of the first, or a reused id."""
    told: set[UUID] = set()
    answers = []
    for identifier, digest in given:
        fate = fates[identifier]
        if identifier in told and digest != digests[identifier]:
            fate = Fate.refused(identifier, CommandIdReused())
        elif identifier in told and fate.outcome is Outcome.APPLIED:
            fate = Fate.repeated(identifier, fate.result)
        told.add(identifier)
        answers.append(fate)
    return answers
