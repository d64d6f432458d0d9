"""A city's own matters are proposed: many drafts at once, in a handful of statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from wangge.accounts import queries as accounts
from wangge.accounts.schemas import DepartmentOut
from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, Refused, Unreadable, VersionConflict
from wangge.matters.admitting import MoveNotAllowed, ProposalOpen, next_code
from wangge.matters.catalogue import shown
from wangge.matters.editions import lock_catalogue
from wangge.matters.models import Admission, Matter, Term, Timing
from wangge.matters.rules import Stage
from wangge.matters.schemas import AdmissionOut, MatterDraft

OPEN = {Stage.DRAFT, Stage.SUBMITTED}
PLAIN = (
    *("group_code", "name_zh", "name_en", "basis", "fix_days", "fix_hours", "department_kind", "words_zh"),
    *("fields", "is_restricted", "stops_operation", "reason"),
)
CONTENT = (*PLAIN, "severity", "may_become")
OF_GROUP = ("group_zh", "group_en", "form", "lane")
TOLD = ("code", "number", "version")


def draft_matter(draft: MatterDraft, *, actor: Actor, at: datetime) -> AdmissionOut:
    """Propose a matter, or change one's own draft; sent twice it is one.

    Raises: as `draft_matters`, and what it refuses.
    Rule:   MA-7 (DG-02).
    """
    [done] = draft_matters([draft], actor=actor, at=at)
    if isinstance(done, Refused):
        raise done
    return shown([done], actor)[0]


@transaction.atomic
def draft_matters(drafts: Sequence[MatterDraft], *, actor: Actor, at: datetime) -> list[Admission | Refused]:
    """Propose matters, each a row or the reason why not, in order; the statements are as many as for one.

    Refuses: NotVisible, VersionConflict, MoveNotAllowed, ProposalOpen, Unreadable.
    Raises:  NotYourRole; Unreadable without a pack.
    Rule:    MA-7, MA-10 (DG-02).
    """
    actor.check_can("matters.propose")
    desk = _Desk(drafts, lock_catalogue(), actor, at)
    told = [desk.take(draft) for draft in drafts]
    desk.write()
    return told


def is_same(row: Admission, draft: MatterDraft) -> bool:
    """Return whether the version says what the proposal says."""
    return {name: getattr(row, name) for name in CONTENT} == _content_of(draft)


def _content_of(draft: MatterDraft) -> dict[str, Any]:
    values = {name: getattr(draft, name) for name in PLAIN}
    return values | {"severity": draft.severity.value, "may_become": draft.may_become or ""}


@dataclass(frozen=True, slots=True)
class _Known:
    """What the pack says: its groups, kinds of department and fields of work."""

    groups: Mapping[str, Mapping[str, Any]]
    words: Collection[tuple[str, str]]

    @classmethod
    def of(cls, timing: Timing) -> _Known:
        of_pack = {"pack_version": timing.pack_version}
        groups = Matter.objects.filter(**of_pack).order_by("group_code", "pk").distinct("group_code")
        words = Term.objects.filter(**of_pack, kind__in=["department", "field"])
        return cls(
            {row["group_code"]: row for row in groups.values("group_code", *OF_GROUP)},
            set(words.values_list("kind", "code")),
        )

    def check(self, draft: MatterDraft) -> None:
        """Raises: Unreadable for a word that the pack does not know."""
        if draft.group_code not in self.groups:
            raise _unknown("group_code", draft.group_code)
        if ("department", draft.department_kind) not in self.words:
            raise _unknown("department_kind", draft.department_kind)
        for word in draft.fields:
            if ("field", word) not in self.words:
                raise _unknown("fields", word)


def _unknown(name: str, word: str) -> Unreadable:
    return Unreadable(field=name, why_zh=f"规则包中没有“{word}”", why_en=f"the pack does not know {word!r}")


@dataclass(slots=True)
class _Desk:
    """One batch of proposals: what is there is read, each draft is judged alone, then all is written."""

    drafts: Sequence[MatterDraft]
    timing: Timing
    actor: Actor
    at: datetime
    new: dict[UUID, Admission] = field(default_factory=dict)
    changed: dict[UUID, Admission] = field(default_factory=dict)
    known: _Known = field(init=False)
    rows: dict[UUID, Admission] = field(init=False)
    departments: dict[int, DepartmentOut] = field(init=False)
    versions: dict[str, list[Admission]] = field(init=False)
    codes: dict[str, list[str]] = field(init=False)  # of each group

    def __post_init__(self) -> None:
        self.known = _Known.of(self.timing)
        self.rows = Admission.objects.in_bulk([draft.id for draft in self.drafts])
        wanted = {self.actor.department_id or draft.department_id for draft in self.drafts}
        self.departments = accounts.get_departments([one for one in wanted if one])
        self.versions, self.codes = {}, {}
        of_groups = Admission.objects.filter(group_code__in={draft.group_code for draft in self.drafts})
        for row in of_groups.order_by("code", "number"):
            self._note(row)
        named = {draft.code for draft in self.drafts if draft.code} - self.versions.keys()
        for row in Admission.objects.filter(code__in=named).order_by("code", "number"):
            self.versions.setdefault(row.code, []).append(row)

    def _note(self, row: Admission) -> None:
        self.versions.setdefault(row.code, []).append(row)
        self.codes.setdefault(row.group_code, []).append(row.code)

    def take(self, draft: MatterDraft) -> Admission | Refused:
        """Return the row of the draft as it will be, or the reason why there is none."""
        try:
            return self._take(draft)
        except Refused as refusal:
            return refusal

    def _take(self, draft: MatterDraft) -> Admission:
        department = self._department(draft)
        row = self.rows.get(draft.id)
        if row is None:
            self.known.check(draft)
            code, number = self._number(draft, department)
            row = Admission(id=draft.id, code=code, number=number, proposed_by_id=self.actor.user_id)
            row.proposed_at = self.at
            row.department_id, row.department_path = department.id, department.path
            row.owner_kind = department.kind
            self._fill(row, draft)
            self.rows[row.pk] = self.new[row.pk] = row
            self._note(row)
            return row
        if row.proposed_by_id != self.actor.user_id:
            raise NotVisible()
        if is_same(row, draft):
            return row  # a retry
        _check_draft(row, draft)
        self.known.check(draft)
        row.version += 1
        self._fill(row, draft)
        if row.pk not in self.new:
            self.changed[row.pk] = row
        return row

    def _department(self, draft: MatterDraft) -> DepartmentOut:
        found = self.departments.get(self.actor.department_id or draft.department_id or 0)
        if found is None:
            raise Unreadable(field="department_id", why_zh="请选择提出的部门", why_en="name the department")
        if self.actor.department_id is None and not self.actor.covers(found.path):
            raise NotVisible()
        return found

    def _number(self, draft: MatterDraft, department: DepartmentOut) -> tuple[str, int]:
        if not draft.code:
            return next_code(draft.group_code, self.codes.get(draft.group_code, [])), 1
        versions = self.versions.get(draft.code, [])
        if not versions or versions[-1].department_id != department.id:
            raise NotVisible()
        if any(one.stage in OPEN for one in versions):
            raise ProposalOpen(matter=draft.code)
        return draft.code, versions[-1].number + 1

    def _fill(self, row: Admission, draft: MatterDraft) -> None:
        for name, value in _content_of(draft).items():
            setattr(row, name, value)
        for name in OF_GROUP:
            setattr(row, name, self.known.groups[draft.group_code][name])

    def write(self) -> None:
        """Write the rows and their audit rows."""
        Admission.objects.bulk_create(self.new.values())
        Admission.objects.bulk_update(self.changed.values(), [*CONTENT, *OF_GROUP, "version"])
        entries = [
            ("matters.draft", "admission", str(row.pk), {name: getattr(row, name) for name in TOLD})
            for row in (*self.new.values(), *self.changed.values())
        ]
        audit.record(entries, actor=self.actor, at=self.at)


def _check_draft(row: Admission, draft: MatterDraft) -> None:
    if row.stage != Stage.DRAFT:
        raise MoveNotAllowed(stage=row.stage, move="change", stage_zh="已提交", move_zh="修改")
    if draft.base_version is not None and draft.base_version != row.version:
        raise VersionConflict(current=row.version, given=draft.base_version)
