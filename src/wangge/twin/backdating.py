"""In a copy of a city, what holds now is taken to have held on the first simulated day (TW-11).

A city imported today has grids, posts and checklists that begin today; a simulation may begin months earlier.
Only copies are touched: the caller stands in one.
"""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction

STATEMENTS = (
    "UPDATE territory_grid SET valid_from = %(at)s WHERE valid_to IS NULL AND valid_from > %(at)s",
    "UPDATE territory_gridmember SET starts_on = %(on)s WHERE ends_on IS NULL AND starts_on > %(on)s",
    "UPDATE accounts_post SET starts_on = %(on)s WHERE ends_on IS NULL AND starts_on > %(on)s",
    "UPDATE checklists_checklist SET effective_on = %(on)s"
    " WHERE withdrawn_on IS NULL AND effective_on > %(on)s",
)


@transaction.atomic
def backdate(on: date) -> None:
    """Let every grid, appointment, post and checklist that holds now begin on `on` at the latest."""
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement, {"on": on, "at": f"{on.isoformat()} 00:00+08"})
