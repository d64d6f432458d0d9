"""Deciding: people propose, people sign, and only their signatures make something major or end it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from wangge.accounts import queries as accounts
from wangge.cases.rules import Mark
from wangge.kernel import batches, calendars, files
from wangge.kernel.actor import Actor
from wangge.kernel.calendar import YearUnknown
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.kernel.fates import Fate
from wangge.major_hazards import queries
from wangge.major_hazards.doing import check_stage, each, mark
from wangge.major_hazards.models import Assessment, Decision, ListingRule, MajorHazard, Seat
from wangge.major_hazards.refusals import (
    AlreadySigned,
    DecisionEnded,
    DecisionPending,
    NotReinspected,
    NotSuspected,
    NotYourSeat,
)
from wangge.major_hazards.rules import (
    DecisionKind,
    Outcome,
    Panel,
    Procedure,
    Suspicion,
    Vote,
    check_panel,
    tally,
)
from wangge.major_hazards.schemas import (
    ProposeIn,
    SignIn,
)


def propose(commands: Sequence[ProposeIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Ask people to decide that something is major, or to de-list it: each gets a seat. A fate an item.

    Rule: MH-4, MH-6.
    """

    def one(given: ProposeIn) -> Mapping[str, Any]:
        actor.check_can("major_hazards.decide")
        hazard = queries.lock_hazard(actor, given.hazard_id) if given.hazard_id else None
        assessment = _to_decide(given, hazard, actor)
        edition = assessment.element_set
        procedure = Procedure(edition.members, edition.experts, (edition.experts_agree, edition.experts_of))
        check_panel([seat.panel for seat in given.seats], procedure, is_complex=given.is_complex)
        _check_people([seat.user_id for seat in given.seats], at)
        files.check_stored(given.photos)
        row = Decision(
            id=given.id,
            kind=DecisionKind.DELIST if hazard else DecisionKind.MAJOR,
            assessment=assessment,
            hazard=hazard,
            body=given.body,
            basis_clause=given.basis_clause,
            basis_version=edition.code,
            discussed_on=given.discussed_on,
            summary=given.summary,
            photos=given.photos,
            is_complex=given.is_complex,
            members_needed=edition.members,
            experts_needed=edition.experts,
            experts_agree=edition.experts_agree,
            experts_of=edition.experts_of,
            proposed_by_id=actor.user_id,
            proposed_at=at,
        )
        _insert_open(row)
        Seat.objects.bulk_create(
            Seat(decision=row, user_id=seat.user_id, panel=seat.panel, title=seat.title)
            for seat in given.seats
        )
        return {"decision_id": str(row.pk)}

    return each(commands, one, kind="major.propose", actor=actor, at=at)


def sign(commands: Sequence[SignIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Sign for oneself. The last signature ends the decision, and only then something is major or de-listed.

    Rule: MH-4 (each under the own log-in; a signature is never changed), MH-5, MH-6.
    """

    def one(given: SignIn) -> Mapping[str, Any]:
        decision = Decision.objects.select_for_update().filter(pk=given.decision_id).first()
        seat = Seat.objects.filter(decision_id=given.decision_id, user_id=actor.user_id).first()
        if decision is None or (seat is None and not queries.sees_decision(actor, decision)):
            raise NotVisible()
        if seat is None:
            raise NotYourSeat()
        if seat.signed_at is not None:
            raise AlreadySigned()
        if decision.outcome != Outcome.OPEN:
            raise DecisionEnded()
        seat.agrees, seat.opinion, seat.signed_at = given.agrees, given.opinion, at
        seat.save(update_fields=["agrees", "opinion", "signed_at"])
        outcome = _end_if_signed(decision, at)
        return {"outcome": outcome.value}

    return each(commands, one, kind="major.sign", actor=actor, at=at)


def _to_decide(given: ProposeIn, hazard: MajorHazard | None, actor: Actor) -> Assessment:
    if hazard is not None:
        check_stage(hazard, "listed")
        last = hazard.reinspections.order_by("-inspected_at", "-pk").first()
        if last is None or not last.has_passed:
            raise NotReinspected()
        return (
            hazard.decisions.select_related("assessment__element_set").get(kind=DecisionKind.MAJOR).assessment
        )
    found = Assessment.objects.visible_to(actor).select_related("element_set")
    assessment: Assessment | None = found.filter(pk=given.assessment_id).first()
    if assessment is None:
        raise NotVisible()
    if assessment.verdict != Suspicion.SUSPECTED:
        raise NotSuspected()
    return assessment


def _insert_open(row: Decision) -> None:
    agreed = Decision.objects.filter(assessment=row.assessment, kind=row.kind, outcome=Outcome.AGREED)
    if agreed.exists():
        raise DecisionEnded()
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "decision_one_is_open" not in str(error):
            raise
        raise DecisionPending() from error


def _check_people(user_ids: Sequence[int], at: datetime) -> None:
    here = accounts.get_actors(user_ids, at.astimezone(CHINA).date())
    if lost := sorted(set(user_ids) - {key for key, one in here.items() if one.can("major_hazards.read")}):
        names = ", ".join(map(str, lost))
        raise Unreadable(
            field="seats", why_zh=f"这些人不能签署：{names}", why_en=f"these people cannot sign: {names}"
        )


def _end_if_signed(decision: Decision, at: datetime) -> Outcome:
    votes = [Vote(Panel(panel), agrees) for panel, agrees in decision.seats.values_list("panel", "agrees")]
    outcome = tally(votes, decision.procedure(), is_complex=decision.is_complex).outcome
    if outcome is Outcome.OPEN:
        return outcome
    is_major = decision.kind == DecisionKind.MAJOR
    if outcome is Outcome.AGREED and is_major:
        decision.hazard = _make_major(decision, at)
    decision.outcome, decision.ended_at = outcome, at
    decision.save()
    if outcome is Outcome.AGREED and not is_major and decision.hazard is not None:
        decision.hazard.delisted_at = at
        decision.hazard.save(update_fields=["delisted_at"])
    kind = Mark.DECIDE_MAJOR if is_major else Mark.DELIST_MAJOR
    if is_major or outcome is Outcome.AGREED:
        told = {
            "body": decision.body,
            "basis": f"{decision.basis_version} {decision.basis_clause}",
            "outcome": outcome.value,
        }
        mark(decision.pk, decision.assessment.case_id, kind, told, actor=None, at=at)
    return outcome


def _make_major(decision: Decision, at: datetime) -> MajorHazard:
    """Return the new hazard. The database looks at its signatures when the transaction ends (MH-4)."""
    place = decision.assessment
    rule = ListingRule.objects.filter(is_active=True).first()
    calendar = calendars.in_force().of(place.grid_path)
    try:
        list_by = calendar.add_working_days(at, rule.working_days) if rule else None
    except YearUnknown:
        list_by = None
    return MajorHazard.objects.create(
        id=batches.id_for(decision.pk, at),
        case_id=place.case_id,
        venue_id=place.venue_id,
        grid_path=place.grid_path,
        decided_at=at,
        list_by=list_by,
        list_days=rule.working_days if rule else None,
        list_source=rule.source if rule else "",
    )
