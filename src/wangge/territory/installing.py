"""What a pack says of the territory, put into force: the rows of the pack before go. Rule: TE-11."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from wangge.territory.models import Layer, Named, Scene, StaffingSlot, Tier

Rows = Sequence[Mapping[str, Any]]


def install_tiers(rows: Rows, *, pack_version: str) -> None:
    """Make these the levels of the tree. Rule: TE-11."""
    _replace(Tier, rows, pack_version)


def install_layers(rows: Rows, *, scenes: Rows, pack_version: str) -> None:
    """Make these the layers of grids and the scenes of dedicated ones. Rule: TE-11."""
    _replace(Layer, rows, pack_version)
    _replace(Scene, scenes, pack_version)


def install_staffing(rows: Rows, *, pack_version: str) -> None:
    """Make these the places in the teams of grids. Rule: TE-11, TE-15."""
    _replace(StaffingSlot, rows, pack_version)


@transaction.atomic
def _replace(model: type[Named], rows: Rows, pack_version: str) -> None:
    manager = model._default_manager
    manager.all().delete()
    manager.bulk_create(model(**row, pack_version=pack_version) for row in rows)
