"""Writes of plates: codes, sheets to print, lost plates."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction

from wangge.accounts.queries import names_of as people_names_of
from wangge.kernel import audit, batches, jobs
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, NotYourRole, Refused, Unreadable
from wangge.kernel.fates import Fate
from wangge.kernel.paths import ancestors, is_closed
from wangge.plates import drawing, queries
from wangge.plates.models import Plate, PlateForm, PlateSheet, SupervisionPhone
from wangge.plates.regridding import PlateMover
from wangge.plates.rules import LENGTH, LETTERS, Field, NothingToPrint, PlateKind, SheetState, show_code
from wangge.plates.schemas import MOST, PhoneIn, PlateFormIn, ReplaceIn, SheetIn, SheetOut
from wangge.territory import queries as territory
from wangge.venues import queries as venues

__all__ = ["PlateMover", "ask_for_sheet", "install_forms", "print_sheet", "replace_plates", "set_phone"]
WRITE = "plates.write"
PRINT = "plates.print_sheet"


@transaction.atomic
def install_forms(forms: Sequence[PlateFormIn], *, pack_version: str) -> None:
    """Put size, wording and what is public of the pack into force. Rule: PK-4, PL-2, PL-3."""
    PlateForm.objects.exclude(kind__in=[one.kind.value for one in forms]).delete()
    for one in forms:
        values = one.model_dump(mode="json", exclude={"kind"})
        PlateForm.objects.update_or_create(
            kind=one.kind.value, defaults={**values, "pack_version": pack_version}
        )


@transaction.atomic
def ask_for_sheet(given: SheetIn, *, base_url: str, actor: Actor, at: datetime) -> SheetOut:
    """Make the plates that are missing, and let a job print all of them; asked again it is the same sheet.

    Raises: NotYourRole, NotVisible, NothingToPrint, NoForm; Unreadable for more than 5,000.
    Rule:   PL-3.
    """
    actor.check_can(WRITE)
    before = PlateSheet.objects.filter(pk=given.id).first()
    if before is not None:
        if before.asked_by != actor.user_id:
            raise NotVisible
        return queries.sheet_out(before, {actor.user_id: actor.name})
    queries.form_of(given.kind)
    if given.grid and not is_closed(given.grid):
        raise Unreadable(field="grid", why_zh="应为以点号结尾的路径", why_en="a closed path, as 44.03.05.")
    if given.grid and not actor.covers(given.grid):
        raise NotVisible
    plates, name, scope = (
        _venue_plates(given, actor, at) if given.kind is PlateKind.VENUE else _grid_plates(given, actor, at)
    )
    if not plates:
        raise NothingToPrint
    row = PlateSheet.objects.create(
        id=given.id, scope=scope, name=name[:128], kind=given.kind.value, plate_ids=[p.pk for p in plates],
        base_url=base_url, language=given.language, asked_at=at, asked_by=actor.user_id,
    )  # fmt: skip
    audit.record(
        [("plates.print", "sheet", str(row.pk), {"count": len(plates), "scope": scope})], actor=actor, at=at
    )
    jobs.defer(PRINT, sheet_id=str(row.pk))
    return queries.sheet_out(row, people_names_of([actor.user_id]))


def _venue_plates(given: SheetIn, actor: Actor, at: datetime) -> tuple[list[Plate], str, str]:
    found = venues.list_doors(actor, ids=given.venue_ids, grid=given.grid, most=MOST + 1)
    if given.venue_ids and len(found) < len(set(given.venue_ids)):
        raise NotVisible
    _check_count(len(found))
    plates = _ensure([Plate(kind=PlateKind.VENUE.value, venue_id=pk) for pk, _, _ in found], given, actor, at)
    if given.grid:
        return plates, territory.names_of([given.grid]).get(given.grid, given.grid), given.grid
    name = found[0][1] if found else ""
    more = f" +{len(found) - 1}" if len(found) > 1 else ""
    shared = set.intersection(*(set(ancestors(path)) for _, _, path in found)) if found else {actor.scope}
    return plates, f"{name}{more}", max(shared, key=len)


def _grid_plates(given: SheetIn, actor: Actor, at: datetime) -> tuple[list[Plate], str, str]:
    paths = territory.list_paths(given.grid, queries.LAYER, at=at, most=MOST + 1)
    _check_count(len(paths))
    plates = _ensure([Plate(kind=PlateKind.GRID.value, path=path) for path in paths], given, actor, at)
    return plates, territory.names_of([given.grid]).get(given.grid, given.grid), given.grid


def _check_count(n: int) -> None:
    if n > MOST:
        raise Unreadable(
            field="grid",
            why_zh=f"一次最多 {MOST} 块，请按网格分批",
            why_en=f"at most {MOST} at a time: go grid by grid",
        )


def _ensure(wanted: Sequence[Plate], given: SheetIn, actor: Actor, at: datetime) -> list[Plate]:
    """Return the valid plate of each thing, made where there is none."""
    standing = Plate.objects.filter(ended_at__isnull=True)
    places = [one.venue_id for one in wanted if one.venue_id]
    paths = [one.path for one in wanted if one.path]
    before = {hung_on(one): one for one in standing.filter(venue__in=places)}
    before |= {hung_on(one): one for one in standing.filter(path__in=paths)}
    fresh = [one for one in wanted if hung_on(one) not in before]
    for one in fresh:
        one.code, one.made_at, one.made_by = new_code(), at, actor.user_id
    Plate.objects.bulk_create(fresh, batch_size=2_000)
    made = {hung_on(one): one for one in fresh}
    if given.only_new:
        return fresh
    return [made.get(hung_on(one)) or before[hung_on(one)] for one in wanted]


def hung_on(plate: Plate) -> str:
    """Return what the plate hangs on, as a key."""
    return str(plate.venue_id or plate.path)


def new_code() -> str:
    """Return a code that nobody guesses: 60 bits of the machine's own chance. Rule: PL-1."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def print_sheet(sheet_id: UUID, *, at: datetime) -> int:
    """Draw the plates of a sheet and keep the PDF; tells page by page how far it is. The job.

    Returns how many. Done twice it is the same sheet. Rule: PL-3.
    """
    row = PlateSheet.objects.get(pk=sheet_id)
    rows = PlateSheet.objects.filter(pk=sheet_id)
    rows.update(state=SheetState.PRINTING, done=0)
    try:
        form = queries.form_of(PlateKind(row.kind))
        plates = {plate.pk: plate for plate in Plate.objects.filter(pk__in=row.plate_ids)}
        told = queries.tell([plates[pk] for pk in row.plate_ids if pk in plates], at=at)
        pdf, pages = drawing.draw(
            [_face(one, form, row) for one in told],
            width_mm=form.width_mm, height_mm=form.height_mm, margin_mm=form.margin_mm,
            progress=lambda n: rows.update(done=n),
        )  # fmt: skip
    except (Refused, OSError):
        rows.update(state=SheetState.FAILED)
        logging.getLogger(__name__).exception("plates %s", sheet_id)
        raise
    name = f"plates/{sheet_id}.pdf"
    storages["files"].delete(name)
    storages["files"].save(name, ContentFile(pdf))
    rows.update(state=SheetState.READY, pages=pages, file_name=name, printed_at=at)
    return len(told)


