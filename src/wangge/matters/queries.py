"""Reading the kinds of cases. The catalogue is the same for everybody who may log in."""

from __future__ import annotations

from collections.abc import Iterable

from wangge.matters.models import Matter
from wangge.matters.rulebook import Rulebook, in_force, numbered, of_version
from wangge.matters.schemas import MatterOut

__all__ = ["Rulebook", "get_matter", "in_force", "list_matters", "names_of", "numbered", "of_version"]


def list_matters() -> list[MatterOut]:
    """Return the active pack's matters, by code."""
    return [MatterOut.from_orm(matter) for matter in Matter.objects.filter(is_active=True).order_by("code")]


def get_matter(code: str, pack_version: str) -> MatterOut | None:
    """Return a matter as a case was made under it, or None for a version that lacks it."""
    matter = Matter.objects.filter(code=code, pack_version=pack_version).first()
    return MatterOut.from_orm(matter) if matter else None


def names_of(codes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return the Chinese and English name of each code that any version knew; the active one wins."""
    wanted = set(codes)
    known = in_force().matters
    names = {code: (known[code].name_zh, known[code].name_en) for code in wanted if code in known}
    if older := wanted - names.keys():
        rows = Matter.objects.filter(code__in=older).order_by("pk")
        names |= {code: (zh, en) for code, zh, en in rows.values_list("code", "name_zh", "name_en")}
    return names
