"""Reading major hazards. Every read starts from `visible_to(actor)`, or from a seat that somebody has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse

from wangge.accounts import queries as accounts
from wangge.cases import queries as cases
from wangge.kernel import photo_copies
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.downloads import check_suffix, download
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.major_hazards.answers import (
    AssessmentPage,
    CaseMajorOut,
    CountsOut,
    DecisionPage,
    ElementSetOut,
    HazardPage,
    HazardRow,
    SignerOut,
)
from wangge.major_hazards.models import Assessment, Decision, ElementSet, MajorHazard, Seat
from wangge.major_hazards.rules import DecisionKind, Outcome, Suspicion
from wangge.major_hazards.schemas import (
    AssessmentFilter,
    DecisionFilter,
    HazardFilter,
    Stage,
)
from wangge.major_hazards.showing import assessments_out, decisions_out, hazards_out, stage_of
from wangge.matters import queries as matters
from wangge.venues import queries as venues

__all__ = ["stage_of"]
MOST_EXPORTED = 20_000
AT_ONCE = 500
STAGES: dict[Stage, Q] = {
    "to_list": Q(listed_at__isnull=True),
    "listed": Q(listed_at__isnull=False, delisted_at__isnull=True),
    "delisted": Q(delisted_at__isnull=False),
}
LEDGER: Mapping[str, Callable[[HazardRow], object]] = {
    "隐患 id": lambda row: str(row.id),
    "案件 case": lambda row: str(row.case_id or ""),
    "场所 venue": lambda row: row.venue_name or "",
    "地址 address": lambda row: row.address,
    "网格 grid": lambda row: row.grid_name,
    "阶段 stage": lambda row: {"to_list": "待挂牌", "listed": "已挂牌", "delisted": "已销号"}[row.stage],
    "判定要素 element": lambda row: row.line_zh,
    "依据 basis": lambda row: row.basis,
    "认定时间 decided_at": lambda row: _minute(row.decided_at),
    "应挂牌时间 list_by": lambda row: _minute(row.list_by),
    "挂牌时间 listed_at": lambda row: _minute(row.listed_at),
    "督办单位 supervising_body": lambda row: row.supervising_body,
    "整改期限 rectify_on": lambda row: row.rectify_on.isoformat() if row.rectify_on else "",
    "进展与复查次数 notes": lambda row: len(row.notes),
    "销号时间 delisted_at": lambda row: _minute(row.delisted_at),
    "灯 light": lambda row: row.light,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an assessment lies."""

    case_id: UUID | None
    venue_id: UUID | None
    grid_path: str


def place_of(actor: Actor, case_id: UUID | None, venue_id: UUID | None) -> Place:
    """Return where a visible case or venue lies; a case brings its venue. Raises: NotVisible."""
    if case_id is not None:
        case = cases.get_briefs(actor, [case_id]).get(case_id)
        if case is None or (venue_id is not None and venue_id != case.venue_id):
            raise NotVisible()
        return Place(case.id, case.venue_id, case.grid_path)
    found = venues.get_many(actor, [venue_id] if venue_id else [])
    if venue_id is None or venue_id not in found:
        raise NotVisible()
    return Place(None, venue_id, found[venue_id].grid_path)


def list_element_sets() -> list[ElementSetOut]:
    """Return every edition; one without elements says how it gets them. Rule: MH-1."""
    names = [name for name in ElementSetOut.model_fields if name != "is_usable"]
    return [
        ElementSetOut(**{name: getattr(row, name) for name in names}, is_usable=bool(row.elements))
        for row in ElementSet.objects.order_by("-code")
    ]


def list_assessments(actor: Actor, filters: AssessmentFilter) -> AssessmentPage:
    """Return one page of the visible assessments, the newest first. Raises: NotYourRole, Unreadable."""
    actor.check_can("major_hazards.read")
    found: QuerySet[Any] = Assessment.objects.visible_to(actor)
    if filters.verdict:
        found = found.filter(verdict=filters.verdict)
    if filters.undecided:
        found = _undecided(found)
    found = _of_subject(found, filters.case_id, filters.venue_id)
    rows, cursor = _page(found, "assessed_at", filters.cursor, filters.limit)
    return AssessmentPage(items=assessments_out(rows, actor), next_cursor=cursor)


