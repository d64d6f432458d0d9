"""People and posts as files: out, in, and the empty form."""

from __future__ import annotations

from typing import IO, cast

from django.http import StreamingHttpResponse
from ninja import File, Form, Router
from ninja.files import UploadedFile

from wangge.accounts import queries as accounts
from wangge.accounts import services as people
from wangge.accounts.profile_schemas import CompositionOut, ProfileIn, ProfileOut
from wangge.kernel import clock
from wangge.kernel.downloads import check_suffix, download
from wangge.kernel.http import ActorRequest
from wangge.kernel.schemas import Refusal
from wangge.kernel.shapes import Schema
from wangge.kernel.spreadsheets import read_rows
from wangge.territory.people_import import COLUMNS, import_people
from wangge.territory.schemas import ImportReport

router = Router(tags=["staff"])
TABLE = list(COLUMNS.values())
EXAMPLE = dict(
    zip(
        TABLE,
        ("G0001", "zhangsan", "张三", "13900000000", "网格员", "340203005012001", "花园社区一格", "", "", "",
         "2026-01-01", ""),
        strict=True,
    )
)  # fmt: skip


class PeopleImport(Schema):
    """How to read a file of people."""

    dry_run: bool = False


@router.get("/export.{suffix}", response={200: None, (403, 422): Refusal}, operation_id="export_people")
def export_people(
    request: ActorRequest, suffix: str, within: str = "", only_now: bool = False
) -> StreamingHttpResponse:
    """People and posts of the caller's territory as csv or xlsx, phones masked; it can be loaded again."""
    check_suffix(suffix)
    at = clock.now()
    rows = accounts.export_people(request.actor, within=within, only_now=only_now, at=at)
    return download(rows, TABLE, name="people", suffix=suffix, at=at)


@router.get(
    "/template.{suffix}", response={200: None, (403, 422): Refusal}, operation_id="get_people_template"
)
def get_people_template(request: ActorRequest, suffix: str) -> StreamingHttpResponse:
    """The columns of a file of people, with one example."""
    request.actor.check_can("accounts.read")
    return download([EXAMPLE], TABLE, name="people-template", suffix=suffix, at=clock.now())


@router.post("/imports", response={200: ImportReport, (403, 422): Refusal}, operation_id="import_people")
def import_people_file(
    request: ActorRequest, options: Form[PeopleImport], file: File[UploadedFile]
) -> ImportReport:
    """CSV or Excel. The system administrator loads the people, the security administrator the posts."""
    rows = read_rows(cast(IO[bytes], file.file), file.name or "")
    return import_people(
        rows, actor=request.actor, at=clock.now(), file_name=file.name or "", dry_run=options.dry_run
    )


@router.get("/composition", response={200: CompositionOut, 403: Refusal}, operation_id="count_composition")
def count_composition(request: ActorRequest, within: str = "") -> CompositionOut:
    """What the grid members of a territory are by schooling, politics and criteria of hiring, in per cent."""
    return accounts.count_composition(request.actor, within=within, on=clock.today())


@router.get(
    "/{int:user_id}/profile", response={200: ProfileOut, (403, 404): Refusal}, operation_id="get_profile"
)
def get_profile(request: ActorRequest, user_id: int) -> ProfileOut:
    """What was noted of somebody when they were hired, for who keeps the people."""
    return accounts.get_profile(request.actor, user_id, on=clock.today())


@router.put(
    "/{int:user_id}/profile",
    response={200: ProfileOut, (403, 404, 422): Refusal},
    operation_id="save_profile",
)
def save_profile(request: ActorRequest, user_id: int, body: ProfileIn) -> ProfileOut:
    """Note schooling, politics and the criteria of hiring that somebody meets."""
    return people.save_profile(user_id, body, actor=request.actor, at=clock.now(), on=clock.today())
