"""Suggestions and duplicates for a report or a case; what the administrator sees of the model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np

from wangge.accounts import queries as accounts
from wangge.cases import queries as cases
from wangge.kernel import datum
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.matters import queries as matters
from wangge.matters.rules import Subject
from wangge.territory import queries as territory
from wangge.triage.loading import Loaded, in_force, reach, words_of
from wangge.triage.reporting import get_page, is_asked_one_damaged
from wangge.triage.rules import Known, Likeness, NothingToGoBy, liken
from wangge.triage.schemas import DepartmentSuggestion, DraftIn, DuplicateOut, Reason, SuggestionOut
from wangge.triage.suggesting import (
    Draft,
    community_of,
    department_reason,
    past_department,
    raise_of,
    severity_by_rule,
    suggest_matters,
    suggest_severity,
    weigh,
)
from wangge.venues import queries as venues

__all__ = [
    "get_page",
    "is_asked_one_damaged",
    "list_duplicates",
    "list_duplicates_of_case",
    "suggest",
    "suggest_for_case",
]
LAYER = "comprehensive"
MOST_DUPLICATES = 5
HOUR = timedelta(hours=1)


def suggest(actor: Actor, draft: DraftIn, *, at: datetime) -> SuggestionOut:
    """Return matter, severity and department for a report that is being written.

    Raises: NotYourRole, NotVisible for a place outside the actor's grids, NothingToGoBy.
    Rule:   TR-2 … TR-5, TR-8, TR-9.
    """
    actor.check_can("cases.report")
    if not draft.text.strip() and draft.venue_id is None and draft.lon is None:
        raise NothingToGoBy()
    where = _where(actor, draft, at)
    asked = Draft(draft.text, draft.channel.value, at, where.venue_class, where.tags, where.grid_path)
    return _suggest(asked, draft.matter_code)


def suggest_for_case(actor: Actor, case_id: UUID) -> SuggestionOut:
    """Return what text and place of a visible case suggest. Raises: NotYourRole, NotVisible."""
    case = cases.get_told(actor, case_id)
    place = venues.get_places([case.venue_id])[case.venue_id] if case.venue_id else None
    venue_class, tags = (place.class_code, tuple(place.tags)) if place else ("", ())
    asked = Draft(case.text, case.channel, case.reported_at, venue_class, tags, case.grid_path)
    return _suggest(asked, case.matter_code)


def list_duplicates(actor: Actor, draft: DraftIn, *, at: datetime) -> list[DuplicateOut]:
    """Return visible cases that may be the same as a report that is being written, the likest first.

    Raises: NotYourRole, NotVisible for a place outside the actor's grids.
    Rule:   TR-7; a citizen finds the own reports only, as everywhere (CS-8).
    """
    actor.check_can("cases.report")
    if not actor.can("cases.read"):
        return []
    where = _where(actor, draft, at)
    if where.point is None:
        return []
    known = Known(draft.text, *where.point, at, draft.matter_code, draft.venue_id)
    return _duplicates(actor, known, but=None, at=at)


def list_duplicates_of_case(actor: Actor, case_id: UUID, *, at: datetime) -> list[DuplicateOut]:
    """Return visible cases that may be the same as a visible one. Rule: TR-7.

    Raises: NotYourRole, NotVisible.
    """
    case = cases.get_told(actor, case_id)
    known = Known(case.text, case.lon, case.lat, case.reported_at, case.matter_code, case.venue_id)
    return _duplicates(actor, known, but=case_id, at=at)


@dataclass(frozen=True, slots=True)
class Where:
    """The place of a draft, as far as it says."""

    grid_path: str | None = None
    venue_class: str = ""
    tags: tuple[str, ...] = ()
    point: tuple[float, float] | None = None  # WGS-84


def _where(actor: Actor, draft: DraftIn, at: datetime) -> Where:
    if draft.venue_id is not None:
        venue = venues.get_many(actor, [draft.venue_id]).get(draft.venue_id)
        if venue is None:
            raise NotVisible()
        return Where(venue.grid_path or None, venue.class_code, tuple(venue.tags), (venue.lon, venue.lat))
    if draft.lon is None or draft.lat is None:
        return Where()
    point = datum.to_wgs84(draft.lon, draft.lat, draft.datum)
    [grid_path] = territory.locate_many(np.array([point], dtype=np.float64), LAYER, at)
    if grid_path is not None and not actor.covers(grid_path):
        raise NotVisible()
    return Where(grid_path, point=point)


def _suggest(draft: Draft, chosen: str) -> SuggestionOut:
    rules, asked = matters.in_force(), in_force()
    weighed = weigh(draft, rules, words_of(rules), asked)
    found = suggest_matters(weighed, rules, asked, _names(draft))
    likeliest = chosen if chosen in rules.matters else found[0].code if found else ""
    return SuggestionOut(
        matters=found,
        severity=suggest_severity(weighed, draft, rules, asked, chosen),
        department=_department(likeliest, draft, rules, asked) if likeliest else None,
        version=asked.version,
        is_measured=asked.model is not None and weighed.seen is not None,
    )


def _names(draft: Draft) -> dict[str, tuple[str, str]]:
    """Return the names of the facts of a draft, for its reasons."""
    names: dict[str, tuple[str, str]] = {}
    if draft.venue_class:
        names |= {one.code: (one.name_zh, one.name_en) for one in venues.list_classes()}
    if draft.grid_path:
        area = community_of(draft.grid_path)
        names |= {path: (name, name) for path, name in territory.names_of([area]).items()}
    return names


def _department(
    code: str, draft: Draft, rules: matters.Rulebook, asked: Loaded
) -> DepartmentSuggestion | None:
    """Return whom closed cases name, if that is used and covers the place; else the route's (MA-1)."""
    if (grid_path := draft.grid_path) is None:
        return None
    matter = rules.matters[code]
    found = past_department(code, grid_path, asked)
    if found is not None:
        department = accounts.get_departments([int(found[0])]).get(int(found[0]))
        if department is not None and grid_path.startswith(department.path):
            return DepartmentSuggestion(
                id=department.id,
                name=department.name,
                confidence=round(found[1] / found[2], 3),
                reason=department_reason(found, matter.name_zh, matter.name_en),
            )
    kind = rules.kind_for(Subject(code, grid_path, severity_by_rule(raise_of(code, draft, rules), matter)))
    number = accounts.department_for(kind, grid_path) if kind else None
    if number is None:
        return None
    return DepartmentSuggestion(
        id=number,
        name=accounts.get_departments([number])[number].name,
        confidence=None,
        reason=department_reason(None, matter.name_zh, matter.name_en),
    )


