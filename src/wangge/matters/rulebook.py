"""What is in force for cases: read once an edition, as neither a pack version nor an edition ever changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import time
from functools import lru_cache

from django.db import connection

from wangge.kernel import prepared
from wangge.kernel.calendar import Span
from wangge.matters.models import (
    Admission,
    Kind,
    LoopRules,
    Matter,
    Power,
    Route,
    StageClock,
    StageName,
    Term,
    Timing,
    Upgrade,
)
from wangge.matters.rules import (
    Clock,
    Clocks,
    Limits,
    MatterFacts,
    PowerRow,
    RouteRow,
    StageShown,
    Subject,
    UpgradeRow,
    clock_of,
    department_kind,
)

RED_AT_PCT = 100  # when the time is up
EDITION = "+"  # wuhu@2026.11+3: the third edition of the city's own matters beside the pack's


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rows of one edition. Without a pack there is no matter, and no clock turns yellow."""

    pack_version: str = ""
    yellow_at_pct: int = RED_AT_PCT
    matters: Mapping[str, MatterFacts] = field(default_factory=dict)
    routes: Sequence[RouteRow] = ()
    upgrades: Sequence[UpgradeRow] = ()
    powers: Sequence[PowerRow] = ()
    weights: Mapping[str, float] = field(default_factory=dict)  # of an open case, by its severity
    stage_clocks: Clocks = field(default_factory=dict)
    stage_names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    templates: Mapping[str, Sequence[StageShown]] = field(default_factory=dict)

    @property
    def matter_clocks(self) -> dict[str, Clock]:
        """The time to fix each matter."""
        return {code: matter.clock for code, matter in self.matters.items()}

    @property
    def layers(self) -> set[str]:
        """The layers of grids that routes ask for; none: nobody needs to know a case's."""
        return {route.layer for route in self.routes if route.layer}

    @property
    def repeat_days(self) -> int:
        """How far back the upgrade rules look for the same matter at the same venue; 0: none does."""
        return max((rule.within_days for rule in self.upgrades if rule.times is not None), default=0)

    def kind_for(self, subject: Subject) -> str | None:
        """Return the kind of department for a matter in a place. Rule: MA-1."""
        matter = self.matters.get(subject.matter_code)
        return department_kind(subject, self.routes, matter.department_kind if matter else None)


NOTHING_INSTALLED = Rulebook()


def in_force() -> Rulebook:
    """Return the rulebook of the active pack; one small statement, however often it is asked for."""
    row = prepared.send("SELECT id FROM matters_timing WHERE is_active").fetchone()
    return numbered(row[0] if row else None)


def of_version(version: str) -> Rulebook:
    """Return the rulebook that an older case was made under: a pack's version, with or without an edition."""
    pack_version, _, edition = version.partition(EDITION)
    found = Timing.objects.filter(pack_version=pack_version, edition=int(edition or 0))
    return numbered(found.values_list("pk", flat=True).first())


def numbered(timing_id: int | None) -> Rulebook:
    """Return the rulebook by the number of its timing row, which is never given twice."""
    if timing_id is None:
        return NOTHING_INSTALLED
    return _read(str(connection.settings_dict["NAME"]), timing_id)


@lru_cache(maxsize=8)
def _read(database: str, timing_id: int) -> Rulebook:
    timing = Timing.objects.get(pk=timing_id)
    version, hours = timing.pack_version, timing.at_once_hours
    loop = LoopRules.objects.filter(pack_version=version).first()
    return Rulebook(
        pack_version=f"{version}{EDITION}{timing.edition}" if timing.edition else version,
        limits=_limits_of(loop) if loop else Limits(),
        templates=_templates_of(loop) if loop else {},
        yellow_at_pct=timing.yellow_at_pct,
        matters=dict(_matters(timing)),
        routes=tuple(_routes(version)),
        upgrades=tuple(_upgrades(version)),
        powers=tuple(_powers(version)),
        weights={
            row.code: row.number or 1 for row in Term.objects.filter(pack_version=version, kind="severity")
        },
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


def _limits_of(loop: LoopRules) -> Limits:
    return Limits(**{each.name: getattr(loop, each.name) for each in fields(Limits)})


def _templates_of(loop: LoopRules) -> dict[str, tuple[StageShown, ...]]:
    return {
        channel: tuple(
            StageShown(one["zh"], one["en"], tuple(one["statuses"]), tuple(one["by"])) for one in stages
        )
        for channel, stages in loop.templates.items()
    }


def read_spans(spans: Sequence[Sequence[str]]) -> tuple[Span, ...]:
    """Return the hours of a working day as they stand in the timing row."""
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in spans)


def _matters(timing: Timing) -> Iterator[tuple[str, MatterFacts]]:
    for row in Matter.objects.filter(pack_version=timing.pack_version):
        yield row.code, _facts(row, timing)
    for own in Admission.objects.in_edition(timing.edition):
        yield own.code, _facts(own, timing, path=own.department_path)


def _facts(row: Kind, timing: Timing, *, path: str = "") -> MatterFacts:
    return MatterFacts(
        severity=row.severity,
        clock=clock_of(row.fix_days, row.fix_hours, at_once_hours=timing.at_once_hours),
        department_kind=row.department_kind,
        name_zh=row.name_zh,
        name_en=row.name_en,
        words_zh=tuple(row.words_zh),
        may_become=row.may_become,
        is_restricted=row.is_restricted,
        path=path,
        stops_operation=row.stops_operation,
    )


def _routes(version: str) -> Iterator[RouteRow]:
    for row in Route.objects.filter(pack_version=version).order_by("pk"):
        yield RouteRow(
            matter_prefix=row.matter_prefix,
            path=row.path,
            department_kind=row.department_kind,
            severity=row.severity,
            layer=row.layer,
            grid_first=row.grid_first,
            code=row.code,
            name_zh=row.name_zh,
            name_en=row.name_en,
            source=row.source,
            is_confirmed=row.is_confirmed,
        )


def _upgrades(version: str) -> Iterator[UpgradeRow]:
    for row in Upgrade.objects.filter(pack_version=version).order_by("pk"):
        yield UpgradeRow(
            code=row.code,
            name_zh=row.name_zh,
            name_en=row.name_en,
            matter_prefix=row.matter_prefix,
            to=row.to,
            classes=frozenset(row.classes),
            tags=frozenset(row.tags),
            times=row.times,
            within_days=row.within_days,
            overdue_times=row.overdue_times,
        )


def _powers(version: str) -> Iterator[PowerRow]:
    for row in Power.objects.filter(pack_version=version).order_by("pk"):
        yield PowerRow(
            code=row.code,
            name_zh=row.name_zh,
            name_en=row.name_en,
            department_kind=row.department_kind,
            matter_prefix=row.matter_prefix,
            path=row.path,
            basis=row.basis,
            source=row.source,
            is_confirmed=row.is_confirmed,
        )
