"""HTTP face of people responsible, facilities, licences and facts as files."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from wangge.dossiers import services
from wangge.dossiers.rules import Sort
from wangge.dossiers.schemas import HoldingExport, HoldingImport, HoldingImportIn
from wangge.kernel import clock
from wangge.kernel.http import ActorRequest
from wangge.kernel.run_telling import run_out
from wangge.kernel.schemas import Refusal, RunOut

router = Router(tags=["dossiers"])


@router.post("/imports", response={200: RunOut, (403, 409, 422): Refusal}, operation_id="import_holdings")
def import_holdings(
    request: ActorRequest, options: Form[HoldingImportIn], file: File[UploadedFile]
) -> RunOut:
    """Entries of dossiers from CSV or Excel, read by a worker: ask `/api/runs/{id}` how far it is."""
    given = HoldingImport.model_validate(options.model_dump(exclude={"id"}))
    run = services.ask_import(file, given, options.id, actor=request.actor, at=clock.now())
    return run_out(run, request.actor)


@router.get(
    "/template.{suffix}", response={200: None, (403, 422): Refusal}, operation_id="get_holding_template"
)
def get_holding_template(
    request: ActorRequest, suffix: str, filters: Query[HoldingExport]
) -> StreamingHttpResponse:
    """The columns of a file of people, facilities, licences or facts, with an example; csv or xlsx."""
    return services.write_template(request.actor, Sort(filters.sort), suffix, at=clock.now())


@router.get("/export.{suffix}", response={200: None, (403, 422): Refusal}, operation_id="export_holdings")
def export_holdings(
    request: ActorRequest, suffix: str, filters: Query[HoldingExport]
) -> StreamingHttpResponse:
    """Entries of the caller's places, to be loaded again; people masked unless one says why."""
    return services.export_entries(request.actor, filters, suffix, at=clock.now())
