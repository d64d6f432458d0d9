"""HTTP face of suggestions. It translates; the rules are in queries and services."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Router
from ninja.responses import Status

from wangge.kernel import clock
from wangge.kernel.http import ActorRequest, fate_bodies
from wangge.kernel.schemas import FateOut, Refusal
from wangge.triage import queries, services
from wangge.triage.schemas import DecisionIn, DraftIn, DuplicateOut, SuggestionOut, TriageOut, UseIn

router = Router(tags=["triage"])
REFUSED: dict[Any, Any] = {(403, 404, 422): Refusal}


@router.post("/suggest", response={200: SuggestionOut} | REFUSED, operation_id="suggest_for_draft")
def suggest_for_draft(request: ActorRequest, draft: DraftIn) -> SuggestionOut:
    """Matter, severity and department for a report that is being written; a person decides."""
    return queries.suggest(request.actor, draft, at=clock.now())


@router.post(
    "/duplicates", response={200: list[DuplicateOut]} | REFUSED, operation_id="list_duplicates_of_draft"
)
def list_duplicates_of_draft(request: ActorRequest, draft: DraftIn) -> list[DuplicateOut]:
    """Cases that may be the same as a report that is being written, at most five."""
    return queries.list_duplicates(request.actor, draft, at=clock.now())


@router.get(
    "/cases/{case_id}/suggest", response={200: SuggestionOut} | REFUSED, operation_id="suggest_for_case"
)
def suggest_for_case(request: ActorRequest, case_id: UUID) -> SuggestionOut:
    return queries.suggest_for_case(request.actor, case_id)


@router.get(
    "/cases/{case_id}/duplicates",
    response={200: list[DuplicateOut]} | REFUSED,
    operation_id="list_duplicates_of_case",
)
def list_duplicates_of_case(request: ActorRequest, case_id: UUID) -> list[DuplicateOut]:
    return queries.list_duplicates_of_case(request.actor, case_id, at=clock.now())


@router.post("/decisions", response=list[FateOut], operation_id="record_decisions")
def record_decisions(request: ActorRequest, decisions: list[DecisionIn]) -> list[dict[str, Any]]:
    """What was suggested for cases; what was chosen is read from them. One fate each, in order."""
    return fate_bodies(services.record_decisions(decisions, actor=request.actor, at=clock.now()))


@router.get("", response={200: TriageOut} | REFUSED, operation_id="get_triage")
def get_triage(request: ActorRequest) -> TriageOut:
    """Versions of the model with their figures, and what people chose of late."""
    return queries.get_page(request.actor, at=clock.now())


@router.post("/train", response={202: None} | REFUSED, operation_id="train_triage")
def train_triage(request: ActorRequest) -> Status[None]:
    """Learn from the closed cases now; a job does it."""
    services.ask_to_train(actor=request.actor, at=clock.now())
    return Status(202, None)


@router.post("/use", response={200: TriageOut, 409: Refusal} | REFUSED, operation_id="use_triage_version")
def use_triage_version(request: ActorRequest, choice: UseIn) -> TriageOut:
    """Ask another version from now on, or the words alone."""
    services.use_version(choice, actor=request.actor, at=clock.now())
    return queries.get_page(request.actor, at=clock.now())
