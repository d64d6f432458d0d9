"""Grid logs that are copied from day to day, counted each night for the list of hollow grids. Rule: PA-17."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter

from wangge.dossiers import queries as dossiers
from wangge.dossiers import services as hollow
from wangge.patrols.models import GridLog
from wangge.patrols.rules import days_alike

Line = tuple[str, date, str]


def count_copied(until: date) -> int:
    """Count on how many of the last days the log of each grid says what another day's says; return the grids.

    Rule: PA-17 (TZ-06). What a log wrote of itself is nobody's words and is never a copy. One statement;
    the logs of one grid are in memory at a time.
    """
    alike = dossiers.copied_logs_limit()
    if alike is None:
        hollow.keep_copied_logs({})
        return 0
    since = until - timedelta(days=alike.of_days - 1)
    rows = GridLog.objects.filter(on__range=(since, until)).exclude(text="").order_by("grid_path", "on", "id")
    lines = rows.values_list("grid_path", "on", "text").iterator(chunk_size=2_000)
    counted = {path: days for path, days in _by_grid(lines, alike.like_pct) if days}
    hollow.keep_copied_logs(counted)
    return len(counted)


def _by_grid(lines: Iterable[Line], like_pct: int) -> Iterator[tuple[str, int]]:
    for path, of_grid in groupby(lines, key=itemgetter(0)):
        yield path, days_alike([(on, text) for _, on, text in of_grid], like_pct)