def _duplicates(actor: Actor, known: Known, *, but: UUID | None, at: datetime) -> list[DuplicateOut]:
    far = reach()
    spell = timedelta(days=far.within_days)
    near = cases.list_near(
        actor,
        known.lon,
        known.lat,
        within_m=far.within_m,
        since=known.at - spell,
        until=min(known.at + spell, at) + HOUR,
    )
    alike = [
        (likeness, case)
        for case in near
        if case.id != but and (likeness := liken(known, _known(case), far)) is not None
    ]
    best = sorted(alike, key=lambda pair: (-pair[0].pct, -pair[1].reported_at.timestamp(), pair[1].id))
    names = matters.names_of(case.matter_code for _, case in best[:MOST_DUPLICATES])
    return [
        DuplicateOut(
            id=case.id,
            pct=likeness.pct,
            text=case.text,
            address=case.address,
            matter_code=case.matter_code,
            matter_zh=names.get(case.matter_code, (case.matter_code, ""))[0],
            matter_en=names.get(case.matter_code, ("", case.matter_code))[1],
            reported_at=case.reported_at,
            is_open=case.closed_at is None,
            metres=likeness.metres,
            reasons=list(_reasons(likeness)),
        )
        for likeness, case in best[:MOST_DUPLICATES]
    ]


def _known(case: cases.ToldCase) -> Known:
    return Known(case.text, case.lon, case.lat, case.reported_at, case.matter_code, case.venue_id)


def _reasons(likeness: Likeness) -> Iterable[Reason]:
    if likeness.is_same_venue:
        yield Reason(kind="fact", zh="同一场所", en="the same place")
    else:
        yield Reason(kind="fact", zh=f"相距 {likeness.metres} 米", en=f"{likeness.metres} m apart")
    hours = likeness.apart // HOUR
    if hours < 1:
        yield Reason(kind="fact", zh="相隔不到 1 小时", en="within the hour")
    elif hours < 48:
        yield Reason(kind="fact", zh=f"相隔 {hours} 小时", en=f"{hours} h apart")
    else:
        yield Reason(kind="fact", zh=f"相隔 {hours // 24} 天", en=f"{hours // 24} days apart")
    if likeness.is_same_matter:
        yield Reason(kind="fact", zh="事项相同", en="the same matter")
    elif likeness.is_same_group:
        yield Reason(kind="fact", zh="同类事项", en="the same group of matters")
    if likeness.words:
        words = "、".join(f"“{word}”" for word in likeness.words)
        yield Reason(kind="text", zh=f"相同的词：{words}", en=f"same words: {words}")
