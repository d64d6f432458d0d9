"""What the app asks of people: minutes, fields typed, photos; told of many, never of one. Rule: FD-15."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection

from wangge.accounts import queries as accounts
from wangge.field.models import Burden
from wangge.field.rules import FEWEST, ForeignDay
from wangge.field.schemas import BurdenDay, BurdenIn
from wangge.kernel import batches
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.fates import Fate

READ = "appraisal.read"
AHEAD, BEHIND = timedelta(days=1), timedelta(days=30)
FIGURES = ["active_s", "fields", "photos"]

_DAYS = """
SELECT "on", count(*),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY active_s) / 60,
  percentile_cont(0.9) WITHIN GROUP (ORDER BY active_s) / 60,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY fields), percentile_cont(0.5) WITHIN GROUP (ORDER BY photos)
FROM (
  SELECT "on", user_id, sum(active_s) active_s, sum(fields) fields, sum(photos) photos
  FROM field_burden WHERE "on" BETWEEN %s AND %s AND user_id = ANY(%s) GROUP BY 1, 2
) a_person GROUP BY 1 ORDER BY 1
"""


def note_burdens(told: Sequence[BurdenIn], *, actor: Actor, at: datetime) -> list[Fate]:
    """Keep what the caller's phone counted; of a day the last word stands. A fate each, in order.

    Raises: TooMany.
    Rule:   FD-15.
    """

    def settle(fresh: Sequence[BurdenIn]) -> dict[UUID, Fate]:
        today = at.astimezone(CHINA).date()
        fates: dict[UUID, Fate] = {}
        last: dict[tuple[UUID, date], Burden] = {}
        for one in fresh:
            if not today - BEHIND <= one.on <= today + AHEAD:
                fates[one.id] = Fate.refused(one.id, ForeignDay())
                continue
            given = one.model_dump(include={"phone_id", "on", *FIGURES})
            last[one.phone_id, one.on] = Burden(user_id=actor.user_id, **given)
            fates[one.id] = Fate.applied(one.id)
        Burden.objects.bulk_create(
            last.values(),
            update_conflicts=True,
            unique_fields=["user", "phone_id", "on"],
            update_fields=FIGURES,
        )
        return fates

    return batches.apply_once(told, settle, kind="field.burden", actor=actor, at=at)


def list_burden(actor: Actor, *, first_on: date, last_on: date, at: datetime) -> list[BurdenDay]:
    """Return what was asked of the people of the caller's territory, a row a day.

    Raises: NotYourRole.
    Rule:   FD-15 (of fewer than five people only their number).
    """
    actor.check_can(READ)
    on = at.astimezone(CHINA).date()
    within = accounts.with_post_in(actor.scope, on)
    people = list(
        Burden.objects.filter(within, on__range=(first_on, last_on)).values_list("user_id").distinct()
    )
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, [first_on, last_on, [pk for (pk,) in people]])
        rows = cursor.fetchall()
    names = ("minutes_median", "minutes_p90", "fields_median", "photos_median")
    return [
        BurdenDay(
            on=day,
            people=count,
            **{
                name: round(float(value), 1) if count >= FEWEST else None
                for name, value in zip(names, values, strict=True)
            },
        )
        for day, count, *values in rows
    ]
