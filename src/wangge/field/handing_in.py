"""What a phone saved as a file because nothing else worked, brought in by the office. Rule: FD-19."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import AwareDatetime, Field, ValidationError

from wangge.accounts import queries as accounts
from wangge.field.receiving import receive
from wangge.kernel import audit, files
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, Refused, Unreadable
from wangge.kernel.fates import Fate
from wangge.kernel.shapes import Schema

AT_ONCE = 50


class FilePhoto(Schema):
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    base64: str


class FileCommand(Schema):
    command: dict[str, Any]
    label: str = ""


class UnsentFile(Schema):
    """The file that the page 未发送 saves."""

    format: Literal["wangge-outbox/1"]
    person: str = Field(pattern=r"^wangge-\d{1,18}$")
    made_at: AwareDatetime
    commands: list[FileCommand]
    photos: list[FilePhoto]


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Whose work it is, how many photos came, and what became of each command."""

    person: str
    photos: int
    commands: list[tuple[str, Fate]]


def hand_in(content: bytes, *, at: datetime) -> HandedIn:
    """Store the photos of a file and do its commands as the person who made them; twice is once.

    Raises: Unreadable for a file that is no such one; NotVisible for a person without a post in force.
    Rule:   FD-19 (issue 6: export of the unsent as a file when all else fails), FD-6.
    """
    try:
        told = UnsentFile.model_validate_json(content)
    except ValidationError as error:
        raise _unreadable("不是手机导出的未发送文件", "not a file of unsent records") from error
    number = int(told.person.removeprefix("wangge-"))
    actor = accounts.get_actors([number], at.astimezone(CHINA).date()).get(number)
    if actor is None:
        raise NotVisible
    for photo in told.photos:
        _store(photo, actor, at)
    fates: list[Fate] = []
    for first in range(0, len(told.commands), AT_ONCE):
        batch = [one.command for one in told.commands[first : first + AT_ONCE]]
        fates += receive(batch, actor=actor, at=at)
    detail = {"user": number, "commands": len(fates), "photos": len(told.photos)}
    audit.record([("field.hand_in", "user", str(number), detail)], actor=None, at=at)
    return HandedIn(actor.name, len(told.photos), _named(told.commands, fates))


def _named(commands: Sequence[FileCommand], fates: Sequence[Fate]) -> list[tuple[str, Fate]]:
    kinds = [f"{one.command.get('kind', '?')} {one.label}".strip() for one in commands]
    return list(zip(kinds, fates, strict=True))


def _store(photo: FilePhoto, actor: Actor, at: datetime) -> None:
    """Keep a photo; one that is damaged is left out: the commands that speak of it say so."""
    try:
        content = base64.b64decode(photo.base64, validate=True)
        if hashlib.sha256(content).hexdigest() == photo.sha256:
            files.store_file(content, actor=actor, at=at)
    except (binascii.Error, Refused):
        return


def _unreadable(why_zh: str, why_en: str) -> Unreadable:
    return Unreadable(field="file", why_zh=why_zh, why_en=why_en)
