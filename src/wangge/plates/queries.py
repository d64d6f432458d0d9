"""Reads of plates. A stranger reads through `face_of` alone, and gets what the pack says is public."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import storages
from django.db.models import Q

from wangge.accounts.queries import names_of as people_names_of
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.paths import ancestors
from wangge.plates.models import Plate, PlateForm, PlateSheet, SupervisionPhone
from wangge.plates.rules import (
    Field,
    NoForm,
    NotPrinted,
    PlateGone,
    PlateKind,
    SheetState,
    read_code,
    show_code,
)
from wangge.plates.schemas import FaceOut, PhoneOut, PlateOut, SheetOut, SheetPage
from wangge.territory.queries import make_cursor, members_of, names_of, read_cursor
from wangge.venues import queries as venues

READ = "venues.read"
LAYER = "comprehensive"


@dataclass(frozen=True, slots=True)
class Told:
    """All that a plate could say, by field; what it does say is the pack's word."""

    plate: Plate
    said: Mapping[str, str]
    path: str
    venue_id: UUID | None = None


def form_of(kind: PlateKind) -> PlateForm:
    """Return size and wording in force. Raises: NoForm."""
    form = PlateForm.objects.filter(kind=kind.value).first()
    if form is None:
        raise NoForm
    return form


def tell(plates: Sequence[Plate], *, at: datetime) -> list[Told]:
    """Return what the plates could say, in a handful of statements. Rule: PL-2.

    The plate of a merged place speaks of the one that stands for it.
    """
    rows = venues.get_standing(plate.venue_id for plate in plates if plate.venue_id)
    paths = {plate.path for plate in plates if plate.path} | {row.grid_path for row in rows.values()}
    names = names_of(paths)
    members = members_of(paths, LAYER, at.astimezone(CHINA).date())
    people = people_names_of(list(members.values()))
    phones = _phones_of(paths)
    told = []
    for plate in plates:
        row = rows[plate.venue_id] if plate.venue_id else None
        path = row.grid_path if row else plate.path
        grid = "" if row and row.is_orphan else names.get(path, "")
        said = {
            Field.GRID: grid,
            Field.MEMBER: people.get(members.get(path, 0), ""),
            Field.SUPERVISION: phones.get(path, ""),
            Field.NAME: row.name if row else grid,
            Field.CLASS: row.class_zh if row else "",
            Field.ADDRESS: row.address if row else "",
        }
        told.append(
            Told(plate, {key.value: text for key, text in said.items()}, path, row.id if row else None)
        )
    return told


def _phones_of(paths: Iterable[str]) -> dict[str, str]:
    up = {path: ancestors(path) for path in paths}
    rows = SupervisionPhone.objects.filter(path__in={one for some in up.values() for one in some})
    known = dict(rows.values_list("path", "phone"))
    return {
        path: next((known[one] for one in reversed(some) if one in known), "") for path, some in up.items()
    }


def codes_of(venue_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the code on the door of each place that has one; for rows that may be seen. Rule: FD-13."""
    held = Plate.objects.filter(venue_id__in=set(venue_ids), ended_at__isnull=True)
    return {pk: code for pk, code in held.values_list("venue_id", "code") if pk is not None}


def find_plate(code: str, *, at: datetime) -> Told:
    """Return what stands behind a code that is scanned. Raises: PlateGone. Rule: PL-1, PL-4."""
    known = read_code(code)
    plate = Plate.objects.filter(code=known, ended_at__isnull=True).first() if known else None
    if plate is None:
        raise PlateGone
    return tell([plate], at=at)[0]


def face_of(told: Told) -> FaceOut:
    """Return what a stranger is shown: what the pack makes public, and nothing else. Rule: PL-2."""
    form = form_of(PlateKind(told.plate.kind))
    lines = [(name, told.said[name]) for name in form.public if told.said.get(name)]
    words = {name: getattr(form, name) for name in ("title_zh", "title_en", "hint_zh", "hint_en")}
    return FaceOut(kind=PlateKind(told.plate.kind), lines=lines, **words)


def get_plate(actor: Actor, venue_id: UUID, base_url: str) -> PlateOut:
    """Return the plate that a place has now. Raises: NotVisible where it has none or lies outside."""
    actor.check_can(READ)
    seen = Plate.objects.visible_to(actor).filter(venue_id=venue_id, ended_at__isnull=True).first()
    if seen is None:
        raise NotVisible
    return PlateOut(
        code=show_code(seen.code),
        url=f"{base_url}{seen.code}",
        made_at=seen.made_at,
        is_confirmed=form_of(PlateKind.VENUE).is_confirmed,
    )


def list_sheets(actor: Actor, *, cursor: str = "", limit: int = 20) -> SheetPage:
    """Return what was printed inside the scope, newest first."""
    actor.check_can(READ)
    found = PlateSheet.objects.visible_to(actor).order_by("-asked_at", "id")
    if cursor:
        at, pk = _read_key(cursor)
        found = found.filter(asked_at__lte=at).filter(Q(asked_at__lt=at) | Q(id__gt=pk))
    rows = list(found[: limit + 1])
    more, rows = len(rows) > limit, rows[:limit]
    people = people_names_of([row.asked_by for row in rows])
    return SheetPage(
        items=[sheet_out(row, people) for row in rows],
        next_cursor=make_cursor(f"{rows[-1].asked_at.isoformat()}|{rows[-1].pk}") if more else None,
    )


def sheet_out(row: PlateSheet, people: Mapping[int, str]) -> SheetOut:
    """Return a sheet and how far it is."""
    return SheetOut(
        id=row.pk,
        name=row.name,
        kind=PlateKind(row.kind),
        count=len(row.plate_ids),
        done=row.done,
        pages=row.pages,
        state=SheetState(row.state),
        asked_at=row.asked_at,
        asked_by=people.get(row.asked_by, ""),
    )


def open_sheet(actor: Actor, sheet_id: UUID) -> File[bytes]:
    """Return the open PDF. Raises: NotVisible, NotPrinted."""
    actor.check_can(READ)
    row = PlateSheet.objects.visible_to(actor).filter(pk=sheet_id).first()
    if row is None:
        raise NotVisible
    if row.state != SheetState.READY:
        raise NotPrinted
    return storages["files"].open(row.file_name)


def list_phones(actor: Actor) -> list[PhoneOut]:
    """Return the numbers inside the scope and those above it that hold there."""
    actor.check_can(READ)
    found = SupervisionPhone.objects.filter(
        Q(path__startswith=actor.scope) | Q(path__in=ancestors(actor.scope))
    ).order_by("path")[:500]
    rows = list(found)
    names = names_of([row.path for row in rows])
    return [PhoneOut(path=row.path, name=names.get(row.path, row.path), phone=row.phone) for row in rows]


def _read_key(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, pk = read_cursor(cursor).split("|")
        return datetime.fromisoformat(at), UUID(pk)
    except ValueError:
        raise Unreadable(
            field="cursor",
            why_zh="翻页标记无效，请从第一页重新开始",
            why_en="start again from the first page",
        ) from None
