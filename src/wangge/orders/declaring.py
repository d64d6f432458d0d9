"""Intensified periods that people declare for a territory, and end (FQ-14, HB-08)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from wangge.kernel import audit
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible
from wangge.kernel.paths import is_within
from wangge.orders.models import Order, PlanSeason, SeasonSpell
from wangge.orders.refusals import SeasonUnknown, SpellOver, SpellTooLong
from wangge.orders.rules import OrderStatus
from wangge.orders.schemas import SpellIn

LONGEST_SPELL_DAYS = 366


@transaction.atomic
def declare_spell(body: SpellIn, *, actor: Actor, at: datetime) -> bool:
    """Declare an intensified period in a territory of the actor's scope; False if it was declared before.

    Raises: NotYourRole; NotVisible outside the scope; SeasonUnknown; SpellTooLong.
    Rule:   OR-17. Its orders are made by the next plan, the daily one at the latest.
    """
    actor.check_can("orders.plan")
    if not is_within(body.path, actor.scope):
        raise NotVisible
    if SeasonSpell.objects.visible_to(actor).filter(id=body.id).exists():
        return False
    if not PlanSeason.objects.filter(is_active=True, code=body.season).exists():
        raise SeasonUnknown(season=body.season)
    if not 0 < (body.ends_on - body.starts_on).days <= LONGEST_SPELL_DAYS:
        raise SpellTooLong(starts_on=body.starts_on, days=LONGEST_SPELL_DAYS)
    SeasonSpell.objects.create(
        id=body.id,
        season_code=body.season,
        path=body.path,
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        reason=body.reason,
        declared_by_id=actor.user_id,
        declared_at=at,
    )
    detail = body.model_dump(mode="json", exclude={"id"})
    audit.record([("orders.declare_season", "season_spell", str(body.id), detail)], actor=actor, at=at)
    return True


@transaction.atomic
def end_spell(spell_id: UUID, *, actor: Actor, at: datetime) -> int:
    """End an intensified period with today; return how many of its later orders were withdrawn.

    Raises: NotYourRole; NotVisible; SpellOver if it is over already.
    Rule:   OR-20. Orders that opened stay owed; what the season replaced comes back with the next plan.
    """
    actor.check_can("orders.plan")
    today = at.astimezone(CHINA).date()
    spell = SeasonSpell.objects.select_for_update().filter(id=spell_id, path__startswith=actor.scope).first()
    if spell is None:
        raise NotVisible
    if spell.ends_on <= today or spell.ended_at:
        raise SpellOver(ends_on=spell.ends_on - timedelta(days=1))
    spell.ends_on, spell.ended_at = max(today + timedelta(days=1), spell.starts_on), at
    if spell.starts_on > today:
        spell.ends_on = spell.starts_on
    spell.save(update_fields=["ends_on", "ended_at"])
    withdrawn = _withdraw_after(spell, today)
    detail = {"withdrawn": withdrawn, "ends_on": spell.ends_on.isoformat()}
    audit.record([("orders.end_season", "season_spell", str(spell_id), detail)], actor=actor, at=at)
    return withdrawn


def _withdraw_after(spell: SeasonSpell, today: date) -> int:
    return Order.objects.filter(
        grid_path__startswith=spell.path,
        opens_on__gt=today,
        opens_on__gte=spell.ends_on,
        season=spell.season_code,
        status=OrderStatus.OPEN.value,
    ).update(status=OrderStatus.WITHDRAWN.value)