def list_decisions(actor: Actor, filters: DecisionFilter) -> DecisionPage:
    """Return one page of the decisions that the actor sees or signs. Raises: NotYourRole, Unreadable."""
    actor.check_can("major_hazards.read")
    found = _visible_decisions(actor)
    if filters.waiting_for_me:
        found = _waiting(found, actor)
    if filters.outcome:
        found = found.filter(outcome=filters.outcome)
    rows, cursor = _page(found, "proposed_at", filters.cursor, filters.limit)
    return DecisionPage(items=decisions_out(rows, actor), next_cursor=cursor)


def list_hazards(actor: Actor, filters: HazardFilter, *, at: datetime) -> HazardPage:
    """Return one page of the ledger, the newest first. Raises: NotYourRole, Unreadable. Rule: MH-7."""
    rows, cursor = _page(_select(actor, filters), "decided_at", filters.cursor, filters.limit)
    return HazardPage(items=hazards_out(rows, actor, at), next_cursor=cursor)


def get_case_major(actor: Actor, case_id: UUID, *, at: datetime) -> CaseMajorOut:
    """Return all that the case page shows. Raises: NotVisible."""
    if case_id not in cases.get_briefs(actor, [case_id]) or not actor.can("major_hazards.read"):
        raise NotVisible()
    of_case = Assessment.objects.filter(case_id=case_id)
    decisions = Decision.objects.filter(assessment__case_id=case_id).order_by("-proposed_at")
    hazards = MajorHazard.objects.filter(case_id=case_id).order_by("-decided_at")
    return CaseMajorOut(
        assessments=assessments_out(list(of_case.order_by("-assessed_at")[:AT_ONCE]), actor),
        decisions=decisions_out(list(decisions[:AT_ONCE]), actor),
        hazards=hazards_out(list(hazards[:AT_ONCE]), actor, at),
        element_sets=list_element_sets(),
        can_assess=actor.can("major_hazards.assess"),
    )


def get_photo(
    actor: Actor, subject_id: UUID, sha256: str, form: photo_copies.PhotoForm, *, at: datetime
) -> HttpResponseBase:
    """Return a photo of an assessment that the actor sees or signs for, or of a visible hazard.

    Raises: NotVisible, also for the photo of something else; NotYourRole for the original.
    Rule:   MH-2, MH-4, KE-22.
    """
    if form is photo_copies.PhotoForm.ORIGINAL:
        actor.check_can("evidence.read")
    seats = Seat.objects.filter(decision__assessment=OuterRef("pk"), user_id=actor.user_id)
    judged = Assessment.objects.filter(
        Q(pk__in=Assessment.objects.visible_to(actor).filter(pk=subject_id)) | Exists(seats), pk=subject_id
    )
    of_assessment = Q(ticks__photos__contains=[sha256]) | Q(exemption_photos__contains=[sha256])
    told = Q(progress__photos__contains=[sha256]) | Q(reinspections__photos__contains=[sha256])
    hazard = MajorHazard.objects.visible_to(actor).filter(pk=subject_id)
    if not judged.filter(of_assessment).exists() and not hazard.filter(told).exists():
        raise NotVisible()
    lines: list[str] = []
    if not actor.can("evidence.read"):
        shows = {"viewer"} & set(matters.in_force().limits.photo_marks)
        lines = photo_copies.mark_lines(shows, used_at=at, place="", viewer=actor, at=at)
    return photo_copies.hand_out(sha256, form, lines=lines)


def get_counts(actor: Actor) -> CountsOut:
    """Return how many wait where. Raises: NotYourRole."""
    actor.check_can("major_hazards.read")
    hazards = MajorHazard.objects.visible_to(actor)
    return CountsOut(
        undecided=_undecided(Assessment.objects.visible_to(actor)).count(),
        waiting_for_me=_waiting(_visible_decisions(actor), actor).count(),
        to_list=hazards.filter(STAGES["to_list"]).count(),
        listed=hazards.filter(STAGES["listed"]).count(),
        delisted=hazards.filter(STAGES["delisted"]).count(),
    )


def list_signers(actor: Actor, q: str, *, at: datetime) -> list[SignerOut]:
    """Return up to 30 people who may sign and whose name begins so. Raises: NotYourRole. Rule: MH-4."""
    actor.check_can("major_hazards.decide")
    found = accounts.find_people(q, around=actor.scope, on=at.astimezone(CHINA).date())
    return [
        SignerOut(id=one.id, name=one.name, role=one.role, department_name=one.department_name)
        for one in found
        if one.can("major_hazards.read")
    ]


