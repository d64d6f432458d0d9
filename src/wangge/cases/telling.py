"""What a step tells to whom: news of cases, matched with the pack's rules; people are found set by set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from wangge.cases.hearers import Heard, Hearers, Line
from wangge.cases.models import Case, CaseEvent, News
from wangge.kernel.clock import CHINA, deadline_words
from wangge.matters import queries as matters
from wangge.notices import queries as notices
from wangge.notices import services as outlet
from wangge.notices.rules import NEWS_FOR, Filter, Happening, Who, fill, matches
from wangge.notices.services import Telling
from wangge.venues import queries as venues

PART = 500
TAKE = """
DELETE FROM cases_news WHERE id IN (
  SELECT id FROM cases_news WHERE due_at <= %s ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING event_id, case_id, rule_code
"""
HEARD = (
    "id",
    "grid_path",
    "venue_id",
    "venue__venue_class_id",
    "matter_code",
    "severity",
    "channel",
    "address",
    "reporter_id",
    "handler_id",
    "department_id",
    "due_at",
    "closed_at",
    "co_waiting",
)


@dataclass(frozen=True, slots=True)
class Item:
    """A rule that is for an event of a case."""

    event: CaseEvent
    case: Heard
    rule: Any


@transaction.atomic
def tell_news(*, at: datetime, most: int = PART) -> int:
    """Tell people what happened to cases, at most `most` events; returns how many were looked at.

    What is told and the note that it was told are one transaction, so a worker that dies tells it once.
    A rule with a delay puts the event back until its time, and looks then whether the case is still open.
    Rule: NT-10 (HB-12).
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [at, most])
        taken = cursor.fetchall()
    rules = notices.rules_in_force()
    if not taken or not rules:
        return len(taken)
    fresh = CaseEvent.objects.filter(pk__in={event for event, _, _ in taken})
    events = {event.pk: event for event in fresh.defer("previous_hash", "hash")}
    cases = _read_cases({case for _, case, _ in taken})
    items, later, rungs = [], [], set()
    for event_id, case_id, rule_code in sorted(taken, key=lambda row: row[0].int):  # as they happened
        event, case = events.get(event_id), cases.get(case_id)
        if event is None or case is None:
            continue
        for rule in rules:
            if rule_code not in {"", rule.code} or not _is_for(rule, event, case, at):
                continue
            if rule.delay_minutes and not rule_code:
                due_at = event.at + timedelta(minutes=rule.delay_minutes)
                later.append(News(event_id=event_id, case_id=case_id, rule_code=rule.code, due_at=due_at))
            elif rule.levels and (case.id, rule.code) in rungs:
                continue  # late on two clocks at one rung: told once
            elif not rule.only_if_open or case.closed_at is None:
                rungs.add((case.id, rule.code))
                items.append(Item(event, case, rule))
    News.objects.bulk_create(later)
    outlet.tell(_tellings(items, at.astimezone(CHINA).date()), at=at)
    return len(taken)


def _is_for(rule: Any, event: CaseEvent, case: Heard, at: datetime) -> bool:
    wanted = Filter(rule.topic, rule.matters, rule.severities, rule.channels, rule.statuses, rule.levels)
    level = str(event.detail.get("code", ""))  # the rung of an escalation
    what = Happening(event.action, case.matter_code, case.severity, case.channel, event.after, level)
    return at < event.at + timedelta(minutes=rule.delay_minutes) + NEWS_FOR and matches(wanted, what)


def _read_cases(case_ids: Iterable[UUID]) -> dict[UUID, Heard]:
    rows = Case.objects.filter(pk__in=set(case_ids)).values_list(*HEARD)
    return {row[0]: Heard(*row) for row in rows}


def _tellings(items: Sequence[Item], on: date) -> list[Telling]:
    """Return the messages; those whom a link would lead to a case they cannot see get none."""
    hearers = Hearers.of([(item.case, set(item.rule.recipients), item.rule.levels_up) for item in items], on)
    words = _words([item.case for item in items])
    tellings = []
    for item in items:
        recipients = {Who(who) for who in item.rule.recipients}
        for is_linked, part in (
            (True, recipients - {Who.GRID_PEERS}),
            (False, recipients & {Who.GRID_PEERS}),
        ):
            people = hearers.people(item.case, part, item.rule.levels_up)
            contacts = hearers.contacts(item.case, part)
            people = [user for user in people if user != item.event.actor_id]  # who did it knows it
            if people or contacts:
                tellings.append(_telling(item, words[item.case.id], people, contacts, is_linked))
    return tellings


def _telling(
    item: Item,
    words: Mapping[str, Mapping[str, str]],
    people: Sequence[int],
    contacts: Sequence[Line],
    is_linked: bool,
) -> Telling:
    rule, reason = item.rule, {"reason": str(item.event.detail.get("reason", ""))}
    return Telling(
        key=f"case:{item.event.pk}:{rule.code}:{'linked' if is_linked else 'told'}",
        topic=rule.topic,
        path=item.case.grid_path,
        title_zh=rule.name_zh,
        title_en=rule.name_en,
        text_zh=fill(rule.text_zh, {**words["zh"], **reason}),
        text_en=fill(rule.text_en, {**words["en"], **reason}),
        user_ids=people,
        contacts=[outlet.Contact(*one) for one in contacts if one[1] in rule.media],
        media=rule.media,
        case_id=item.case.id if is_linked else None,
        rule_code=rule.code,
        is_urgent=rule.is_urgent,
        is_duty=rule.is_duty,
        is_digest=rule.is_digest,
    )


def _words(cases: Sequence[Heard]) -> dict[UUID, dict[str, dict[str, str]]]:
    """Return what the placeholders stand for, by case and language, in two statements."""
    kinds = matters.names_of(case.matter_code for case in cases)
    places = venues.names_of({case.venue_id for case in cases if case.venue_id})
    words: dict[UUID, dict[str, dict[str, str]]] = defaultdict(dict)
    for case in cases:
        place = " ".join(
            part for part in (places.get(case.venue_id) if case.venue_id else "", case.address) if part
        )
        due = ""
        if case.due_at:
            day, time = deadline_words(case.due_at)
            due = f"{day:%m-%d} {time}"
        names = kinds.get(case.matter_code, (case.matter_code, case.matter_code))
        plain = {"place": place}
        words[case.id]["zh"] = plain | {"matter": names[0], "due": due or "未定"}
        words[case.id]["en"] = plain | {"matter": names[1], "due": due or "not known yet"}
    return words
