"""People in a pack: why they are away, what kinds of staff there are, by what means they are employed.

Rule: AC-18 (HB-05, HB-06, WH-09).
"""

from __future__ import annotations

from wangge.packs.entry import Entry


class LeaveKind(Entry):
    pass


class StaffClass(Entry):
    """A class of staff: one of the five (HB-05), or a city's own."""


class StaffKind(Entry):
    """A kind of staff inside a class."""

    group: str


class Employment(Entry):
    """Where somebody's pay comes from: bought service, full time, redeployed from a window…"""


class Education(Entry):
    """How far somebody went to school."""


class Politics(Entry):
    """Political status, as the statistics of the trade name it."""


class HiringCriterion(Entry):
    """A criterion by which members are taken (TZ-09)."""
