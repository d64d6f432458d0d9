"""How often an open address may be asked: by one sender and in all, a minute at a time. Rule: KE-45."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac

from wangge.kernel.models import OpenCalls

WINDOW_S = 60
EVERYBODY = "all"
_COUNT = """
INSERT INTO kernel_opencalls AS c (key, since, count)
SELECT key, %s, 1 FROM unnest(%s::text[]) AS n(key) ORDER BY key
ON CONFLICT (key) DO UPDATE SET since = excluded.since,
   count = CASE WHEN c.since < excluded.since THEN 1 ELSE c.count + 1 END
RETURNING key, count
"""  # in one order: two requests never wait for each other crosswise


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a call goes through; else in how many seconds to come again."""

    is_allowed: bool
    retry_s: int


def count_call(page: str, sender: str, *, at: datetime) -> Verdict:
    """Count a call of an open page and say whether it goes through.

    The sender's address is kept as a keyed digest, for minutes. One statement; the table is unlogged.
    Rule: KE-45.
    """
    since = at - timedelta(seconds=at.timestamp() % WINDOW_S)
    mine = f"{page}:{salted_hmac('wangge.open', sender, algorithm='sha256').hexdigest()[:32]}"
    everybody = f"{page}:{EVERYBODY}"
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [since, [mine, everybody]])
        counts = dict(cursor.fetchall())
    if counts[everybody] == 1:  # a new minute: what nobody asks any more goes
        OpenCalls.objects.filter(since__lt=since - timedelta(seconds=WINDOW_S)).delete()
    is_allowed = judge(counts[mine], counts[everybody])
    return Verdict(is_allowed, WINDOW_S - int(at.timestamp() % WINDOW_S))


def judge(mine: int, everybody: int) -> bool:
    """Return whether so many calls of one sender and of all in a minute may be."""
    return mine <= settings.WANGGE_OPEN_PER_MINUTE and everybody <= settings.WANGGE_OPEN_TOTAL_PER_MINUTE
