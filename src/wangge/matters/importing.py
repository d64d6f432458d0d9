"""Proposals of many matters from a spreadsheet: whole or not at all, every row's mistake with its remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import IO, Any

from django.db import transaction
from django.http import HttpResponseBase, StreamingHttpResponse
from ninja.files import UploadedFile
from pydantic import ValidationError

from wangge.accounts import queries as accounts
from wangge.accounts.schemas import DepartmentOut
from wangge.kernel import batches
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Refused
from wangge.kernel.fates import Outcome
from wangge.kernel.ids import new_id
from wangge.kernel.spreadsheets import Row, read_rows, write_xlsx
from wangge.matters.admitting import Move
from wangge.matters.drafting import draft_matters, is_same
from wangge.matters.models import Admission, Matter, Term, Timing
from wangge.matters.reviewing import move_admissions
from wangge.matters.rules import Severity, Stage
from wangge.matters.schemas import AdmissionMove, MatterDraft, ProposalImport
from wangge.territory.rules import Kind, Problems
from wangge.territory.schemas import ImportProblem, ImportReport

COLUMNS = {
    "部门": "department_id",
    "类别": "group_code",
    "名称": "name_zh",
    "英文名": "name_en",
    "依据": "basis",
    "等级": "severity",
    "工作日": "fix_days",
    "小时": "fix_hours",
    "首办": "department_kind",
    "俗称": "words_zh",
    "限定可见": "is_restricted",
    "停业整改": "stops_operation",
    "理由": "reason",
}
NEEDED = ("类别", "名称", "依据", "等级", "工作日", "首办")
SEVERITY_ZH = {"一般": "general", "较大": "larger", "重大（疑似）": "suspected_major", "紧急": "urgent"}
YES_NO = {"是": True, "否": False, "": False}
NO_COLUMN = Kind(
    "matters.column_missing",
    "文件没有“{column}”列",
    "the file has no column “{column}”",
    "下载模板，按模板的表头填写",
    "download the template and keep its header",
)
UNKNOWN = Kind(
    "matters.word_unknown",
    "“{column}”中的“{value}”不认识",
    "“{value}” in “{column}” is not known",
    "可填：{there}",
    "one of: {there}",
)
TWICE = Kind(
    "matters.name_twice",
    "同一部门的“{value}”已在第 {other} 行",
    "“{value}” of the same department is also in row {other}",
    "只保留一行",
    "keep one of the rows",
)
REFUSED = Kind("matters.row_refused", "{why_zh}", "{why_en}", "改正后重新导入", "correct it and import again")
EMPTY = Kind("matters.file_empty", "文件没有数据行", "the file holds no rows", "核对文件", "look at the file")


class Undo(Exception):
    """Leaves the transaction without a trace: a dry run, or errors."""


def write_template(actor: Actor) -> HttpResponseBase:
    """Return the empty sheet that the import reads. Raises: NotYourRole."""
    actor.check_can("matters.propose")
    answer = StreamingHttpResponse(
        write_xlsx([], list(COLUMNS)),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    answer["Content-Disposition"] = 'attachment; filename="matters-template.xlsx"'
    return answer


def import_upload(file: UploadedFile, options: ProposalImport, *, actor: Actor, at: datetime) -> ImportReport:
    """Import an uploaded file. Raises: NotYourRole; Unreadable for a file that cannot be read at all."""
    actor.check_can("matters.propose")
    if file.file is None:
        raise ValueError("an upload without a file")
    return import_proposals(file.file, file.name or "", options, actor=actor, at=at)


def import_proposals(
    file: IO[bytes], name: str, options: ProposalImport, *, actor: Actor, at: datetime
) -> ImportReport:
    """Propose every matter of the file; with an error nothing is written, the same file changes nothing.

    A row is known by its department and name: a draft of one's own is changed, of an admitted one a new
    version is proposed.
    Raises: NotYourRole; Unreadable for a file that cannot be read at all.
    Rule:   MA-10, MA-7, KE-14.
    """
    actor.check_can("matters.propose")
    problems = Problems()
    report = ImportReport(
        kind="matters", file_name=name, rows=0, created=0, updated=0, unchanged=0,
        loaded=False, problems=[], problem_count=0,
    )  # fmt: skip
    try:
        with transaction.atomic():
            rows = list(read_rows(file, name))
            report.rows = len(rows)
            _write(list(_Reader(actor, problems).read(rows)), options, report, problems, actor, at)
            if problems.error_count or options.dry_run:
                raise Undo
            report.loaded = True
    except Undo:
        if problems.error_count:
            report.created = report.updated = report.unchanged = 0
    report.problems = [ImportProblem(**asdict(problem)) for problem in problems.listed()]
    report.problem_count = problems.count
    return report


class _Reader:
    """Reads rows; the words that a row may use are those of the pack and the departments of the reader."""

    def __init__(self, actor: Actor, problems: Problems) -> None:
        timing = Timing.objects.filter(is_active=True).first()
        version = timing.pack_version if timing else ""
        groups = Matter.objects.filter(pack_version=version).values_list("group_code", "group_zh").distinct()
        kinds = Term.objects.filter(pack_version=version, kind="department").values_list("code", "name_zh")
        self.problems = problems
        self.own = actor.department_id
        self.words: dict[str, Mapping[str, object]] = {
            "类别": _both(groups),
            "首办": _both(kinds),
            "等级": SEVERITY_ZH | {one.value: one.value for one in Severity},
            "限定可见": YES_NO,
            "停业整改": YES_NO,
            "部门": _departments(accounts.list_departments(actor)),
        }

    def read(self, rows: Iterable[Row]) -> Iterator[tuple[int, MatterDraft]]:
        seen: dict[tuple[object, str], int] = {}
        rows = list(rows)
        if not rows:
            self.problems.add(EMPTY, None)
            return
        if missing := [column for column in self._needed() if column not in rows[0][1]]:
            for column in missing:
                self.problems.add(NO_COLUMN, None, column)
            return
        for number, cells in rows:
            draft = self._draft(number, cells)
            if draft is None:
                continue
            key = (draft.department_id, draft.name_zh)
            if key in seen:
                self.problems.add(TWICE, number, "名称", draft.name_zh, other=seen[key])
            else:
                seen[key] = number
                yield number, draft

    def _needed(self) -> tuple[str, ...]:
        return NEEDED if self.own is not None else ("部门", *NEEDED)

    def _draft(self, number: int, cells: Mapping[str, str]) -> MatterDraft | None:
        said: dict[str, Any] = {"id": new_id(), "department_id": self.own}
        for column, name in COLUMNS.items():
            text = cells.get(column, "")
            if column == "部门" and self.own is not None:
                continue
            if column in self.words:
                if text not in self.words[column]:
                    there = "、".join(_names(self.words[column])[:40])
                    self.problems.add(UNKNOWN, number, column, text, there=there)
                said[name] = self.words[column].get(text)
            elif column == "俗称":
                said[name] = [word for word in text.replace(",", "，").split("，") if word]
            elif text or column != "小时":
                said[name] = text
        if self.problems.is_bad(number):
            return None
        try:
            return MatterDraft.model_validate(said)
        except ValidationError as error:
            titles = {name: column for column, name in COLUMNS.items()}
            for one in error.errors():
                column = titles.get(str(one["loc"][0]), "")
                text = cells.get(column, "")
                facts = {"why_zh": f"“{column}”不能是“{text}”", "why_en": f"{column}: {one['msg']}"}
                self.problems.add(REFUSED, number, column, text, **facts)
            return None


def _names(words: Mapping[str, object]) -> list[str]:
    """Return the words that people read: of two for one thing, the first."""
    names: dict[object, str] = {}
    for word, means in words.items():
        names.setdefault(means, word)
    return [name for name in names.values() if name]


def _both(rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    known = list(rows)
    return {zh: code for code, zh in known} | {code: code for code, _ in known}


def _departments(rows: Iterable[DepartmentOut]) -> dict[str, int]:
    known = list(rows)
    return {one.name: one.id for one in known} | {one.code: one.id for one in known}


def _write(
    drafts: Sequence[tuple[int, MatterDraft]],
    options: ProposalImport,
    report: ImportReport,
    problems: Problems,
    actor: Actor,
    at: datetime,
) -> None:
    """Propose what the file says that is not there yet; the statements do not grow with its rows."""
    newest = _newest({draft.department_id for _, draft in drafts if draft.department_id})
    wanted: list[tuple[int, MatterDraft]] = []
    for number, draft in drafts:
        found = newest.get((draft.department_id, draft.name_zh))
        if found is None:
            report.created += 1
        elif is_same(found, draft):
            report.unchanged += 1
            continue
        else:
            report.updated += 1
            draft = _over(found, draft)
        wanted.append((number, draft))
    told = draft_matters([draft for _, draft in wanted], actor=actor, at=at)
    rows = []
    for (number, draft), done in zip(wanted, told, strict=True):
        if isinstance(done, Refused):
            why = {"why_zh": done.message("zh"), "why_en": done.message("en")}
            problems.add(REFUSED, number, "名称", draft.name_zh, **why)
        else:
            rows.append(done)
    if options.submit and not problems.error_count:
        _submit(rows, actor, at)


def _submit(rows: Sequence[Admission], actor: Actor, at: datetime) -> None:
    """Submit what was just drafted; nothing but a slip of this code could refuse it."""
    steps = [
        AdmissionMove(id=new_id(), admission_id=row.pk, move=Move.SUBMIT, base_version=row.version, note="")
        for row in rows
    ]
    for first in range(0, len(steps), batches.MOST):
        for fate in move_admissions(steps[first : first + batches.MOST], actor=actor, at=at):
            if fate.outcome is not Outcome.APPLIED:
                raise RuntimeError(f"a new draft was not submitted: {fate.en}")


def _over(found: Admission, draft: MatterDraft) -> MatterDraft:
    """Return the proposal as a change of one's own draft, or as a new version of the matter."""
    if found.stage == Stage.DRAFT:
        return draft.model_copy(update={"id": found.pk, "code": found.code, "base_version": found.version})
    return draft.model_copy(update={"code": found.code})


def _newest(department_ids: set[int]) -> dict[tuple[int | None, str], Admission]:
    rows = Admission.objects.filter(department_id__in=department_ids).exclude(stage=Stage.WITHDRAWN)
    return {(row.department_id, row.name_zh): row for row in rows.order_by("code", "number")}
