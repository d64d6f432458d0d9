"""Reading the kinds of cases. The catalogue is the same for everybody who may log in."""

from __future__ import annotations

from collections.abc import Iterable

from wangge.matters.catalogue import get_catalogue, list_admissions, of_city
from wangge.matters.models import Admission, Matter, Timing
from wangge.matters.rulebook import EDITION, Rulebook, in_force, numbered, of_version
from wangge.matters.schemas import MatterOut
from wangge.matters.tracing import explain_route, find_gaps, list_gaps, list_powers, list_routes, trace

__all__ = [
    "Rulebook",
    "explain_route",
    "find_gaps",
    "get_catalogue",
    "get_matter",
    "in_force",
    "list_admissions",
    "list_gaps",
    "list_matters",
    "list_powers",
    "list_routes",
    "names_of",
    "numbered",
    "of_version",
    "trace",
]


def list_matters() -> list[MatterOut]:
    """Return the matters in force, by code: the active pack's and the city's own."""
    rows = [MatterOut.model_validate(matter) for matter in Matter.objects.filter(is_active=True)]
    edition = Timing.objects.filter(is_active=True).values_list("edition", flat=True).first()
    rows += [of_city(own) for own in Admission.objects.in_edition(edition or 0)]
    return sorted(rows, key=lambda row: row.code)


def get_matter(code: str, version: str) -> MatterOut | None:
    """Return a matter as a case was made under it, or None for a version that lacks it. Rule: MA-8."""
    pack_version, _, edition = version.partition(EDITION)
    matter = Matter.objects.filter(code=code, pack_version=pack_version).first()
    if matter:
        return MatterOut.model_validate(matter)
    own = Admission.objects.in_edition(int(edition or 0)).filter(code=code).first()
    return of_city(own) if own else None


def names_of(codes: Iterable[str], rules: Rulebook | None = None) -> dict[str, tuple[str, str]]:
    """Return the Chinese and English name of each code that any version knew; the active one wins.

    `rules`: those in force, if they are at hand.
    """
    wanted = set(codes)
    known = (rules or in_force()).matters
    names = {code: (known[code].name_zh, known[code].name_en) for code in wanted if code in known}
    if older := wanted - names.keys():
        rows = Matter.objects.filter(code__in=older).order_by("pk")
        names |= {code: (zh, en) for code, zh, en in rows.values_list("code", "name_zh", "name_en")}
    if older := wanted - names.keys():
        own = Admission.objects.filter(code__in=older).order_by("number")
        names |= {code: (zh, en) for code, zh, en in own.values_list("code", "name_zh", "name_en")}
    return names
