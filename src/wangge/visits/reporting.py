"""Quick reports: each becomes a case or a change of a register, by the services of its room. Rule: VI-8."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import numpy as np

from wangge.cases import services as cases
from wangge.cases.rules import Channel
from wangge.cases.schemas import CaseReport
from wangge.dossiers import queries as dossier_queries
from wangge.dossiers import services as dossiers
from wangge.dossiers.schemas import FactIn
from wangge.kernel import audit, batches
from wangge.kernel.actor import Actor
from wangge.kernel.datum import to_wgs84
from wangge.kernel.errors import NotVisible, NotYourRole, Refused
from wangge.kernel.fates import Fate, Outcome
from wangge.kernel.ids import assemble, time_of
from wangge.territory import queries as territory
from wangge.venues import queries as venues
from wangge.venues import services as register
from wangge.venues.schemas import VenueIn
from wangge.visits.models import Report, ReportKind
from wangge.visits.people import write_people
from wangge.visits.refusals import KindUnknown, OutsideTerritory, PhotosMissing, ReportIncomplete
from wangge.visits.rules import Register, matches
from wangge.visits.schemas import QuickReportIn, VisitedPersonIn
from wangge.visits.visiting import DO, Bounds, bounds_of, check_proof

LAYER = "comprehensive"
SOURCE = "quick_report"
OF_PLACES = {Register.PLACE.value, Register.FACT.value}  # what was reported is then read on the place
Maker = Callable[[QuickReportIn, ReportKind, Actor, datetime], Fate]


def take_reports(given: Sequence[QuickReportIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Take quick reports, one fate an item, in order; each makes a case or changes a register, or nothing.

    Shape:  len(fates) == len(given); a repeated command id gives the fate of its first time.
    Raises: TooMany; nothing for a single item: a refusal is a fate, also one of the room that is asked.
    Rule:   VI-8 (HB-10). The report and what it makes are one transaction.
    """

    def settle(fresh: Sequence[QuickReportIn]) -> dict[UUID, Fate]:
        if not actor.can(DO):
            refusal = NotYourRole(capability=DO, role=actor.role)
            return {one.id: Fate.refused(one.id, refusal) for one in fresh}
        kinds = {row.code: row for row in ReportKind.objects.exclude(policy="off")}
        bounds = bounds_of([digest for one in fresh for digest in one.photos], at)
        points = [to_wgs84(one.lon, one.lat, one.datum) for one in fresh]
        paths = territory.locate_many(np.array(points, dtype=np.float64).reshape(-1, 2), LAYER, at)
        made: list[Report] = []
        fates: dict[UUID, Fate] = {}
        for one, point, path in zip(fresh, points, paths, strict=True):
            try:
                kind = _check(one, kinds.get(one.kind), path, bounds, actor)
                fate = MAKERS[Register(kind.becomes)](one, kind, actor, at)
            except Refused as refusal:
                fates[one.id] = Fate.refused(one.id, refusal)
                continue
            if fate.outcome not in {Outcome.APPLIED, Outcome.REPEATED}:
                fates[one.id] = replace(fate, command_id=one.id)
                continue
            row = _row(one, kind, point, str(path), actor)
            made.append(row)
            fates[one.id] = Fate.applied(one.id, becomes=kind.becomes, subject_id=str(row.subject_id))
        Report.objects.bulk_create(made)
        told = [
            ("visits.report", row.becomes, str(row.subject_id), {"kind": row.kind, "report": str(row.pk)})
            for row in made
        ]
        audit.record(told, actor=actor, at=at)
        return fates

    return batches.apply_once(given, settle, kind="visits.report", actor=actor, at=at)


def _check(
    given: QuickReportIn, kind: ReportKind | None, path: str | None, bounds: Bounds, actor: Actor
) -> ReportKind:
    """Raises: KindUnknown, OutsideTerritory, NotVisible, PhotosMissing; as `check_proof`."""
    if kind is None:
        raise KindUnknown(kind=given.kind)
    if path is None:
        raise OutsideTerritory(lon=given.lon, lat=given.lat)
    if not actor.covers(path):
        raise NotVisible
    check_proof(given.at, given.photos, bounds)
    if len(given.photos) < kind.least_photos:
        raise PhotosMissing(least=kind.least_photos)
    return kind


