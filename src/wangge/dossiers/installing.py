"""The pack's kinds and intervals come into force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from wangge.dossiers.models import ClassRule, DueRule, Kind, Standard
from wangge.kernel import jobs

RECKON = "dossiers.reckon_due"
RECKON_CLASSES = "dossiers.reckon_classes"
COUNT_GRIDS = "dossiers.count_grids"


@transaction.atomic
def install_kinds(rows: Sequence[Mapping[str, Any]], *, pack_version: str) -> None:
    """Make the pack's kinds the active ones; others stay for the entries that name them. Rule: PK-4, DS-1."""
    Kind.objects.update(is_active=False)
    made = [Kind(**row, position=n, is_active=True, pack_version=pack_version) for n, row in enumerate(rows)]
    fields = [f.name for f in Kind._meta.concrete_fields if f.name not in {"id", "sort", "code"}]
    Kind.objects.bulk_create(
        made, update_conflicts=True, unique_fields=["sort", "code"], update_fields=fields
    )


@transaction.atomic
def install_due_rules(rows: Sequence[Mapping[str, Any]], *, pack_version: str) -> None:
    """Make the pack's intervals the active ones; a job reckons what stands anew where they differ.

    Rule: PK-4, DS-4.
    """
    before = _held()
    DueRule.objects.update(is_active=False)
    made = [DueRule(**row, is_active=True, pack_version=pack_version) for row in rows]
    fields = [f.name for f in DueRule._meta.concrete_fields if f.name != "code"]
    DueRule.objects.bulk_create(made, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    if (after := _held()) != before:
        kinds = {kind for row in before ^ after for kind in row[0]}
        jobs.defer(RECKON, kinds=sorted(kinds), venue_ids=None)


@transaction.atomic
def install_class_rules(rows: Sequence[Mapping[str, Any]], *, pack_version: str) -> None:
    """Make the rows that propose a class the active ones; a job looks at what stands where they differ.

    Rule: PK-4, DS-10.
    """
    before = _class_rules()
    ClassRule.objects.update(is_active=False)
    made = [
        ClassRule(**row, position=n, is_active=True, pack_version=pack_version) for n, row in enumerate(rows)
    ]
    fields = [f.name for f in ClassRule._meta.concrete_fields if f.name != "code"]
    ClassRule.objects.bulk_create(made, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    if _class_rules() != before:
        jobs.defer(RECKON_CLASSES)


@transaction.atomic
def install_standards(rows: Sequence[Mapping[str, Any]], *, pack_version: str) -> None:
    """Make the rows that measure dossiers the active ones; a job counts anew. Rule: PK-4, DS-12 to DS-14."""
    Standard.objects.update(is_active=False)
    made = [
        Standard(**row, position=n, is_active=True, pack_version=pack_version) for n, row in enumerate(rows)
    ]
    fields = [f.name for f in Standard._meta.concrete_fields if f.name not in {"id", "measure", "code"}]
    Standard.objects.bulk_create(
        made, update_conflicts=True, unique_fields=["measure", "code"], update_fields=fields
    )
    jobs.defer(COUNT_GRIDS)


def _class_rules() -> list[Any]:
    rows = ClassRule.objects.filter(is_active=True).order_by("position")
    return list(rows.values_list("code", "path", "uses", "bounds", "venue_class", "tag"))


def _held() -> set[tuple[Any, ...]]:
    rows = DueRule.objects.filter(is_active=True)
    return {(tuple(one.kinds), one.code, one.what, tuple(one.classes), one.months, one.days) for one in rows}
