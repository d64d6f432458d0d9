"""Reading campaigns: how far each phase and each grid is, beside the targets."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from wangge.accounts import queries as accounts
from wangge.checklists import queries as checklists
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.orders import assignment_sql
from wangge.orders.campaign_rules import meets, share
from wangge.orders.campaign_schemas import (
    CampaignGrid,
    CampaignOut,
    CampaignPage,
    CampaignRow,
    Figures,
    PhaseOut,
    VerdictOut,
)
from wangge.orders.models import Campaign, CampaignPhase
from wangge.territory import queries as territory

READ = "orders.read"
COUNTED = 1_000
SHOWN = 300


def list_campaigns(actor: Actor, *, cursor: str, limit: int, today: date) -> CampaignPage:
    """Return a page of campaigns, the latest first. Raises: NotYourRole, Unreadable. Rule: OR-35."""
    actor.check_can(READ)
    found: QuerySet[Campaign] = Campaign.objects.visible_to(actor)
    total = found[: COUNTED + 1].count()
    if cursor:
        made_at, after = _read_cursor(cursor)
        found = found.filter(Q(made_at__lt=made_at) | Q(made_at=made_at, id__gt=after))
    rows = list(found.order_by("-made_at", "id").prefetch_related("phases")[: limit + 1])
    page = rows[:limit]
    names = territory.names_of({row.path for row in page})
    people = accounts.names_of([row.made_by_id for row in page])
    return CampaignPage(
        items=[_row(one, actor.scope, names, people, today) for one in page],
        total=min(total, COUNTED),
        total_is_exact=total <= COUNTED,
        next_cursor=f"{page[-1].made_at.isoformat()}_{page[-1].id}" if len(rows) > limit else None,
    )


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    made_at, _, after = cursor.partition("_")
    try:
        return datetime.fromisoformat(made_at), UUID(after)
    except ValueError as error:
        raise Unreadable(
            field="cursor", why_zh="请从第一页重新开始", why_en="start again from the first page"
        ) from error


def _row(
    one: Campaign, scope: str, names: dict[str, str], people: dict[int, str], today: date
) -> CampaignRow:
    phases = sorted(one.phases.all(), key=lambda phase: phase.position)
    return CampaignRow(
        id=one.id,
        name=one.name,
        path=one.path,
        place=names.get(one.path, one.path),
        starts_on=phases[0].starts_on,
        ends_on=phases[-1].ends_on,
        made_by=people.get(one.made_by_id, ""),
        made_at=one.made_at,
        accepted_at=one.accepted_at,
        figures=figures_of(one, scope, today=today),
    )


def figures_of(campaign: Campaign, scope: str, *, today: date) -> Figures:
    """Return how far a campaign is inside a scope. Rule: OR-36 (done of its visits, ended of its cases)."""
    ids = [phase.assignment_id for phase in campaign.phases.all() if phase.assignment_id]
    visits = done = missed = found = 0
    for _, n, ended, lost, hits in _by_grid(ids, scope, today):
        visits, done, missed, found = visits + n, done + ended, missed + lost, found + hits
    with connection.cursor() as cursor:
        cursor.execute(assignment_sql.CASES, {"ids": ids})
        cases, disposed = cursor.fetchone()
    visited, disposed_of = share(done, visits), share(disposed, cases)
    return Figures(
        visits=visits,
        done=done,
        missed=missed,
        with_findings=found,
        cases=cases,
        disposed=disposed,
        visited_pct=visited,
        disposed_of_pct=disposed_of,
        meets_targets=meets(
            visited,
            disposed_of,
            visited_target=campaign.visited_pct,
            disposed_target=campaign.disposed_pct,
        ),
    )


def _by_grid(ids: list[UUID], scope: str, today: date) -> list[tuple[str, int, int, int, int]]:
    values: dict[str, Any] = {"ids": ids, "today": today, "scope": scope.replace("_", r"\_") + "%"}
    with connection.cursor() as cursor:
        cursor.execute(assignment_sql.STAND_BY_GRID, values)
        return [(path, n, done, missed, found) for path, n, done, missed, found in cursor.fetchall()]


def get_campaign(actor: Actor, campaign_id: UUID, *, today: date) -> CampaignOut:
    """Return a campaign with its phases, its grids and what was judged. Raises: NotYourRole, NotVisible.

    Rule: OR-35, OR-36.
    """
    actor.check_can(READ)
    one = Campaign.objects.visible_to(actor).filter(id=campaign_id).prefetch_related("phases").first()
    if one is None:
        raise NotVisible
    phases = sorted(one.phases.all(), key=lambda phase: phase.position)
    ids = [phase.assignment_id for phase in phases if phase.assignment_id]
    stands = _by_grid(ids, actor.scope, today)
    stands.sort(key=lambda row: (row[2] / row[1] if row[1] else 1, row[0]))
    names = territory.names_of({one.path, *(p.path for p in phases), *(row[0] for row in stands[:SHOWN])})
    verdicts = list(one.verdicts.order_by("judged_at"))
    people = accounts.names_of([one.made_by_id, *(verdict.judged_by_id for verdict in verdicts)])
    asked = next((row for row in checklists.list_in_force(today) if row.code == one.checklist_code), None)
    return CampaignOut(
        **_row(one, actor.scope, names, people, today).model_dump(),
        reason=one.reason,
        classes=one.classes,
        tags=one.tags,
        checklist_zh=asked.name_zh if asked else one.checklist_code,
        checklist_en=asked.name_en if asked else one.checklist_code,
        visited_target=one.visited_pct,
        disposed_target=one.disposed_pct,
        can_judge=actor.can("orders.plan")
        and one.accepted_at is None
        and one.made_by_id != actor.user_id
        and one.path.startswith(actor.scope),
        phases=[_phase(phase, names, actor.scope, today) for phase in phases],
        grids=[
            CampaignGrid(
                path=path, name=names.get(path, path), visits=n, done=done, missed=missed, with_findings=found
            )
            for path, n, done, missed, found in stands[:SHOWN]
        ],
        grids_in_all=len(stands),
        verdicts=[
            VerdictOut(
                is_accepted=verdict.is_accepted,
                note=verdict.note,
                by=people.get(verdict.judged_by_id, ""),
                at=verdict.judged_at,
                figures=Figures.model_validate(verdict.figures),
            )
            for verdict in verdicts
        ],
    )


def _phase(phase: CampaignPhase, names: dict[str, str], scope: str, today: date) -> PhaseOut:
    rows = _by_grid([phase.assignment_id], scope, today) if phase.assignment_id else []
    return PhaseOut(
        name=phase.name,
        starts_on=phase.starts_on,
        ends_on=phase.ends_on,
        path=phase.path,
        place=names.get(phase.path, phase.path),
        is_pilot=phase.is_pilot,
        assignment=phase.assignment_id,
        visits=sum(row[1] for row in rows),
        done=sum(row[2] for row in rows),
        missed=sum(row[3] for row in rows),
    )
