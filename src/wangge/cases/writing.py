"""Cases and events in the database: read under lock and written back set by set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from wangge.accounts import queries as accounts
from wangge.accounts.schemas import DepartmentOut
from wangge.cases.chain import Event
from wangge.cases.models import Case
from wangge.cases.reporting import Started
from wangge.cases.rules import Asked, CaseFacts, Status
from wangge.kernel import calendars, prepared
from wangge.matters import queries as matters
from wangge.matters.rules import Subject

FACTS = CaseFacts._fields
LISTS = ("co_reporters", "handled_by", "judged_by", "co_departments", "co_waiting")
READ: Mapping[str, Callable[[Any], Any]] = {  # where a row's value is not yet what the rules take
    "status": Status,
    "asked": Asked,
    "chain_head": bytes,
    **dict.fromkeys(LISTS, tuple),
}
READ_AT = tuple((FACTS.index(name), read) for name, read in READ.items())
FIRST = {  # what a new case has; the rest begins as the table has it
    "severity": "text",
    "status": "text",
    "department_id": "bigint",
    "handler_id": "bigint",
    "verifier_id": "bigint",
    "merged_into_id": "uuid",
    "due_at": "timestamptz",
    "stage_started_at": "timestamptz",
    "stage_due_at": "timestamptz",
    "closed_at": "timestamptz",
    "rework": "int",
    "fixed_on_spot": "bool",
    "version": "int",
    "event_count": "int",
    "chain_head": "bytea",
}
CHANGING = FIRST | {
    "matter_code": "text",
    "is_restricted": "bool",
    "stops_operation": "bool",
    "pack_version": "text",
    "answerable_id": "bigint",
    "came_from": "text",
    "absorbed": "int",
    "co_reporters": "bigint[]",
    "handled_by": "bigint[]",
    "judged_by": "bigint[]",
    "co_departments": "bigint[]",
    "co_waiting": "bigint[]",
    "asked": "text",
    "asked_by_id": "bigint",
    "asked_days": "int",
    "approver_id": "bigint",
    "suspensions": "int",
    "extensions": "int",
    "fed_back_m": "int",
    "resumed_by_id": "bigint",
}
TOLD = {
    "venue_id": "uuid",
    "order_id": "uuid",
    "channel": "text",
    "text": "text",
    "address": "text",
    "lon": "float8",
    "lat": "float8",
    "photos": "text[]",
}
STARTING = {
    "id": "uuid",
    "grid_path": "text",
    "matter_code": "text",
    "layer": "text",
    "is_restricted": "bool",
    "stops_operation": "bool",
    "pack_version": "text",
    "reporter_id": "bigint",
    "reported_at": "timestamptz",
}
EVENT = {
    "id": "uuid",
    "case_id": "uuid",
    "seq": "int",
    "action": "text",
    "before": "text",
    "after": "text",
    "actor_id": "bigint",
    "actor_name": "text",
    "role": "text",
    "at": "timestamptz",
    "detail": "jsonb",
    "previous_hash": "bytea",
    "hash": "bytea",
}
LIVE = "case_id, action, before, after, grid_path, matter_code, is_restricted"  # of an event, and of its case
NEWS = {"event_id": "uuid", "case_id": "uuid", "rule_code": "text", "due_at": "timestamptz"}
_LOOK = f"""
SELECT {", ".join(FACTS)}, (SELECT id FROM matters_timing WHERE is_active) AS rulebook,
  {calendars.EDITION} AS calendar
FROM cases_case WHERE id = ANY({{ids}}) ORDER BY id FOR UPDATE
"""
LOCK = _LOOK.format(ids="%s")
KIN = """ARRAY(
  WITH named AS (SELECT unnest(%s::uuid[]) AS id)
  SELECT id FROM named
  UNION SELECT c.id FROM cases_case c JOIN named ON c.merged_into_id = named.id
  UNION SELECT c.merged_into_id FROM cases_case c JOIN named ON c.id = named.id)
