"""Plans and drawings of a place: files that come in, replace each other, and open for a few. Rule: DS-15."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import IO, Any
from urllib.parse import quote
from uuid import UUID

from django.core.files.base import File
from django.http import FileResponse, HttpResponseBase

from wangge.dossiers.answers import DrawingFileOut, DrawingOut
from wangge.dossiers.drawing_rules import MOST_HEAD, NotADrawing, ReplacedAlready, drawing_type
from wangge.dossiers.models import Drawing
from wangge.dossiers.recording import WRITE, Form, Ground, note, save, values_of
from wangge.dossiers.rules import Deed, Sort
from wangge.dossiers.schemas import DrawingIn
from wangge.dossiers.showing import drawing_out
from wangge.dossiers.vocabulary import Words
from wangge.kernel import audit, files
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.fates import Fate
from wangge.kernel.models import StoredFile

OPEN = "dossiers.open_drawings"
KEPT = ("kind", "title", "file_name", "valid_from", "valid_until")


def store_drawing(content: IO[bytes] | File[Any], name: str, *, actor: Actor, at: datetime) -> DrawingFileOut:
    """Keep the file of a plan: PDF, photo or DWG, told by its first bytes, never by its name.

    Raises: NotYourRole, NotADrawing, Unreadable if it is too large or no whole photo.
    Rule:   DS-15, KE-11, KE-12.
    """
    actor.check_can(WRITE)
    content.seek(0)
    media_type = drawing_type(content.read(MOST_HEAD))
    content.seek(0)
    if media_type is None:
        raise NotADrawing(name=name[:60])
    stored = files.store_file(content, actor=actor, at=at, media_type=media_type)
    return DrawingFileOut(
        sha256=stored.sha256,
        file_name=name[-128:] or "drawing",
        media_type=media_type,
        size_bytes=stored.size_bytes,
    )


def _fill(row: Drawing, given: DrawingIn, ground: Ground[Drawing]) -> None:
    """Raises: Unreadable for a file that never came; NotVisible, ReplacedAlready for what it replaces."""
    stored = StoredFile.objects.filter(pk=given.file).first()
    if stored is None:
        raise Unreadable(field="file", why_zh="该文件尚未上传", why_en="the file was not uploaded")
    if stored.media_type not in MEDIA_TYPES:
        raise NotADrawing(name=given.file_name)
    row.title, row.file, row.file_name = given.title.strip(), given.file, given.file_name
    row.media_type, row.size_bytes, row.valid_from = stored.media_type, stored.size_bytes, given.valid_from
    if given.replaces is not None and given.replaces != row.pk:
        _replace(given.replaces, row, given, ground)


def _replace(old_id: UUID, row: Drawing, given: DrawingIn, ground: Ground[Drawing]) -> None:
    old = ground.standing.get(old_id)
    if old is None or old.venue_id != given.venue_id or old.removed_at is not None:
        raise NotVisible()
    if old.replaced_by == row.pk:
        return
    if old.replaced_by is not None:
        raise ReplacedAlready(title=old.title)
    if given.valid_from < old.valid_from:
        raise Unreadable(
            field="valid_from",
            why_zh=f"不能早于被替代的图（{old.valid_from.isoformat()}）",
            why_en=f"not before the drawing that it replaces ({old.valid_from.isoformat()})",
        )
    before = values_of(old, KEPT)
    old.replaced_by, old.valid_until = row.pk, given.valid_from
    old.version += 1
    old.updated_at = ground.at
    after = values_of(old, KEPT)
    fields = {name: [before[name], after[name]] for name in KEPT if before[name] != after[name]}
    ground.changed[old.pk] = old
    note(old, Sort.DRAWING, Deed.CHANGED, ground, fields, "")


MEDIA_TYPES = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/acad": "dwg",
}
FORM: Form[DrawingIn, Drawing] = Form(Sort.DRAWING, Drawing, KEPT, looks_at_all=True, fill=_fill)


def save_drawings(commands: Sequence[DrawingIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Add or change plans, a fate each. Raises: NotYourRole, TooMany. Rule: DS-15, DS-7, DS-8."""
    return save(commands, FORM, actor=actor, at=at)


def list_drawings(actor: Actor, venue_id: UUID, words: Words) -> list[DrawingOut]:
    """Return the plans of a place that the caller was allowed to see: those that stand first."""
    rows = Drawing.objects.filter(venue_id=venue_id, removed_at__isnull=True)
    found = sorted(rows.order_by("title", "-valid_from", "pk"), key=lambda one: one.replaced_by is not None)
    return [drawing_out(row, words, can_open=actor.can(OPEN)) for row in found]


def open_drawing(actor: Actor, entry_id: UUID, *, at: datetime) -> HttpResponseBase:
    """Return the file of a plan to be kept by whoever asked, with an audit row.

    Raises: NotYourRole, NotVisible, also for a plan that was taken out.
    Rule:   DS-15. A photo is shown; anything else is only ever a download.
    """
    actor.check_can(OPEN)
    row = Drawing.objects.visible_to(actor).standing().filter(pk=entry_id).first()
    if row is None:
        raise NotVisible()
    audit.record(
        [("dossiers.open_drawing", "drawing", str(row.pk), {"venue": str(row.venue_id)})], actor=actor, at=at
    )
    is_photo = row.media_type.startswith("image/")
    answer = FileResponse(files.open_file(row.file), content_type=row.media_type)
    way = "inline" if is_photo else "attachment"
    answer["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(row.file_name)}"
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
