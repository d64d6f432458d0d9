"""Assessments, decisions and hazards as people see them: names in bulk, a handful of statements a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects

from wangge.accounts import queries as accounts
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.major_hazards.answers import (
    AssessmentRow,
    DecisionOut,
    HazardRow,
    NoteOut,
    SeatOut,
    TickOut,
)
from wangge.major_hazards.models import Assessment, Decision, MajorHazard, Progress, Reinspection, Seat
from wangge.major_hazards.rules import DecisionKind, Outcome, Panel, PlaceKind, Suspicion, Vote, light, tally
from wangge.major_hazards.schemas import (
    Stage,
)
from wangge.matters import queries as matters
from wangge.territory import queries as territory
from wangge.venues import queries as venues


def stage_of(hazard: MajorHazard) -> Stage:
    """Return where the hazard stands. Rule: MH-5, MH-6."""
    if hazard.delisted_at:
        return "delisted"
    return "listed" if hazard.listed_at else "to_list"


def assessments_out(rows: Sequence[Assessment], actor: Actor) -> list[AssessmentRow]:
    """Return assessments with their ticks, and whether the actor may ask for a decision."""
    prefetch_related_objects(rows, "ticks", "decisions", "element_set", "case")
    names = accounts.names_of([row.assessed_by_id for row in rows])
    places, grids = _places(rows)
    return [_assessment(row, actor, names, places, grids) for row in rows]


def decisions_out(rows: Sequence[Decision], actor: Actor) -> list[DecisionOut]:
    """Return decisions with their seats: who signed, who is missing."""
    prefetch_related_objects(rows, "seats", "assessment__case")
    people = {row.proposed_by_id for row in rows} | {s.user_id for row in rows for s in row.seats.all()}
    names = accounts.names_of(list(people))
    judged = {row.assessment_id: row.assessment for row in rows}
    places, _ = _places(judged.values())
    found = {one.id: one for one in assessments_out(list(judged.values()), actor)}
    return [_decision(row, actor, names, places, found[row.assessment_id]) for row in rows]


def hazards_out(rows: Sequence[MajorHazard], actor: Actor, at: datetime) -> list[HazardRow]:
    """Return hazards with what was told and found of them, and what the actor may do next."""
    prefetch_related_objects(rows, "case", "progress", "reinspections", "decisions__assessment")
    shown = decisions_out([one for row in rows for one in row.decisions.all()], actor)
    decisions: dict[UUID | None, list[DecisionOut]] = defaultdict(list)
    for one in sorted(shown, key=lambda each: each.proposed_at):
        decisions[one.hazard_id].append(one)
    told = {note.told_by_id for row in rows for note in row.progress.all()}
    found = {note.inspected_by_id for row in rows for note in row.reinspections.all()}
    names = accounts.names_of(list(told | found))
    places, grids = _places(rows)
    yellow = matters.in_force().yellow_at_pct
    return [_hazard(row, actor, at, names, places, grids, decisions[row.pk], yellow) for row in rows]


def _places(rows: Iterable[Any]) -> tuple[dict[UUID, Any], dict[str, str]]:
    rows = list(rows)
    places = venues.get_places(row.venue_id for row in rows if row.venue_id)
    return places, territory.names_of({row.grid_path for row in rows})


def _where(row: Any, places: dict[UUID, Any]) -> dict[str, Any]:
    venue = places.get(row.venue_id)
    return {
        "case_id": row.case_id,
        "venue_name": venue.name if venue else None,
        "address": (row.case.address if row.case else "") or (venue.address if venue else ""),
    }


def _assessment(
    row: Assessment,
    actor: Actor,
    names: dict[int, str],
    places: dict[UUID, Any],
    grids: dict[str, str],
) -> AssessmentRow:
    known = {one["code"]: one for one in row.element_set.elements}
    decided = sorted(row.decisions.all(), key=lambda one: one.proposed_at)
    open_or_agreed = any(one.outcome != Outcome.DECLINED for one in decided)
    suspected = row.verdict == Suspicion.SUSPECTED
    return AssessmentRow(
        **_where(row, places),
        id=row.pk,
        venue_id=row.venue_id,
        grid_name=grids.get(row.grid_path, row.grid_path),
        element_set=row.element_set_id,
        place_kind=PlaceKind(row.place_kind),
        verdict=Suspicion(row.verdict),
        line_code=row.line_code,
        line_zh=row.line_zh,
        line_en=row.line_en,
        line_is_confirmed=row.line_is_confirmed,
        exemption=row.exemption,
        exemption_reason=row.exemption_reason,
        counted=row.counted,
        ticks=[
            TickOut(
                element=tick.element,
                zh=known[tick.element]["zh"],
                en=known[tick.element]["en"],
                is_direct=known[tick.element]["is_direct"],
                is_confirmed=known[tick.element]["is_confirmed"],
                note=tick.note,
                photos=tick.photos,
            )
            for tick in sorted(row.ticks.all(), key=lambda one: one.pk)
        ],
        assessed_by_name=names.get(row.assessed_by_id, ""),
        assessed_at=row.assessed_at,
        decision=Outcome(decided[-1].outcome) if decided else None,
        can_propose=suspected and not open_or_agreed and actor.can("major_hazards.decide"),
    )


def _decision(
    row: Decision,
    actor: Actor,
    names: dict[int, str],
    places: dict[UUID, Any],
    judged: AssessmentRow,
) -> DecisionOut:
    seats: list[Seat] = sorted(row.seats.all(), key=lambda one: one.pk)
    votes = [Vote(Panel(seat.panel), seat.agrees) for seat in seats]
    stands = tally(votes, row.procedure(), is_complex=row.is_complex)
    is_open = row.outcome == Outcome.OPEN
    mine = any(seat.user_id == actor.user_id and seat.signed_at is None for seat in seats)
    return DecisionOut(
        **_where(row.assessment, places),
        id=row.pk,
        kind=DecisionKind(row.kind),
        assessment_id=row.assessment_id,
        assessment=judged,
        hazard_id=row.hazard_id,
        body=row.body,
        basis_clause=row.basis_clause,
        basis_version=row.basis_version,
        discussed_on=row.discussed_on,
        summary=row.summary,
        is_complex=row.is_complex,
        members_needed=row.members_needed,
        experts_needed=row.experts_needed if row.is_complex else 0,
        outcome=Outcome(row.outcome),
        unsigned=stands.unsigned,
        missing_members=stands.missing_members,
        missing_experts=stands.missing_experts,
        proposed_by_name=names.get(row.proposed_by_id, ""),
        proposed_at=row.proposed_at,
        ended_at=row.ended_at,
        seats=[
            SeatOut(
                user_name=names.get(seat.user_id, ""),
                panel=Panel(seat.panel),
                title=seat.title,
                agrees=seat.agrees,
                opinion=seat.opinion,
                signed_at=seat.signed_at,
                is_me=seat.user_id == actor.user_id,
            )
            for seat in seats
        ],
        can_sign=is_open and mine,
    )


def _hazard(
    row: MajorHazard,
    actor: Actor,
    at: datetime,
    names: dict[int, str],
    places: dict[UUID, Any],
    grids: dict[str, str],
    decisions: list[DecisionOut],
    yellow_at_pct: int,
) -> HazardRow:
    stage = stage_of(row)
    told, found = list(row.progress.all()), sorted(row.reinspections.all(), key=lambda one: one.inspected_at)
    listed = stage == "listed"
    handler = row.case.handler_id if row.case else None
    others = actor.user_id not in {note.told_by_id for note in told} and actor.user_id != handler
    major = next(one for one in row.decisions.all() if one.kind == DecisionKind.MAJOR)
    waits = any(one.kind is DecisionKind.DELIST and one.outcome is Outcome.OPEN for one in decisions)
    return HazardRow(
        **_where(row, places),
        id=row.pk,
        venue_id=row.venue_id,
        grid_name=grids.get(row.grid_path, row.grid_path),
        stage=stage,
        line_zh=major.assessment.line_zh,
        line_en=major.assessment.line_en,
        basis=f"{major.basis_version} {major.basis_clause}",
        decided_at=row.decided_at,
        list_by=row.list_by,
        list_days=row.list_days,
        list_source=row.list_source,
        listed_at=row.listed_at,
        supervising_body=row.supervising_body,
        notice_text=row.notice_text,
        rectify_on=row.rectify_on,
        delisted_at=row.delisted_at,
        light=_light(row, stage, at, yellow_at_pct),
        notes=_notes(told, found, names),
        decisions=decisions,
        can_list=stage == "to_list" and actor.can("major_hazards.list"),
        can_report=listed and actor.can("major_hazards.assess"),
        can_reinspect=listed and others and actor.can("major_hazards.assess"),
        can_propose_delisting=bool(found)
        and found[-1].has_passed
        and listed
        and not waits
        and actor.can("major_hazards.decide"),
    )


def _light(row: MajorHazard, stage: Stage, at: datetime, yellow_at_pct: int) -> Any:
    if stage == "to_list":
        return light(row.decided_at, row.list_by, at, yellow_at_pct=yellow_at_pct)
    if stage == "delisted" or row.listed_at is None or row.rectify_on is None:
        return "none"
    return light(row.listed_at, _end_of(row.rectify_on), at, yellow_at_pct=yellow_at_pct)


def _end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA) + timedelta(days=1)


def _notes(told: Sequence[Progress], found: Sequence[Reinspection], names: dict[int, str]) -> list[NoteOut]:
    notes = [
        NoteOut(
            text=one.text,
            photos=one.photos,
            by_name=names.get(one.told_by_id, ""),
            at=one.told_at,
            has_passed=None,
        )
        for one in told
    ]
    notes += [
        NoteOut(
            text=one.text,
            photos=one.photos,
            by_name=names.get(one.inspected_by_id, ""),
            at=one.inspected_at,
            has_passed=one.has_passed,
        )
        for one in found
    ]
    return sorted(notes, key=lambda note: note.at)
