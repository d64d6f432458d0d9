"""Notices of listing and de-listing: a hazard's facts as they go on paper. Source: MH-8, documents.md."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse

from wangge.accounts import queries as accounts
from wangge.cases.rules import Mark
from wangge.documents import queries as documents
from wangge.documents import services as documents_services
from wangge.documents.rules import DocumentKind, Paper, chinese_date, kinds_for
from wangge.documents.schemas import DocumentRow, IssueIn, OfferOut
from wangge.kernel import batches
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, Refused
from wangge.kernel.fates import Fate
from wangge.major_hazards import queries
from wangge.major_hazards.doing import STAGE_ZH, mark
from wangge.major_hazards.models import MajorHazard
from wangge.major_hazards.refusals import (
    WrongStage,
)
from wangge.major_hazards.rules import (
    DecisionKind,
)
from wangge.major_hazards.showing import stage_of
from wangge.venues import queries as venues

SUBJECT = "major_hazard"
KINDS: dict[str, tuple[DocumentKind, ...]] = {
    "to_list": (),
    "listed": (DocumentKind.LISTING_NOTICE,),
    "delisted": (DocumentKind.LISTING_NOTICE, DocumentKind.DELISTING_NOTICE),
}


def get_offer(actor: Actor, hazard_id: UUID) -> OfferOut:
    """Return what was issued for the hazard and what the actor may issue. Raises: NotVisible. Rule: MH-8."""
    hazard = _get(actor, hazard_id)
    return OfferOut(
        kinds=documents.kinds_out(kinds_for(actor, KINDS[stage_of(hazard)])),
        documents=documents.list_of(SUBJECT, hazard_id),
        can_void=bool(kinds_for(actor, [DocumentKind.LISTING_NOTICE])),
        can_reveal=actor.can("documents.reveal"),
        has_pdf=documents.has_pdf(),
    )


def get_file(actor: Actor, hazard_id: UUID, document_id: UUID, suffix: str, *, at: datetime) -> HttpResponse:
    """Return a notice of the hazard. Raises: NotVisible, and as `hand_out`. Rule: MH-8."""
    _get(actor, hazard_id)
    document = documents.get_of(SUBJECT, hazard_id, document_id)
    return documents_services.hand_out(document, suffix, actor=actor, at=at)


def preview(actor: Actor, hazard_id: UUID, given: IssueIn, suffix: str, *, at: datetime) -> HttpResponse:
    """Return what would be issued, without a number. Raises: as `issue` refuses. Rule: MH-8."""
    paper = _paper(_get(actor, hazard_id), given)
    return documents_services.preview(paper, suffix, actor=actor, at=at)


def issue(hazard_id: UUID, given: IssueIn, *, actor: Actor, at: datetime) -> Fate:
    """Number and issue a notice; the case tells of it. Sent twice it is one notice. Rule: MH-8, DO-4."""

    def settle(fresh: Any) -> dict[UUID, Fate]:
        return {one.id: _issued(hazard_id, one, actor, at) for one in fresh}

    return batches.apply_once([given], settle, kind="major.issue", actor=actor, at=at)[0]


@transaction.atomic
def void(actor: Actor, hazard_id: UUID, document_id: UUID, *, reason: str, at: datetime) -> DocumentRow:
    """Void a notice. Raises: NotVisible, NotForYourPost, AlreadyVoided. Rule: MH-8, DO-7."""
    hazard = _get(actor, hazard_id)
    row = documents_services.void(
        documents.get_of(SUBJECT, hazard_id, document_id), reason=reason, actor=actor, at=at
    )
    told = {"document": str(row.id), "number": row.number_text, "kind": row.kind.value, "void": reason}
    mark(batches.id_for(row.id, at), hazard.case_id, Mark.ISSUE_DOCUMENT, told, actor=actor, at=at)
    return row


def _issued(hazard_id: UUID, given: IssueIn, actor: Actor, at: datetime) -> Fate:
    try:
        with transaction.atomic():
            hazard = queries.lock_hazard(actor, hazard_id)
            paper = _paper(hazard, given)
            done = documents_services.issue([paper], actor=actor, at=at)[given.id]
            if isinstance(done, Refused):
                raise done
            told = {"document": str(given.id), "number": done.number_text, "kind": done.kind}
            mark(given.id, hazard.case_id, Mark.ISSUE_DOCUMENT, told, actor=actor, at=at)
    except Refused as refusal:
        return Fate.refused(given.id, refusal)
    return Fate.applied(given.id, hazard_id=str(hazard_id), number=done.number_text)


def _get(actor: Actor, hazard_id: UUID) -> MajorHazard:
    found = MajorHazard.objects.visible_to(actor).select_related("case").filter(pk=hazard_id).first()
    if found is None:
        raise NotVisible()
    hazard: MajorHazard = found
    return hazard


def _paper(hazard: MajorHazard, given: IssueIn) -> Paper:
    stage = stage_of(hazard)
    if given.kind not in KINDS[stage]:
        raise WrongStage(stage=stage, stage_zh=STAGE_ZH[stage])
    keepers = venues.keepers_of([hazard.venue_id]) if hazard.venue_id else {}
    keeper, phone = next(iter(keepers.values()), ("", ""))
    return Paper(
        id=given.id,
        kind=given.kind,
        subject_type=SUBJECT,
        subject_id=hazard.pk,
        grid_path=hazard.grid_path,
        department_id=hazard.case.department_id if hazard.case else None,
        facts=_facts(hazard) | _said(hazard, given),
        personal={"keeper": keeper, "keeper_phone": phone},
        reveal_reason=given.reveal_reason,
    )


def _facts(hazard: MajorHazard) -> dict[str, Any]:
    major = hazard.decisions.select_related("assessment__element_set").get(kind=DecisionKind.MAJOR)
    names = {one["code"]: one["zh"] for one in major.assessment.element_set.elements}
    found = [
        f"{tick.element} {names[tick.element]}{f'：{tick.note}' if tick.note else ''}"
        for tick in major.assessment.ticks.order_by("pk")
    ]
    last = hazard.reinspections.order_by("inspected_at", "pk").last()
    inspector = accounts.names_of([last.inspected_by_id])[last.inspected_by_id] if last else ""
    venue = venues.get_places([hazard.venue_id]).get(hazard.venue_id) if hazard.venue_id else None
    return {
        "recipient": venue.name if venue else "",
        "address": (hazard.case.address if hazard.case else "") or (venue.address if venue else ""),
        "case_number": str(hazard.case_id)[:8].upper() if hazard.case_id else "",
        "basis": f"{major.basis_version} {major.basis_clause}",
        "text": "\n".join(found),
        "found_at": chinese_date(major.assessment.assessed_at.astimezone(CHINA)),
        "department": hazard.supervising_body,
        "verifier": inspector,
        "status": STAGE_ZH[stage_of(hazard)],
    }


def _said(hazard: MajorHazard, given: IssueIn) -> dict[str, Any]:
    delisting = hazard.decisions.filter(kind=DecisionKind.DELIST).order_by("proposed_at").last()
    until = given.deadline_on or hazard.rectify_on
    by_hand = {"recipient": given.recipient} if given.recipient else {}
    return by_hand | {
        "demand": given.demand or hazard.notice_text,
        "conclusion": given.conclusion or (delisting.summary if delisting else ""),
        "note": given.note,
        "deadline": chinese_date(until) if until else "",
        "signatures": [
            {"role": one.role, "name": one.name, "picture": one.sha256} for one in given.signatures
        ],
    }
