"""Teams as files: out, in, and the empty form."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from ninja import File, Form, Router
from ninja.files import UploadedFile

from wangge.kernel import clock
from wangge.kernel.downloads import check_suffix, download
from wangge.kernel.http import ActorRequest
from wangge.kernel.run_telling import run_out
from wangge.kernel.schemas import Refusal, RunOut
from wangge.teams import services
from wangge.teams.file_export import EXAMPLE, NOTES, export_teams
from wangge.teams.file_rows import COLUMNS
from wangge.teams.schemas import TeamsImport, TeamsImportIn

router = Router(tags=["teams"])
TABLE = list(COLUMNS.values())


@router.get("/export.{suffix}", response={200: None, (403, 422): Refusal}, operation_id="export_teams")
def export_team_file(request: ActorRequest, suffix: str) -> StreamingHttpResponse:
    """The standing teams of the caller's territory as csv or xlsx (WGS-84); it can be loaded again."""
    check_suffix(suffix)
    at = clock.now()
    return download(export_teams(request.actor, at=at), TABLE, name="teams", suffix=suffix, at=at)


@router.get("/template.{suffix}", response={200: None, (403, 422): Refusal}, operation_id="get_team_template")
def get_team_template(request: ActorRequest, suffix: str) -> StreamingHttpResponse:
    """The columns of a file of teams, with an example."""
    request.actor.check_can("teams.write")
    rows: list[dict[str, object]] = [EXAMPLE]
    rows += [{TABLE[0]: note} for note in NOTES]
    return download(rows, TABLE, name="teams-template", suffix=suffix, at=clock.now())


@router.post("/imports", response={200: RunOut, (403, 409, 422): Refusal}, operation_id="import_teams")
def import_team_file(request: ActorRequest, options: Form[TeamsImportIn], file: File[UploadedFile]) -> RunOut:
    """Teams from CSV or Excel, some rows a team, read by a worker: ask `/api/runs/{id}` how far it is."""
    given = TeamsImport.model_validate(options.model_dump(exclude={"id"}))
    run = services.ask_import(file, given, options.id, actor=request.actor, at=clock.now())
    return run_out(run, request.actor)
