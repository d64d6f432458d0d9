"""People, facilities, licences and facts in as background work, and the empty form.

Rule: DS-16, DS-17, KE-33.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import StreamingHttpResponse

from wangge.dossiers.file_fact_rows import fact_form, fact_kinds
from wangge.dossiers.file_import import import_entries
from wangge.dossiers.file_rows import COLUMNS, example_of
from wangge.dossiers.models import Kind
from wangge.dossiers.recording import WRITE
from wangge.dossiers.rules import Sort
from wangge.dossiers.schemas import HoldingImport
from wangge.dossiers.vocabulary import words_in_force
from wangge.kernel import downloads, runs
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Unreadable
from wangge.kernel.models import FileRun
from wangge.kernel.run_rules import Outcome, Way
from wangge.kernel.run_work import Desk
from wangge.kernel.runs import Asked
from wangge.kernel.spreadsheets import count_rows, read_rows
from wangge.territory.rules import Problems
from wangge.territory.services import outcome_of

IMPORT = "dossiers.import"


def ask_import(
    file: UploadedFile[Any], options: HoldingImport, run_id: UUID, *, actor: Actor, at: datetime
) -> FileRun:
    """Ask for an import; a worker does it. Raises: NotYourRole; CommandIdReused. Rule: DS-16."""
    told = options.model_dump(mode="json")
    asked = Asked(run_id, IMPORT, Way.IN, WRITE, told, options.dry_run, file.name or "")
    return runs.ask_run(asked, file, actor=actor, at=at)


def work_import(desk: Desk) -> Outcome:
    """Do an import that was asked for. Raises: as import_entries; Unreadable. Rule: DS-16."""
    options = HoldingImport.model_validate(desk.run.options)
    if desk.given is None:
        raise Unreadable(field="file", why_zh="文件不在", why_en="there is no file")
    problems, name = Problems(tell=desk.problems.add), desk.run.file_name
    desk.watch.expect(count_rows(desk.given, name))
    report = import_entries(
        read_rows(desk.given, name), sort=Sort(options.sort), source=options.source, actor=desk.actor,
        at=desk.at, file_name=name, dry_run=options.dry_run, problems=problems, progress=desk.watch,
    )  # fmt: skip
    return outcome_of(report, problems)


def write_template(actor: Actor, sort: Sort, suffix: str, *, at: datetime) -> StreamingHttpResponse:
    """Return the empty form with an example and the kinds of the pack. Raises: NotYourRole, Unreadable."""
    actor.check_can(WRITE)
    if sort is Sort.FACT:
        columns, rows = fact_form(fact_kinds(words_in_force()))
    else:
        columns, rows = _entry_form(sort)
    return downloads.download(rows, columns, name=f"{sort.value}-template", suffix=suffix, at=at)


def _entry_form(sort: Sort) -> tuple[list[str], list[dict[str, object]]]:
    columns = list(COLUMNS[sort].values())
    kinds = list(Kind.objects.filter(sort=sort.value, is_active=True).order_by("position"))
    notes = [
        "#说明 以“#说明”“#示例”开头的行不会导入。Rows that begin with #说明 or #示例 are not loaded.",
        "#说明 编号在本名单内唯一且不变，再次导入按编号更新。The id is unique in its list and never changes.",
        "#说明 文件没有的列保持原值，空单元格清空原值。"
        "A column that is not there is left as it is; an empty cell empties the field.",
        f"#说明 种类：{'、'.join(kind.name_zh for kind in kinds)}",
    ]
    if sort is Sort.PERSON:
        notes.append(
            "#说明 电话加密保存；带星号的姓名和电话保持原值。"
            "Phones are kept sealed; a name or phone with stars in it is left as it is."
        )
    rows: list[dict[str, object]] = [example_of(sort, kinds[0].name_zh if kinds else "")]
    return columns, rows + [{columns[0]: note} for note in notes]
