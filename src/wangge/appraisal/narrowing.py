"""Which counts an actor asks for: months, territory and kinds, as the conditions of one statement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from wangge.appraisal.rules import Counted, months_later, read_months
from wangge.appraisal.schemas import Narrowed
from wangge.cases.rules import RESTRICTED
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.kernel.paths import is_closed
from wangge.territory.queries import pattern_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What is counted. Made by `ask` alone, which holds it inside the actor's scope."""

    starts_on: date
    ends_on: date  # the first day that is not counted
    territory: str
    channel: str
    matter: str
    department: int | None
    with_restricted: bool
    itself: bool = False

    def a_year_before(self) -> Asked:
        starts_on, ends_on = months_later(self.starts_on, -12), months_later(self.ends_on, -12)
        return replace(self, starts_on=starts_on, ends_on=ends_on)

    def narrows_cases(self) -> bool:
        return bool(self.channel or self.matter) or self.department is not None

    def window(self) -> tuple[str, list[Any]]:
        """Return the condition on months and grids, for counts and for marks alike."""
        where, values = self.place("grid_path")
        return f"month >= %s AND month < %s AND {where}", [self.starts_on, self.ends_on, *values]

    def place(self, column: str) -> tuple[str, list[Any]]:
        if self.itself:
            return f"{column} = %s", [self.territory]
        return f"{column} LIKE %s", [pattern_of(self.territory)]

    def kinds(self, subject: Counted, prefix: str = "") -> tuple[str, list[Any]]:
        """Return the condition on what a case is; orders have none of these."""
        if subject is Counted.ORDERS:
            return "true", []
        where, values = ["true"], list[Any]()
        for column, value in (("channel", self.channel), ("matter_code", self.matter)):
            if value:
                where.append(f"{prefix}{column} = %s")
                values.append(value)
        if self.department is not None:
            where.append(f"coalesce({prefix}department_id, 0) = %s")
            values.append(self.department)
        if not self.with_restricted:
            where.append(f"NOT {prefix}is_restricted")
        return " AND ".join(where), values


def ask(actor: Actor, given: Narrowed, *, itself: bool = False) -> Asked:
    """Return what is counted. Raises: NotYourRole; NotVisible outside the scope; MonthsWrong.

    Rule: IN-9: a territory inside the actor's own; restricted matters only for named posts.
    """
    actor.check_can("appraisal.read")
    territory = given.territory or actor.scope
    if not is_closed(territory) or not actor.covers(territory):
        raise NotVisible()
    starts_on, ends_on = read_months(given.first, given.last)
    return Asked(
        starts_on=starts_on,
        ends_on=ends_on,
        territory=territory,
        channel=given.channel,
        matter=given.matter,
        department=given.department,
        with_restricted=actor.can(RESTRICTED),
        itself=itself,
    )
