"""The job that keeps the days up with what arrives, and closes each day for everybody. Rule: PA-10, PA-13."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from wangge.kernel.clock import CHINA
from wangge.kernel.ids import assemble
from wangge.patrols.attaining import write_days
from wangge.patrols.duty import cut_forgotten
from wangge.patrols.installing import limits_in_force
from wangge.patrols.logs import write_logs
from wangge.patrols.models import CountedUntil, PatrolDay
from wangge.territory import queries as territory

STILL_COMING = timedelta(minutes=2)  # a batch may be written a moment after it says it arrived
AT_ONCE = 500  # people whose points are in memory together
_ARRIVED = """
SELECT DISTINCT user_id, first_at, last_at FROM (
  SELECT user_id, date_trunc('hour', first_at) AS first_at, date_trunc('hour', last_at) AS last_at
  FROM patrols_trackchunk WHERE received_at >= %(since)s AND id >= %(low)s
  UNION ALL SELECT user_id, started_at, coalesce(ended_at, %(at)s) FROM patrols_patrolsession
  WHERE ended_at IS NULL OR touched_at >= %(since)s
) arrived
"""  # an id says when its batch was closed: so only the months that may still grow are looked at
_FORGET = "DELETE FROM patrols_trackchunk WHERE last_at < %s"


def count_arrived(*, at: datetime) -> int:
    """Count anew every day that points or steps arrived for since the last time; return how many rows.

    Rule: PA-10. Two workers at once do it one after the other.
    """
    with transaction.atomic():
        mark = CountedUntil.objects.select_for_update().filter(pk=1).first()
        limits = limits_in_force()
        late = timedelta(hours=limits.late_hours + limits.longest_hours + 1)
        since = mark.until - STILL_COMING if mark else at - late
        cut_forgotten(limits, at=at)
        done = _count(_days_of(since, since - late, at), at=at)
        CountedUntil.objects.update_or_create(pk=1, defaults={"until": at})
    return done


def _days_of(since: datetime, oldest: datetime, at: datetime) -> dict[date, set[int]]:
    """Return the people to count anew, by day."""
    with connection.cursor() as cursor:
        cursor.execute(_ARRIVED, {"since": since, "low": assemble(oldest, 0), "at": at})
        rows = cursor.fetchall()
    found: dict[date, set[int]] = defaultdict(set)
    for user_id, first_at, last_at in rows:
        day, last = first_at.astimezone(CHINA).date(), last_at.astimezone(CHINA).date()
        while day <= last:
            found[day].add(user_id)
            day += timedelta(days=1)
    return found


def _count(found: dict[date, set[int]], *, at: datetime) -> int:
    done = 0
    for day in sorted(found):
        people = sorted(found[day])
        for first in range(0, len(people), AT_ONCE):
            done += write_days(people[first : first + AT_ONCE], day, at=at)
    return done


def close_day(on: date, *, at: datetime) -> int:
    """Write a row for everybody who leads a grid, also for who was not out; return how many. Rule: PA-10."""
    there = set(PatrolDay.objects.filter(on=on).values_list("user_id", flat=True))
    walkers = set(territory.primary_walkers(on))
    done = _count({on: walkers - there}, at=at)
    write_logs(walkers | there, on)
    return done


def recount(user_ids: Iterable[int], on: date, *, at: datetime) -> int:
    """Count these people's day anew from the points; return how many rows. Rule: PA-10."""
    return _count({on: set(user_ids)}, at=at)


@transaction.atomic
def forget_points(*, at: datetime) -> int:
    """Delete raw points past their retention; their days stand as they were counted. Return how many batches.

    Days that were never counted are counted first: nothing is lost but the way.
    Rule: PA-13 (domain.md §2.15; PIPL §19).
    """
    end = at - timedelta(days=limits_in_force().raw_days)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT user_id, first_at, last_at FROM patrols_trackchunk WHERE last_at < %s", [end]
        )
        found: dict[date, set[int]] = defaultdict(set)
        for user_id, first_at, last_at in cursor.fetchall():
            found[first_at.astimezone(CHINA).date()].add(user_id)
            found[last_at.astimezone(CHINA).date()].add(user_id)
        for day, people in sorted(found.items()):
            there = set(
                PatrolDay.objects.filter(on=day, user_id__in=people).values_list("user_id", flat=True)
            )
            _count({day: people - there}, at=at)
            PatrolDay.objects.filter(on=day, user_id__in=people).update(is_kept=True)
        cursor.execute(_FORGET, [end])
        return int(cursor.rowcount)
