"""Notices and records of a case: its facts as they go on paper. Source: docs/rules/documents.md, CS-12."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from wangge.cases import queries
from wangge.cases.briefs import CaseBrief
from wangge.cases.detail_schemas import CaseDetail, EventOut
from wangge.cases.marking import MarkCommand
from wangge.cases.rules import Mark
from wangge.cases.schemas import CaseDocumentIn
from wangge.cases.wording import ACTION_ZH, MARK_ZH, SEVERITY_ZH
from wangge.documents import queries as documents
from wangge.documents import services as documents_services
from wangge.documents.rules import (
    DocumentKind,
    Paper,
    chinese_date,
    chinese_deadline,
    chinese_time,
    kinds_for,
)
from wangge.documents.schemas import DocumentRow, IssueIn, OfferOut
from wangge.kernel import batches
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, Refused
from wangge.kernel.fates import Fate
from wangge.venues import queries as venues

SUBJECT = "case"
KINDS = (
    DocumentKind.RECTIFICATION_NOTICE,
    DocumentKind.HANDOVER_FORM,
    DocumentKind.RECHECK_RECORD,
    DocumentKind.INSPECTION_RECORD,
)
MOST = 50  # in one request: each is a Word file to fill
MOST_PHOTOS = 4
MOST_EVENTS = 40
REPORTERS = frozenset({"report", "fix_on_spot"})


class NotOfCases(Refused):
    status = 422
    code = "cases.no_such_document"
    zh = "案件不能出具“{title}”。"
    en = "A case has no document of the kind {kind}."


def get_offer(actor: Actor, case_id: UUID) -> OfferOut:
    """Return what was issued for the case and what the actor may issue. Raises: NotVisible. Rule: CS-12."""
    _look(actor, case_id)
    kinds = kinds_for(actor, KINDS)
    return OfferOut(
        kinds=documents.kinds_out(kinds),
        documents=documents.list_of(SUBJECT, case_id),
        can_void=bool(kinds),
        can_reveal=actor.can("documents.reveal"),
        has_pdf=documents.has_pdf(),
    )


def get_file(actor: Actor, case_id: UUID, document_id: UUID, suffix: str, *, at: datetime) -> HttpResponse:
    """Return a document of the case. Raises: NotVisible, and as `hand_out`. Rule: CS-12."""
    _look(actor, case_id)
    document = documents.get_of(SUBJECT, case_id, document_id)
    return documents_services.hand_out(document, suffix, actor=actor, at=at)


def preview(actor: Actor, case_id: UUID, given: IssueIn, suffix: str, *, at: datetime) -> HttpResponse:
    """Return what would be issued, without a number. Raises: NotVisible, NotForYourPost and as `hand_out`."""
    paper = paper_of(CaseDocumentIn(case_id=case_id, **given.model_dump()), actor, at)
    return documents_services.preview(paper, suffix, actor=actor, at=at)


def issue(
    commands: Sequence[CaseDocumentIn], *, actor: Actor, at: datetime
) -> tuple[dict[UUID, Fate], list[MarkCommand]]:
    """Issue what the commands ask for; the fate of each by its id, and the marks that tell of it.

    Rule: CS-12, DO-1 … DO-7. Part of the caller's transaction.
    """
    fates: dict[UUID, Fate] = {}
    papers: list[Paper] = []
    marks: list[MarkCommand] = []
    for command in commands:
        try:
            papers.append(paper_of(command, actor, at))
        except Refused as refusal:
            fates[command.id] = Fate.refused(command.id, refusal)
    for key, done in documents_services.issue(papers, actor=actor, at=at).items():
        if isinstance(done, Refused):
            fates[key] = Fate.refused(key, done)
            continue
        fates[key] = Fate.applied(key, case_id=str(done.subject_id), number=done.number_text)
        told = {"document": str(key), "number": done.number_text, "kind": done.kind}
        marks.append(MarkCommand(key, done.subject_id, Mark.ISSUE_DOCUMENT, told))
    return fates, marks


def void(
    actor: Actor, case_id: UUID, document_id: UUID, *, reason: str, at: datetime
) -> tuple[DocumentRow, MarkCommand]:
    """Void a document of the case, and return the mark that tells of it.

    Raises: NotVisible, NotForYourPost, AlreadyVoided.
    Rule:   CS-12, DO-7. Part of the caller's transaction.
    """
    _look(actor, case_id)
    document = documents.get_of(SUBJECT, case_id, document_id)
    row = documents_services.void(document, reason=reason, actor=actor, at=at)
    told = {"document": str(row.id), "number": row.number_text, "kind": row.kind.value, "void": reason}
    return row, MarkCommand(batches.id_for(row.id, at), case_id, Mark.ISSUE_DOCUMENT, told)


def paper_of(command: CaseDocumentIn, actor: Actor, at: datetime) -> Paper:
    """Return the facts of the case as they go on paper; the reporter is on none.

    Raises: NotVisible, NotOfCases.
    Rule:   CS-12, DO-6.
    """
    if command.kind not in KINDS:
        raise NotOfCases(kind=command.kind, title=documents.kinds_out([command.kind])[0].title_zh)
    shown = queries.get_detail(actor, command.case_id, at=at)
    keepers = venues.keepers_of([shown.venue_id]) if shown.venue_id else {}
    keeper, phone = next(iter(keepers.values()), ("", ""))
    return Paper(
        id=command.id,
        kind=command.kind,
        subject_type=SUBJECT,
        subject_id=shown.id,
        grid_path=shown.grid_path,
        department_id=_look(actor, shown.id).department_id,
        facts=_facts(shown) | _said(command, shown),
        personal={"keeper": keeper, "keeper_phone": phone},
        reveal_reason=command.reveal_reason,
    )


def _look(actor: Actor, case_id: UUID) -> CaseBrief:
    found = queries.get_briefs(actor, [case_id])
    if case_id not in found:
        raise NotVisible()
    return found[case_id]


def _facts(shown: CaseDetail) -> dict[str, Any]:
    judged = [event for event in shown.events if event.action in {"pass", "fail"}]
    return {
        "address": shown.address,
        "grid": shown.grid_name,
        "case_number": str(shown.id)[:8].upper(),
        "matter": shown.matter_zh,
        "matter_code": shown.matter_code,
        "severity": SEVERITY_ZH[shown.severity],
        "basis": shown.basis,
        "text": shown.text,
        "found_at": chinese_time(shown.reported_at.astimezone(CHINA)),
        "status": shown.stage_name,
        "department": shown.department_name or "",
        "handler": shown.handler_name or "",
        "verifier": judged[-1].actor_name if judged else "",
        "events": [_line(event) for event in shown.events[-MOST_EVENTS:]],
    }


def _said(command: IssueIn, shown: CaseDetail) -> dict[str, Any]:
    due = shown.due_at.astimezone(CHINA) if shown.due_at else None
    by_itself = chinese_deadline(due) if due else ""
    fixed = [event.detail.get("photos", []) for event in shown.events if event.action == "feed_back"]
    return {
        "recipient": command.recipient or shown.venue_name or shown.address,
        "demand": command.demand,
        "conclusion": command.conclusion,
        "note": command.note,
        "deadline": chinese_date(command.deadline_on) if command.deadline_on else by_itself,
        "photos": shown.photos[:MOST_PHOTOS] if command.with_photos else [],
        "after_photos": fixed[-1][:MOST_PHOTOS] if fixed and command.with_photos else [],
        "signatures": [
            {"role": one.role, "name": one.name, "picture": one.sha256} for one in command.signatures
        ],
    }


def _line(event: EventOut) -> dict[str, str]:
    return {
        "at": chinese_time(event.at.astimezone(CHINA)),
        "action": ACTION_ZH.get(event.action.value) or MARK_ZH[event.action.value],
        "who": "" if event.action in REPORTERS else event.actor_name,
        "text": str(event.detail.get("reason") or event.department_name or ""),
    }