"""
LOCK_KIN = _LOOK.format(ids=KIN)
EARLIER = """
SELECT venue_id, matter_code, reported_at FROM cases_case
WHERE venue_id = ANY(%s) AND matter_code = ANY(%s) AND reported_at > %s
  AND status NOT IN ('rejected', 'merged')
"""
KEY = ("id", "uuid")
MARKED = {
    name: CHANGING[name] for name in ("severity", "due_at", "stage_due_at", "event_count", "chain_head")
}
REGRIDDED = {"grid_path": "text", "event_count": "int", "chain_head": "bytea"}
HANDED = {"handler_id": "bigint", "event_count": "int", "chain_head": "bytea"}
SAVE_HANDED = prepared.update("cases_case", HANDED, key=KEY)
SAVE_REGRIDDED = prepared.update("cases_case", REGRIDDED, key=KEY)
REHOUSED = {"venue_id": "uuid", "event_count": "int", "chain_head": "bytea"}
SAVE_REHOUSED = prepared.update("cases_case", REHOUSED, key=KEY)
SAVE_MARKED = prepared.update("cases_case", MARKED, key=KEY)
INSERT = prepared.insert("cases_case", STARTING | FIRST | TOLD)
APPEND = prepared.insert("cases_caseevent", EVENT)
ANNOUNCE = prepared.insert("cases_news", NEWS)
SHOW = f"""
INSERT INTO cases_liveevent ({LIVE})
SELECT case_id, action, before, after, c.grid_path, c.matter_code, c.is_restricted
FROM json_to_recordset(%s) AS v(place int, case_id uuid, action text, before text, after text),
LATERAL (SELECT grid_path, matter_code, is_restricted FROM cases_case WHERE id = v.case_id OFFSET 0) c
ORDER BY v.place
"""


def ask_for(case_ids: Iterable[UUID], *, with_kin: bool = False) -> prepared.Answer:
    """Ask for the facts of the cases and lock them in id order; `read_many` reads the answer.

    With their kin: the cases that they are merged into, and those that are merged into them.
    """
    return prepared.send(LOCK_KIN if with_kin else LOCK, list(set(case_ids)), binary=True)


def read_many(answer: prepared.Answer) -> tuple[dict[UUID, CaseFacts], matters.Rulebook, calendars.Calendars]:
    """Return the facts that were asked for and, if any case was found, rulebook and calendars in force."""
    rows = answer.fetchall()
    timing_id, edition = rows[0][-2:] if rows else (None, None)
    facts = {row[0]: read_facts(row[:-2]) for row in rows}
    return facts, matters.numbered(timing_id), calendars.numbered(edition)


def lock_many(case_ids: Iterable[UUID]) -> dict[UUID, CaseFacts]:
    """Return the facts of the cases, locked in id order until the transaction ends."""
    return read_many(ask_for(case_ids))[0]


def facts_of(case: Case) -> CaseFacts:
    """Return what the rules look at."""
    return read_facts(tuple(getattr(case, name) for name in FACTS))


def read_facts(row: Sequence[Any]) -> CaseFacts:
    """Return the facts of a row with the columns `FACTS`."""
    values = list(row)
    for place, read in READ_AT:
        values[place] = read(values[place])
    return CaseFacts._make(values)


def list_changed(before: CaseFacts, after: CaseFacts) -> set[str]:
    """Return the columns in which the two differ."""
    return {
        name
        for name, old, new in zip(FACTS, before, after, strict=True)
        if old is not new and old != new and name in CHANGING
    }


@lru_cache(maxsize=64)
def save_of(columns: frozenset[str]) -> prepared.Write:
    """Return the write of these columns; steps of one kind change the same ones."""
    return prepared.update(
        "cases_case", {name: kind for name, kind in CHANGING.items() if name in columns}, key=KEY
    )


def save_many(changed: Sequence[CaseFacts], before: Mapping[UUID, CaseFacts]) -> None:
    """Write back what changed since `before`: only columns that changed in any of the cases."""
    columns = frozenset[str]().union(*(list_changed(before[case.id], case) for case in changed))
    if columns:
        save = save_of(columns)
        save.send([as_row(case, save.columns) for case in changed])


def save_marked(changed: Sequence[CaseFacts]) -> None:
    """Write back what a mark changes."""
    SAVE_MARKED.send([as_row(case, SAVE_MARKED.columns) for case in changed])


def save_regridded(changed: Sequence[CaseFacts]) -> None:
    """Write back what the way into another grid changes."""
    SAVE_REGRIDDED.send([as_row(case, SAVE_REGRIDDED.columns) for case in changed])


def save_handed(changed: Sequence[CaseFacts]) -> None:
    """Write back what a handover changes."""
    SAVE_HANDED.send([as_row(case, SAVE_HANDED.columns) for case in changed])


def save_rehoused(changed: Sequence[CaseFacts], places: Mapping[UUID, UUID]) -> None:
    """Write back what the way to another place changes."""
    names = [name for name in SAVE_REHOUSED.columns if name != "venue_id"]
    SAVE_REHOUSED.send([as_row(case, names) | {"venue_id": places[case.id]} for case in changed])


def insert_many(started: Sequence[Started]) -> None:
    """Write new cases."""
    INSERT.send([as_row(one.facts, STARTING) | as_row(one.facts, FIRST) | one.told for one in started])


def append_events(events: Iterable[Event]) -> None:
    """Write events of cases as they stand now, for the live stream too (LV-1), and as news (NT-10)."""
    fresh = list(events)
    if not fresh:
        return
    APPEND.send([event._asdict() for event in fresh])
    ANNOUNCE.send([news_of(event) for event in fresh])
    shown = [
        {"place": n, "case_id": one.case_id, "action": one.action, "before": one.before, "after": one.after}
        for n, one in enumerate(fresh)
    ]
    prepared.send(SHOW, msgspec.json.encode(shown).decode())


def news_of(event: Event) -> dict[str, Any]:
    """Return the row that says that somebody may have to be told of the event."""
    return {"event_id": event.id, "case_id": event.case_id, "rule_code": "", "due_at": event.at}


def as_row(thing: object, names: Iterable[str]) -> dict[str, Any]:
    """Return those fields of a case or an event by name."""
    return {
        name: list(value) if isinstance(value := getattr(thing, name), tuple) else value for name in names
    }


def subject_of(case: CaseFacts | Case) -> Subject:
    """Return what the routes look at."""
    return Subject(case.matter_code, case.grid_path, case.severity, case.layer)


def suggest_departments(cases: Mapping[UUID, Subject], rulebook: matters.Rulebook) -> dict[UUID, int | None]:
    """Return the department that the routes name for each case. Rule: MA-1 (WH-28, WH-32)."""
    kinds = {key: (rulebook.kind_for(subject), subject.grid_path) for key, subject in cases.items()}
    found = accounts.departments_for([(kind, path) for kind, path in kinds.values() if kind])
    return {key: found.get((kind, path)) if kind else None for key, (kind, path) in kinds.items()}


def reported_before(
    wanted: Iterable[tuple[UUID, str]], since: datetime
) -> dict[tuple[UUID, str], list[datetime]]:
    """Return when each (venue, matter) was reported since then; rejected and merged reports do not count."""
    venues, codes = (sorted(set(column)) for column in zip(*wanted, strict=True))
    found: dict[tuple[UUID, str], list[datetime]] = defaultdict(list)
    for venue_id, code, at in prepared.send(EARLIER, venues, codes, since, binary=True).fetchall():
        found[venue_id, code].append(at)
    return found


def departments_named(department_ids: Iterable[int]) -> dict[int, DepartmentOut]:
    """Return each department that exists."""
    return accounts.get_departments(list(department_ids))


def reported_at_venues(case_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, datetime]]:
    """Return venue and moment of those of the cases that were reported at a venue."""
    found = Case.objects.filter(pk__in=list(case_ids), venue__isnull=False)
    return {key: (venue, at) for key, venue, at in found.values_list("pk", "venue_id", "reported_at")}
