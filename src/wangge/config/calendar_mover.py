"""A recoded territory keeps its own days; the kernel knows no territory, so this is said here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wangge.kernel.models import CalendarEdition, LocalDay
from wangge.territory.services import Carriage, Carried, Placed


class CalendarMover:
    """The days of the old paths, under the new ones too; deadlines read a new edition of the calendar."""

    kind = "local_day"

    def list_open(self, paths: Sequence[str], at: datetime) -> list[Placed]:
        """Nothing lies in a grid."""
        return []

    def move(self, carried: Sequence[Carried], carriage: Carriage) -> None:
        """Nothing moves."""

    def recode(self, old: Sequence[str], new: Sequence[str], at: datetime) -> int:
        """Copy the days: past deadlines are explained by the old path, coming ones by the new."""
        copies = [
            LocalDay(path=after + day.path[len(before) :], on=day.on, kind=day.kind, reason=day.reason)
            for before, after in zip(old, new, strict=True)
            for day in LocalDay.objects.filter(path__startswith=before)
        ]
        if not copies:
            return 0
        LocalDay.objects.bulk_create(copies, ignore_conflicts=True)
        CalendarEdition.objects.create(
            at=at, actor_name="", path="", first_on=min(day.on for day in copies),
            last_on=max(day.on for day in copies), note_zh="区划改码：地方假日随新代码",
            note_en="Recoding of divisions: local days follow the new codes",
        )  # fmt: skip
        return len(copies)
