"""Notice boards of grids: what is written down, and what of it leaves the house. Rule: TM-21."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import connection, transaction

from wangge.kernel import audit, files
from wangge.kernel.actor import Actor
from wangge.kernel.batches import apply_once
from wangge.kernel.errors import NotVisible, Refused, VersionConflict
from wangge.kernel.fates import Fate
from wangge.kernel.photo_copies import PhotoForm
from wangge.kernel.photo_copies import open_photo as open_copy
from wangge.teams.body_schemas import BoardIn, BoardOut
from wangge.teams.models import Board, BoardRule
from wangge.teams.queries import READ
from wangge.teams.rules import BoardField, NotARightTeam, check_phone, paths_of_code, shown_on_board
from wangge.teams.saving import WRITE
from wangge.territory import services as territory
from wangge.territory.services import StandingGrid, patterns

PHONES = ("member_phone", "supervisor_phone", "report_phone")
PUBLISH = """
INSERT INTO teams_board (layer, path, range_text, member_phone, supervisor_name, supervisor_phone,
  report_phone, photo, is_published, version, updated_at)
SELECT g.layer, g.path, '', '', '', '', '', '', true, 1, %(at)s FROM territory_grid g
 WHERE g.valid_to IS NULL AND g.layer = %(layer)s AND g.path LIKE %(scope)s
ON CONFLICT (layer, path) DO UPDATE
  SET is_published = true, version = teams_board.version + 1, updated_at = %(at)s
  WHERE NOT teams_board.is_published
"""


@dataclass(frozen=True, slots=True)
class PublicBoard:
    """All that a stranger may read of a grid."""

    code: str
    layer_zh: str
    layer_en: str
    name: str
    shape: Any  # None where the pack keeps the outline back
    fields: Mapping[BoardField, str]
    source: str
    is_confirmed: bool


def get_board(actor: Actor, path: str) -> BoardOut:
    """Return what is written down of a grid, and what the pack lets out.

    Raises: NotYourRole, NotVisible. Rule: TM-21.
    """
    actor.check_can(READ)
    grid = territory.get_standing([path]) if actor.covers(path) else None
    if grid is None:
        raise NotVisible()
    board = Board.objects.filter(layer=grid.layer, path=path).first()
    rule = BoardRule.objects.filter(pk=grid.layer).first()
    kept = board or Board(layer=grid.layer, path=path, version=0)
    names = (*PHONES, "range_text", "supervisor_name", "photo", "is_published", "version")
    return BoardOut(
        layer=grid.layer,
        path=path,
        code=grid.code,
        name=grid.name,
        member_name=grid.member_name,
        allowed=[BoardField(one) for one in rule.fields] if rule else [],
        is_confirmed=rule.is_confirmed if rule else True,
        source=rule.source if rule else "",
        **{name: getattr(kept, name) for name in names},
    )


def save_boards(boards: Sequence[BoardIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Write down what is published of grids, one fate an item.

    Raises: NotYourRole, TooMany; for a single item nothing. Rule: TM-21.
    """
    actor.check_can(WRITE)

    def settle(fresh: Sequence[BoardIn]) -> dict[UUID, Fate]:
        paths = [one.path for one in fresh]
        standing = {board.path: board for board in Board.objects.filter(path__in=paths).select_for_update()}
        fates: dict[UUID, Fate] = {}
        changed: dict[str, Board] = {}
        for one in fresh:
            try:
                board = _filled(one, standing, actor, at)
            except Refused as refusal:
                fates[one.id] = Fate.refused(one.id, refusal)
                continue
            standing[board.path] = changed[board.path] = board
            fates[one.id] = Fate.applied(one.id, version=board.version)
        for board in changed.values():
            board.save()
        lines = [
            ("teams.save_board", "board", one.path, {"version": one.version, "published": one.is_published})
            for one in changed.values()
        ]
        audit.record(lines, actor=actor, at=at)
        return fates

    return apply_once(boards, settle, kind="teams.save_board", actor=actor, at=at)


def _filled(given: BoardIn, standing: Mapping[str, Board], actor: Actor, at: datetime) -> Board:
    grid = territory.get_standing([given.path]) if actor.covers(given.path) else None
    if grid is None:
        raise NotVisible()
    board = standing.get(given.path) or Board(layer=grid.layer, path=given.path, version=0)
    if board.version != given.base_version:
        raise VersionConflict(current=board.version, given=given.base_version)
    for name in PHONES:
        check_phone(getattr(given, name))
    if given.photo and not files.list_stored([given.photo]):
        raise NotARightTeam(why_zh="照片尚未上传。", why_en="The photo was not uploaded.")
    for name, value in given.model_dump(exclude={"id", "path", "base_version"}).items():
        setattr(board, name, value)
    board.version += 1
    board.updated_at = at
    return board


@transaction.atomic
def publish_boards(layer: str, within: str, *, actor: Actor, at: datetime) -> int:
    """Publish the page of every grid of a layer in a territory; return how many were not so before.

    Raises: NotYourRole, NotVisible. Rule: TM-22. What was written down before stays.
    """
    actor.check_can(WRITE)
    if not actor.covers(within):
        raise NotVisible()
    with connection.cursor() as cursor:
        cursor.execute(PUBLISH, {"at": at, "layer": layer, "scope": patterns([within])[0]})
        count = int(cursor.rowcount)
    if count:
        audit.record(
            [("teams.publish_boards", "territory", within, {"layer": layer, "n": count})], actor=actor, at=at
        )
    return count


def find_public(code: str) -> PublicBoard | None:
    """Return what anybody may read of the grid with this code; None if nothing is published of it.

    Rule: TM-20, TM-21: only what the pack names for the layer leaves, whatever is written down.
    """
    found = _published(code)
    if found is None:
        return None
    grid, board, rule = found
    known = {
        BoardField.RANGE: board.range_text or grid.name,
        BoardField.MEMBER_NAME: grid.member_name,
        BoardField.MEMBER_PHOTO: board.photo,
        BoardField.MEMBER_PHONE: board.member_phone,
        BoardField.SUPERVISOR: f"{board.supervisor_name} {board.supervisor_phone}".strip(),
        BoardField.REPORT_PHONE: board.report_phone,
    }
    return PublicBoard(
        code=grid.code,
        layer_zh=rule.name_zh,
        layer_en=rule.name_en,
        name=grid.name,
        shape=grid.shape if BoardField.RANGE.value in rule.fields else None,
        fields=shown_on_board(known, rule.fields),
        source=rule.source,
        is_confirmed=rule.is_confirmed,
    )


def open_photo(code: str) -> tuple[File[Any], str] | None:
    """Return a copy of the member's photo without EXIF, if the pack lets it out. Rule: TM-21."""
    found = _published(code)
    if found is None:
        return None
    _, board, rule = found
    if not board.photo or BoardField.MEMBER_PHOTO.value not in rule.fields:
        return None
    return open_copy(board.photo, PhotoForm.SMALL)


def _published(code: str) -> tuple[StandingGrid, Board, BoardRule] | None:
    paths = paths_of_code(code)
    grid = territory.get_standing(paths) if paths else None
    if grid is None:
        return None
    board = Board.objects.filter(layer=grid.layer, path=grid.path, is_published=True).first()
    rule = BoardRule.objects.filter(pk=grid.layer).first()
    return (grid, board, rule) if board and rule else None
