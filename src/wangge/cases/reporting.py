"""One new case: its first facts and its first events. Pure; the world it looks at is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from wangge.cases.chain import NO_HASH, Event, photos_said, seal
from wangge.cases.deadlines import Calendars, deadline_if_known
from wangge.cases.rules import STEPS, Action, CaseFacts, Need, NeedMissing, ResumeUnconfirmed, Status
from wangge.cases.schemas import CaseReport
from wangge.cases.wording import NEED_ZH
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Refused, Unreadable
from wangge.kernel.ids import assemble
from wangge.matters.rules import (
    Clocks,
    MatterFacts,
    Raised,
    Surroundings,
    UpgradeRow,
    raised_at_report,
)


class OutsideTerritory(Refused):
    status = 422
    code = "cases.outside_territory"
    zh = "位置（{lon}, {lat}）不在任何网格内。请核对位置和坐标系。"
    en = "The point ({lon}, {lat}) lies in no grid. Check the point and its datum."


@dataclass(frozen=True, slots=True)
class Place:
    """Where a report lies: WGS-84, and the grid of the venue or of the point."""

    lon: float
    lat: float
    grid_path: str | None
    class_code: str = ""  # of the venue
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Started:
    """A new case: what the steps look at, what only the report tells, and its events."""

    facts: CaseFacts
    told: dict[str, Any]
    events: list[Event]


@dataclass(frozen=True, slots=True)
class Intake:
    """What a report looks at."""

    calendars: Calendars
    stage_clocks: Clocks
    matters: Mapping[str, MatterFacts]
    places: Mapping[UUID, Place]
    venue_ids: frozenset[UUID]  # those that exist
    pack_version: str
    order_ids: Mapping[UUID, UUID]
    photo_facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # what each says (KE-19)
    upgrades: Sequence[UpgradeRow] = ()
    earlier: dict[tuple[UUID, str], list[datetime]] = field(default_factory=dict)
    layer: str = ""  # of grids, that the reporter walks

    def note(self, report: CaseReport) -> None:
        """Let later reports of the batch know of this one."""
        if report.venue_id is not None:
            self.earlier.setdefault((report.venue_id, report.matter_code), []).append(report.at)


def find_matter(code: str, known: Mapping[str, MatterFacts]) -> MatterFacts:
    """Return the matter of the catalogue in force. Raises: Unreadable. Rule: CS-1."""
    matter = known.get(code)
    if matter is None:
        raise Unreadable(
            field="matter_code",
            why_zh=f"没有编号为“{code}”的事项",
            why_en=f"there is no matter {code!r}",
        )
    return matter


def check_holds(code: str, matter: MatterFacts, grid_path: str) -> None:
    """Raises: Unreadable where a matter of the city does not hold in the place. Rule: CS-1 (MA-7)."""
    if not grid_path.startswith(matter.path):
        raise Unreadable(
            field="matter_code",
            why_zh=f"事项“{code}”不适用于该区域",
            why_en=f"the matter {code!r} does not hold in this place",
        )


def start(report: CaseReport, actor: Actor, intake: Intake) -> Started:
    """Return the new case with its event, or its two events if it was fixed on the spot.

    Raises: NotYourRole, NotVisible, OutsideTerritory, NeedMissing, Unreadable.
    Rule:   CS-1 (WH-27, WH-33), CS-6, CS-7.
    """
    actor.check_can("cases.report")
    matter = find_matter(report.matter_code, intake.matters)
    if report.venue_id is not None and report.venue_id not in intake.venue_ids:
        raise NotVisible()
    place = intake.places[report.id]
    if place.grid_path is None:
        raise OutsideTerritory(lon=place.lon, lat=place.lat)
    if not actor.covers(place.grid_path) and report.id not in intake.order_ids:
        raise NotVisible()  # the finding of an own order may lie elsewhere: who was drawn went there (OR-33)
    check_holds(report.matter_code, matter, place.grid_path)
    _check_evidence(report, matter)
    raised = _raised(report, intake, matter, place)
    severity = raised.after if raised else matter.severity
    facts = _first_facts(report, actor, intake, matter, place, severity)
    told = _told(report, intake, place)
    why = {"raised": raised.told()} if raised else {}
    return _sealed(report, actor, facts, told, why, intake.photo_facts)


def _raised(report: CaseReport, intake: Intake, matter: MatterFacts, place: Place) -> Raised | None:
    """Return the upgrade rule that makes the case severer than its matter. Rule: MA-6."""
    at_venue = (report.venue_id, report.matter_code) if report.venue_id else None
    around = Surroundings(place.class_code, place.tags, intake.earlier.get(at_venue, ()) if at_venue else ())
    return raised_at_report(report.matter_code, matter, around, intake.upgrades, report.at)


def _check_evidence(report: CaseReport, matter: MatterFacts) -> None:
    if report.fixed_on_spot and matter.stops_operation:
        raise ResumeUnconfirmed()
    if report.fixed_on_spot and not (report.photos and report.after_photos):
        need = "photos before and after"
        raise NeedMissing(need=need, need_zh=f"整改前后的{NEED_ZH[Need.PHOTOS]}")


def _first_facts(
    report: CaseReport, actor: Actor, intake: Intake, matter: MatterFacts, place: Place, severity: str
) -> CaseFacts:
    assert place.grid_path is not None
    at, calendar = report.at, intake.calendars.of(place.grid_path)
    return CaseFacts(
        id=report.id,
        grid_path=place.grid_path,
        matter_code=report.matter_code,
        severity=severity,
        layer=intake.layer,
        is_restricted=matter.is_restricted,
        pack_version=intake.pack_version,
        lon=place.lon,
        lat=place.lat,
        stops_operation=matter.stops_operation,
        status=Status.REPORTED,
        reporter_id=actor.user_id,
        department_id=None,
        handler_id=None,
        verifier_id=None,
        merged_into_id=None,
        reported_at=at,
        due_at=deadline_if_known(at, matter.clock, calendar),
        stage_started_at=at,
        stage_due_at=deadline_if_known(at, intake.stage_clocks.get(Status.REPORTED), calendar),
        closed_at=None,
        rework=0,
        fixed_on_spot=False,
        version=1,
        event_count=1,
        chain_head=NO_HASH,
    )


def _told(report: CaseReport, intake: Intake, place: Place) -> dict[str, Any]:
    """Return the facts that never change after the report."""
    return {
        "venue_id": report.venue_id,
        "order_id": intake.order_ids.get(report.id),
        "channel": report.channel.value,
        "text": report.text,
        "address": report.address,
        "lon": place.lon,
        "lat": place.lat,
        "photos": list(report.photos),
    }


STARTING = (
    "grid_path",
    "matter_code",
    "severity",
    "layer",
    "is_restricted",
    "pack_version",
    "stops_operation",
    "department_id",
    "handler_id",
    "verifier_id",
    "merged_into_id",
    "reported_at",
    "due_at",
    "stage_started_at",
    "stage_due_at",
    "closed_at",
    "rework",
    "fixed_on_spot",
)


def _sealed(
    report: CaseReport,
    actor: Actor,
    facts: CaseFacts,
    told: dict[str, Any],
    why: dict[str, Any],
    photo_facts: Mapping[str, Mapping[str, Any]],
) -> Started:
    first = {name: getattr(facts, name) for name in STARTING}
    detail: dict[str, Any] = {"facts": told | first, **why}
    detail |= photos_said(report.photos, photo_facts)
    event = _event(report, actor, facts, report.id, 1, Action.REPORT, "", Status.REPORTED, detail)
    facts = facts._replace(chain_head=event.hash)
    if not report.fixed_on_spot:
        return Started(facts, told, [event])
    changed: dict[str, Any] = {"stage_due_at": None, "closed_at": report.at, "fixed_on_spot": True}
    [after] = STEPS[Status.REPORTED, Action.FIX_ON_SPOT]
    detail = {"facts": changed, "photos": list(report.after_photos)}
    detail |= photos_said(report.after_photos, photo_facts)
    second_id = following_id(report.id, report.at)
    second = _event(report, actor, facts, second_id, 2, Action.FIX_ON_SPOT, Status.REPORTED, after, detail)
    facts = facts._replace(status=after, version=2, event_count=2, chain_head=second.hash, **changed)
    return Started(facts, told, [event, second])


def _event(
    report: CaseReport,
    actor: Actor,
    facts: CaseFacts,
    event_id: UUID,
    seq: int,
    action: Action,
    before: str,
    after: Status,
    detail: dict[str, Any],
) -> Event:
    return seal(
        facts.chain_head,
        id=event_id,
        case_id=report.id,
        seq=seq,
        action=action.value,
        before=str(before),
        after=after.value,
        actor_id=actor.user_id,
        actor_name=actor.name,
        role=actor.role,
        at=report.at,
        detail=detail,
    )


def following_id(identifier: UUID, at: datetime) -> UUID:
    """Return the id of the event that a command makes beside its own: the same command, the same id."""
    return assemble(at, (identifier.int ^ 1 << 61) & (1 << 74) - 1)
