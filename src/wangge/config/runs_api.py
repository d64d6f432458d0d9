"""Imports and exports as people see them: how far, what was wrong, cancel, again, files."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse
from ninja import File, Form, Router
from ninja.files import UploadedFile

from wangge.kernel import clock, run_files, runs
from wangge.kernel.http import ActorRequest
from wangge.kernel.run_rules import Way
from wangge.kernel.run_telling import run_out
from wangge.kernel.schemas import Refusal, RunAgain, RunOut, RunPage
from wangge.kernel.shapes import Schema
from wangge.territory.schemas import ImportReport

router = Router(tags=["runs"])
NO = {(403, 404, 409, 422): Refusal}
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RunDetail(Schema):
    """One run with its report: of an import the first hundred problems."""

    run: RunOut
    report: ImportReport | None


@router.get("", response={200: RunPage, 404: Refusal}, operation_id="list_runs")
def list_runs(
    request: ActorRequest, way: Way | None = None, before: UUID | None = None, limit: int = 20
) -> RunPage:
    """One's own imports and exports, and those of one's territory, newest first."""
    runs.settle_lost(at=clock.now())
    limit = max(1, min(limit, 100))
    found = runs.list_runs(request.actor, before=before, way=way or "", limit=limit + 1)
    items = [run_out(run, request.actor) for run in found[:limit]]
    return RunPage(items=items, next_before=items[-1].id if len(found) > limit else None)


@router.get("/{uuid:run_id}", response={200: RunDetail, 404: Refusal}, operation_id="get_run")
def get_run(request: ActorRequest, run_id: UUID) -> RunDetail:
    """How far a run is. Ask once a second while it is waiting or running."""
    runs.settle_lost(at=clock.now())
    run = runs.get_run(request.actor, run_id)
    report = ImportReport.model_validate(run.report) if run.report else None
    return RunDetail(run=run_out(run, request.actor), report=report)


@router.post("/{uuid:run_id}/cancel", response={200: RunOut, **NO}, operation_id="cancel_run")
def cancel_run(request: ActorRequest, run_id: UUID) -> RunOut:
    """End a run: nothing of it is loaded."""
    return run_out(runs.cancel_run(run_id, actor=request.actor, at=clock.now()), request.actor)


@router.post("/{uuid:run_id}/again", response={200: RunOut, **NO}, operation_id="repeat_run")
def repeat_run(request: ActorRequest, run_id: UUID, body: RunAgain) -> RunOut:
    """Do a run that is over once more with the file that is kept: load what was checked, or try again."""
    run = runs.repeat_run(run_id, body.id, None, is_dry_run=body.dry_run, actor=request.actor, at=clock.now())
    return run_out(run, request.actor)


@router.post("/{uuid:run_id}/mended", response={200: RunOut, **NO}, operation_id="repeat_run_with_file")
def repeat_run_with_file(
    request: ActorRequest, run_id: UUID, body: Form[RunAgain], file: File[UploadedFile]
) -> RunOut:
    """Do an import once more with a mended file and the same options."""
    run = runs.repeat_run(run_id, body.id, file, is_dry_run=body.dry_run, actor=request.actor, at=clock.now())
    return run_out(run, request.actor)


@router.get("/{uuid:run_id}/problems.csv", response={200: None, **NO}, operation_id="get_run_problems")
def get_run_problems(request: ActorRequest, run_id: UUID) -> FileResponse:
    """Every problem of the file: row, column, what was found, the remedy."""
    run, content = runs.open_run_file(run_id, run_files.PROBLEMS, actor=request.actor, at=clock.now())
    name = f"{run.file_name.rpartition('.')[0] or run.kind}-problems.csv"
    return _sent(content, name, CSV)


@router.get("/{uuid:run_id}/result", response={200: None, **NO}, operation_id="get_run_result")
def get_run_result(request: ActorRequest, run_id: UUID) -> FileResponse:
    """The file that an export made."""
    run, content = runs.open_run_file(run_id, run_files.RESULT, actor=request.actor, at=clock.now())
    return _sent(
        content, run.file_name, XLSX if run.file_name.endswith(".xlsx") else "text/csv; charset=utf-8"
    )


def _sent(content: object, name: str, media_type: str) -> FileResponse:
    answer = FileResponse(content, as_attachment=True, filename=name, content_type=media_type)
    answer["Cache-Control"] = "no-store"
    return answer
