"""The words for causes and places of fires, as a pack gives them. Rule: FR-5, PK-4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from wangge.fires.models import FireWord


@transaction.atomic
def install_words(rows: Sequence[Mapping[str, Any]], *, pack_version: str) -> None:
    """Make these the causes and kinds of places that may be chosen, in this order."""
    FireWord.objects.all().delete()
    FireWord.objects.bulk_create(
        FireWord(position=n, pack_version=pack_version, **row) for n, row in enumerate(rows)
    )
