"""Who is in charge of a grid on a day: its primary member, or whoever stands in. Rule: TE-34."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from wangge.accounts import queries as accounts
from wangge.territory.models import Duty, GridMember

IS_AWAY = """EXISTS (SELECT 1 FROM accounts_leave a WHERE a.user_id = {who} AND a.withdrawn_at IS NULL
  AND a.starts_on <= {on} AND a.ends_on > {on})"""
_STANDS = f"""
SELECT s.user_id FROM territory_gridmember s
WHERE s.leave_id = l.id AND s.layer = m.layer AND s.path = m.path
  AND s.starts_on <= %(on)s AND s.ends_on > %(on)s
  AND NOT {IS_AWAY.format(who="s.user_id", on="%(on)s")}
ORDER BY s.id DESC LIMIT 1
"""
IN_CHARGE = f"""
SELECT DISTINCT ON (m.path) m.path, m.user_id, l.id IS NOT NULL, l.ends_on, s.user_id
FROM territory_gridmember m
LEFT JOIN accounts_leave l ON l.user_id = m.user_id AND l.withdrawn_at IS NULL
  AND l.starts_on <= %(on)s AND l.ends_on > %(on)s
LEFT JOIN LATERAL ({_STANDS}) s ON true
WHERE m.layer = %(layer)s AND m.path = ANY(%(paths)s) AND m.duty = 'primary'
  AND m.starts_on <= %(on)s AND (m.ends_on IS NULL OR m.ends_on > %(on)s)
ORDER BY m.path, m.starts_on DESC, m.id DESC
"""


@dataclass(frozen=True, slots=True)
class Charge:
    """Who leads a grid, and who is in charge of it on the day; None: nobody."""

    primary: int
    away_until: date | None
    in_charge: int | None


@dataclass(frozen=True, slots=True)
class Stand:
    """Somebody stands in for another in a grid, in `[starts_on, ends_on)`."""

    path: str
    absent: int
    substitute: int
    starts_on: date
    ends_on: date


def charges_of(paths: Iterable[str], layer: str, on: date) -> dict[str, Charge]:
    """Return for each grid with a primary member who is in charge on the day, in one statement.

    Rule: TE-34. Whoever is away is never in charge, neither as primary member nor as substitute.
    """
    with connection.cursor() as cursor:
        cursor.execute(IN_CHARGE, {"on": on, "layer": layer, "paths": list(set(paths))})
        rows = cursor.fetchall()
    return {
        path: Charge(primary, until, stands_in if is_away else primary)
        for path, primary, is_away, until, stands_in in rows
    }


def stands_of(*, substitute: int | None = None, absent: Sequence[int] = (), on: date) -> list[Stand]:
    """Return who stands in for whom from a day on, of a substitute or of the people who are away.

    A substitute who is away stands in for nobody on those days: who asks looks at the leaves as well.
    """
    rows = GridMember.objects.filter(duty=Duty.SUBSTITUTE, leave__isnull=False, ends_on__gt=on)
    rows = rows.filter(user_id=substitute) if substitute is not None else rows.filter(leave__user__in=absent)
    return [
        Stand(row.path, row.leave.user_id, row.user_id, row.starts_on, row.ends_on)
        for row in rows.select_related("leave").order_by("pk")
        if row.leave is not None and row.ends_on is not None
    ]


def hands_of(held: Iterable[tuple[int, str, date]]) -> dict[tuple[int, str, date], int | None]:
    """Return in whose hands a thing of a member in a place is on a day.

    None: the member is away and nobody stands in.
    Rule: TE-34. Three statements for however many things.
    """
    things = set(held)
    if not things:
        return {}
    first, last = min(day for *_, day in things), max(day for *_, day in things)
    until = date.fromordinal(last.toordinal() + 1)
    away = accounts.leaves_of({member for member, *_ in things}, first, until)
    if not away:
        return {thing: thing[0] for thing in things}
    stands = [stand for stand in stands_of(absent=list(away), on=first) if stand.starts_on < until]
    others = accounts.leaves_of({stand.substitute for stand in stands}, first, until)

    def is_away(user_id: int, day: date) -> bool:
        leaves = [*away.get(user_id, ()), *others.get(user_id, ())]
        return any(leave.starts_on <= day < leave.ends_on for leave in leaves)

    def hands(member: int, path: str, day: date) -> int | None:
        if not is_away(member, day):
            return member
        return next(
            (
                stand.substitute
                for stand in reversed(stands)
                if stand.absent == member
                and path.startswith(stand.path)
                and stand.starts_on <= day < stand.ends_on
                and not is_away(stand.substitute, day)
            ),
            None,
        )

    return {thing: hands(*thing) for thing in things}
