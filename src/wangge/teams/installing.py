"""What a pack says of teams, bodies and boards, put into force whole. Rule: TM-1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models, transaction

from wangge.teams.models import BoardRule, BodyKind, TeamKind

Rows = Sequence[Mapping[str, Any]]


@transaction.atomic
def install_kinds(*, teams: Rows, bodies: Rows, boards: Rows, pack_version: str) -> None:
    """Make these the kinds of teams, the bodies and what boards show. Rule: TM-1, TM-10, TM-21."""
    _replace(TeamKind, teams, pack_version)
    _replace(BodyKind, bodies, pack_version)
    _replace(BoardRule, boards, pack_version)


def _replace(model: type[models.Model], rows: Rows, pack_version: str) -> None:
    manager = model._default_manager
    manager.all().delete()
    manager.bulk_create(model(**row, pack_version=pack_version) for row in rows)
