"""Reading evidence: what photos say against the claim, and exports."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import storages

from wangge.cases import queries as cases
from wangge.cases.queries import WholeCase
from wangge.evidence import signing
from wangge.evidence.comparing import claims_of, find, limits_in_force
from wangge.evidence.models import KEPT, EvidenceExport, State
from wangge.evidence.rules import Claimed, Finding
from wangge.evidence.schemas import (
    EvidenceOut,
    ExportOut,
    FindingOut,
    PhotoOut,
    PublicKeyOut,
    UsedBefore,
)
from wangge.evidence.wording import words_of
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, Refused

SHOWN_USES = 20


class NotReady(Refused):
    """The bundle is not there: not yet, or not any more."""

    code = "evidence.not_ready"
    zh = "证据包现在不能下载（{state}）。制作完成后再试；过期的请重新导出。"
    en = "The bundle cannot be fetched now ({state}). Wait until it is ready; an expired one is made anew."


def get_evidence(actor: Actor, case_id: UUID) -> EvidenceOut:
    """Return what the photos of a case say against what was claimed with them, for those who verify.

    Raises: NotYourRole, NotVisible. Rule: EV-1 … EV-7.
    """
    actor.check_can("evidence.read")
    cases.check_all_visible(actor, [case_id])
    [case] = cases.read_whole([case_id], holding=False)
    limits, is_confirmed = limits_in_force()
    claims = claims_of(case)
    found = find(case, claims, limits)
    known = cases.get_briefs(actor, {use.case_id for one in found for use in one.uses})
    actors = {claim.seq: claim.actor_id for claim in claims}
    return EvidenceOut(
        photos=[_photo(claim) for claim in claims],
        findings=[_shown(one, known.keys(), actors.get(one.seq)) for one in found],
        is_confirmed=is_confirmed,
    )


def list_findings(case: WholeCase) -> list[dict[str, object]]:
    """Return the findings of a case as a bundle holds them: sentences, and no other case. Rule: EV-8."""
    limits, _ = limits_in_force()
    found = find(case, claims_of(case), limits)
    return [
        _shown(one, None, None).model_dump(mode="json", exclude={"used_before"}) | {"advice": True}
        for one in found
    ]


def get_export(actor: Actor, export_id: UUID) -> ExportOut:
    """Return how far one's own export is. Raises: NotYourRole, NotVisible. Rule: EV-10."""
    return export_out(_own(actor, export_id))


def list_exports(actor: Actor) -> list[ExportOut]:
    """Return one's own latest exports, the newest first, at most 50. Raises: NotYourRole. Rule: EV-10."""
    actor.check_can("evidence.export")
    mine = EvidenceExport.objects.filter(asked_by=actor.user_id).order_by("-asked_at")
    return [export_out(row) for row in mine[:50]]


def open_export(actor: Actor, export_id: UUID) -> tuple[File[Any], str]:
    """Return the open zip of one's own export, and a name for it.

    Raises: NotYourRole, NotVisible, NotReady. Rule: EV-10.
    """
    row = _own(actor, export_id)
    if row.state != State.READY or row.made_at is None:
        raise NotReady(state=row.state)
    name = f"evidence-{row.made_at.astimezone(CHINA):%Y%m%d-%H%M}-{str(row.pk)[-8:]}.zip"
    return storages["files"].open(name_of(row.pk)), name


def list_keys(*, at: datetime) -> list[PublicKeyOut]:
    """Return the city's public keys, the one in force first: for everybody. Rule: EV-9."""
    return [PublicKeyOut.model_validate(asdict(key)) for key in signing.list_keys(at=at)]


def find_key_trouble() -> Refused | None:
    """Return why the city could not sign a bundle now, None where it can. Rule: EV-9."""
    return signing.find_trouble()


def name_of(export_id: UUID) -> str:
    """Return where the file of an export lies in the storage."""
    return f"bundles/{export_id}.zip"


def export_out(row: EvidenceExport) -> ExportOut:
    """Return an export as faces show it."""
    return ExportOut.model_validate(
        {
            **{
                name: getattr(row, name)
                for name in ExportOut.model_fields
                if name not in {"cases", "kept_until"}
            },
            "cases": len(row.case_ids),
            "kept_until": row.made_at and row.made_at + KEPT,
        }
    )


def _own(actor: Actor, export_id: UUID) -> EvidenceExport:
    """A post with a narrower scope than the one in which it was asked for does not open it."""
    actor.check_can("evidence.export")
    row = EvidenceExport.objects.filter(pk=export_id, asked_by=actor.user_id).first()
    if row is None or not actor.covers(row.scope):
        raise NotVisible()
    return row


def _photo(claim: Claimed) -> PhotoOut:
    lon, lat = claim.point or (None, None)
    return PhotoOut(
        sha256=claim.sha256, seq=claim.seq, taken_at=claim.taken_at, lon=lon, lat=lat, camera=claim.camera
    )


def _shown(finding: Finding, known: Container[UUID] | None, actor_id: int | None) -> FindingOut:
    """Return the finding in words; of the earlier uses only those in `known` cases, without it none."""
    seen = [use for use in finding.uses if known is not None and use.case_id in known]
    zh, en = words_of(finding, hidden=0 if known is None else len(finding.uses) - len(seen))
    return FindingOut(
        sha256=finding.sha256,
        seq=finding.seq,
        kind=finding.kind,
        verdict=finding.verdict,
        value=finding.value,
        limit=finding.limit,
        zh=zh,
        en=en,
        used_before=[
            UsedBefore(
                case_id=use.case_id,
                seq=use.seq,
                at=use.at,
                by_another=use.actor_id != actor_id,
                is_same_bytes=use.is_same_bytes,
            )
            for use in seen[:SHOWN_USES]
        ],
    )
