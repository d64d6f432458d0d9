"""Reading what was asked for beside the plan, and what a case proposes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q

from wangge.accounts import queries as accounts
from wangge.cases import queries as cases
from wangge.checklists import queries as checklists
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.orders import assignment_sql
from wangge.orders.assignment_schemas import (
    AlikeProposal,
    AssignmentOut,
    AssignmentPage,
    BesideChoices,
    ChecklistChoice,
    ClassChoice,
    PlaceChoice,
)
from wangge.orders.models import AssignedOrder, Assignment, PlanRule, RiskScore, RiskWeight
from wangge.orders.rules import AssignmentKind, SubjectKind, winning_rule
from wangge.orders.schemas import BesideOut, RiskOut, RiskReasonOut
from wangge.territory import queries as territory
from wangge.venues import queries as venues

WEEK = timedelta(days=7)
READ = "orders.read"
COUNTED = 1_000  # a list counts so far


def propose_alike(actor: Actor, case_id: UUID, *, today: date) -> AlikeProposal:
    """Return what a case proposes: the class of its place, the own territory, the week to come.

    Raises: NotYourRole; NotVisible, also of a case without a place.
    Rule:   OR-28.
    """
    actor.check_can("orders.plan")
    case = cases.get_briefs(actor, [case_id]).get(case_id)
    if case is None or case.venue_id is None:
        raise NotVisible
    place = venues.get_places([case.venue_id])[case.venue_id]
    rules = list(PlanRule.objects.filter(is_active=True, season=""))
    lists = checklists.list_in_force(today)
    first = lists[0].code if lists else ""

    def list_of(class_code: str, tags: Collection[str]) -> str:
        won = winning_rule(rules, class_code, tags)
        return won[0].checklist_code if won else first

    return AlikeProposal(
        case_id=case_id,
        venue_name=place.name,
        class_code=place.class_code,
        tags=place.tags,
        path=actor.scope,
        place=territory.names_of([actor.scope]).get(actor.scope, actor.scope),
        checklist_code=list_of(place.class_code, place.tags),
        starts_on=today,
        ends_on=today + WEEK,
        reason="",
        classes=[
            ClassChoice(**one.model_dump(), checklist_code=list_of(one.code, ()))
            for one in venues.list_classes()
        ],
        checklists=[
            ChecklistChoice(code=one.code, name_zh=one.name_zh, name_en=one.name_en) for one in lists
        ],
    )


def list_choices(actor: Actor, *, today: date) -> BesideChoices:
    """Return what may be chosen for a draw or a campaign: the own territory and what lies right below it.

    Raises: NotYourRole. Rule: OR-33, OR-35.
    """
    actor.check_can("orders.plan")
    rules = list(PlanRule.objects.filter(is_active=True, season="", subject=SubjectKind.VENUE.value))
    lists = checklists.list_in_force(today)
    below = territory.list_divisions(actor, parent=actor.scope, q="", limit=500)
    own = territory.names_of([actor.scope]).get(actor.scope, actor.scope)
    classes = []
    for one in venues.list_classes():
        won = winning_rule(rules, one.code, ())
        code = won[0].checklist_code if won else ""
        classes.append(ClassChoice(**one.model_dump(), checklist_code=code))
    return BesideChoices(
        path=actor.scope,
        places=[
            PlaceChoice(path=actor.scope, name=own),
            *(PlaceChoice(path=one.path, name=one.name) for one in below),
        ],
        classes=classes,
        checklists=[
            ChecklistChoice(code=one.code, name_zh=one.name_zh, name_en=one.name_en) for one in lists
        ],
    )


def list_assignments(actor: Actor, *, cursor: str, limit: int, today: date) -> AssignmentPage:
    """Return a page of what was asked for, the latest first. Raises: NotYourRole, Unreadable."""
    actor.check_can(READ)
    found = Assignment.objects.visible_to(actor)
    total = found[: COUNTED + 1].count()
    if cursor:
        made_at, after = _read_cursor(cursor)
        found = found.filter(Q(made_at__lt=made_at) | Q(made_at=made_at, id__gt=after))
    rows = list(found.order_by("-made_at", "id")[: limit + 1])
    page = rows[:limit]
    more = len(rows) > limit
    return AssignmentPage(
        items=_shown(page, today),
        total=min(total, COUNTED),
        total_is_exact=total <= COUNTED,
        next_cursor=f"{page[-1].made_at.isoformat()}_{page[-1].id}" if more else None,
    )


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    made_at, _, after = cursor.partition("_")
    try:
        return datetime.fromisoformat(made_at), UUID(after)
    except ValueError as error:
        raise Unreadable(
            field="cursor", why_zh="请从第一页重新开始", why_en="start again from the first page"
        ) from error


def _shown(rows: list[Assignment], today: date) -> list[AssignmentOut]:
    names = territory.names_of({row.path for row in rows})
    people = accounts.names_of([one for row in rows for one in (row.made_by_id, row.undone_by_id) if one])
    classes = {one.code: one for one in venues.list_classes()}
    lists = {one.code: one for one in checklists.list_in_force(today)}
    counts = _counts([row.id for row in rows], today)
    shown = []
    for row in rows:
        kind, asked = classes.get(row.class_code), lists.get(row.checklist_code)
        stand = counts[row.id]
        shown.append(
            AssignmentOut(
                id=row.id,
                kind=row.kind,
                path=row.path,
                place=names.get(row.path, row.path),
                reason=row.reason,
                case_id=row.case_id,
                class_zh=kind.name_zh if kind else row.class_code,
                class_en=kind.name_en if kind else row.class_code,
                tags=row.tags,
                checklist_zh=asked.name_zh if asked else row.checklist_code,
                checklist_en=asked.name_en if asked else row.checklist_code,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                made_by=people.get(row.made_by_id, "") if row.made_by_id else "",
                made_at=row.made_at,
                undone_by=people.get(row.undone_by_id) if row.undone_by_id else None,
                undone_at=row.undone_at,
                open=stand["open"],
                done=stand["done"],
                missed=stand["missed"],
                withdrawn=stand["withdrawn"],
                with_findings=stand["found"],
            )
        )
    return shown


def beside_of(order_id: UUID) -> BesideOut | None:
    """Return what asked for an order beside the plan; None if the plan owes it. Rule: OR-28."""
    row = AssignedOrder.objects.filter(order_id=order_id).select_related("assignment").first()
    if row is None:
        return None
    one = row.assignment
    return BesideOut(id=one.id, kind=AssignmentKind(one.kind), reason=one.reason)


def risk_of(order_id: UUID) -> RiskOut | None:
    """Return why the place of an order was one of the riskiest, in the pack's words of then. Rule: OR-34."""
    kept = RiskScore.objects.filter(order_id=order_id).first()
    if kept is None:
        return None
    codes = [reason["code"] for reason in kept.reasons]
    words = {
        row.code: row for row in RiskWeight.objects.filter(pack_version=kept.pack_version, code__in=codes)
    }
    reasons = [
        RiskReasonOut(
            zh=words[one["code"]].name_zh if one["code"] in words else one["code"],
            en=words[one["code"]].name_en if one["code"] in words else one["code"],
            count=one["count"],
            points=one["points"],
        )
        for one in kept.reasons
    ]
    confirmed = all(row.is_confirmed for row in words.values())
    return RiskOut(score=kept.score, reasons=reasons, is_confirmed=confirmed)


def _counts(ids: list[UUID], today: date) -> defaultdict[UUID, defaultdict[str, int]]:
    counts: defaultdict[UUID, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    with connection.cursor() as cursor:
        cursor.execute(assignment_sql.STAND, {"ids": ids, "today": today})
        for assignment, status, count, found in cursor.fetchall():
            counts[assignment][status] += count
            counts[assignment]["found"] += found
    return counts
