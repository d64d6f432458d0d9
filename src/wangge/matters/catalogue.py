"""The catalogue of matters as the pages show it: the pack's and the city's own, counted by department."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db.models import Q

from wangge.accounts import queries as accounts
from wangge.kernel.actor import Actor
from wangge.kernel.batches import MOST
from wangge.matters.admitting import CAPABILITY, MOVES
from wangge.matters.models import Admission, Matter, Term, Timing, Upgrade
from wangge.matters.rulebook import numbered
from wangge.matters.rules import Stage
from wangge.matters.schemas import (
    AdmissionFilter,
    AdmissionOut,
    AdmissionsOut,
    CatalogueOut,
    CatalogueRow,
    OwnerCount,
    TermOut,
    UpgradeOut,
)

STATED = {"all", "departments"}


def get_catalogue(actor: Actor) -> CatalogueOut:
    """Return the catalogue in force with its words and counts; a handful of statements. Rule: MA-5, MA-8."""
    actor.check_can("matters.read")
    timing = Timing.objects.filter(is_active=True).first()
    if timing is None:
        return CatalogueOut(
            version="",
            matters=[],
            terms=[],
            upgrades=[],
            owners=[],
            departments_stated=None,
            matters_stated=None,
        )
    version = timing.pack_version
    rows = [_of_pack(row) for row in Matter.objects.filter(pack_version=version).order_by("code")]
    rows += [of_city(row) for row in Admission.objects.in_edition(timing.edition).order_by("code")]
    terms = [TermOut.model_validate(row) for row in Term.objects.filter(pack_version=version).order_by("pk")]
    stated = {term.code: int(term.number or 0) for term in terms if term.kind == "stated"}
    upgrades = Upgrade.objects.filter(pack_version=version).order_by("pk")
    return CatalogueOut(
        version=numbered(timing.pk).pack_version,
        matters=rows,
        terms=terms,
        upgrades=[UpgradeOut.model_validate(row) for row in upgrades],
        owners=_count(actor, rows, terms, stated),
        departments_stated=stated.get("departments"),
        matters_stated=stated.get("all"),
    )


def list_admissions(actor: Actor, filters: AdmissionFilter) -> AdmissionsOut:
    """Return the versions of the city's own matters that the actor sees, the newest first; at most 500."""
    actor.check_can("matters.read")
    found = Admission.objects.visible_to(actor)
    if filters.stage is not None:
        found = found.filter(stage=filters.stage)
    if filters.code:
        found = found.filter(code=filters.code)
    if filters.q:
        found = found.filter(
            Q(name_zh__icontains=filters.q)
            | Q(code__istartswith=filters.q)
            | Q(basis__icontains=filters.q)
            | Q(department__name__icontains=filters.q)
        )
    rows = list(found.order_by("-proposed_at", "-id")[:MOST])
    total = len(rows) if len(rows) < MOST else found.count()
    return AdmissionsOut(items=shown(rows, actor), total=total)


def shown(rows: Sequence[Admission], actor: Actor) -> list[AdmissionOut]:
    """Return versions with the names of their people, and what the actor may do."""
    people = accounts.names_of(
        [key for row in rows for key in (row.proposed_by_id, row.reviewed_by_id) if key]
    )
    departments = accounts.get_departments([row.department_id for row in rows])
    return [
        AdmissionOut(
            **of_city(row).model_dump(),
            id=row.id,
            stage=Stage(row.stage),
            department_id=row.department_id,
            department_name=departments[row.department_id].name,
            reason=row.reason,
            proposed_by=people[row.proposed_by_id],
            proposed_at=row.proposed_at,
            submitted_at=row.submitted_at,
            reviewed_by=people.get(row.reviewed_by_id) if row.reviewed_by_id else None,
            reviewed_at=row.reviewed_at,
            review_note=row.review_note,
            effective_on=row.effective_on,
            withdrawn_on=row.withdrawn_on,
            is_in_force=row.edition_from is not None and row.edition_to is None,
            version=row.version,
            moves=[
                what
                for (stage, what) in MOVES
                if stage == row.stage
                and actor.can(CAPABILITY[what])
                and (CAPABILITY[what] == "matters.propose" or row.proposed_by_id != actor.user_id)
            ],
        )
        for row in rows
    ]


def _of_pack(row: Matter) -> CatalogueRow:
    return CatalogueRow.model_validate(
        _said(row)
        | {
            "deadline_words": row.deadline_words,
            "source": row.source,
            "is_confirmed": row.is_confirmed,
            "origin": "pack",
            "number": None,
            "path": "",
        }
    )


def of_city(row: Admission) -> CatalogueRow:
    """Return a version of the city's own matter as a row of the catalogue: the city has confirmed it."""
    own = {"deadline_words": "", "source": "", "is_confirmed": True, "origin": "city"}
    return CatalogueRow.model_validate(_said(row) | own | {"number": row.number, "path": row.department_path})


SAID = (
    *("code", "group_code", "group_zh", "group_en", "name_zh", "name_en", "basis", "severity", "fix_days"),
    *("fix_hours", "department_kind", "owner_kind", "form", "lane", "fields", "words_zh", "is_restricted"),
    "stops_operation",
)


def _said(row: Matter | Admission) -> dict[str, object]:
    return {name: getattr(row, name) for name in SAID} | {"may_become": row.may_become or None}


def _count(
    actor: Actor, rows: Iterable[CatalogueRow], terms: Iterable[TermOut], stated: dict[str, int]
) -> list[OwnerCount]:
    of_pack: Counter[str] = Counter()
    of_the_city: Counter[str] = Counter()
    for row in rows:
        (of_pack if row.origin == "pack" else of_the_city)[row.owner_kind] += 1
    open_ones = Admission.objects.visible_to(actor).filter(stage=Stage.SUBMITTED)
    waiting = Counter(open_ones.values_list("owner_kind", flat=True))
    counts = [
        OwnerCount(
            kind=term.code,
            name_zh=term.name_zh,
            name_en=term.name_en,
            matters=of_pack[term.code] + of_the_city[term.code],
            of_the_city=of_the_city[term.code],
            waiting=waiting[term.code],
            stated=stated.get(term.code),
        )
        for term in terms
        if term.kind == "department"
    ]
    return sorted(
        (one for one in counts if one.matters or one.waiting or one.stated is not None),
        key=lambda one: (-one.matters, one.kind),
    )
