"""Teams as files: out, in, and the empty form."""

from __future__ import annotations

from typing import IO, Literal, cast

from django.http import StreamingHttpResponse
from ninja import File, Form, Router
from ninja.files import UploadedFile

from wangge.kernel import clock
from wangge.kernel.downloads import check_suffix, download
from wangge.kernel.http import ActorRequest
from wangge.kernel.schemas import Refusal
from wangge.kernel.shapes import Schema
from wangge.kernel.spreadsheets import read_rows
from wangge.teams.file_export import EXAMPLE, NOTES, export_teams
from wangge.teams.file_import import import_teams
from wangge.teams.file_rows import COLUMNS
from wangge.territory.schemas import ImportReport

router = Router(tags=["teams"])
TABLE = list(COLUMNS.values())


class TeamsImport(Schema):
    """How to read a file of teams."""

    datum: Literal["wgs84", "gcj02", "bd09", "cgcs2000"]  # asked, never guessed
    dry_run: bool = False


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


@router.post("/imports", response={200: ImportReport, (403, 422): Refusal}, operation_id="import_teams")
def import_team_file(
    request: ActorRequest, options: Form[TeamsImport], file: File[UploadedFile]
) -> ImportReport:
    """CSV or Excel: some rows a team, known by its code. With any error nothing is loaded."""
    rows = read_rows(cast(IO[bytes], file.file), file.name or "")
    return import_teams(
        rows, datum=options.datum, actor=request.actor, at=clock.now(), file_name=file.name or "",
        dry_run=options.dry_run,
    )  # fmt: skip