def export_ledger(actor: Actor, filters: HazardFilter, suffix: str, *, at: datetime) -> StreamingHttpResponse:
    """Return the ledger as csv or xlsx. Raises: NotYourRole, Unreadable. Rule: MH-7 (SX-18)."""
    actor.check_can("major_hazards.export")
    check_suffix(suffix)
    found = _select(actor, filters).order_by("-decided_at", "-id")[:MOST_EXPORTED]
    pages = [found[n : n + AT_ONCE] for n in range(0, found.count(), AT_ONCE)]
    rows = (_ledger_row(row) for page in pages for row in hazards_out(list(page), actor, at))
    return download(rows, list(LEDGER), name="major-hazards", suffix=suffix, at=at)


def lock_hazard(actor: Actor, hazard_id: UUID) -> MajorHazard:
    """Return a visible hazard, locked until the transaction ends. Raises: NotVisible."""
    found = MajorHazard.objects.visible_to(actor).select_related("case").select_for_update(of=("self",))
    hazard: MajorHazard | None = found.filter(pk=hazard_id).first()
    if hazard is None:
        raise NotVisible()
    return hazard


def sees_decision(actor: Actor, decision: Decision) -> bool:
    """Return whether the decision is the actor's to see, without a seat."""
    return bool(Assessment.objects.visible_to(actor).filter(pk=decision.assessment_id).exists())


def _visible_decisions(actor: Actor) -> QuerySet[Decision]:
    mine = Seat.objects.filter(decision=OuterRef("pk"), user_id=actor.user_id)
    seen = Assessment.objects.visible_to(actor).filter(pk=OuterRef("assessment_id"))
    return Decision.objects.filter(Exists(mine) | Exists(seen))


def _waiting(found: QuerySet[Decision], actor: Actor) -> QuerySet[Decision]:
    unsigned = Seat.objects.filter(decision=OuterRef("pk"), user_id=actor.user_id, signed_at__isnull=True)
    return found.filter(Exists(unsigned), outcome=Outcome.OPEN)


def _undecided(found: QuerySet[Any]) -> QuerySet[Any]:
    """Suspected, and nobody has decided yet: it may wait for signatures."""
    decided = Decision.objects.filter(assessment=OuterRef("pk"), kind=DecisionKind.MAJOR).exclude(
        outcome=Outcome.OPEN
    )
    return found.filter(~Exists(decided), verdict=Suspicion.SUSPECTED)


def _select(actor: Actor, filters: HazardFilter) -> QuerySet[Any]:
    actor.check_can("major_hazards.read")
    found = MajorHazard.objects.visible_to(actor)
    if filters.stage:
        found = found.filter(STAGES[filters.stage])
    if filters.q:
        found = found.filter(
            Q(case__address__contains=filters.q)
            | Q(venue__name__contains=filters.q)
            | Q(venue__address__contains=filters.q)
            | Q(supervising_body__contains=filters.q)
        )
    return _of_subject(found, filters.case_id, filters.venue_id)


def _of_subject(found: QuerySet[Any], case_id: UUID | None, venue_id: UUID | None) -> QuerySet[Any]:
    if case_id:
        found = found.filter(case_id=case_id)
    return found.filter(venue_id=venue_id) if venue_id else found


def _page(found: QuerySet[Any], by: str, cursor: str, limit: int) -> tuple[list[Any], str | None]:
    if cursor:
        moment, _, key = cursor.partition("|")
        try:
            at, identifier = datetime.fromisoformat(moment), UUID(key)
        except ValueError:
            raise Unreadable(
                field="cursor", why_zh="翻页标记无效，请从第一页重新开始", why_en="start again from page one"
            ) from None
        found = found.filter(Q(**{f"{by}__lt": at}) | Q(**{by: at, "pk__lt": identifier}))
    rows = list(found.order_by(f"-{by}", "-pk")[: limit + 1])
    last = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], f"{getattr(last, by).isoformat()}|{last.pk}" if last else None


def _ledger_row(row: HazardRow) -> dict[str, object]:
    return {title: value(row) for title, value in LEDGER.items()}


def _minute(at: datetime | None) -> str:
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if at else ""
