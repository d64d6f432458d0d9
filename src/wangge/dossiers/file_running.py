"""Facilities and licences in as background work, out as a file, and the empty form. Rule: DS-16, KE-33."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import StreamingHttpResponse

from wangge.dossiers.file_import import import_holdings
from wangge.dossiers.file_rows import COLUMNS, FIELDS, example_of
from wangge.dossiers.models import Holding, Kind
from wangge.dossiers.recording import WRITE
from wangge.dossiers.rules import Sort
from wangge.dossiers.schemas import HoldingExport, HoldingImport
from wangge.dossiers.vocabulary import words_in_force
from wangge.kernel import audit, downloads, runs
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Unreadable
from wangge.kernel.models import FileRun
from wangge.kernel.paths import is_closed
from wangge.kernel.run_rules import Outcome, Way
from wangge.kernel.run_work import Desk
from wangge.kernel.runs import Asked
from wangge.kernel.spreadsheets import count_rows, read_rows
from wangge.territory.queries import names_of
from wangge.territory.rules import Problems
from wangge.territory.services import outcome_of

IMPORT = "dossiers.import"
PAGE = 2_000
MORE = ("场所名称", "网格名称", "下次到期")  # told by an export, passed over by an import


def ask_import(
    file: UploadedFile[Any], options: HoldingImport, run_id: UUID, *, actor: Actor, at: datetime
) -> FileRun:
    """Ask for an import of facilities or licences; a worker does it. Raises: NotYourRole; CommandIdReused."""
    told = options.model_dump(mode="json")
    asked = Asked(run_id, IMPORT, Way.IN, WRITE, told, options.dry_run, file.name or "")
    return runs.ask_run(asked, file, actor=actor, at=at)


def work_import(desk: Desk) -> Outcome:
    """Do an import that was asked for. Raises: as import_holdings; Unreadable. Rule: DS-16."""
    options = HoldingImport.model_validate(desk.run.options)
    if desk.given is None:
        raise Unreadable(field="file", why_zh="文件不在", why_en="there is no file")
    problems, name = Problems(tell=desk.problems.add), desk.run.file_name
    desk.watch.expect(count_rows(desk.given, name))
    report = import_holdings(
        read_rows(desk.given, name), sort=Sort(options.sort), source=options.source, actor=desk.actor,
        at=desk.at, file_name=name, dry_run=options.dry_run, problems=problems, progress=desk.watch,
    )  # fmt: skip
    return outcome_of(report, problems)


def write_template(actor: Actor, sort: Sort, suffix: str, *, at: datetime) -> StreamingHttpResponse:
    """Return the empty form with an example and the kinds of the pack. Raises: NotYourRole, Unreadable."""
    actor.check_can(WRITE)
    columns = list(COLUMNS[sort].values())
    kinds = list(Kind.objects.filter(sort=sort.value, is_active=True).order_by("position"))
    notes = [
        "#说明 以“#说明”“#示例”开头的行不会导入。Rows that begin with #说明 or #示例 are not loaded.",
        "#说明 编号在本名单内唯一且不变，再次导入按编号更新。The id is unique in its list and never changes.",
        "#说明 文件没有的列保持原值，空单元格清空原值。"
        "A column that is not there is left as it is; an empty cell empties the field.",
        f"#说明 种类：{'、'.join(kind.name_zh for kind in kinds)}",
    ]
    rows: list[dict[str, object]] = [example_of(sort, kinds[0].name_zh if kinds else "")]
    rows += [{columns[0]: note} for note in notes]
    return downloads.download(rows, columns, name=f"{sort.value}-template", suffix=suffix, at=at)


def export_holdings(
    actor: Actor, filters: HoldingExport, suffix: str, *, at: datetime
) -> StreamingHttpResponse:
    """Return the facilities or licences of the caller's places as a file that can be loaded again.

    Raises: NotYourRole; Unreadable for another suffix.
    Rule:   DS-16; the audit row comes before the first piece.
    """
    actor.check_can("venues.export")
    downloads.check_suffix(suffix)
    told = {"suffix": suffix, "filters": filters.model_dump()}
    audit.record([("dossiers.export_holdings", "dossier", "", told)], actor=actor, at=at)
    sort = Sort(filters.sort)
    columns = [*COLUMNS[sort].values(), *MORE]
    return downloads.download(_rows(actor, filters, sort), columns, name=sort.value, suffix=suffix, at=at)


def _rows(actor: Actor, filters: HoldingExport, sort: Sort) -> Iterator[dict[str, object]]:
    found = Holding.objects.visible_to(actor).standing().filter(sort=sort.value)
    if filters.grid:
        path = filters.grid if is_closed(filters.grid) else f"{filters.grid}."
        found = found.filter(venue__grid_path__startswith=path)
    words, last = words_in_force(), UUID(int=0)
    while piece := list(found.filter(pk__gt=last).select_related("venue").order_by("pk")[:PAGE]):
        last = piece[-1].pk
        names = names_of({row.venue.grid_path for row in piece})
        for row in piece:
            place = row.venue
            head = {
                "number": str(row.pk),
                "venue": place.code,
                "venue_source": place.source,
                "kind": words.named(sort.value, row.kind)[0],
            }
            yield {
                **{
                    column: head[key] if key in head else getattr(row, FIELDS.get(key, key))
                    for key, column in COLUMNS[sort].items()
                },
                "场所名称": place.name,
                "网格名称": names.get(place.grid_path, place.grid_path),
                "下次到期": row.due_on,
            }
