"""Judging what a member sends: may this person do this order, now, with these answers and photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from uuid import UUID

from wangge.accounts.rules import Role
from wangge.checklists.rules import Verdict, judge
from wangge.checklists.schemas import ChecklistOut, Item
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.datum import to_wgs84
from wangge.kernel.errors import NotVisible, Refused, Unreadable, VersionConflict
from wangge.kernel.fates import Fate
from wangge.orders.refusals import (
    AnswersIncomplete,
    AnswersNotWanted,
    AnswerUnknown,
    ChecklistWithdrawn,
    EvidenceMissing,
    ForeignChecklist,
    HalfPosition,
    InTheFuture,
    NotAPlace,
    NotYourOrder,
    OutOfCity,
    PhotoTooOld,
    SignatureUnclear,
)
from wangge.orders.rules import (
    GONE,
    ListSpan,
    OrderStatus,
    SubjectKind,
    VisitLimits,
    VisitOutcome,
    check_time,
    is_in_city,
    is_photo_too_old,
    is_signing_clear,
    started_on,
    status_after,
    successor,
)
from wangge.orders.schemas import Answer, OrderResult

DO = "orders.do"


@dataclass(slots=True)
class OpenOrder:
    """An order as judging reads and changes it: a row under lock, without the cost of a model."""

    id: UUID
    grid_path: str
    venue_id: UUID | None
    subject_kind: str
    subject_id: UUID | None
    member_id: int | None
    checklist_id: int
    ends_on: date
    status: str
    outcome: str | None
    done_at: datetime | None
    done_by_id: int | None
    findings: int
    version: int


READ = ", ".join(field.name for field in fields(OpenOrder))


@dataclass(slots=True)
class Batch:
    """What a batch reads once, and what it will write."""

    actor: Actor
    at: datetime
    orders: dict[UUID, OpenOrder]
    lists: dict[int, ChecklistOut]
    covered: set[str]  # paths of the grids the actor covers as primary, deputy or substitute
    spans: dict[int, ListSpan] = field(default_factory=dict)  # every version of the lists
    limits: VisitLimits = field(default_factory=VisitLimits)
    stored: set[str] = field(default_factory=set)  # the photos and signatures that arrived
    taken: dict[str, datetime] = field(default_factory=dict)  # when a photo says it was taken
    bounds: tuple[float, float, float, float] | None = None  # of the city's grids
    fates: dict[UUID, Fate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """A failed item, and the case that it becomes."""

    item: Item
    answer: Answer
    case_id: UUID


@dataclass(frozen=True, slots=True)
class Judged:
    """A result that may be written."""

    result: OrderResult
    order: OpenOrder
    failed: list[Finding]
    score: float | None = None
    point_wgs84: tuple[float, float] | None = None
    list_id: int | None = None  # the version that was answered


def judge_all(batch: Batch, results: Sequence[OrderResult]) -> list[Judged]:
    """Return the results that may be written, their orders changed in memory; the others get their fate.

    Rule: OR-7, OR-8, OR-10, OR-11, OR-25, OR-26.
    """
    judged = []
    for result in results:
        try:
            one = _judge(batch, result)
        except Refused as refusal:
            batch.fates[result.id] = Fate.refused(result.id, refusal)
            continue
        _apply(one, batch.actor)
        judged.append(one)
    return judged


def _judge(batch: Batch, result: OrderResult) -> Judged:
    """Return the result with its failed items. Raises: whatever forbids it."""
    order = batch.orders.get(result.order_id)
    if order is None:
        raise NotVisible
    _check_member(batch, order)
    if result.base_version != order.version:
        raise VersionConflict(current=order.version, given=result.base_version)
    if result.at > batch.at + timedelta(minutes=batch.limits.ahead_minutes):
        raise InTheFuture(at=result.at.isoformat())
    on = result.at.astimezone(CHINA).date()
    check_time(status=OrderStatus(order.status), starts_on=started_on(order.id), ends_on=order.ends_on, on=on)
    point = _position(batch, result)
    if result.outcome in GONE and order.subject_kind == SubjectKind.GRID:
        raise NotAPlace
    _check_signature(batch, result)
    if result.outcome is not VisitOutcome.INSPECTED:
        if result.answers:
            raise AnswersNotWanted
        return Judged(result, order, [], point_wgs84=point)
    answers = {answer.item: answer for answer in result.answers}
    verdicts = {key: answer.ok for key, answer in answers.items()}
    list_id = _list_of(batch, order, result, on)
    items = batch.lists[list_id].items
    verdict = judge(items, verdicts)
    _check_complete(verdict, result.answers, verdicts)
    failed = [_finding(item, answers[item.key]) for item in verdict.failed]
    _check_photos(batch, result)
    has_judged = any(one is not None for one in verdicts.values())
    return Judged(result, order, failed, verdict.score if has_judged else None, point, list_id)


def _position(batch: Batch, result: OrderResult) -> tuple[float, float] | None:
    """Return where the visit was, in WGS-84. Raises: HalfPosition, Unreadable, OutOfCity. Rule: OR-26."""
    if result.lon is None and result.lat is None:
        return None
    if result.lon is None or result.lat is None:
        raise HalfPosition
    lon, lat = to_wgs84(result.lon, result.lat, result.datum)
    if not is_in_city(lon, lat, batch.bounds, batch.limits):
        raise OutOfCity(lon=result.lon, lat=result.lat)
    return lon, lat


def _list_of(batch: Batch, order: OpenOrder, result: OrderResult, on: date) -> int:
    """Return the version of the list by which the visit is judged.

    Raises: ForeignChecklist, ChecklistWithdrawn. Rule: OR-25.
    """
    own = batch.spans[order.checklist_id]
    told = batch.spans.get(result.checklist_id) if result.checklist_id is not None else own
    if told is None or told.code != own.code or (on < told.effective_on and told is not own):
        raise ForeignChecklist
    if now := successor(told, batch.spans.values(), on):
        words = batch.lists[told.id]
        raise ChecklistWithdrawn(
            name=words.name_zh,
            name_en=words.name_en,
            version=told.version,
            on=told.withdrawn_on,
            now=now.version,
        )
    return told.id


def _check_photos(batch: Batch, result: OrderResult) -> None:
    """Raises: PhotoTooOld for a photo that says it was taken long before the visit. Rule: OR-26."""
    for answer in result.answers:
        for sha256 in (*answer.photos, *answer.after_photos):
            taken_at = batch.taken.get(sha256)
            if taken_at is not None and is_photo_too_old(taken_at, result.at, batch.limits):
                when = taken_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
                minutes = round(batch.limits.photo_minutes)
                raise PhotoTooOld(item=answer.item, taken_at=when, minutes=minutes)


def _check_signature(batch: Batch, result: OrderResult) -> None:
    """Raises: SignatureUnclear; Unreadable for one that never arrived. Rule: OR-37."""
    signed, why_not = bool(result.signature), result.unsigned is not None
    if not is_signing_clear(result.outcome, is_signed=signed, has_reason=why_not):
        raise SignatureUnclear
    if signed and result.signature not in batch.stored:
        raise Unreadable(field="signature", why_zh="签名尚未上传", why_en="the signature was not uploaded")


def _check_member(batch: Batch, order: OpenOrder) -> None:
    """Raises: NotYourOrder. Rule: OR-10 (its member; who covers its grid; a grid chief)."""
    actor = batch.actor
    chief = actor.role == Role.GRID_CHIEF
    if order.member_id == actor.user_id or chief:
        return
    if not any(order.grid_path.startswith(path) for path in batch.covered):
        raise NotYourOrder(capability=DO, role=actor.role)


def _check_complete(
    verdict: Verdict[Item], answers: Sequence[Answer], verdicts: Mapping[str, bool | None]
) -> None:
    """Raises: AnswersIncomplete, AnswerUnknown. Rule: CK-1, CK-2."""
    shown = {item.key for item in verdict.shown}
    odd = sorted({a.item for a in answers if a.item not in shown})
    if odd or len(verdicts) < len(answers):
        raise AnswerUnknown(items="、".join(odd or sorted(verdicts)))
    if verdict.missing:
        words = "、".join(item.zh for item in verdict.missing)
        raise AnswersIncomplete(count=len(verdict.missing), items=words)


def _finding(item: Item, answer: Answer) -> Finding:
    """Raises: EvidenceMissing. Rule: OR-11 (persuaded: before and after; passed on: a photo; WH-27)."""
    if answer.case_id is None:
        raise EvidenceMissing(item=item.key, why_zh="缺少问题编号 case_id", why_en="it has no case_id")
    if answer.persuaded and not (answer.photos and answer.after_photos):
        why_zh, why_en = "当场整改需要整改前、后的照片", "fixed on the spot needs photos before and after"
        raise EvidenceMissing(item=item.key, why_zh=why_zh, why_en=why_en)
    if item.photo_when_failed and not answer.photos:
        raise EvidenceMissing(item=item.key, why_zh="请拍照", why_en="take a photo")
    return Finding(item, answer, answer.case_id)


def _apply(judged: Judged, actor: Actor) -> None:
    """Change the order in memory, so that a second result of the same batch sees it."""
    order, result = judged.order, judged.result
    order.status = status_after(OrderStatus(order.status), result.outcome)
    order.outcome = result.outcome
    order.version += 1
    order.findings += len(judged.failed)
    order.checklist_id = judged.list_id or order.checklist_id
    if order.status == OrderStatus.DONE:
        order.done_at, order.done_by_id = result.at, actor.user_id
