"""Campaigns across grids: set up with their phases and visits, and accepted by somebody else (GQ-11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from wangge.checklists.schemas import ChecklistOut
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible
from wangge.kernel.paths import is_within
from wangge.orders import assignment_sql, month_tables, planning
from wangge.orders.assigned import list_to_ask_with, order_values
from wangge.orders.campaign_queries import figures_of
from wangge.orders.campaign_rules import check_phases, check_verdict
from wangge.orders.campaign_schemas import CampaignCount, CampaignDone, CampaignIn, PhaseIn, VerdictIn
from wangge.orders.models import AssignedOrder, Assignment, Campaign, CampaignPhase, CampaignVerdict
from wangge.orders.refusals import CampaignAccepted, NothingAlike, TooManyAlike
from wangge.orders.rules import AssignmentKind

MOST_VISITS = 200_000


def count_campaign(body: CampaignIn, *, actor: Actor, at: datetime) -> CampaignCount:
    """Return what `start_campaign` would make. Raises: as it does. Rule: OR-35."""
    _check(body, actor, at)
    whole = _grids(body, body.path, actor)
    parts = {path: _grids(body, path, actor) for path in {_path_of(body, one) for one in _visiting(body)}}
    visits = sum(sum(parts[_path_of(body, one)].values()) for one in _visiting(body))
    members = planning.members_of(list(whole))
    return CampaignCount(
        places=sum(whole.values()),
        visits=visits,
        grids=len(whole),
        unassigned=sum(count for path, count in whole.items() if path not in members),
    )


@transaction.atomic
def start_campaign(body: CampaignIn, *, actor: Actor, at: datetime) -> tuple[CampaignDone, bool]:
    """Set up a campaign and make the visits of its phases; False if the command came before.

    Raises: NotYourRole; NotVisible outside the scope; CampaignUnclear; ChecklistUnknown; NothingAlike where
            no place is concerned; TooManyAlike.
    Rule:   OR-35 (GQ-11).
    """
    actor.check_can("orders.plan")
    month_tables.lock()
    if Campaign.objects.visible_to(actor).filter(id=body.id).exists():
        of = Assignment.objects.filter(phase__campaign_id=body.id)
        return CampaignDone(id=body.id, made=AssignedOrder.objects.filter(assignment__in=of).count()), False
    asked = _check(body, actor, at)
    counted = count_campaign(body, actor=actor, at=at)
    if not counted.visits:
        raise NothingAlike
    if counted.visits > MOST_VISITS:
        raise TooManyAlike(count=counted.visits, most=MOST_VISITS)
    fields = body.model_dump(exclude={"phases"})
    campaign = Campaign.objects.create(**fields, made_by_id=actor.user_id, made_at=at)
    made = sum(_begin(campaign, n, phase, body, asked, actor, at) for n, phase in enumerate(body.phases, 1))
    detail = body.model_dump(mode="json", exclude={"id"}) | {"made": made}
    audit.record([("orders.start_campaign", "campaign", str(campaign.id), detail)], actor=actor, at=at)
    return CampaignDone(id=campaign.id, made=made), True


def _begin(
    campaign: Campaign,
    position: int,
    phase: PhaseIn,
    body: CampaignIn,
    asked: ChecklistOut,
    actor: Actor,
    at: datetime,
) -> int:
    """Keep a phase, and make its visits; return how many."""
    path, made, assignment = _path_of(body, phase), 0, None
    if phase.has_visits:
        starts_on = max(phase.starts_on, at.astimezone(CHINA).date())
        assignment = Assignment.objects.create(
            id=UUID(int=campaign.id.int ^ position),  # of the campaign: made once with it
            kind=AssignmentKind.CAMPAIGN.value,
            path=path,
            reason=f"{campaign.name} · {phase.name}",
            class_code=body.classes[0] if len(body.classes) == 1 else "",
            tags=body.tags,
            checklist_code=body.checklist_code,
            starts_on=starts_on,
            ends_on=phase.ends_on,
            made_by_id=actor.user_id,
            made_at=at,
        )
        values = order_values(
            AssignmentKind.CAMPAIGN, assignment.id, starts_on, phase.ends_on, asked, actor.scope
        )
        members = planning.members_of(_grids(body, path, actor))
        values |= _parameters(body, path, actor) | {"paths": list(members), "members": list(members.values())}
        values |= {"assignment": str(assignment.id), "starts_on": starts_on}
        with connection.cursor() as cursor:
            cursor.execute(assignment_sql.MAKE, values)
            made = int(cursor.fetchone()[0])
    CampaignPhase.objects.create(
        campaign=campaign,
        position=position,
        name=phase.name,
        starts_on=phase.starts_on,
        ends_on=phase.ends_on,
        path=path,
        is_pilot=phase.is_pilot,
        assignment=assignment,
    )
    return made


def _check(body: CampaignIn, actor: Actor, at: datetime) -> ChecklistOut:
    """Return the list to ask with. Raises: as `start_campaign`, before anything is written."""
    actor.check_can("orders.plan")
    today = at.astimezone(CHINA).date()
    if not is_within(body.path, actor.scope):
        raise NotVisible
    check_phases(body.phases, body.path, today)
    return list_to_ask_with(body.checklist_code, today)


def _visiting(body: CampaignIn) -> Sequence[PhaseIn]:
    return [phase for phase in body.phases if phase.has_visits]


def _path_of(body: CampaignIn, phase: PhaseIn) -> str:
    return phase.path or body.path


def _parameters(body: CampaignIn, path: str, actor: Actor) -> dict[str, Any]:
    return {
        "assignment": str(body.id),
        "kind": "",  # each phase visits every place, whatever else is open there
        "path": planning.pattern(path),
        "scope": planning.pattern(actor.scope),
        "classes": body.classes,
        "tags": body.tags,
        "origin": None,
        "starts_on": body.phases[0].starts_on,
    }


def _grids(body: CampaignIn, path: str, actor: Actor) -> dict[str, int]:
    """Return how many places each grid has that are concerned."""
    with connection.cursor() as cursor:
        cursor.execute(assignment_sql.COUNT, _parameters(body, path, actor))
        return {grid: places for grid, places, _ in cursor.fetchall()}


@transaction.atomic
def judge_campaign(campaign_id: UUID, body: VerdictIn, *, actor: Actor, at: datetime) -> bool:
    """Accept a campaign, or send it back; False if the command came before.

    Raises: NotYourRole; NotVisible outside the scope; CampaignAccepted; OwnCampaign; TargetMissed;
            CampaignUnclear.
    Rule:   OR-36 (GQ-11).
    """
    actor.check_can("orders.plan")
    found = Campaign.objects.select_for_update().filter(id=campaign_id, path__startswith=actor.scope)
    campaign = found.first()
    if campaign is None:
        raise NotVisible
    if CampaignVerdict.objects.filter(id=body.id, campaign=campaign).exists():
        return False
    if campaign.accepted_at:
        raise CampaignAccepted
    figures = figures_of(campaign, actor.scope, today=at.astimezone(CHINA).date())
    check_verdict(
        is_accepted=body.is_accepted,
        note=body.note,
        judge=actor.user_id,
        made_by=campaign.made_by_id,
        visited=figures.visited_pct,
        disposed=figures.disposed_of_pct,
        visited_target=campaign.visited_pct,
        disposed_target=campaign.disposed_pct,
    )
    told = figures.model_dump(mode="json")
    CampaignVerdict.objects.create(
        id=body.id,
        campaign=campaign,
        is_accepted=body.is_accepted,
        note=body.note,
        figures=told,
        judged_by_id=actor.user_id,
        judged_at=at,
    )
    if body.is_accepted:
        campaign.accepted_by_id, campaign.accepted_at = actor.user_id, at
        campaign.save(update_fields=["accepted_by", "accepted_at"])
    detail = {"is_accepted": body.is_accepted, "note": body.note, "figures": told}
    audit.record([("orders.judge_campaign", "campaign", str(campaign_id), detail)], actor=actor, at=at)
    return True
