"""Indicators and their figures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from wangge.accounts import queries as accounts
from wangge.appraisal import reading
from wangge.appraisal.models import Indicator
from wangge.appraisal.narrowing import Asked, ask
from wangge.appraisal.rules import (
    MEASURES,
    OF_CASES_ONLY,
    PERCENTILES,
    Counted,
    FigureKind,
    Grouping,
    Value,
    change,
    value_of,
)
from wangge.appraisal.schemas import (
    FigureFilter,
    FigureOut,
    FigureRow,
    FigureTable,
    IndicatorOut,
    MeasureOut,
)
from wangge.appraisal.spans import count_days as count_days
from wangge.appraisal.spans import count_span as count_span
from wangge.appraisal.spans import list_common_matters as list_common_matters
from wangge.appraisal.targets import list_targets as list_targets
from wangge.kernel.actor import Actor
from wangge.matters import queries as matters
from wangge.territory import queries as territory

NO_DEPARTMENT = ("尚未分派", "Not dispatched yet")
Found = dict[str, tuple[dict[Counted, dict[str, int]], dict[FigureKind, int]]]


def list_indicators(actor: Actor) -> list[IndicatorOut]:
    """Return the indicators of the pack in force, with what each is made of. Raises: NotYourRole."""
    actor.check_can("appraisal.read")
    return [_shown(row) for row in Indicator.objects.order_by("place")]


def get_figures(actor: Actor, given: FigureFilter, *, at: datetime) -> FigureTable:
    """Return every indicator of what was asked, in all and by group, beside the same months a year earlier.

    Raises: NotYourRole, NotVisible, MonthsWrong.
    Rule:   IN-3 … IN-9.
    """
    asked = ask(actor, given)
    of_cases = given.by in OF_CASES_ONLY or asked.narrows_cases()
    indicators = [one for one in list_indicators(actor) if not of_cases or one.subject is Counted.CASES]
    subjects = {one.subject for one in indicators}
    total = _read(asked, Grouping.NONE, subjects).get("", ({}, {}))
    was = _read(asked.a_year_before(), Grouping.NONE, subjects).get("", ({}, {}))
    rows: list[FigureRow] = []
    if given.by is not Grouping.NONE:
        now, before = _read(asked, given.by, subjects), _read(asked.a_year_before(), given.by, subjects)
        if given.by is Grouping.MONTH:
            before = {f"{int(key[:4]) + 1}{key[4:]}": found for key, found in before.items()}
        names = _names(given.by, now)
        for key in sorted(now):
            zh, en = names.get(key, (key, key))
            figures = _figures(indicators, now[key], before.get(key, ({}, {})))
            rows.append(FigureRow(key=key, name_zh=zh, name_en=en, figures=figures))
        _mark_places(given.by, asked, rows)
    name = territory.names_of([asked.territory]).get(asked.territory, asked.territory)
    return FigureTable(
        territory=asked.territory,
        territory_name=name,
        by=given.by,
        indicators=indicators,
        total=FigureRow(key="", name_zh="合计", name_en="Total", figures=_figures(indicators, total, was)),
        rows=rows,
        counted_at=at,
    )


def _read(asked: Asked, by: Grouping, subjects: Iterable[Counted]) -> Found:
    found: Found = {}
    for subject in subjects:
        for key, counts in reading.count(asked, subject, by).items():
            found.setdefault(key, ({}, {}))[0][subject] = counts
    if Counted.CASES in subjects:
        for key, hours in reading.count_durations(asked, by).items():
            found.setdefault(key, ({}, {}))[1].update(hours)
    return found


def _figures(
    indicators: list[IndicatorOut],
    now: tuple[dict[Counted, dict[str, int]], dict[FigureKind, int]],
    before: tuple[dict[Counted, dict[str, int]], dict[FigureKind, int]],
) -> list[FigureOut]:
    figures = []
    for one in indicators:
        value, was = _value(one, *now), _value(one, *before)
        figures.append(
            FigureOut(
                indicator=one.code,
                value=value.value,
                numerator=value.numerator,
                denominator=value.denominator,
                is_small=value.is_small,
                before=was.value,
                change=change(one.kind, value, was),
            )
        )
    return figures


def _value(one: IndicatorOut, counts: dict[Counted, dict[str, int]], hours: dict[FigureKind, int]) -> Value:
    of = counts.get(one.subject, {})
    part = of.get(one.numerator.code, 0)
    whole = of.get(one.denominator.code, 0) if one.denominator else None
    taken = hours.get(one.kind) if one.kind in PERCENTILES else None
    return value_of(one.kind, part, whole, small_sample=one.small_sample, hours=taken)


def _names(by: Grouping, keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    if by is Grouping.TERRITORY:
        return {path: (name, name) for path, name in territory.names_of(keys).items()}
    if by is Grouping.MATTER:
        return matters.names_of(keys)
    if by is Grouping.DEPARTMENT:
        found = accounts.get_departments([int(key) for key in keys])
        return {str(key): (one.name, one.name) for key, one in found.items()} | {"0": NO_DEPARTMENT}
    return {}


def _mark_places(by: Grouping, asked: Asked, rows: list[FigureRow]) -> None:
    if by is not Grouping.TERRITORY:
        return
    for row in rows:
        row.is_itself = row.key == asked.territory
        row.has_below = not row.is_itself


def _shown(row: Indicator) -> IndicatorOut:
    subject, kind = Counted(row.subject), FigureKind(row.kind)
    units = {FigureKind.SHARE: "pct", FigureKind.MEDIAN: "hours", FigureKind.P90: "hours"}
    return IndicatorOut(
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        subject=subject,
        kind=kind,
        numerator=_measure(subject, row.numerator),
        denominator=_measure(subject, row.denominator) if row.denominator else None,
        unit=units.get(kind, subject.value),
        small_sample=row.small_sample,
        more_is=row.more_is,
        source=row.source,
        is_confirmed=row.is_confirmed,
        pack_version=row.pack_version,
    )


def _measure(subject: Counted, code: str) -> MeasureOut:
    zh, en = MEASURES[subject][code]
    return MeasureOut(code=code, zh=zh, en=en)
