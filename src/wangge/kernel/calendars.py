"""The calendars in force: the nation's years, shipped or loaded, and every place's own days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from django.db import connection

from wangge.kernel import prepared
from wangge.kernel.calendar import Calendar, DayKind, national
from wangge.kernel.models import CalendarYear, LocalDay
from wangge.kernel.paths import ancestors

EDITION = "(SELECT max(id) FROM kernel_calendaredition)"  # to be asked for inside a larger statement


@dataclass(frozen=True, slots=True)
class Calendars:
    """One edition: a calendar for every place, made when it is first asked for."""

    edition: int | None
    nation: Calendar
    local: Mapping[str, Mapping[date, DayKind]] = field(default_factory=dict)
    _of: dict[tuple[str, ...], Calendar] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Another one as soon as any deadline anywhere could be counted otherwise."""
        return f"{self.edition or 0}-{self.nation.fingerprint()}"

    def of(self, path: str) -> Calendar:
        """Return the calendar of a place: its own days before those of the territories around it.

        Rule: KE-25.
        """
        around = tuple(up for up in ancestors(path) if up in self.local) if self.local else ()
        if not around:
            return self.nation
        if around not in self._of:
            days: dict[date, DayKind] = {}
            for up in around:  # from the outside in: the nearer one wins
                days |= self.local[up]
            self._of[around] = self.nation.copy(days)
        return self._of[around]


def in_force() -> Calendars:
    """Return the calendars of this moment; one small statement, however often it is asked for."""
    row = prepared.send(f"SELECT {EDITION}").fetchone()
    return numbered(row[0] if row else None)


def numbered(edition: int | None) -> Calendars:
    """Return the calendars of the edition that was just read. Rule: KE-25."""
    if edition is None:
        return Calendars(None, national)
    return _read(str(connection.settings_dict["NAME"]), edition)


@lru_cache(maxsize=4)
def _read(database: str, edition: int) -> Calendars:
    nation = national.copy()
    for one in CalendarYear.objects.order_by("year"):
        nation.extend(one.year, one.holidays, one.makeup_days)
    local: dict[str, dict[date, DayKind]] = {}
    for path, on, kind in LocalDay.objects.values_list("path", "on", "kind"):
        local.setdefault(path, {})[on] = DayKind(kind)
    return Calendars(edition, nation, local)
