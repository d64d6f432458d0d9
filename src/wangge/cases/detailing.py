"""One case as its page shows it: stages, people, requests, co-handlers, merged cases, events, next steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from wangge.accounts import queries as accounts
from wangge.cases import writing
from wangge.cases.chain import MARKS, NO_HASH, Event, hash_of
from wangge.cases.conditions import Now, allowed_actions
from wangge.cases.detail_schemas import (
    AllowedAction,
    CaseDetail,
    CoHandlerOut,
    EventOut,
    HaveOut,
    MergedOut,
    PlaceOut,
    RequestOut,
    StageOut,
    UsedOut,
)
from wangge.cases.models import Case, CoHandler
from wangge.cases.rules import MAY, Action, CaseFacts, CoState, Mark, Need, is_near
from wangge.cases.schemas import CaseRow
from wangge.cases.showing import row_of
from wangge.cases.stages import list_stages, template_for
from wangge.kernel import calendars
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.matters import queries as matters
from wangge.matters.rules import Limits
from wangge.territory import queries as territory

FIRST_STEPS = {Action.REPORT, Action.FIX_ON_SPOT}  # the reporter's own
KEPT_BACK = {"facts", "photo_facts"}  # of an event's detail; what photos say is shown by the room of evidence
LAYER = "comprehensive"


def detail_of(case: Case, events: list[Event], actor: Actor, at: datetime) -> CaseDetail:
    """Return a visible case with everything that its page shows."""
    facts, rules = writing.facts_of(case), matters.in_force()
    matter = matters.get_matter(case.matter_code, case.pack_version)
    now = Now(rules.limits, calendars.in_force().of(case.grid_path), at)
    actions = [
        AllowedAction(action=action, needs=_words(needs), takes=_words(MAY.get(action, ())))
        for action, needs in allowed_actions(facts, actor, now)
    ]
    shown = row_of(case, actor, at, rules)
    hides = shown.reporter_name is None
    return CaseDetail(
        **shown.model_dump(),
        photos=case.photos,
        events=_events_out(events, hide_reporter=hides),
        actions=actions,
        suggested_department_id=_suggested(facts, actions, rules),
        chain_is_valid=_is_whole(events, facts.chain_head),
        order_id=case.order_id,
        pack_version=case.pack_version,
        basis=matter.basis if matter else "",
        is_confirmed=matter.is_confirmed if matter else False,
        stages=[
            StageOut(name=one.zh, name_en=one.en, state=one.state, at=one.at)
            for one in list_stages(template_for(case.channel, rules.templates), facts.status, events)
        ],
        haves=_haves(case, shown, hides=hides, at=at),
        co_handlers=_co_handlers(case),
        answerable_name=_answerable(facts),
        request=_request(facts, events),
        place=_place(facts, rules.limits),
        used=_used(facts, rules.limits),
        stops_operation=facts.stops_operation,
        is_resumed=facts.resumed_by_id is not None,
        merged=_absorbed(case, actor) if facts.absorbed else [],
        absorbed=facts.absorbed,
        merged_into=_target(case, actor),
    )


def _words(needs: Iterable[Need]) -> list[Any]:
    return [need.value for need in needs]


def _suggested(facts: CaseFacts, actions: Sequence[AllowedAction], rules: matters.Rulebook) -> int | None:
    if not any(one.action is Action.DISPATCH for one in actions):
        return None
    named = writing.suggest_departments({facts.id: writing.subject_of(facts)}, rules)
    return named[facts.id]


def _haves(case: Case, shown: CaseRow, *, hides: bool, at: datetime) -> list[HaveOut]:
    """Return who patrols, reports, resolves and supervises: each case names the four (WH-29)."""
    patrol = territory.members_of([case.grid_path], LAYER, at.astimezone(CHINA).date()).get(case.grid_path)
    names = accounts.names_of([one for one in (patrol, case.verifier_id) if one is not None])
    return [
        HaveOut(part="patrol", name=names.get(patrol or 0), place=shown.grid_name),
        HaveOut(part="report", name=None if hides else shown.reporter_name, is_hidden=hides),
        HaveOut(part="resolve", name=shown.handler_name, place=shown.department_name),
        HaveOut(part="supervise", name=names.get(case.verifier_id or 0)),
    ]


def _co_handlers(case: Case) -> list[CoHandlerOut]:
    rows = CoHandler.objects.filter(case=case).select_related("department", "person").order_by("at", "id")
    return [
        CoHandlerOut(
            department_id=row.department_id,
            department_name=row.department.name,
            state=CoState(row.state),
            person_name=row.person.name if row.person else None,
            at=row.at,
        )
        for row in rows
    ]


def _answerable(facts: CaseFacts) -> str | None:
    """Return the first receiver where somebody else has the case now, or nobody (CS-30)."""
    if facts.answerable_id is None or facts.answerable_id == facts.department_id:
        return None
    return accounts.get_departments([facts.answerable_id])[facts.answerable_id].name


def _request(facts: CaseFacts, events: Sequence[Event]) -> RequestOut | None:
    if not facts.asked:
        return None
    asked = next(one for one in reversed(events) if one.detail.get("facts", {}).get("asked") == facts.asked)
    return RequestOut(
        asked=facts.asked,
        days=facts.asked_days,
        reason=asked.detail.get("reason", ""),
        by_name=asked.actor_name,
        at=asked.at,
    )


def _place(facts: CaseFacts, limits: Limits) -> PlaceOut:
    return PlaceOut(
        distance_m=facts.fed_back_m,
        limit_m=limits.same_place_m,
        is_near=is_near(facts.fed_back_m, limits.same_place_m),
    )


def _used(facts: CaseFacts, limits: Limits) -> UsedOut:
    return UsedOut(
        suspensions=facts.suspensions,
        suspensions_most=limits.suspensions,
        extensions=facts.extensions,
        extensions_most=limits.extensions,
        extension_days_most=limits.extension_days,
    )


def _absorbed(case: Case, actor: Actor) -> list[MergedOut]:
    return _merged(Case.objects.visible_to(actor).filter(merged_into_id=case.pk).order_by("pk")[:50])


def _merged(cases: Iterable[Case]) -> list[MergedOut]:
    rows = list(cases)
    names = matters.names_of(row.matter_code for row in rows)
    return [
        MergedOut(
            id=row.id,
            matter_zh=names.get(row.matter_code, (row.matter_code, ""))[0],
            matter_en=names.get(row.matter_code, ("", row.matter_code))[1],
            text=row.text,
            address=row.address,
            reported_at=row.reported_at,
            version=row.version,
        )
        for row in rows
    ]


def _target(case: Case, actor: Actor) -> MergedOut | None:
    if case.merged_into_id is None:
        return None
    found = _merged(Case.objects.visible_to(actor).filter(pk=case.merged_into_id))
    return found[0] if found else None


def _is_whole(events: list[Event], head: bytes) -> bool:
    previous = NO_HASH
    for seq, event in enumerate(events, start=1):
        if (
            event.seq != seq
            or event.previous_hash != previous
            or hash_of(event, previous=previous) != event.hash
        ):
            return False
        previous = event.hash
    return previous == head


def _departments_of(event: Event) -> list[int]:
    """Return the departments that a step names: whom it was sent to, who helps, for whom somebody signs."""
    detail = event.detail
    named = [detail.get("facts", {}).get("department_id"), detail.get("for_department")]
    return [one for one in (*named, *detail.get("co_departments", ())) if one is not None]


def _events_out(events: list[Event], *, hide_reporter: bool) -> list[EventOut]:
    named = {event.seq: _departments_of(event) for event in events}
    found = accounts.get_departments([one for ones in named.values() for one in ones])
    return [
        EventOut(
            seq=event.seq,
            action=Mark(event.action) if event.action in MARKS else Action(event.action),
            before=event.before,
            after=event.after,
            actor_name="" if hide_reporter and event.action in FIRST_STEPS else event.actor_name,
            role=event.role,
            at=event.at,
            detail={key: value for key, value in event.detail.items() if key not in KEPT_BACK},
            department_name="、".join(found[one].name for one in named[event.seq] if one in found) or None,
            hash=event.hash.hex(),
        )
        for event in events
    ]
