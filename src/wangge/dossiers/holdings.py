"""Facilities and licences: written, and the day that something of them is due kept beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from wangge.dossiers.models import Holding
from wangge.dossiers.recording import Form, Ground, save
from wangge.dossiers.rules import Dates, DueLine, Interval, Sort, What, due_lines, next_due
from wangge.dossiers.schemas import FacilityIn, LicenceIn
from wangge.dossiers.vocabulary import words_in_force
from wangge.kernel import files
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Unreadable
from wangge.kernel.fates import Fate

OF_FACILITY = ("count", "place", "maker", "made_on", "tested_on", "maintained_on", "contract_until")
OF_LICENCE = ("number", "issued_by", "valid_from", "valid_until", "photos")
DATES = ("made_on", "tested_on", "maintained_on", "contract_until", "valid_until")
DUE = ("due_on", "due_what", "due_rule", "class_code")
PIECE = 2_000


def lines_of(row: Holding, intervals: Sequence[Interval]) -> list[DueLine]:
    """Return what of it falls due, explained. Rule: DS-4, DS-5."""
    return _lines(row.sort, row.kind, row.class_code, _dates(row.__dict__), intervals)


def _dates(values: Mapping[str, Any]) -> Dates:
    return Dates(**{name: values.get(name) for name in DATES})


def _lines(
    sort: str, kind: str, class_code: str, dates: Dates, intervals: Sequence[Interval]
) -> list[DueLine]:
    return due_lines(kind, class_code, dates, intervals if sort == Sort.FACILITY else ())


def due_of(
    sort: Sort, kind: str, class_code: str, values: Mapping[str, Any], intervals: Sequence[Interval]
) -> tuple[date | None, str, str]:
    """Return the next due day of an entry, what it is, and by which row. Rule: DS-4, DS-5."""
    return _kept(_lines(sort.value, kind, class_code, _dates(values), intervals))


def _kept(lines: Sequence[DueLine]) -> tuple[date | None, str, str]:
    line = next_due(lines)
    if line is None:
        return None, "", ""
    rule = line.rule.code if line.rule else ""
    return line.due_on, (line.what if line.due_on else What.UNKNOWN).value, rule


def reckon(row: Holding, intervals: Sequence[Interval]) -> None:
    """Keep the next due day of the entry, and what it is. Rule: DS-4, DS-5."""
    row.due_on, row.due_what, row.due_rule = _kept(lines_of(row, intervals))


def _check_past(given: FacilityIn, ground: Ground[Holding]) -> None:
    for name in ("made_on", "tested_on", "maintained_on"):
        day = getattr(given, name)
        if day is not None and day > ground.today:
            raise Unreadable(field=name, why_zh="日期不能晚于今天", why_en="the day has not come yet")


def _fill_facility(row: Holding, given: FacilityIn, ground: Ground[Holding]) -> None:
    _check_past(given, ground)
    row.sort = Sort.FACILITY.value
    _take(row, given, OF_FACILITY, ground)


def _fill_licence(row: Holding, given: LicenceIn, ground: Ground[Holding]) -> None:
    if added := set(given.photos) - set(row.photos):
        files.check_stored(added)
    row.sort = Sort.LICENCE.value
    _take(row, given, OF_LICENCE, ground)


def _take(
    row: Holding, given: FacilityIn | LicenceIn, fields: Sequence[str], ground: Ground[Holding]
) -> None:
    for name in fields:
        setattr(row, name, getattr(given, name))
    row.kind, row.class_code = given.kind, ground.places[given.venue_id]
    reckon(row, ground.intervals())


FACILITY: Form[FacilityIn, Holding] = Form(
    Sort.FACILITY, Holding, ("kind", *OF_FACILITY), looks_at_all=False, fill=_fill_facility
)
LICENCE: Form[LicenceIn, Holding] = Form(
    Sort.LICENCE, Holding, ("kind", *OF_LICENCE), looks_at_all=False, fill=_fill_licence
)


def save_facilities(commands: Sequence[FacilityIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Add or change facilities, a fate each. Raises: NotYourRole, TooMany. Rule: DS-4, DS-7, DS-8."""
    return save(commands, FACILITY, actor=actor, at=at)


def save_licences(commands: Sequence[LicenceIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Add or change licences, a fate each. Raises: NotYourRole, TooMany. Rule: DS-5, DS-7, DS-8."""
    return save(commands, LICENCE, actor=actor, at=at)


def reckon_again(kinds: Iterable[str] | None, venue_ids: Iterable[UUID] | None) -> int:
    """Reckon what stands anew, piece by piece: the intervals of kinds changed, or the class of places did.

    Shape: how many entries were written. With neither: those of places whose class is another than then.
    Rule:  DS-4. No new version: nobody wrote anything.
    """
    intervals = words_in_force().intervals()
    found = Holding.objects.filter(sort=Sort.FACILITY.value, removed_at__isnull=True)
    if kinds is None and venue_ids is None:
        found = found.exclude(class_code=F("venue__venue_class_id"))
    if kinds is not None:
        found = found.filter(kind__in=list(kinds))
    if venue_ids is not None:
        found = found.filter(venue_id__in=list(venue_ids))
    count, last = 0, UUID(int=0)
    while piece := list(found.filter(pk__gt=last).select_related(None).order_by("pk")[:PIECE]):
        last = piece[-1].pk
        count += _reckon_piece(piece, intervals)
    return count


def _reckon_piece(piece: Sequence[Holding], intervals: Sequence[Interval]) -> int:
    classes = dict(
        Holding.objects.filter(pk__in=[row.pk for row in piece]).values_list("pk", "venue__venue_class_id")
    )
    moved = []
    for row in piece:
        before = [getattr(row, name) for name in DUE]
        row.class_code = classes[row.pk]
        reckon(row, intervals)
        if before != [getattr(row, name) for name in DUE]:
            moved.append(row)
    Holding.objects.bulk_update(moved, DUE)
    return len(moved)
