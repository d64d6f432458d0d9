"""What a phone may say, by kind: its shape, and the room that does it. A new kind is one row here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import numpy as np
from pydantic import BaseModel

from wangge.cases import services as cases
from wangge.cases.schemas import CaseReport, StepCommand
from wangge.census import services as census
from wangge.dossiers import services as dossiers
from wangge.dossiers.schemas import DoneIn, FacilityIn, FactIn
from wangge.field.burden import note_burdens
from wangge.field.correcting import correct_places
from wangge.field.deciding import note_decisions
from wangge.field.schemas import BurdenIn, CensusAnswerIn, CorrectionIn, DecidedIn, PointsIn
from wangge.kernel.actor import Actor
from wangge.kernel.fates import Fate
from wangge.orders import services as orders
from wangge.orders.schemas import OrderResult
from wangge.patrols import services as patrols
from wangge.patrols.schemas import DutyCommand, GridLogCommand
from wangge.triage import services as triage
from wangge.triage.schemas import DecisionIn
from wangge.visits import services as visits
from wangge.visits.schemas import ArriveIn, QuickReportIn, VisitIn


@dataclass(frozen=True, slots=True)
class Kind:
    """How commands of a kind are read, and who does them: a fate each, in order."""

    shape: type[BaseModel]
    apply: Callable[..., list[Fate]]


def _keep_points(told: Sequence[PointsIn], *, actor: Actor, at: datetime) -> list[Fate]:
    batches = [
        patrols.TrackBatch(one.id, np.array(one.points, dtype=np.float64).reshape(-1, 5), one.datum)
        for one in told
    ]
    return patrols.ingest_points(batches, actor=actor, at=at)


def _answer_census(told: Sequence[CensusAnswerIn], *, actor: Actor, at: datetime) -> list[Fate]:
    fates: list[Fate] = []
    for census_id, group in groupby(told, key=lambda one: one.census_id):
        fates += census.answer(census_id, list(group), actor=actor, at=at)
    return fates


KINDS: Mapping[str, Kind] = {
    "orders.complete": Kind(OrderResult, orders.complete_orders),
    "cases.report": Kind(CaseReport, cases.report_cases),
    "cases.step": Kind(StepCommand, cases.take_steps),
    "census.answer": Kind(CensusAnswerIn, _answer_census),
    "triage.decide": Kind(DecisionIn, triage.record_decisions),
    "patrols.duty": Kind(DutyCommand, patrols.take_duty),
    "patrols.points": Kind(PointsIn, _keep_points),
    "patrols.log": Kind(GridLogCommand, patrols.save_log),
    "venues.correct": Kind(CorrectionIn, correct_places),
    "dossiers.facility": Kind(FacilityIn, dossiers.save_facilities),
    "dossiers.done": Kind(DoneIn, dossiers.record_done),
    "dossiers.fact": Kind(FactIn, dossiers.save_facts),
    "visits.visit": Kind(VisitIn, visits.record_visits),
    "visits.arrive": Kind(ArriveIn, visits.record_arrivals),
    "visits.report": Kind(QuickReportIn, visits.take_reports),
    "field.burden": Kind(BurdenIn, note_burdens),
    "field.decide": Kind(DecidedIn, note_decisions),
}
