"""What reports and steps look at beside themselves, and the checks that both have."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import numpy as np

from wangge.cases import writing
from wangge.cases.events import read_events
from wangge.cases.reclassifying import Catalogue, Past
from wangge.cases.reporting import Intake, Place
from wangge.cases.rules import Action, CaseFacts, Need, list_needs
from wangge.cases.schemas import CaseReport, StepCommand
from wangge.cases.stepping import World
from wangge.kernel import calendars, datum
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import Unreadable
from wangge.matters import queries as matter_queries
from wangge.matters.rules import Surroundings, who_may_enforce
from wangge.territory import queries as territory
from wangge.venues import queries as venues
from wangge.venues.schemas import VenueRow

LAYER = "comprehensive"
ROUTED = frozenset({Action.DISPATCH, Action.REOPEN})  # without a department, the route's
AHEAD = timedelta(minutes=5)  # how far a phone's clock may run fast
PhotoFacts = Mapping[str, Mapping[str, Any]]  # sha256 -> what the photo says of itself
EARLIEST = 2000  # what an unset clock says lies before


def told(case: CaseFacts) -> dict[str, Any]:
    return {"case_id": str(case.id), "status": case.status.value, "version": case.version}


def intake(
    reports: Sequence[CaseReport],
    at: datetime,
    order_ids: Mapping[UUID, UUID],
    photo_facts: PhotoFacts,
    actor: Actor,
) -> Intake:
    """Return what the reports look at, in a handful of statements."""
    named = venues.get_places(report.venue_id for report in reports if report.venue_id)
    loose = [report for report in reports if report.venue_id not in named]
    points = {report.id: datum.to_wgs84(report.lon, report.lat, report.datum) for report in reports}
    found: dict[UUID, str | None] = {}
    if loose:
        array = np.array([points[report.id] for report in loose], dtype=np.float64)
        found = dict(zip((r.id for r in loose), territory.locate_many(array, LAYER, at), strict=True))
    places = {
        report.id: _place(
            points[report.id],
            named.get(report.venue_id) if report.venue_id else None,
            found.get(report.id),
        )
        for report in reports
    }
    rules = matter_queries.in_force()
    return Intake(
        calendars=calendars.in_force(),
        stage_clocks=rules.stage_clocks,
        matters=rules.matters,
        places=places,
        venue_ids=frozenset(named),
        pack_version=rules.pack_version,
        order_ids=order_ids,
        photo_facts=photo_facts,
        upgrades=rules.upgrades,
        earlier=_earlier(reports, rules.repeat_days),
        layer=_layer(actor, at) if rules.layers else "",
    )


def _place(point: tuple[float, float], venue: VenueRow | None, located: str | None) -> Place:
    if venue is None:
        return Place(*point, located)
    return Place(*point, venue.grid_path, venue.class_code, tuple(venue.tags))


def _earlier(reports: Sequence[CaseReport], days: int) -> dict[tuple[UUID, str], list[datetime]]:
    """Return when the same matters were reported at the same venues, as far back as the upgrades look."""
    wanted = {(one.venue_id, one.matter_code) for one in reports if one.venue_id is not None}
    if not days or not wanted:
        return {}
    since = min(report.at for report in reports) - timedelta(days=days)
    return writing.reported_before(wanted, since)


def _layer(actor: Actor, at: datetime) -> str:
    """Return the layer that the reporter walks; none where it is none or several. Rule: MA-3 (WH-32)."""
    layers = territory.layers_of(actor.user_id, at.astimezone(CHINA).date())
    return layers.pop() if len(layers) == 1 else ""


def world(
    steps: Sequence[StepCommand],
    cases: Mapping[UUID, CaseFacts],
    rules: matter_queries.Rulebook,
    around: calendars.Calendars,
    photo_facts: PhotoFacts,
) -> World:
    """Return what the steps look at; the routes are only asked where somebody is dispatched to."""
    sent = {
        step.case_id: writing.subject_of(case)
        for step in steps
        if step.action in ROUTED
        and (case := cases.get(step.case_id))
        and Need.DEPARTMENT in list_needs(step.action, case)
    }
    suggested = writing.suggest_departments(sent, rules) if sent else {}
    named = {one for step in steps for one in (step.department_id, *step.co_department_ids)}
    named.update(suggested.values())
    handed = [case for step in steps if step.action is Action.TRANSFER and (case := cases.get(step.case_id))]
    powers = {case.id: who_may_enforce(writing.subject_of(case), rules.powers) for case in handed}
    named.update(case.department_id for case in handed if powers[case.id])
    named.discard(None)
    moved = [step for step in steps if step.action is Action.RECLASSIFY and step.case_id in cases]
    return World(
        calendars=around,
        stage_clocks=rules.stage_clocks,
        matter_clocks=rules.matter_clocks,
        departments=writing.departments_named(one for one in named if one is not None) if named else {},
        suggested=suggested,
        powers=powers,
        others=cases,
        photo_facts=photo_facts,
        limits=rules.limits,
        rules=Catalogue(rules.pack_version, rules.matters, rules.upgrades),
        pasts=_pasts(moved, rules.repeat_days) if moved else {},
    )


def _pasts(steps: Sequence[StepCommand], days: int) -> dict[UUID, Past]:
    """Return what lies behind the cases that get another matter (CS-39)."""
    reported = writing.reported_at_venues(step.case_id for step in steps)
    places = venues.get_places(venue_id for venue_id, _ in reported.values())
    wanted = {(reported[s.case_id][0], s.matter_code) for s in steps if s.case_id in reported}
    since = min((at for _, at in reported.values()), default=None)
    earlier = writing.reported_before(wanted, since - timedelta(days=days)) if wanted and since else {}
    found = read_events({step.case_id for step in steps})
    events = {key: list(of) for key, of in groupby(found, lambda event: event.case_id)}
    pasts = {}
    for step in steps:
        around = Surroundings()
        if step.case_id in reported:
            venue_id, _ = reported[step.case_id]
            place = places[venue_id]
            times = earlier.get((venue_id, step.matter_code), ())
            around = Surroundings(place.class_code, tuple(place.tags), times)
        pasts[step.id] = Past(around, events.get(step.case_id, ()))
    return pasts


def check_time(said: datetime, now: datetime) -> None:
    if said.year < EARLIEST:
        raise Unreadable(
            field="at",
            why_zh=f"时间早于 {EARLIEST} 年，请校准设备时钟",
            why_en=f"it lies before {EARLIEST}; set the device's clock",
        )
    if said > now + AHEAD:
        raise Unreadable(
            field="at",
            why_zh="时间晚于服务器时间，请校准设备时钟",
            why_en="it lies in the future; set the device's clock",
        )


def check_photos(digests: Sequence[str], stored: Container[str]) -> None:
    if missing := [digest for digest in digests if digest not in stored]:
        names = ", ".join(missing)
        raise Unreadable(
            field="photos",
            why_zh=f"这些照片尚未上传：{names}",
            why_en=f"these photos were not uploaded: {names}",
        )
