"""Fires from a file, known by their number: wholly or not at all, and first as a dry run. Rule: FR-7."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from wangge.fires.file_rows import COLUMNS, Known, candidates, read_row, row_of
from wangge.fires.models import Fire, FireEvent, FireQuerySet, FireWord
from wangge.fires.queries import EXPORT, WRITE, filtered, words_of
from wangge.fires.schemas import FireFilter
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.ids import new_id
from wangge.territory import queries as territory
from wangge.territory.rules import Kind, Problems
from wangge.territory.schemas import ImportProblem, ImportReport

Row = tuple[int, Mapping[str, str]]
HEX = re.compile(r"[0-9a-f]{32}")
PAGE = 1_000
NO_CODE = Kind(
    "fires.row_without_code",
    "编号为空、重复或超过 32 个字",
    "the number is empty, there twice, or longer than 32 characters",
    "每起火灾写一个编号",
    "give each fire a number of its own",
)
NOT_READ = Kind(
    "fires.cell_not_read",
    "“{value}”读不出来，或不在可选范围内",
    "“{value}” cannot be read, or is none of what may stand there",
    "对照模板改正；时间写作 2026-03-08 21:40",
    "mend it by the template; a time is written 2026-03-08 21:40",
)
OUT_OF_ORDER = Kind(
    "fires.times_out_of_order",
    "时间先后颠倒，或晚于现在",
    "the times are out of order, or in the future",
    "发生、确定火情、出警、结束救援依次不早于前一项",
    "each of the four is not before the one it follows",
)


class Undo(Exception):
    """Leaves the transaction without a trace: a dry run, or errors."""


def import_fires(
    rows: Iterable[Row], *, actor: Actor, at: datetime, file_name: str = "", dry_run: bool = False
) -> ImportReport:
    """Add and change fires by their number; with any error nothing is loaded, and the same file twice
    changes nothing.

    Raises: NotYourRole.
    Rule:   FR-7.
    """
    actor.check_can(WRITE)
    report = ImportReport(
        kind="fires", file_name=file_name, rows=0, created=0, updated=0, unchanged=0,
        loaded=False, problems=[], problem_count=0,
    )  # fmt: skip
    problems, sheet = Problems(), dict[str, Row]()
    for number, cells in rows:
        report.rows += 1
        code = cells.get(COLUMNS["code"], "").strip()
        if not code or len(code) > 32 or code in sheet:
            problems.add(NO_CODE, number, COLUMNS["code"], code)
        sheet[code] = (number, cells)
    try:
        with transaction.atomic():
            _load(sheet, report, problems, actor, at)
            if problems.error_count or dry_run:
                raise Undo
            report.loaded = True
    except Undo:
        if problems.error_count:
            report.created = report.updated = report.unchanged = 0
    report.problems = [ImportProblem(**asdict(problem)) for problem in problems.listed()]
    report.problem_count = problems.count
    return report


def _load(
    sheet: Mapping[str, Row], report: ImportReport, problems: Problems, actor: Actor, at: datetime
) -> None:
    known = _known(sheet, actor)
    new, changed, events = list[Fire](), list[Fire](), list[FireEvent]()
    for code, (number, cells) in sheet.items():
        read = read_row(cells, known)
        for column, text in read.wrong:
            problems.add(NOT_READ, number, column, text)
        if read.wrong:
            continue
        fire = known.fires.get(code)
        before = row_of(fire, {}) if fire else None
        row = fire or Fire(id=new_id(), code=code, recorded_at=at, version=0)
        _write(row, read.values)
        if not _in_order(row, at):
            problems.add(OUT_OF_ORDER, number, COLUMNS["occurred_at"], cells.get(COLUMNS["occurred_at"], ""))
            continue
        if before is not None and row_of(row, {}) == before:
            report.unchanged += 1
            continue
        row.version, row.updated_at = row.version + 1, at
        (changed if fire else new).append(row)
        events.append(
            FireEvent(
                id=new_id(), fire_id=row.pk, action="import", at=row.occurred_at, written_at=at,
                by_id=actor.user_id, detail={"file": report.file_name},
            )
        )  # fmt: skip
    report.created, report.updated = len(new), len(changed)
    Fire.objects.bulk_create(new, batch_size=PAGE)
    Fire.objects.bulk_update(changed, WRITTEN, batch_size=PAGE)
    FireEvent.objects.bulk_create(events, batch_size=PAGE)
    detail = {"file": report.file_name, "created": len(new), "updated": len(changed)}
    audit.record([("fires.import", "fire", "", detail)], actor=actor, at=at)


WRITTEN = [
    *(
        "grid_path",
        "lon",
        "lat",
        "address",
        "source",
        "cause",
        "place",
        "status",
        "occurred_at",
        "confirmed_at",
    ),
    *("out_at", "ended_at", "dead", "injured", "loss_fen", "text", "version", "updated_at"),
]


def _write(fire: Fire, values: Mapping[str, object]) -> None:
    names = {"grid": "grid_path", "loss": "loss_fen"}
    for name, value in values.items():
        setattr(fire, names.get(name, name), value)


def _in_order(fire: Fire, at: datetime) -> bool:
    moments = [one for one in (fire.occurred_at, fire.confirmed_at, fire.out_at, fire.ended_at) if one]
    return moments == sorted(moments) and moments[-1] <= at


def _known(sheet: Mapping[str, Row], actor: Actor) -> Known:
    codes = list(sheet)
    keys = {UUID(hex=code) for code in codes if HEX.fullmatch(code)}  # as a fire without a number went out
    own = Fire.objects.visible_to(actor).filter(Q(code__in=codes) | Q(code="", pk__in=keys))
    said = {
        path for _, cells in sheet.values() for path in candidates(cells.get(COLUMNS["grid"], "").strip())
    }
    words = FireWord.objects.values_list("code", "name_zh", "name_en")
    return Known(
        fires={fire.code or fire.pk.hex: fire for fire in own.select_for_update()},
        paths=frozenset(path for path in territory.names_of(said) if actor.covers(path)),
        words={name: code for code, zh, en in words for name in (code, zh, en)},
    )


def export_fires(actor: Actor, filters: FireFilter, *, at: datetime) -> Iterator[dict[str, object]]:
    """Return the fires of a filter as rows that can be loaded again, and leave an audit row.

    Raises: NotYourRole, NotVisible. Rule: FR-7; each row says what the record is (FR-1).
    """
    actor.check_can(EXPORT)
    fires = filtered(actor, filters)
    said = filters.model_dump(mode="json", exclude_defaults=True)
    audit.record([("fires.export", "fire", "", {"filters": said})], actor=actor, at=at)
    return _rows(fires)


def _rows(fires: FireQuerySet) -> Iterator[dict[str, object]]:
    words = words_of()
    for fire in fires.order_by("-occurred_at", "-pk").iterator(PAGE):
        yield row_of(fire, words)
