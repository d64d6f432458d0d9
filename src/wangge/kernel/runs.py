"""Imports and exports as background work: asked for, seen, cancelled, done again (KE-33 to KE-37)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection, transaction

from wangge.kernel import audit, jobs, run_files
from wangge.kernel.actor import Actor
from wangge.kernel.errors import CommandIdReused, NotVisible, Unreadable
from wangge.kernel.models import FileRun
from wangge.kernel.run_rules import FILES_KEPT, OPEN, RunFileGone, RunOver, RunState, RunStillOpen, Way
from wangge.kernel.spreadsheets import MAX_BYTES

DO_RUN = "config.do_run"  # the room that knows everybody does it, as whoever asked
FILES = ("has_file", "has_problem_file", "has_result")

# A running run holds a lock as long as its process lives (KE-36); the key is the second half of its id.
KEY = "('x' || right(replace(id::text, '-', ''), 16))::bit(64)::bigint"
LOST = f"""
UPDATE kernel_filerun SET state = 'interrupted', ended_at = %s
 WHERE state = 'running' AND NOT EXISTS (
   SELECT FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (l.classid::bigint << 32) | l.objid::bigint = {KEY})
RETURNING id
"""
QUOTES = """
UPDATE kernel_filerun SET report = jsonb_set(report, '{problems}', '[]')
 WHERE id = ANY(%s) AND report ? 'problems'
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants done: `options` are JSON, read again by the room that does it."""

    id: UUID
    kind: str
    way: Way
    capability: str
    options: Mapping[str, Any] = field(default_factory=dict)
    is_dry_run: bool = False
    file_name: str = ""
    again_of: UUID | None = None


def ask_run(asked: Asked, file: UploadedFile[Any] | None, *, actor: Actor, at: datetime) -> FileRun:
    """Keep the file, note the run and put it in the queue, in one transaction. The same id twice is one run.

    Raises: NotYourRole; Unreadable for a file that is too large; CommandIdReused.
    Rule:   KE-33, KE-36, KE-18.
    """
    actor.check_can(asked.capability)
    if earlier := FileRun.objects.filter(pk=asked.id).first():
        return _repeated(earlier, asked, actor)
    if file is not None:
        if file.size is None or file.size > MAX_BYTES:
            limit = MAX_BYTES >> 20
            why = (f"文件超过 {limit} MB，请拆分文件", f"the file is larger than {limit} MB: split it")
            raise Unreadable(field="file", why_zh=why[0], why_en=why[1])
        run_files.keep(asked.id, run_files.GIVEN, _stream(file))
    size = (file.size or 0) if file is not None else 0
    return _put(asked, actor, at, file_bytes=size, has_file=file is not None)


def note_run(asked: Asked, *, actor: Actor, at: datetime, file_bytes: int = 0) -> FileRun:
    """Note a run that its asker does at once, in the same process; no job is deferred. Rule: KE-33."""
    actor.check_can(asked.capability)
    return _put(asked, actor, at, file_bytes=file_bytes, has_file=False, is_deferred=False)


def repeat_run(
    run_id: UUID,
    new_id: UUID,
    file: UploadedFile[Any] | None,
    *,
    is_dry_run: bool,
    actor: Actor,
    at: datetime,
) -> FileRun:
    """Do a run that is over once more, as oneself: with the file that is still kept, or a mended one.

    Raises: NotVisible, NotYourRole, RunStillOpen, RunFileGone, CommandIdReused.
    Rule:   KE-37.
    """
    old = get_run(actor, run_id)
    actor.check_can(old.capability)
    if not actor.covers(old.scope):
        raise NotVisible()
    if old.state in OPEN:
        raise RunStillOpen()
    options = dict(old.options)
    if "dry_run" in options:
        options["dry_run"] = is_dry_run
    name = old.file_name if file is None else (file.name or "")
    asked = Asked(new_id, old.kind, Way(old.way), old.capability, options, is_dry_run, name, old.pk)
    if file is not None or old.way == Way.OUT:
        return ask_run(asked, file, actor=actor, at=at)
    if earlier := FileRun.objects.filter(pk=new_id).first():
        return _repeated(earlier, asked, actor)
    if not old.has_file:
        raise RunFileGone()
    run_files.copy(old.pk, new_id, run_files.GIVEN)
    return _put(asked, actor, at, file_bytes=old.file_bytes, has_file=True)


@transaction.atomic
def cancel_run(run_id: UUID, *, actor: Actor, at: datetime) -> FileRun:
    """Ask a run to end. One that waits is over at once; one that runs ends at its next look.

    Raises: NotVisible; NotYourRole; RunOver.
    Rule:   KE-35.
    """
    run = get_run(actor, run_id)
    actor.check_can(run.capability)
    those = FileRun.objects.filter(pk=run_id)
    waiting = those.filter(state=RunState.WAITING)
    if not waiting.update(state=RunState.CANCELLED, cancel_asked_at=at, ended_at=at) and not those.filter(
        state=RunState.RUNNING
    ).update(cancel_asked_at=at):
        raise RunOver(state=FileRun.objects.get(pk=run_id).state)
    audit.record([("runs.cancel", "run", str(run_id), {"kind": run.kind})], actor=actor, at=at)
    return FileRun.objects.get(pk=run_id)


def get_run(actor: Actor, run_id: UUID) -> FileRun:
    """Return one run. Raises: NotVisible. Rule: KE-36."""
    run = FileRun.objects.visible_to(actor).filter(pk=run_id).first()
    if run is None:
        raise NotVisible()
    return run


def list_runs(actor: Actor, *, before: UUID | None, way: str, limit: int) -> list[FileRun]:
    """Return the runs one may see, newest first, those after `before`. Raises: NotVisible. Rule: KE-36."""
    found = FileRun.objects.visible_to(actor).defer("report", "options")
    if way:
        found = found.filter(way=way)
    if before is not None:
        last = get_run(actor, before)
        found = found.filter(asked_at__lte=last.asked_at).exclude(asked_at=last.asked_at, id__gte=last.pk)
    return list(found.order_by("-asked_at", "-id")[:limit])


@transaction.atomic
def open_run_file(run_id: UUID, what: str, *, actor: Actor, at: datetime) -> tuple[FileRun, IO[bytes]]:
    """Return the run and its error file or result, and leave an audit row.

    Raises: NotVisible, also when its territory is not the asker's any more; NotYourRole; RunFileGone.
    Rule:   KE-36, KE-37.
    """
    run = get_run(actor, run_id)
    actor.check_can(run.capability)
    if not actor.covers(run.scope):
        raise NotVisible()
    if not {run_files.PROBLEMS: run.has_problem_file, run_files.RESULT: run.has_result}[what]:
        raise RunFileGone()
    content = run_files.open_plain(run_id, what)
    audit.record(
        [("runs.download", "run", str(run_id), {"kind": run.kind, "file": what})], actor=actor, at=at
    )
    return run, content


@transaction.atomic
def settle_lost(*, at: datetime) -> list[UUID]:
    """Note the runs whose process is gone, and return them: nothing of them was loaded. Rule: KE-36."""
    with connection.cursor() as cursor:
        cursor.execute(LOST, [at])
        lost = [pk for (pk,) in cursor.fetchall()]
    for run_id in lost:
        run_files.forget(run_id, run_files.PROBLEMS, run_files.RESULT)
    audit.record([("runs.interrupted", "run", str(pk), {}) for pk in lost], actor=None, at=at)
    return lost


def forget_files(*, at: datetime) -> int:
    """Remove the files of runs that ended a day ago, and return of how many; problems quote them and go too.

    Rule: KE-37.
    """
    old = FileRun.objects.filter(ended_at__lt=at - FILES_KEPT)
    kept = old.filter(has_file=True) | old.filter(has_problem_file=True) | old.filter(has_result=True)
    ids = list(kept.values_list("pk", flat=True)[:1_000])
    for run_id in ids:
        run_files.forget(run_id, run_files.GIVEN, run_files.PROBLEMS, run_files.RESULT)
    FileRun.objects.filter(pk__in=ids).update(**dict.fromkeys(FILES, False))
    with connection.cursor() as cursor:
        cursor.execute(QUOTES, [ids])
    return len(ids)


def _put(
    asked: Asked, actor: Actor, at: datetime, *, file_bytes: int, has_file: bool, is_deferred: bool = True
) -> FileRun:
    run = FileRun(
        id=asked.id, kind=asked.kind, way=asked.way, capability=asked.capability,
        asked_by=actor.user_id, asked_name=actor.name, asked_role=actor.role, scope=actor.scope, asked_at=at,
        again_of=asked.again_of, file_name=asked.file_name[-255:], file_bytes=file_bytes, has_file=has_file,
        options=dict(asked.options), is_dry_run=asked.is_dry_run,
    )  # fmt: skip
    detail = {"kind": asked.kind, "file": run.file_name, "dry_run": asked.is_dry_run, "options": run.options}
    try:
        with transaction.atomic():
            run.save(force_insert=True)
            audit.record([("runs.ask", "run", str(run.pk), detail)], actor=actor, at=at)
            if is_deferred:
                jobs.defer(DO_RUN, run_id=str(run.pk))
    except IntegrityError:  # the other one of two at once
        return _repeated(FileRun.objects.get(pk=asked.id), asked, actor)
    return run


def _repeated(earlier: FileRun, asked: Asked, actor: Actor) -> FileRun:
    given = (actor.user_id, asked.kind, dict(asked.options), asked.file_name[-255:], asked.again_of)
    if (earlier.asked_by, earlier.kind, earlier.options, earlier.file_name, earlier.again_of) != given:
        raise CommandIdReused()
    return earlier


def _stream(file: UploadedFile[Any]) -> IO[bytes]:
    if file.file is None:
        raise ValueError("an upload without a file")
    stream: IO[bytes] = file.file
    return stream
