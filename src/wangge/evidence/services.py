"""Writes of evidence: exports, their making and their end; the pack's limits; the key."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from tempfile import NamedTemporaryFile
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import storages
from django.db import IntegrityError, transaction

from wangge.accounts.rules import CAPABILITIES, Role
from wangge.cases import queries as cases
from wangge.cases import services as case_services
from wangge.cases.rules import Mark
from wangge.cases.services import MarkCommand
from wangge.documents.queries import list_issued
from wangge.evidence import signing
from wangge.evidence.bundle import CHECK, BundleWriter
from wangge.evidence.models import KEPT, EvidenceExport, PhotoLimit, State
from wangge.evidence.queries import export_out, list_findings, name_of, open_export
from wangge.evidence.schemas import ExportIn, ExportOut, PublicKeyOut
from wangge.kernel import audit, jobs
from wangge.kernel.actor import Actor
from wangge.kernel.errors import CommandIdReused
from wangge.kernel.ids import assemble

MAKE_BUNDLE = "evidence.make_bundle"
AT_ONCE = 20  # cases held at a time


def install_limits(rows: Sequence[Mapping[str, Any]], *, pack_version: str) -> None:
    """Make `rows` the limits in force. A version never holds two contents (PK-5). Rule: PK-4, EV-1."""
    with transaction.atomic():
        PhotoLimit.objects.filter(is_active=True).exclude(pack_version=pack_version).update(is_active=False)
        if not PhotoLimit.objects.filter(pack_version=pack_version).update(is_active=True):
            PhotoLimit.objects.bulk_create(PhotoLimit(**row, pack_version=pack_version) for row in rows)


def request_export(command: ExportIn, *, actor: Actor, at: datetime) -> ExportOut:
    """Ask for a bundle of cases; a job makes it. The same id twice is one export.

    Every case gets a mark and the export an audit row with its reason, in one transaction.
    Raises: NotYourRole; NotVisible if one of the cases is not the actor's to see; CommandIdReused.
    Rule:   EV-10.
    """
    actor.check_can("evidence.export")
    case_ids = sorted(set(command.case_ids))
    if earlier := EvidenceExport.objects.filter(pk=command.id).first():
        return _repeated(earlier, case_ids, command.reason, actor)
    cases.check_all_visible(actor, case_ids)
    row = EvidenceExport(
        id=command.id,
        asked_by=actor.user_id,
        asked_name=actor.name,
        asked_role=actor.role,
        scope=actor.scope,
        asked_at=at,
        reason=command.reason,
        case_ids=case_ids,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            case_services.add_marks(_marks(command, case_ids, at), actor=actor, at=at)
            detail = {"reason": command.reason, "cases": len(case_ids)}
            audit.record([("evidence.export", "evidence", str(row.pk), detail)], actor=actor, at=at)
            jobs.defer(MAKE_BUNDLE, export_id=str(row.pk))
    except IntegrityError:  # the other one of two at once
        return _repeated(EvidenceExport.objects.get(pk=command.id), case_ids, command.reason, actor)
    return export_out(row)


def make_bundle(export_id: UUID, *, at: datetime) -> bool:
    """Make the bundle of an export, telling case by case how far it is; False if it was made or is over.

    Done twice it is the same export with a fresh file. What cannot be made is failed; the log says why.
    Rule: EV-8, EV-9.
    """
    row = EvidenceExport.objects.get(pk=export_id)
    if row.state in {State.READY, State.EXPIRED}:
        return False
    EvidenceExport.objects.filter(pk=export_id).update(state=State.MAKING, done=0)
    try:
        made = _write(row, at)
    except Exception:
        EvidenceExport.objects.filter(pk=export_id).update(state=State.FAILED)
        logging.getLogger(__name__).exception("evidence export %s", export_id)
        raise
    EvidenceExport.objects.filter(pk=export_id).update(state=State.READY, made_at=at, **made)
    return True


@transaction.atomic
def download_export(export_id: UUID, *, actor: Actor, at: datetime) -> tuple[File[Any], str]:
    """Return the open zip of one's own export and a name for it, and leave an audit row.

    Raises: NotYourRole, NotVisible, NotReady. Rule: EV-10.
    """
    bundle = open_export(actor, export_id)
    audit.record([("evidence.download", "evidence", str(export_id), {})], actor=actor, at=at)
    return bundle


def expire_exports(*, at: datetime) -> int:
    """Remove the files of bundles made a week ago and return how many; the records stay. Rule: EV-10."""
    old = EvidenceExport.objects.filter(state=State.READY, made_at__lt=at - KEPT)
    expired = list(old.values_list("pk", flat=True))
    for export_id in expired:
        storages["files"].delete(name_of(export_id))
        EvidenceExport.objects.filter(pk=export_id).update(state=State.EXPIRED)
        audit.record([("evidence.expire", "evidence", str(export_id), {})], actor=None, at=at)
    return len(expired)


def digest_of_check() -> str:
    """Return the sha256 of the program that checks bundles, to be published beside the key. Rule: EV-9."""
    return hashlib.sha256(CHECK.read_bytes()).hexdigest()


def rotate_key(*, at: datetime) -> PublicKeyOut:
    """Retire the signing key and make a new one, with an audit row. Rule: EV-9."""
    key = signing.rotate(at=at)
    audit.record([("evidence.rotate_key", "key", key.fingerprint, {})], actor=None, at=at)
    return PublicKeyOut.model_validate(asdict(key))


def _repeated(earlier: EvidenceExport, case_ids: list[UUID], reason: str, actor: Actor) -> ExportOut:
    if (earlier.asked_by, earlier.case_ids, earlier.reason) != (actor.user_id, case_ids, reason):
        raise CommandIdReused()
    return export_out(earlier)


def _marks(command: ExportIn, case_ids: Sequence[UUID], at: datetime) -> list[MarkCommand]:
    detail = {"export_id": str(command.id)}  # not the reason: whoever sees the case reads its marks
    return [
        MarkCommand(_id_of_mark(command.id, case_id, at), case_id, Mark.EXPORT_EVIDENCE, detail)
        for case_id in case_ids
    ]


def _id_of_mark(export_id: UUID, case_id: UUID, at: datetime) -> UUID:
    digest = hashlib.sha256(export_id.bytes + case_id.bytes).digest()
    return assemble(at, int.from_bytes(digest[:10]) & (1 << 74) - 1)


def _may_reveal(role: str) -> bool:
    return role in set(Role) and "documents.reveal" in CAPABILITIES[Role(role)]


def _write(row: EvidenceExport, at: datetime) -> dict[str, Any]:
    made_by = {"name": row.asked_name, "role": row.asked_role}
    with NamedTemporaryFile(prefix="wangge-bundle-") as aside:
        writer = BundleWriter(aside, at, made_by, row.reason, may_reveal=_may_reveal(row.asked_role))
        for start in range(0, len(row.case_ids), AT_ONCE):
            some = row.case_ids[start : start + AT_ONCE]
            whole = cases.read_whole(some)
            told = (step.detail.get("document") for case in whole for step in case.steps)
            documents = list_issued(UUID(one) for one in told if one)  # those of a hazard of the case too
            for case in whole:
                writer.add(case, list_findings(case), documents)
            EvidenceExport.objects.filter(pk=row.pk).update(done=start + AT_ONCE)
        writer.close()
        size_bytes = aside.tell()
        aside.seek(0)
        sha256 = hashlib.file_digest(aside, "sha256").hexdigest()
        storages["files"].delete(name_of(row.pk))  # of an attempt that was cut off
        storages["files"].save(name_of(row.pk), File(aside, name="bundle.zip"))
    return {"sha256": sha256, "size_bytes": size_bytes, "done": len(row.case_ids)}
