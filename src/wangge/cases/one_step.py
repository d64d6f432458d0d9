"""One step in two statements: what it looks at, and all that it writes."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, connection

from wangge.cases import co_handling, writing
from wangge.cases.chain import Event
from wangge.cases.looking import check_photos, check_time, told, world
from wangge.cases.rules import ENDED, Action, CaseFacts
from wangge.cases.schemas import StepCommand
from wangge.cases.stepping import take
from wangge.kernel import audit, calendars, prepared, receipts
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Refused
from wangge.kernel.fates import Fate
from wangge.matters import queries as matters

KIND = "cases.step"
MERGES = frozenset({Action.MERGE, Action.UNMERGE})
FACTS = f"""
SELECT {", ".join(writing.FACTS)}, (SELECT id FROM matters_timing WHERE is_active), {calendars.EDITION}
"""
LOOK = f"{FACTS}, NULL FROM cases_case WHERE id = %s::uuid"
LOOK_WITH_PHOTOS = f"""{FACTS},
  (SELECT jsonb_object_agg(sha256, coalesce(facts, '{{}}')) FROM kernel_storedfile
   WHERE sha256 = ANY(%s::text[]))
FROM cases_case WHERE id = %s::uuid
"""
WRITE = f"""
WITH moved AS ({{save}} AND event_count = %s RETURNING id, grid_path, matter_code, is_restricted),
happened AS (
  INSERT INTO cases_caseevent ({", ".join(writing.APPEND.columns)}) SELECT {writing.APPEND.given} FROM moved
),
shown AS (
  INSERT INTO cases_liveevent ({writing.LIVE})
  SELECT id, %s, %s, %s, grid_path, matter_code, is_restricted FROM moved
),
told AS (
  INSERT INTO cases_news ({", ".join(writing.ANNOUNCE.columns)}) SELECT {writing.ANNOUNCE.given} FROM moved
),
noted AS (
  INSERT INTO kernel_auditrow ({", ".join(audit.INSERT.columns)}) SELECT {audit.INSERT.given} FROM moved
)
INSERT INTO kernel_receipt ({", ".join(receipts.INSERT.columns)}) SELECT {receipts.INSERT.given} FROM moved
"""


def take_one(step: StepCommand, actor: Actor, at: datetime) -> Fate | None:
    """Return the fate of a step that is applied at once; None: nothing is written, take the long way.

    The case is not locked: the write finds it at the event that was looked at, or writes nothing. Whatever
    is refused, repeated, inside a transaction or concerns more than its own row goes the long way.
    Rule: CS-2 … CS-7, KE-17.
    """
    if connection.in_atomic_block or step.action in MERGES:
        return None
    row = _look(step)
    if row is None:
        return None
    case = writing.read_facts(row[: len(writing.FACTS)])
    timing_id, edition, stored = row[len(writing.FACTS) :]
    stored = stored or {}
    try:
        check_time(step.at, at)
        rules = matters.numbered(timing_id)
        around = world([step], {case.id: case}, rules, calendars.numbered(edition), stored)
        after, event = take(case, step, actor, around, at)
        check_photos(step.photos, stored)
    except Refused:
        return None
    if co_handling.is_changed(case, after) or (case.absorbed and after.status in ENDED):
        return None
    fate = Fate.applied(step.id, **told(after))
    try:
        return fate if _write(case, after, event, fate, step, actor, at) else None
    except IntegrityError:
        return None  # the command was applied meanwhile, or before


def _look(step: StepCommand) -> Any:
    if step.photos:
        return prepared.send(LOOK_WITH_PHOTOS, step.photos, str(step.case_id), binary=True).fetchone()
    return prepared.send(LOOK, str(step.case_id), binary=True).fetchone()


@lru_cache(maxsize=64)
def _statement(save: str) -> str:
    """Return the whole write; steps of one kind change the same columns and share a prepared statement."""
    return WRITE.format(save=save)


def _write(
    case: CaseFacts, after: CaseFacts, event: Event, fate: Fate, step: StepCommand, actor: Actor, at: datetime
) -> bool:
    digest = receipts.digest_of_command(step)
    entry = (f"cases.{event.action}", "case", str(case.id), {"seq": event.seq})
    save = writing.save_of(frozenset(writing.list_changed(case, after)))
    written = prepared.send(
        _statement(save.one),
        *save.values(writing.as_row(after, save.columns)),
        case.event_count,
        *writing.APPEND.values(event._asdict()),
        *map(str, (event.action, event.before, event.after)),
        *writing.ANNOUNCE.values(writing.news_of(event)),
        *audit.INSERT.values(audit.row(entry, actor=actor, at=at)),
        *receipts.INSERT.values(receipts.row(fate, digest, kind=KIND, actor=actor, at=at)),
    )
    return written.rowcount == 1
