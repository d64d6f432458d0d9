"""Editions of the standard come in: from a pack, or imported by an administrator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.major_hazards.models import Assessment, ElementSet, ListingRule
from wangge.major_hazards.refusals import (
    ElementSetInUse,
)
from wangge.major_hazards.schemas import (
    ElementSetIn,
)


@transaction.atomic
def import_element_set(given: ElementSetIn, *, actor: Actor, at: datetime) -> None:
    """Take in an edition, or bring one up to date that no assessment used yet.

    Raises: NotYourRole, ElementSetInUse.
    Rule:   MH-1.
    """
    actor.check_can("packs.install")
    _save(given, pack_version="", at=at)
    detail = {"elements": len(given.elements), "counts": len(given.counts)}
    audit.record([("major.import_element_set", "element_set", given.code, detail)], actor=actor, at=at)


@transaction.atomic
def install_element_sets(rows: Sequence[ElementSetIn], *, pack_version: str) -> None:
    """Take in the editions of a pack; one that was imported by hand stays as it is.

    Raises: ElementSetInUse if an edition that assessments used comes with another content.
    Rule:   MH-1, PK-4.
    """
    by_hand = set(ElementSet.objects.filter(pack_version="").values_list("pk", flat=True))
    for row in rows:
        if row.code not in by_hand:
            _save(row, pack_version=pack_version, at=None)


@transaction.atomic
def install_listing_rule(row: Mapping[str, Any], *, pack_version: str) -> None:
    """Put the time to list a hazard into force. Rule: MH-5, PK-4."""
    ListingRule.objects.filter(is_active=True).exclude(pack_version=pack_version).update(is_active=False)
    ListingRule.objects.update_or_create(pack_version=pack_version, defaults={**row, "is_active": True})


def check_unused(given: ElementSetIn) -> None:
    """Raises: ElementSetInUse if assessments used the edition and it comes otherwise. Rule: MH-1."""
    before = ElementSet.objects.select_for_update().filter(pk=given.code).first()
    content = given.model_dump(mode="json", include={"elements", "counts"})
    is_changed = before is not None and {"elements": before.elements, "counts": before.counts} != content
    if is_changed and Assessment.objects.filter(element_set=before).exists():
        raise ElementSetInUse(code=given.code)


def _save(given: ElementSetIn, *, pack_version: str, at: datetime | None) -> None:
    check_unused(given)
    content = given.model_dump(mode="json", exclude={"code"})
    ElementSet.objects.update_or_create(
        code=given.code, defaults={**content, "pack_version": pack_version, "imported_at": at}
    )
