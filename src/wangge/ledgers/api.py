"""HTTP face of ledgers. It translates; the rules are in services."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from ninja import Query, Router

from wangge.kernel import clock
from wangge.kernel.http import ActorRequest
from wangge.kernel.run_telling import run_out
from wangge.kernel.schemas import Refusal, RunOut
from wangge.ledgers import queries, services
from wangge.ledgers.schemas import LedgerContents, LedgerExportIn, LedgerFilter, LedgerPage, PageFilter

router = Router(tags=["ledgers"])
NO = {(403, 404, 409, 422): Refusal}


@router.get("", response={200: LedgerContents, **NO}, operation_id="get_ledger_contents")
def get_ledger_contents(request: ActorRequest, filters: Query[LedgerFilter]) -> LedgerContents:
    """The sections of a territory and a period, with how many rows each has."""
    return queries.get_contents(request.actor, filters)


@router.get("/export.xlsx", response={200: None, **NO}, operation_id="export_ledgers")
def export_ledgers(request: ActorRequest, filters: Query[LedgerFilter]) -> StreamingHttpResponse:
    """All of them in one workbook, a sheet each; beyond 20,000 rows ask for it in the background."""
    return services.export_all(request.actor, filters, at=clock.now())


@router.post("/exports", response={200: RunOut, **NO}, operation_id="ask_ledger_export")
def ask_ledger_export(request: ActorRequest, body: LedgerExportIn) -> RunOut:
    """A file of ledgers of any size, made in the background."""
    return run_out(services.ask_export(body, actor=request.actor, at=clock.now()), request.actor)


@router.get("/{slug:code}", response={200: LedgerPage, **NO}, operation_id="get_ledger")
def get_ledger(request: ActorRequest, code: str, filters: Query[PageFilter]) -> LedgerPage:
    """One ledger, in its order, paged."""
    return queries.get_page(request.actor, code, filters)


@router.get("/{slug:code}/export.{suffix}", response={200: None, **NO}, operation_id="export_ledger")
def export_ledger(
    request: ActorRequest, code: str, suffix: str, filters: Query[LedgerFilter]
) -> StreamingHttpResponse:
    """One ledger as a file."""
    return services.export_ledger(request.actor, code, filters, suffix, at=clock.now())
