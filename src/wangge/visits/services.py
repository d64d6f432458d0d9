"""Writes of visits: people, visits, calls, arrivals, quick reports; the pack's words."""

from __future__ import annotations

from wangge.visits.arriving import record_arrivals
from wangge.visits.calling import JOB, call_arrivals, call_by_hand
from wangge.visits.exporting import export_arrivals, export_people, export_reports
from wangge.visits.installing import install_visits
from wangge.visits.people import reveal_person, save_people
from wangge.visits.regridding import ArrivalMover, PersonMover
from wangge.visits.reporting import take_reports
from wangge.visits.visiting import record_visits

__all__ = [
    "JOB",
    "ArrivalMover",
    "PersonMover",
    "call_arrivals",
    "call_by_hand",
    "export_arrivals",
    "export_people",
    "export_reports",
    "install_visits",
    "record_arrivals",
    "record_visits",
    "reveal_person",
    "save_people",
    "take_reports",
]