def _row(
    given: QuickReportIn, kind: ReportKind, point: tuple[float, float], path: str, actor: Actor
) -> Report:
    return Report(
        id=given.id,
        kind=kind.code,
        becomes=kind.becomes,
        subject_id=(given.venue_id if kind.becomes in OF_PLACES else None) or given.subject_id,
        grid_path=path,
        text=given.text,
        address=given.address,
        photos=given.photos,
        lon=point[0],
        lat=point[1],
        at=given.at,
        by=actor.user_id,
    )


def _case(given: QuickReportIn, kind: ReportKind, actor: Actor, at: datetime) -> Fate:
    code = given.matter_code or (kind.matters[0] if len(kind.matters) == 1 else "")
    if not matches(code, kind.matters):
        raise ReportIncomplete(what_zh="这类快报的事项", what_en="a matter of this kind of report")
    report = CaseReport(
        id=given.subject_id,
        at=given.at,
        matter_code=code,
        text=given.text,
        lon=given.lon,
        lat=given.lat,
        datum=given.datum,
        address=given.address,
        venue_id=given.venue_id,
        channel=Channel.PATROL,
        photos=given.photos,
    )
    return cases.report_cases([report], actor=actor, at=at)[0]


def _place(given: QuickReportIn, kind: ReportKind, actor: Actor, at: datetime) -> Fate:
    """A place of the class: a new one, or one that is there and changes its class."""
    if given.venue_id is not None:
        standing = venues.get_detail(actor, given.venue_id)
        told = standing.model_dump(include=set(VenueIn.model_fields)) | {
            "base_version": standing.version,
            "class_code": kind.place_class,
        }
        return register.save_venues([VenueIn.model_validate(told)], actor=actor, at=at, source=SOURCE)[0]
    if not given.name or not given.address:
        raise ReportIncomplete(what_zh="名称和地址", what_en="the name and the address")
    lon, lat = to_wgs84(given.lon, given.lat, given.datum)
    place = VenueIn.model_validate(
        {
            "id": given.subject_id,
            "code": f"KB-{given.subject_id.hex[-10:]}",
            "name": given.name,
            "class_code": kind.place_class,
            "address": given.address,
            "lon": lon,
            "lat": lat,
            "keeper_phone": given.phone,
        }
    )
    return register.save_venues([place], actor=actor, at=at, source=SOURCE)[0]


def _fact(given: QuickReportIn, kind: ReportKind, actor: Actor, at: datetime) -> Fate:
    if given.venue_id is None or not given.value:
        raise ReportIncomplete(what_zh="场所和内容", what_en="the place and what is reported of it")
    entry, version = dossier_queries.fact_standing(given.venue_id, kind.fact)
    fact = FactIn(
        id=_inner(given.id),
        entry_id=entry or given.subject_id,
        venue_id=given.venue_id,
        base_version=version,
        kind=kind.fact,
        value=given.value,
        source=SOURCE,
    )
    return dossiers.save_facts([fact], actor=actor, at=at)[0]


def _person(given: QuickReportIn, kind: ReportKind, actor: Actor, at: datetime) -> Fate:
    groups = [one for one in given.groups if one in kind.groups]
    if not given.name or not given.address or not groups:
        raise ReportIncomplete(what_zh="姓名、住址和类别", what_en="the name, the address and the group")
    person = VisitedPersonIn(
        id=_inner(given.id),
        at=given.at,
        base_version=0,
        person_id=given.subject_id,
        name=given.name,
        phone=given.phone,
        address=given.address,
        lon=given.lon,
        lat=given.lat,
        datum=given.datum,
        groups=groups,
    )
    return write_people([person], actor, at)[person.id]


def _inner(report_id: UUID) -> UUID:
    """Return the id of the command by which a report changes a register: done twice, it is one."""
    return assemble(time_of(report_id), ~report_id.int & (1 << 74) - 1)


MAKERS: Mapping[Register, Maker] = {
    Register.CASE: _case,
    Register.PLACE: _place,
    Register.FACT: _fact,
    Register.PERSON: _person,
}