def _face(told: queries.Told, form: PlateForm, sheet: PlateSheet) -> drawing.Face:
    labels, other = drawing.LABELS[sheet.language], sheet.language == "en"
    lines = [f"{labels[Field(name)]} {told.said[name]}" for name in form.lines if told.said.get(name)]
    return drawing.Face(
        url=f"{sheet.base_url}{told.plate.code}",
        code=show_code(told.plate.code),
        title=form.title_en if other else form.title_zh,
        lines=lines,
        hint=form.hint_en if other else form.hint_zh,
    )


def replace_plates(commands: Sequence[ReplaceIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Let the codes of lost plates end and give the places new ones, one fate an item, in order.

    Shape:  len(fates) == len(commands); a repeated id gives the fate of its first time.
    Raises: TooMany; nothing for a single item: a refusal is a fate.
    Rule:   PL-4.
    """

    def settle(fresh: Sequence[ReplaceIn]) -> dict[UUID, Fate]:
        if not actor.can(WRITE):
            refusal = NotYourRole(capability=WRITE, role=actor.role)
            return {one.id: Fate.refused(one.id, refusal) for one in fresh}
        seen = {pk for pk, _, _ in venues.list_doors(actor, ids=[one.venue_id for one in fresh], most=MOST)}
        first = {one.venue_id: one for one in reversed(fresh) if one.venue_id in seen}
        reasons = {str(pk): one.reason for pk, one in first.items()}
        ended = Plate.objects.filter(venue_id__in=first, ended_at__isnull=True)
        for plate in ended.select_for_update():
            Plate.objects.filter(pk=plate.pk).update(
                ended_at=at, ended_by=actor.user_id, ended_reason=reasons[hung_on(plate)]
            )
        made = _fresh(first, actor, at)
        audit.record(
            (("plates.replace", "venue", str(pk), {"reason": first[pk].reason}) for pk in made),
            actor=actor,
            at=at,
        )
        return {
            one.id: Fate.applied(one.id, code=show_code(made[one.venue_id].code))
            if one.venue_id in seen
            else Fate.refused(one.id, NotVisible())
            for one in fresh
        }

    return batches.apply_once(commands, settle, kind="plates.replace", actor=actor, at=at)


def _fresh(venue_ids: Iterable[UUID], actor: Actor, at: datetime) -> dict[UUID, Plate]:
    made = [
        Plate(kind=PlateKind.VENUE.value, venue_id=pk, code=new_code(), made_at=at, made_by=actor.user_id)
        for pk in venue_ids
    ]
    Plate.objects.bulk_create(made)
    return {one.venue_id: one for one in made if one.venue_id is not None}


@transaction.atomic
def set_phone(given: PhoneIn, *, actor: Actor, at: datetime) -> None:
    """Say whom the public calls about a territory; an empty number takes it away. Rule: PL-2.

    Raises: NotYourRole, NotVisible, Unreadable.
    """
    actor.check_can(WRITE)
    if not is_closed(given.path):
        raise Unreadable(field="path", why_zh="应为以点号结尾的路径", why_en="a closed path, as 44.03.05.")
    if not actor.covers(given.path):
        raise NotVisible
    if given.phone:
        SupervisionPhone.objects.update_or_create(path=given.path, defaults={"phone": given.phone})
    else:
        SupervisionPhone.objects.filter(path=given.path).delete()
    detail: dict[str, Any] = {"phone": given.phone}
    audit.record([("plates.set_phone", "scope", given.path, detail)], actor=actor, at=at)
