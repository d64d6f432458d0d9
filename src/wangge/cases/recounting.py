"""Deadlines of open cases beside the calendar in force: what a change of the calendar would move (CS-23)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from uuid import UUID

from django.db.models import Q

from wangge.cases.briefs import CaseBrief, briefs_of
from wangge.cases.chain import Event
from wangge.cases.deadlines import CHINA, deadline_if_known
from wangge.cases.events import read_events
from wangge.cases.explaining import COUNTED, recount
from wangge.cases.models import Case, CaseEvent, CaseQuerySet, OpenCase
from wangge.cases.rules import Action, Status
from wangge.kernel import calendars
from wangge.matters import queries as matters

COUNTED_ANEW = 2_000  # cases looked at for one page of moves
NO_STOP = [Action.REPORT.value, *COUNTED]


@dataclass(frozen=True, slots=True)
class Window:
    """The days that a change of the calendar touches, and where. An empty path is everywhere."""

    path: str = ""
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A case whose deadlines are not what the calendar says; a clock that stays is the same in both."""

    case: CaseBrief
    due_at: datetime | None
    stage_due_at: datetime | None

    @property
    def clocks(self) -> dict[str, datetime | None]:
        """Return the clocks that move, as a mark takes them."""
        given = {"due_at": self.due_at, "stage_due_at": self.stage_due_at}
        return {name: at for name, at in given.items() if at != getattr(self.case, name)}


def scan(
    visible: CaseQuerySet, window: Window, *, beyond: UUID | None, limit: int
) -> tuple[list[Move], UUID | None]:
    """Return up to `limit` moves among the open cases, by id, and where to go on; None: that was all.

    Shape: a page may hold few moves or none while there is more to look at: it goes through 2,000 cases.
    Rule:  CS-23.
    """
    page = briefs_of(
        (
            _touched(visible, window) if beyond is None else _touched(visible, window).filter(pk__gt=beyond)
        ).order_by("pk")[:COUNTED_ANEW]
    )
    moves = list_moves(page)
    if len(moves) > limit:
        return moves[:limit], moves[limit - 1].case.id
    return moves, page[-1].id if len(page) == COUNTED_ANEW else None


def list_moves(cases: Sequence[CaseBrief], *, sets_missing: bool = False) -> list[Move]:
    """Return those of the cases whose deadlines the calendar in force counts otherwise.

    `sets_missing`: also the end of a stage that has none.
    Rule: CS-23.
    """
    around, now = calendars.in_force(), matters.in_force()
    books = {version: matters.of_version(version) for version in {case.pack_version for case in cases}}
    events = _steps_of(cases)
    moves = []
    for case in cases:
        matter = books[case.pack_version].matters.get(case.matter_code)
        calendar = around.of(case.grid_path)
        due_at = (
            recount(case.reported_at, matter.clock, events.get(case.id, ()), calendar)
            if matter
            else case.due_at
        )
        clock = now.stage_clocks.get(case.status)
        stage_due_at = (
            deadline_if_known(case.stage_started_at, clock, calendar)
            if clock and (case.stage_due_at or sets_missing)
            else case.stage_due_at
        )
        if (due_at, stage_due_at) != (case.due_at, case.stage_due_at):
            moves.append(Move(case, due_at, stage_due_at))
    return moves


def _touched(visible: CaseQuerySet, window: Window) -> CaseQuerySet:
    """Return the open cases a clock of which runs through the days of the window."""
    found = visible.filter(closed_at__isnull=True, grid_path__startswith=window.path).exclude(
        status=Status.SUSPENDED  # counted when it is resumed
    )
    if window.first_on is not None:
        first = datetime.combine(window.first_on, time(), CHINA)
        found = found.filter(Q(due_at__isnull=True) | Q(due_at__gte=first) | Q(stage_due_at__gte=first))
    if window.last_on is not None:
        found = found.filter(
            reported_at__lt=datetime.combine(window.last_on + timedelta(days=1), time(), CHINA)
        )
    return found


def _steps_of(cases: Iterable[CaseBrief]) -> Mapping[UUID, Sequence[Event]]:
    """Return the events of those cases that were ever stopped or given another day."""
    moved = (
        CaseEvent.objects.filter(case_id__in=[case.id for case in cases])
        .filter(Q(action__in=[Action.SUSPEND, Action.EXTEND]) | Q(detail__facts__has_key="due_at"))
        .exclude(action__in=NO_STOP)
        .values_list("case_id", flat=True)
    )
    found: dict[UUID, list[Event]] = defaultdict(list)
    for event in read_events(set(moved)):
        found[event.case_id].append(event)
    return found


def list_stopped(visible: CaseQuerySet, limit: int) -> tuple[list[CaseBrief], int]:
    """Return the first suspended cases by id, and how many there are. Rule: CS-23 (counted when resumed)."""
    found = visible.filter(pk__in=OpenCase.objects.filter(status=Status.SUSPENDED).values("pk"))
    return briefs_of(found.order_by("pk")[:limit]), found.count()


def list_missing(limit: int) -> list[Move]:
    """Return open cases with a clock that waited for a year and can be counted now, locked in id order.

    Shape: `clocks` holds only what was missing; what stands is moved by people (CS-23).
    Rule:  CS-6. The clock of a stage is missing where the pack of the case and the one in force have one.
    """
    now = matters.in_force().stage_clocks
    no_stage = Q(stage_due_at__isnull=True, status__in=list(now))
    without = OpenCase.objects.filter(Q(due_at__isnull=True) | no_stage)
    versions = without.order_by().values_list("case__pack_version", flat=True).distinct()
    stages = {version: matters.of_version(version).stage_clocks for version in versions}
    rows = without.order_by("pk").values_list("pk", "due_at", "status", "case__pack_version")
    waiting = (
        key for key, due_at, status, version in rows if due_at is None or Status(status) in stages[version]
    )
    page = Case.objects.filter(pk__in=list(islice(waiting, limit))).order_by("pk")
    ready = [move.case.id for move in _count_missing(page)]  # none while nobody knows the year
    return _count_missing(page.filter(pk__in=ready).select_for_update()) if ready else []


def _count_missing(rows: CaseQuerySet) -> list[Move]:
    moves = [_missing_only(move) for move in list_moves(briefs_of(rows), sets_missing=True)]
    return [move for move in moves if move.clocks]


def _missing_only(move: Move) -> Move:
    case = move.case
    return Move(case, case.due_at or move.due_at, case.stage_due_at or move.stage_due_at)


def read_cases(case_ids: Iterable[UUID], visible: CaseQuerySet) -> list[CaseBrief]:
    """Return the open cases among `case_ids`, by id."""
    return briefs_of(
        Case.objects.filter(pk__in=visible.filter(pk__in=list(case_ids)), closed_at__isnull=True).order_by(
            "pk"
        )
    )
