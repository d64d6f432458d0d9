"""Writes of a city's own matters: drafted, submitted, reviewed, and brought into force by editions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet

from wangge.accounts import queries as accounts
from wangge.accounts.schemas import DepartmentOut
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible, Unreadable, VersionConflict
from wangge.matters.admitting import (
    CAPABILITY,
    Move,
    MoveNotAllowed,
    ProposalOpen,
    check_day,
    check_note,
    check_reviewer,
    move,
    next_code,
)
from wangge.matters.catalogue import shown
from wangge.matters.models import Admission, Matter, Term, Timing
from wangge.matters.rules import Stage
from wangge.matters.schemas import AdmissionMove, AdmissionOut, MatterDraft

OPEN = [Stage.DRAFT.value, Stage.SUBMITTED.value]
CONTENT = (
    *("group_code", "name_zh", "name_en", "basis", "fix_days", "fix_hours", "department_kind", "words_zh"),
    *("fields", "is_restricted", "stops_operation", "reason"),
)


@transaction.atomic
def draft_matter(draft: MatterDraft, *, actor: Actor, at: datetime) -> AdmissionOut:
    """Propose a matter, or change one's own draft; sent twice it is one.

    Raises: NotYourRole, NotVisible, VersionConflict, MoveNotAllowed, ProposalOpen, Unreadable.
    Rule:   MA-7 (DG-02).
    """
    actor.check_can("matters.propose")
    timing = _lock_catalogue()
    department = _department(draft, actor)
    row = Admission.objects.filter(pk=draft.id).first()
    if row is None:
        code, number = _number(draft, department)
        row = Admission(id=draft.id, code=code, number=number, proposed_by_id=actor.user_id, proposed_at=at)
        row.department_id, row.department_path, row.owner_kind = (
            department.id,
            department.path,
            department.kind,
        )
    else:
        if row.proposed_by_id != actor.user_id:
            raise NotVisible()
        if is_same(row, draft):
            return shown([row], actor)[0]  # a retry
        _check_draft(row, draft)
        row.version += 1
    _fill(row, draft, timing)
    row.save()
    detail = {"code": row.code, "number": row.number, "version": row.version}
    audit.record([("matters.draft", "admission", str(row.id), detail)], actor=actor, at=at)
    return shown([row], actor)[0]


@transaction.atomic
def move_admission(admission_id: UUID, step: AdmissionMove, *, actor: Actor, at: datetime) -> AdmissionOut:
    """Submit, admit, return or withdraw a version; what begins today holds at once.

    Raises: NotYourRole, NotVisible, VersionConflict, MoveNotAllowed, OwnProposal, Unreadable.
    Rule:   MA-7, MA-8.
    """
    _lock_catalogue()
    row = Admission.objects.visible_to(actor).select_for_update().filter(pk=admission_id).first()
    if row is None:
        raise NotVisible()
    actor.check_can(CAPABILITY[step.move])
    if row.version != step.base_version:
        raise VersionConflict(current=row.version, given=step.base_version)
    today = at.astimezone(CHINA).date()
    after = move(Stage(row.stage), step.move)
    check_reviewer(step.move, actor_id=actor.user_id, proposed_by=row.proposed_by_id)
    check_day(step.move, step.on, today)
    check_note(step.move, step.note)
    row.stage, row.version = after, row.version + 1
    for name, value in _changes(step, actor, at).items():
        setattr(row, name, value)
    row.save()
    detail = step.model_dump(mode="json", exclude_defaults=True) | {"code": row.code, "number": row.number}
    audit.record([(f"matters.{step.move}", "admission", str(row.id), detail)], actor=actor, at=at)
    _bring_into_force(today)
    row.refresh_from_db()
    return shown([row], actor)[0]


@transaction.atomic
def bring_into_force(*, at: datetime) -> bool:
    """Begin the next edition if a day has come for a matter of the city; False if none has. Rule: MA-8."""
    _lock_catalogue()
    return _bring_into_force(at.astimezone(CHINA).date())


def _bring_into_force(today: date) -> bool:
    """Switch versions in and out in three statements; a case reads the edition with its next statement."""
    timing = Timing.objects.filter(is_active=True).first()
    in_force = Admission.objects.filter(edition_from__isnull=False, edition_to__isnull=True)
    coming = list(_due_in(today))
    newest = {row.code: row.pk for row in coming}
    going = in_force.filter(Q(withdrawn_on__lte=today) | Q(code__in=newest))
    if timing is None or not (newest or going.exists()):
        return False
    edition = (Timing.objects.aggregate(last=Max("edition"))["last"] or 0) + 1
    going.update(edition_to=edition)
    overtaken = [row.pk for row in coming if newest[row.code] != row.pk]
    Admission.objects.filter(pk__in=newest.values()).update(edition_from=edition)
    Admission.objects.filter(pk__in=overtaken).update(edition_from=edition, edition_to=edition)
    Timing.objects.filter(pk=timing.pk).update(is_active=False)
    timing.pk, timing.edition, timing.is_active = None, edition, True
    timing.save(force_insert=True)
    return True


def _due_in(today: date) -> QuerySet[Admission]:
    """Return versions whose day has come, by code and then by number: of two the later one holds."""
    due = Admission.objects.filter(
        Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=today),
        stage__in=[Stage.ADMITTED, Stage.WITHDRAWN],
        edition_from__isnull=True,
        effective_on__lte=today,
    )
    return due.order_by("code", "number")


def _lock_catalogue() -> Timing:
    """Let one writer at a time number matters and begin editions. Raises: Unreadable without a pack."""
    with connection.cursor() as cursor:  # not on the row: the next edition has another one
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('matters.catalogue', 0))")
    timing = Timing.objects.filter(is_active=True).first()
    if timing is None:
        raise Unreadable(field="pack", why_zh="尚未安装规则包", why_en="no pack is installed")
    return timing


def _department(draft: MatterDraft, actor: Actor) -> DepartmentOut:
    wanted = actor.department_id or draft.department_id
    found = accounts.get_departments([wanted]).get(wanted) if wanted else None
    if found is None:
        raise Unreadable(field="department_id", why_zh="请选择提出的部门", why_en="name the department")
    if actor.department_id is None and not actor.covers(found.path):
        raise NotVisible()
    return found


def _number(draft: MatterDraft, department: DepartmentOut) -> tuple[str, int]:
    if not draft.code:
        taken = Admission.objects.filter(code__startswith=f"{draft.group_code}C").values_list(
            "code", flat=True
        )
        return next_code(draft.group_code, list(taken)), 1
    versions = Admission.objects.filter(code=draft.code)
    last = versions.order_by("-number").first()
    if last is None or last.department_id != department.id:
        raise NotVisible()
    if versions.filter(stage__in=OPEN).exists():
        raise ProposalOpen(matter=draft.code)
    return draft.code, last.number + 1


def _check_draft(row: Admission, draft: MatterDraft) -> None:
    if row.stage != Stage.DRAFT:
        raise MoveNotAllowed(stage=row.stage, move="change", stage_zh="已提交", move_zh="修改")
    if draft.base_version is not None and draft.base_version != row.version:
        raise VersionConflict(current=row.version, given=draft.base_version)


def is_same(row: Admission, draft: MatterDraft) -> bool:
    """Return whether the version says what the proposal says."""
    return _content(row) == _content_of(draft)


def _content(row: Admission) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in CONTENT}
    return values | {"severity": str(row.severity), "may_become": row.may_become}


def _content_of(draft: MatterDraft) -> dict[str, Any]:
    values = {name: getattr(draft, name) for name in CONTENT}
    return values | {"severity": draft.severity.value, "may_become": draft.may_become or ""}


def _fill(row: Admission, draft: MatterDraft, timing: Timing) -> None:
    """Put the proposal into the row; its group, kind of department and fields are words of the pack."""
    version = timing.pack_version
    of_group = Matter.objects.filter(pack_version=version, group_code=draft.group_code).first()
    if of_group is None:
        raise _unknown("group_code", draft.group_code)
    _check_words(version, "department", "department_kind", [draft.department_kind])
    _check_words(version, "field", "fields", draft.fields)
    for name, value in _content_of(draft).items():
        setattr(row, name, value)
    for name in ("group_zh", "group_en", "form", "lane"):
        setattr(row, name, getattr(of_group, name))


def _check_words(version: str, kind: str, field: str, words: Sequence[str]) -> None:
    known = set(Term.objects.filter(pack_version=version, kind=kind).values_list("code", flat=True))
    for word in words:
        if word not in known:
            raise _unknown(field, word)


def _unknown(field: str, word: str) -> Unreadable:
    return Unreadable(field=field, why_zh=f"规则包中没有“{word}”", why_en=f"the pack does not know {word!r}")


def _changes(step: AdmissionMove, actor: Actor, at: datetime) -> dict[str, Any]:
    if step.move is Move.SUBMIT:
        return {"submitted_at": at}
    if step.move is Move.WITHDRAW:
        return {"withdrawn_on": step.on, "review_note": step.note}
    review = {"reviewed_by_id": actor.user_id, "reviewed_at": at, "review_note": step.note}
    return review | ({"effective_on": step.on} if step.move is Move.ADMIT else {})
