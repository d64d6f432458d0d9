"""Writes of patrols."""

from __future__ import annotations

from wangge.patrols.copying import count_copied
from wangge.patrols.counting import close_day, count_arrived, forget_points, recount
from wangge.patrols.duty import COUNT, take_duty
from wangge.patrols.installing import install_duties
from wangge.patrols.intake import TrackBatch, ingest_points
from wangge.patrols.logs import save_log
from wangge.patrols.trackers import pair_tracker, revoke_tracker, take_osmand, take_owntracks

__all__ = [
    "COUNT",
    "TrackBatch",
    "close_day",
    "count_arrived",
    "count_copied",
    "forget_points",
    "ingest_points",
    "install_duties",
    "pair_tracker",
    "recount",
    "revoke_tracker",
    "save_log",
    "take_duty",
    "take_osmand",
    "take_owntracks",
]
