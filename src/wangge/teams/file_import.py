"""Teams from a file: some rows a team, each with a person or a piece of equipment. Rule: TM-14.

A service over rows: who reads the file, and when, is not its matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from pydantic import ValidationError

from wangge.accounts import queries as accounts
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.datum import check_datum
from wangge.kernel.errors import Unreadable
from wangge.kernel.fates import Outcome
from wangge.kernel.run_work import Progress, Unwatched
from wangge.teams import file_wording as wording
from wangge.teams.file_rows import (
    COLUMNS,
    Known,
    Sheet,
    TeamRows,
    cell,
    path_of,
    piece_of,
    read_team,
    told_of,
)
from wangge.teams.models import Team, TeamKind
from wangge.teams.queries import phone_of
from wangge.teams.saving import WRITE, save_teams
from wangge.teams.schemas import TeamIn
from wangge.territory import queries as territory
from wangge.territory.rules import Problems
from wangge.territory.schemas import ImportProblem, ImportReport

Row = tuple[int, Mapping[str, str]]
BATCH = 200
MOST = 100_000  # rows of a file: some 4,000 stations of a large city with their people and equipment
PACE = 1_000  # rows after which it says how far it is
HEX = re.compile(r"[0-9a-f]{32}")


class Undo(Exception):
    """Leaves the transaction without a trace: a dry run, or errors."""


def import_teams(
    rows: Iterable[Row],
    *,
    datum: str,
    actor: Actor,
    at: datetime,
    file_name: str = "",
    dry_run: bool = False,
    problems: Problems | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Add and change teams by their code; with any error nothing is loaded, and the same file twice changes
    nothing. People or equipment of which the file has no column stay as they are.

    Memory: the whole file, as the rows of a team may stand anywhere in it; so it has a bound.
    Raises: NotYourRole; Unreadable for an unknown datum, and for more than MOST rows.
    Rule:   TM-14, TM-5.
    """
    actor.check_can(WRITE)
    check_datum(datum)
    report = ImportReport(
        kind="teams", file_name=file_name, rows=0, created=0, updated=0, unchanged=0,
        loaded=False, problems=[], problem_count=0,
    )  # fmt: skip
    problems, progress, sheets = problems or Problems(), progress or Unwatched(), TeamRows()
    for number, cells in rows:
        report.rows += 1
        _check_length(report.rows, progress)
        if not sheets.add(number, cells):
            problems.add(wording.NO_CODE, number, COLUMNS["code"], cells.get(COLUMNS["code"], ""))
    try:
        with transaction.atomic():
            _load(sheets, datum, report, problems, progress, actor, at)
            if problems.error_count or dry_run:
                raise Undo
            report.loaded = True
    except Undo:
        if problems.error_count:
            report.created = report.updated = report.unchanged = 0
    report.problems = [ImportProblem(**asdict(problem)) for problem in problems.listed()]
    report.problem_count = problems.count
    return report


def _check_length(rows: int, progress: Progress) -> None:
    if rows > MOST:
        why = (f"文件超过 {MOST} 行，请按辖区拆分", f"more than {MOST} rows: split the file by territory")
        raise Unreadable(field="file", why_zh=why[0], why_en=why[1])
    if rows % PACE == 0:
        progress.read(rows)


def _load(
    sheets: TeamRows,
    datum: str,
    report: ImportReport,
    problems: Problems,
    progress: Progress,
    actor: Actor,
    at: datetime,
) -> None:
    known = _known(sheets, datum, actor, at)
    wanted: list[tuple[Sheet, TeamIn]] = []
    for sheet in sheets.teams.values():
        given = read_team(sheet, known, problems)
        if given is None:
            continue
        team = known.teams.get(sheet.code)
        if team is not None and _is_same(team, given):
            report.unchanged += 1
            continue
        try:
            wanted.append((sheet, TeamIn.model_validate(given)))
        except ValidationError as error:
            en = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
            zh = f"内容不合要求（{en}）"
            problems.add(wording.REFUSED, sheet.rows[0][0], None, sheet.code, zh=zh, en_text=en)
    for start in range(0, len(wanted), BATCH):
        some = wanted[start : start + BATCH]
        fates = save_teams([team_in for _, team_in in some], actor=actor, at=at)
        for (sheet, team_in), fate in zip(some, fates, strict=True):
            if fate.outcome is not Outcome.APPLIED:
                zh, en = fate.zh or "", fate.en or ""
                problems.add(wording.REFUSED, sheet.rows[0][0], None, sheet.code, zh=zh, en_text=en)
            elif team_in.base_version:
                report.updated += 1
            else:
                report.created += 1
        progress.wrote(report.updated + report.created)


def _known(sheets: TeamRows, datum: str, actor: Actor, at: datetime) -> Known:
    codes = list(sheets.teams)
    keys = {UUID(hex=code) for code in codes if HEX.fullmatch(code)}  # as a team without a code went out
    owned = Team.objects.owned_by(actor).filter(Q(code__in=codes) | Q(code="", pk__in=keys))
    found = {team.code or team.pk.hex: team for team in owned.prefetch_related("members__user", "equipment")}
    rows = [cells for sheet in sheets.teams.values() for _, cells in sheet.rows]
    numbers = {cell(cells, "staff") for cells in rows}
    said = {
        path
        for sheet in sheets.teams.values()
        for text in (sheet.head.get("path", ""), *sheet.head.get("areas", "").replace("；", ";").split(";"))
        if (path := path_of(text))
    }
    kinds = list(TeamKind.objects.all())
    return Known(
        teams=found,
        kinds={name: kind.code for kind in kinds for name in (kind.name_zh, kind.name_en, kind.code)},
        pieces={
            (kind.code, name): piece["code"]
            for kind in kinds
            for piece in kind.equipment
            for name in (piece["zh"], piece["en"], piece["code"])
        },
        paths={path for path in territory.names_of(said) if actor.covers(path)},
        people=accounts.ids_by_number(numbers - {""}, actor.scope, at.astimezone(CHINA).date()),
        datum=datum,
    )


def _is_same(team: Team, given: Mapping[str, Any]) -> bool:
    """Return whether a team stands as the file says it."""
    stands = {name: getattr(team, name) for name in ("kind", "name", "path", "address", "radius_m", "areas")}
    stands |= {"lon": round(team.lon, 6), "lat": round(team.lat, 6)}
    stands["duty_phone"] = phone_of(team.sealed_duty_phone)
    said = {name: given[name] for name in stands}
    said |= {"lon": round(given["lon"], 6), "lat": round(given["lat"], 6)}
    members = [told_of(one) for one in sorted(team.members.all(), key=lambda one: one.position)]
    pieces = sorted((piece_of(one) for one in team.equipment.all()), key=repr)
    told = sorted(given["said_pieces"], key=repr)
    return said == stands and members == given["said_members"] and pieces == told
