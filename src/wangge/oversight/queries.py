"""Reading oversight. Every read starts from the cases that the actor sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from wangge.accounts import queries as accounts
from wangge.cases import queries as cases
from wangge.cases.queries import CaseBrief
from wangge.cases.rules import Light
from wangge.cases.schemas import CaseFilter, CaseRow
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.matters import queries as matters
from wangge.oversight.models import Act, Escalation, Promise
from wangge.oversight.promising import find_kept, promises_of
from wangge.oversight.rulebook import in_force
from wangge.oversight.rules import CAPABILITY, CARDS, WANTS_ANSWER, ActKind, KeptBy
from wangge.oversight.schemas import (
    ActPage,
    ActRow,
    CaseOversight,
    ClimbPage,
    ClimbRow,
    DepartmentPage,
    DepartmentRow,
    LatePage,
    LateRow,
    PromiseLight,
)
from wangge.oversight.showing import (
    acts_out,
    card_out,
    climb_out,
    due_card,
    promise_light,
    promise_out,
    standing_cards,
)
from wangge.territory import queries as territory

OPEN = CaseFilter.model_validate({"is_open": True})
LATE = CaseFilter.model_validate({"is_open": True, "light": Light.RED})
FIGURES = ("yellow", "red", "black", "letters_open", "answers_late")

__all__ = ["get_case", "list_acts", "list_climbs", "list_departments", "list_late", "list_promise_lights"]


def list_late(actor: Actor, filters: CaseFilter, *, at: datetime) -> LatePage:
    """Return one page of the late cases that the actor sees, with what was done about each.

    Raises: NotYourRole, Unreadable.
    Rule:   OV-3.
    """
    actor.check_can("oversight.read")
    late = filters.model_copy(update={"light": Light.RED})
    page = cases.list_cases(actor, late, at=at)
    return LatePage(
        items=_late_rows(actor, page.items, at),
        total=page.total,
        total_is_exact=page.total_is_exact,
        next_cursor=page.next_cursor,
    )


def list_climbs(
    actor: Actor, *, role: str | None, cursor: UUID | None, limit: int, at: datetime
) -> ClimbPage:
    """Return what climbed, newest first, of cases that are open; `role`: to that post only.

    Raises: NotYourRole.
    Rule:   OV-3.
    """
    actor.check_can("oversight.read")
    found = Escalation.objects.filter(
        grid_path__startswith=actor.scope, case_id__in=cases.select(actor, OPEN, at).order_by().values("pk")
    )
    if role:
        found = found.filter(role=role)
    if cursor:
        found = found.filter(pk__lt=cursor)
    rows = list(found.order_by("-pk")[: limit + 1])
    page = rows[:limit]
    seen = cases.get_briefs(actor, {row.case_id for row in page})
    kinds, grids, departments = _names(seen.values())
    rules = in_force()
    return ClimbPage(
        items=[
            ClimbRow(
                id=row.pk,
                case_id=row.case_id,
                matter_zh=kinds[case.matter_code][0],
                matter_en=kinds[case.matter_code][1],
                grid_name=grids.get(case.grid_path, case.grid_path),
                department_name=departments.get(case.department_id or 0),
                status=case.status.value,
                climb=climb_out(row, rules),
            )
            for row in page
            if (case := seen.get(row.case_id))
        ],
        next_cursor=str(page[-1].pk) if len(rows) > limit else None,
    )


def list_acts(
    actor: Actor, *, department_id: int | None, cursor: UUID | None, limit: int, at: datetime
) -> ActPage:
    """Return the letters and cards that stand on open cases, newest first.

    Raises: NotYourRole.
    Rule:   OV-6.
    """
    actor.check_can("oversight.read")
    found = _standing_acts(actor, at)
    if department_id:
        found = found.filter(department_id=department_id)
    if cursor:
        found = found.filter(pk__lt=cursor)
    rows = list(found.order_by("-pk")[: limit + 1])
    page = rows[:limit]
    seen = cases.get_briefs(actor, {row.case_id for row in page})
    kinds, grids, _ = _names(seen.values())
    return ActPage(
        items=[
            ActRow(
                act=act,
                matter_zh=kinds[seen[act.case_id].matter_code][0],
                matter_en=kinds[seen[act.case_id].matter_code][1],
                grid_name=grids.get(seen[act.case_id].grid_path, seen[act.case_id].grid_path),
            )
            for act in acts_out(page, actor, at=at)
        ],
        next_cursor=str(page[-1].pk) if len(rows) > limit else None,
    )


def list_departments(actor: Actor, *, offset: int = 0, limit: int = 50, at: datetime) -> DepartmentPage:
    """Return a page of what is late and what stands against each department, the worst first.

    Raises: NotYourRole.
    Rule:   OV-8 (DG-08: the league table puts pressure on departments).
    """
    actor.check_can("oversight.read")
    everything = cases.select(actor, OPEN, at)
    late = cases.select(actor, LATE, at)
    opened, overdue = _by_department(everything), _by_department(late)
    unanswered = Q(answered_at__isnull=True)
    standing = _standing_acts(actor, at).values("department_id")
    counted = standing.annotate(
        yellow=Count("pk", filter=Q(kind=ActKind.YELLOW)),
        red=Count("pk", filter=Q(kind=ActKind.RED)),
        black=Count("pk", filter=Q(kind=ActKind.BLACK)),
        letters_open=Count("pk", filter=Q(kind=ActKind.SUPERVISE) & unanswered),
        answers_late=Count("pk", filter=unanswered & Q(answer_due_at__lte=at)),
    )
    acts = {
        pk: dict(zip(FIGURES, figures, strict=True))
        for pk, *figures in counted.values_list("department_id", *FIGURES)
    }
    nothing = dict.fromkeys(FIGURES, 0)

    def weight(pk: int) -> tuple[int, ...]:
        stands = acts.get(pk, nothing)
        return (-stands["black"], -stands["red"], -stands["yellow"], -overdue[pk], pk)

    ranked = sorted({*opened, *acts}, key=weight)
    names = accounts.get_departments(ranked[offset : offset + limit])
    rows = [
        DepartmentRow(
            department_id=pk,
            department_name=names[pk].name,
            open_cases=opened[pk],
            late_cases=overdue[pk],
            **acts.get(pk, nothing),
        )
        for pk in ranked[offset : offset + limit]
    ]
    return DepartmentPage(items=rows, total=len(ranked))


def list_promise_lights(actor: Actor, case_ids: Iterable[UUID], *, at: datetime) -> list[PromiseLight]:
    """Return of each visible case what its reporter still waits for and is due first, with its light.

    Raises: NotYourRole.
    Rule:   OV-4. Cases without such a promise are left out.
    """
    actor.check_can("oversight.read")
    return list(_promise_lights(cases.get_briefs(actor, case_ids), at).values())


def _promise_lights(seen: Mapping[UUID, CaseBrief], at: datetime) -> dict[UUID, PromiseLight]:
    owed = Promise.objects.filter(case_id__in=list(seen), kept_at__isnull=True, due_at__isnull=False)
    rows = list(owed.order_by("-due_at", "-pk"))
    find_kept(rows)
    first = {one.case_id: one for one in rows if one.kept_at is None}  # due first, as it came last
    return {case_id: promise_light(one, seen[case_id], at) for case_id, one in first.items()}


def get_case(actor: Actor, case_id: UUID, *, at: datetime) -> CaseOversight:
    """Return all that oversight knows of a case. Raises: NotYourRole, NotVisible. Rule: OV-3."""
    actor.check_can("oversight.read")
    case = cases.get_briefs(actor, [case_id]).get(case_id)
    if case is None:
        raise NotVisible()
    rules = in_force()
    climbed = Escalation.objects.filter(case_id=case_id).order_by("at", "level", "clock")
    acts = list(Act.objects.filter(case_id=case_id).order_by("at", "pk"))
    promises = list(Promise.objects.filter(case_id=case_id).order_by("pk")) or promises_of(case)
    find_kept(promises)
    is_open = case.closed_at is None
    standing = [act.kind for act in acts if act.kind in CARDS and act.lifted_at is None]
    kinds = [kind for kind in ActKind if is_open and actor.can(CAPABILITY[kind])]
    owes = any(one.kept_by == KeptBy.REPLIED and one.kept_at is None for one in promises)
    return CaseOversight(
        climbs=[climb_out(row, rules) for row in climbed],
        acts=acts_out(acts, actor, at=at),
        promises=[promise_out(one, case, at) for one in promises],
        card_due=card_out(due_card(case, standing, at=at)),
        kinds=kinds,
        may_reply=owes and actor.can("oversight.reply"),
    )


def _late_rows(actor: Actor, rows: Sequence[CaseRow], at: datetime) -> list[LateRow]:
    """Return the rows with what oversight knows of each; a handful of statements, however many."""
    ids = [row.id for row in rows]
    seen = cases.get_briefs(actor, ids)
    levels = dict(Escalation.objects.filter(case_id__in=ids).values_list("case_id").annotate(Max("level")))
    acts = Act.objects.filter(case_id__in=ids)
    urged = Counter(acts.filter(kind=ActKind.URGE).values_list("case_id", flat=True))
    letters = Counter(
        acts.filter(kind=ActKind.SUPERVISE, answered_at__isnull=True, lifted_at__isnull=True).values_list(
            "case_id", flat=True
        )
    )
    cards = standing_cards(ids)
    rungs = {rung.level: rung for rung in in_force().ladder}
    promises = _promise_lights(seen, at)
    shown = []
    for row in rows:
        level = levels.get(row.id, 0)
        is_whole = row.due_at is not None and row.due_at <= at
        since = row.due_at if is_whole else row.stage_due_at
        case = seen.get(row.id)
        if since is None or case is None:
            continue
        shown.append(
            LateRow(
                case=row,
                late_since=since,
                late_clock="business" if is_whole else "stage",
                level=level,
                level_zh=rungs[level].name_zh if level in rungs else "",
                level_en=rungs[level].name_en if level in rungs else "",
                urged=urged[row.id],
                cards=cards.get(row.id, []),
                letters_open=letters[row.id],
                card_due=card_out(due_card(case, cards.get(row.id, []), at=at)),
                promise=promises.get(row.id),
            )
        )
    return shown


def _standing_acts(actor: Actor, at: datetime) -> QuerySet[Act]:
    return Act.objects.filter(
        case_id__in=cases.select(actor, OPEN, at).order_by().values("pk"),
        kind__in=list(WANTS_ANSWER),
        lifted_at__isnull=True,
    )


def _by_department(found: QuerySet[Any]) -> Counter[int]:
    rows = found.filter(department_id__isnull=False).order_by().values_list("department_id")
    return Counter(dict(rows.annotate(Count("pk"))))


def _names(
    seen: Iterable[CaseBrief],
) -> tuple[dict[str, tuple[str, str]], dict[str, str], dict[int, str]]:
    rows = list(seen)
    kinds = {row.matter_code: (row.matter_code, row.matter_code) for row in rows}
    kinds |= matters.names_of(kinds)
    departments = accounts.get_departments([row.department_id for row in rows if row.department_id])
    return (
        kinds,
        territory.names_of({row.grid_path for row in rows}),
        {pk: one.name for pk, one in departments.items()},
    )
