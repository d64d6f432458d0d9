"""The grid log (网格日志): written by itself from what was done, in the words of its owner, signed by them.

Rule: PA-15 (TZ-12).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from wangge.kernel import audit, batches
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA, days
from wangge.kernel.errors import NotYourRole, Refused, VersionConflict
from wangge.kernel.fates import Fate
from wangge.patrols.attaining import count_days
from wangge.patrols.duty import DO
from wangge.patrols.models import GridLog, PatrolDay
from wangge.patrols.rules import AlreadySigned, InTheFuture, NothingDone
from wangge.patrols.schemas import GridLogCommand
from wangge.territory import queries as territory

Fact = dict[str, Any]
OUTCOMES = {
    "inspected": ("检查场所 {n} 处", "inspected {n} places"),
    "nobody_there": ("上门无人 {n} 处", "nobody there at {n} places"),
    "refused_entry": ("拒绝检查 {n} 处", "refused entry at {n} places"),
    "closed_down": ("已停业 {n} 处", "{n} places closed down"),
    "moved_away": ("已搬离 {n} 处", "{n} places moved away"),
}
WORDS = {
    "cases.report": ("上报问题 {n} 件", "reported {n} matters"),
    "documents.record": ("登记文书 {n} 份", "recorded {n} documents"),
    "census.answer": ("答复普查 {n} 条", "answered {n} census rows"),
    "visits.visit": ("走访 {n} 人次", "made {n} visits to people"),
    "visits.arrive": ("到场 {n} 次", "answered {n} calls to a place"),
    "visits.report": ("快报 {n} 条", "sent {n} quick reports"),
    "dossiers.save": ("更新档案 {n} 次", "updated dossiers {n} times"),
    "major_hazards.assess": ("评估疑似重大隐患 {n} 次", "assessed suspected major hazards {n} times"),
}
ON_CASES = ("处理案件 {n} 步", "took {n} steps on cases")
NOT_WORK = {"cases.export", "cases.save_filter", "cases.delete_filter", "cases.read"}


def facts_of(user_ids: Sequence[int], on: date) -> dict[int, list[Fact]]:
    """Return what each of these people did on the day, as lines in the order of their beginning.

    Rule: PA-15. One statement for all: every change of the house has its audit row.
    """
    since, until = days(on, on)
    lines: dict[int, list[Fact]] = defaultdict(list)
    on_cases: dict[int, tuple[int, datetime]] = {}
    for user_id, action, outcome, count, first, _ in audit.done_by(list(user_ids), since, until):
        words = OUTCOMES.get(outcome) if action == "orders.complete" else WORDS.get(action)
        if words:
            lines[user_id].append(_line(words, count, first))
        elif action.startswith("cases.") and action not in NOT_WORK:
            so_far, began = on_cases.get(user_id, (0, first))
            on_cases[user_id] = (so_far + count, began)
    for user_id, (count, began) in on_cases.items():
        lines[user_id].append(_line(ON_CASES, count, began))
    return {user_id: sorted(some, key=lambda one: one["at"]) for user_id, some in lines.items()}


def _line(words: tuple[str, str], count: int, at: datetime) -> Fact:
    return {"at": at.isoformat(), "zh": words[0].format(n=count), "en": words[1].format(n=count)}


def auto_text(facts: dict[str, Any]) -> str:
    """Return the log as it writes itself. Rule: PA-15."""
    lines = [line["zh"] for line in facts.get("lines", [])]
    minutes = facts.get("minutes", 0)
    return "；".join([f"网格内巡查 {minutes} 分钟", *lines]) + "。"


def minutes_of(user_id: int, on: date, *, at: datetime) -> int:
    """Return the minutes that count of the person's day: as kept, else as the points say now."""
    kept = PatrolDay.objects.filter(user_id=user_id, on=on, is_kept=True).first()
    rows = [vars(kept)] if kept else count_days([user_id], on, at=at)
    return int(rows[0]["inside_s"]) // 60 if rows else 0


def save_log(commands: Sequence[GridLogCommand], *, actor: Actor, at: datetime) -> list[Fate]:
    """Write or sign one's own log of a day, one fate each, in order.

    Shape:  len(fates) == len(commands); a repeated command id gives the fate of its first time.
    Raises: TooMany; nothing for a single log: a refusal is a fate.
    Rule:   PA-15: signed, it stands; the facts are kept as they stood then.
    """

    def settle(fresh: Sequence[GridLogCommand]) -> dict[UUID, Fate]:
        return {one.id: _one(one, actor, at) for one in fresh}

    return batches.apply_once(commands, settle, kind="patrols.log", actor=actor, at=at)


def _one(command: GridLogCommand, actor: Actor, at: datetime) -> Fate:
    try:
        if not actor.can(DO):
            raise NotYourRole(capability=DO, role=actor.role)
        with transaction.atomic():
            log = _save(command, actor, at)
    except Refused as refusal:
        return Fate.refused(command.id, refusal)
    action = "patrols.sign_log" if command.sign else "patrols.write_log"
    audit.record([(action, "grid_log", str(log.pk), {"on": log.on.isoformat()})], actor=actor, at=at)
    return Fate.applied(command.id, version=log.version, signed=command.sign)


def _save(command: GridLogCommand, actor: Actor, at: datetime) -> GridLog:
    """Raises: InTheFuture, AlreadySigned, VersionConflict, NothingDone."""
    if command.on > at.astimezone(CHINA).date():
        raise InTheFuture
    log = GridLog.objects.select_for_update().filter(user_id=actor.user_id, on=command.on).first()
    if log is not None and log.signed_at is not None:
        raise AlreadySigned
    if (log.version if log else 0) != command.base_version:
        raise VersionConflict(current=log.version if log else 0, given=command.base_version)
    facts = facts_of([actor.user_id], command.on).get(actor.user_id, [])
    minutes = minutes_of(actor.user_id, command.on, at=at)
    if not (facts or minutes or command.text.strip()):
        raise NothingDone
    own = sorted(territory.paths_of(actor.user_id, command.on))
    log = log or GridLog(
        user_id=actor.user_id, on=command.on, grid_path=own[0] if own else actor.scope, version=0
    )
    log.facts = {"lines": facts, "minutes": minutes}
    said = command.text.strip()
    log.text = "" if said == auto_text(log.facts) else said  # as it writes itself: nobody's words
    log.version += 1
    log.signed_at = at if command.sign else None
    log.save()
    return log


def write_logs(user_ids: Iterable[int], on: date) -> int:
    """Let the logs of a day write themselves, for everybody who did something; return how many are new.

    What its owner wrote or signed already is left alone. Rule: PA-15.
    """
    people = sorted(set(user_ids))
    found = facts_of(people, on)
    counted = PatrolDay.objects.filter(on=on, user_id__in=people)
    seconds = dict(counted.values_list("user_id", "inside_s"))
    walked = territory.walked_by(people, on)
    logs = [
        GridLog(
            user_id=one,
            on=on,
            grid_path=walked[one][0][1],
            facts={"lines": found.get(one, []), "minutes": seconds.get(one, 0) // 60},
        )
        for one in people
        if walked.get(one) and (found.get(one) or seconds.get(one))
    ]
    return len(GridLog.objects.bulk_create(logs, ignore_conflicts=True))
