"""Which cases wait for somebody's next step, as a filter of the list."""

from __future__ import annotations

from django.db.models import Q

from wangge.cases.rules import CAPABILITY, HANDLERS_WORK, JUDGEMENT, STEPS, Action, Asked
from wangge.kernel.actor import Actor

AWAITED = frozenset(  # the steps of the straight way; those that turn aside wait for nobody
    {
        Action.ACCEPT,
        Action.DISPATCH,
        Action.SIGN,
        Action.FEED_BACK,
        Action.TRANSFER_BACK,
        Action.RESUME,
        Action.PASS,
    }
)


def waiting_for(actor: Actor) -> Q:
    """Return, of open cases, those on which the actor has a next step (CS-3, CS-4)."""
    waiting = Q(pk__in=[])
    for status, action in STEPS:
        if action in AWAITED and actor.can(CAPABILITY[action]):
            waiting |= Q(status=status) & _part(action, actor)
    if actor.can("cases.approve"):
        waiting |= ~Q(asked=Asked.NOTHING) & ~Q(asked_by_id=actor.user_id)
    if actor.can("cases.handle"):
        waiting |= Q(co_waiting__contains=[actor.department_id]) & _own(Action.COUNTERSIGN, actor)
    return waiting


def _part(action: Action, actor: Actor) -> Q:
    mine = _own(action, actor)
    if action in HANDLERS_WORK:
        mine &= Q(department_id=actor.department_id)
    if action in {Action.FEED_BACK, Action.TRANSFER_BACK}:
        mine &= Q(co_waiting=[])
    return mine


def _own(action: Action, actor: Actor) -> Q:
    """Nobody has two parts in one case (CS-3)."""
    mine = Q()
    if action in HANDLERS_WORK | JUDGEMENT:
        mine &= ~Q(reporter_id=actor.user_id)
    if action in JUDGEMENT:
        mine &= ~Q(handled_by__contains=[actor.user_id]) & ~Q(co_reporters__contains=[actor.user_id])
    elif action in HANDLERS_WORK:
        mine &= ~Q(judged_by__contains=[actor.user_id])
    return mine
