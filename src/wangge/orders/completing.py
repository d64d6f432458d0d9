"""Doing orders: a batch of visits, each judged by the rules, all written set by set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from wangge.cases import services as cases
from wangge.cases.rules import Channel
from wangge.cases.schemas import CaseReport
from wangge.checklists import queries as checklists
from wangge.kernel import audit, batches, files, prepared
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import CommandIdReused, NotYourRole
from wangge.kernel.fates import Fate, Outcome
from wangge.kernel.photos import from_json
from wangge.orders.judging import DO, READ, Batch, Finding, Judged, OpenOrder, judge_all
from wangge.orders.planning import pattern
from wangge.orders.relisting import limits_in_force
from wangge.orders.rules import GONE, LAYER, ListSpan, SubjectKind, VisitOutcome
from wangge.orders.schemas import OrderResult
from wangge.orders.subjects import Described, describe, mark_seen
from wangge.territory import queries as territory
from wangge.venues import services as venue_services

DONE = prepared.update(
    "orders_order",
    {
        "status": "text",
        "outcome": "text",
        "done_at": "timestamptz",
        "done_by_id": "bigint",
        "findings": "int",
        "version": "int",
        "checklist_id": "bigint",
    },
    key=("id", "uuid"),
)
LOOK = f"""
SELECT {READ} FROM orders_order
WHERE id = ANY(%s) AND (grid_path LIKE %s OR member_id = %s) ORDER BY id FOR UPDATE
"""
VISITS = prepared.insert(
    "orders_visit",
    {
        "id": "uuid",
        "order_id": "uuid",
        "at": "timestamptz",
        "actor_id": "bigint",
        "outcome": "text",
        "answers": "jsonb",
        "score": "float8",
        "lon": "float8",
        "lat": "float8",
        "note": "text",
        "signature": "text",
        "unsigned": "text",
    },
)


def complete_orders(results: Sequence[OrderResult], *, actor: Actor, at: datetime) -> list[Fate]:
    """Write down what happened at many places, one fate each, in order.

    Shape:  len(fates) == len(results); a repeated command id gives the fate of its first time.
    Raises: TooMany; nothing for a single result: a refusal is a fate.
    Rule:   OR-7 … OR-11. The order, its visit and its cases are written in one transaction or not at all.
    """

    def settle(fresh: Sequence[OrderResult]) -> dict[UUID, Fate]:
        if actor.can(DO):
            return _settle(fresh, actor, at)
        refusal = NotYourRole(capability=DO, role=actor.role)
        return {result.id: Fate.refused(result.id, refusal) for result in fresh}

    return batches.apply_once(results, settle, kind="orders.complete", actor=actor, at=at)


def _settle(results: Sequence[OrderResult], actor: Actor, at: datetime) -> dict[UUID, Fate]:
    """Write what may be written. A refused case refuses its result: then the rest is tried without it."""
    refused: dict[UUID, Fate] = {}
    while True:
        left = [result for result in results if result.id not in refused]
        if not left:
            return refused
        with transaction.atomic():
            batch = _read(left, actor, at)
            judged = judge_all(batch, left)
            turned_down = _report(batch, judged)
            if turned_down:
                transaction.set_rollback(True)
            else:
                if judged:
                    _write(batch, judged)
                return refused | batch.fates
        refused |= turned_down


def _read(results: Sequence[OrderResult], actor: Actor, at: datetime) -> Batch:
    wanted = {result.order_id for result in results}
    rows = prepared.send(LOOK, list(wanted), pattern(actor.scope), actor.user_id, binary=True).fetchall()
    orders = {row[0]: OpenOrder(*row) for row in rows}
    spans = checklists.spans_beside(order.checklist_id for order in orders.values())
    told = {result.checklist_id for result in results}
    used = {order.checklist_id for order in orders.values()} | {one for one in told if one in spans}
    facts = _facts(results)
    places_told = any(result.lon is not None for result in results)
    return Batch(
        actor=actor,
        at=at,
        orders=orders,
        lists=checklists.get_many(used),
        covered=territory.paths_of(actor.user_id, at.astimezone(CHINA).date()),
        spans={one.id: ListSpan(**asdict(one)) for one in spans.values()},
        limits=limits_in_force(),
        stored=set(facts),
        taken={sha256: taken_at for sha256, told_by in facts.items() if (taken_at := _taken_at(told_by))},
        bounds=territory.index_of(LAYER, at).bounds if places_told else None,
    )


def _facts(results: Sequence[OrderResult]) -> dict[str, dict[str, Any]]:
    """Return the photos and signatures of the results that arrived, and what each says; most say nothing."""
    photos = {
        sha256
        for result in results
        for answer in result.answers
        for sha256 in (*answer.photos, *answer.after_photos)
    }
    return files.facts_of(photos | {result.signature for result in results if result.signature})


def _taken_at(facts: dict[str, Any]) -> datetime | None:
    return from_json(facts).taken_at if facts else None


def _report(batch: Batch, judged: Sequence[Judged]) -> dict[UUID, Fate]:
    """Report the cases of all results at once; return the results that one of their cases was refused."""
    places = describe(one.order for one in judged if one.failed)
    reports: list[CaseReport] = []
    owner: dict[UUID, UUID] = {}
    order_ids: dict[UUID, UUID] = {}
    for one in judged:
        for finding in one.failed:
            report = _case(places[one.order.id], one, finding)
            reports.append(report)
            owner[report.id], order_ids[report.id] = one.result.id, one.order.id
    if not reports:
        return {}
    fates = [
        fate
        for first in range(0, len(reports), batches.MOST)
        for fate in cases.report_cases(
            reports[first : first + batches.MOST], actor=batch.actor, at=batch.at, order_ids=order_ids
        )
    ]
    turned_down: dict[UUID, Fate] = {}
    for fate in fates:
        if fate.outcome is not Outcome.APPLIED:
            command = owner[fate.command_id]
            refusal = fate if fate.outcome is not Outcome.REPEATED else _reused(fate)
            turned_down.setdefault(
                command, Fate(command, refusal.outcome, refusal.status, refusal.code, refusal.zh, refusal.en)
            )
    return turned_down


def _reused(fate: Fate) -> Fate:
    """A case that was there before cannot be the finding of a new visit."""
    return Fate.refused(fate.command_id, CommandIdReused())


def _case(place: Described, one: Judged, finding: Finding) -> CaseReport:
    item, answer = finding.item, finding.answer
    lon, lat = one.point_wgs84 or (place.lon, place.lat)
    return CaseReport(
        id=finding.case_id,
        at=one.result.at,
        matter_code=item.matter_code,
        text=f"不符合：{item.zh}" + (f"。{answer.note}" if answer.note else ""),
        lon=lon,
        lat=lat,
        address=place.address,
        venue_id=one.order.venue_id,
        channel=Channel.INSPECTION,
        photos=answer.photos,
        fixed_on_spot=answer.persuaded,
        after_photos=answer.after_photos,
    )


def _write(batch: Batch, judged: Sequence[Judged]) -> None:
    """Write orders, visits and the audit in one round trip, then the places."""
    changed = {one.order.id: one.order for one in judged}.values()
    told = [
        ("orders.complete", "order", str(one.order.id), {"outcome": one.result.outcome.value})
        for one in judged
    ]
    with prepared.together():
        DONE.send([_row(order) for order in changed])
        VISITS.send([_visit(one, batch.actor) for one in judged])
        audit.record(told, actor=batch.actor, at=batch.at)
    _mark_seen(judged)
    if gone := [one.order.venue_id for one in judged if one.result.outcome in GONE and one.order.venue_id]:
        venue_services.close_venues(gone, actor=batch.actor, at=batch.at)
    for one in judged:
        batch.fates[one.result.id] = Fate.applied(
            one.result.id,
            order_id=str(one.order.id),
            status=str(one.order.status),
            version=one.order.version,
            findings=one.order.findings,
            case_ids=[str(finding.case_id) for finding in one.failed],
        )


def _mark_seen(judged: Sequence[Judged]) -> None:
    """Note the day on each subject: who looked at an extinguisher did not inspect the whole place."""
    places: dict[UUID, date] = {}
    others: dict[tuple[UUID, SubjectKind], date] = {}
    for one in judged:
        order = one.order
        if one.result.outcome is not VisitOutcome.INSPECTED:
            continue
        if order.subject_id is not None:
            key = (order.subject_id, SubjectKind(order.subject_kind))
            others[key] = max(_day(one), others.get(key, _day(one)))
        elif order.venue_id is not None:
            places[order.venue_id] = max(_day(one), places.get(order.venue_id, _day(one)))
    if places:
        venue_services.mark_visited(places)
    mark_seen(others)


def _row(order: OpenOrder) -> dict[str, Any]:
    return {
        "id": order.id,
        "status": str(order.status),
        "outcome": str(order.outcome),
        "done_at": order.done_at,
        "done_by_id": order.done_by_id,
        "findings": order.findings,
        "version": order.version,
        "checklist_id": order.checklist_id,
    }


def _visit(one: Judged, actor: Actor) -> dict[str, Any]:
    result = one.result
    lon, lat = one.point_wgs84 or (None, None)
    return {
        "id": result.id,
        "order_id": one.order.id,
        "at": result.at,
        "actor_id": actor.user_id,
        "outcome": result.outcome.value,
        "answers": [vars(answer) for answer in result.answers],
        "score": one.score,
        "lon": lon,
        "lat": lat,
        "note": result.note,
        "signature": result.signature,
        "unsigned": result.unsigned or "",
    }


def _day(one: Judged) -> date:
    return one.result.at.astimezone(CHINA).date()
