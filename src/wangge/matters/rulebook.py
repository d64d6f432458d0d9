"""What the pack in force says of cases: read once a version, as a version never changes (PK-5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from functools import lru_cache

from django.db import connection

from wangge.kernel import prepared
from wangge.kernel.calendar import Span
from wangge.matters.models import Matter, Route, StageClock, StageName, Timing
from wangge.matters.rules import Clock, Clocks, MatterFacts, RouteRow, clock_of, department_kind

RED_AT_PCT = 100  # when the time is up


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rows of one pack version. Without a pack there is no matter, and no clock turns yellow."""

    pack_version: str = ""
    yellow_at_pct: int = RED_AT_PCT
    matters: Mapping[str, MatterFacts] = field(default_factory=dict)
    routes: Sequence[RouteRow] = ()
    stage_clocks: Clocks = field(default_factory=dict)
    stage_names: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def matter_clocks(self) -> dict[str, Clock]:
        """The time to fix each matter."""
        return {code: matter.clock for code, matter in self.matters.items()}

    def kind_for(self, matter_code: str, grid_path: str) -> str | None:
        """Return the kind of department for a matter in a place. Rule: MA-1."""
        matter = self.matters.get(matter_code)
        return department_kind(
            matter_code, grid_path, self.routes, matter.department_kind if matter else None
        )


NOTHING_INSTALLED = Rulebook()


def in_force() -> Rulebook:
    """Return the rulebook of the active pack; one small statement, however often it is asked for."""
    row = prepared.send("SELECT id FROM matters_timing WHERE is_active").fetchone()
    return numbered(row[0] if row else None)


def of_version(pack_version: str) -> Rulebook:
    """Return the rulebook that an older case was made under."""
    return numbered(Timing.objects.filter(pack_version=pack_version).values_list("pk", flat=True).first())


def numbered(timing_id: int | None) -> Rulebook:
    """Return the rulebook by the number of its timing row, which is never given twice."""
    if timing_id is None:
        return NOTHING_INSTALLED
    return _read(str(connection.settings_dict["NAME"]), timing_id)


@lru_cache(maxsize=8)
def _read(database: str, timing_id: int) -> Rulebook:
    timing = Timing.objects.get(pk=timing_id)
    version, hours = timing.pack_version, timing.at_once_hours
    matters = {
        row.code: MatterFacts(
            row.severity,
            clock_of(row.fix_days, row.fix_hours, at_once_hours=hours),
            row.department_kind,
            row.name_zh,
            row.name_en,
            tuple(row.words_zh),
        )
        for row in Matter.objects.filter(pack_version=version)
    }
    routes = Route.objects.filter(pack_version=version).order_by("pk")
    return Rulebook(
        pack_version=version,
        yellow_at_pct=timing.yellow_at_pct,
        matters=matters,
        routes=tuple(RouteRow(row.matter_prefix, row.path, row.department_kind) for row in routes),
        stage_clocks={
            row.status: clock_of(
                row.working_days,
                row.hours,
                at_once_hours=hours,
                working_hours=row.working_hours,
                spans=read_spans(timing.work_spans),
            )
            for row in StageClock.objects.filter(pack_version=version)
        },
        stage_names={
            row.status: (row.name_zh, row.name_en) for row in StageName.objects.filter(pack_version=version)
        },
    )


def read_spans(spans: Sequence[Sequence[str]]) -> tuple[Span, ...]:
    """Return the hours of a working day as they stand in the timing row."""
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in spans)
