"""The facts of a case that a step looks at or changes."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from wangge.cases.vocabulary import Asked, Status


class CaseFacts(NamedTuple):
    """The facts of a case that a step looks at or changes."""

    id: UUID
    grid_path: str
    matter_code: str
    severity: str
    layer: str  # of grids, in which it was found; "" where nobody asks
    is_restricted: bool  # seen by named posts only
    pack_version: str  # by which its matter is read
    lon: float  # WGS-84
    lat: float
    stops_operation: bool  # its matter does: closed only when somebody let it run again
    status: Status
    reporter_id: int
    department_id: int | None
    handler_id: int | None
    verifier_id: int | None
    merged_into_id: UUID | None
    reported_at: datetime
    due_at: datetime | None
    stage_started_at: datetime
    stage_due_at: datetime | None
    closed_at: datetime | None
    rework: int
    fixed_on_spot: bool
    version: int
    event_count: int
    chain_head: bytes
    answerable_id: int | None = None  # the department that got it first, until somebody has signed
    came_from: str = ""  # the status before it was merged
    absorbed: int = 0  # cases that were merged into this one
    co_reporters: tuple[int, ...] = ()  # who reported those, once a case
    handled_by: tuple[int, ...] = ()  # everybody who ever did a handler's work on it
    judged_by: tuple[int, ...] = ()  # everybody who ever passed, failed or let run again
    co_departments: tuple[int, ...] = ()  # they handle it together with the lead
    co_waiting: tuple[int, ...] = ()  # those of them that have not countersigned
    asked: Asked = Asked.NOTHING
    asked_by_id: int | None = None
    asked_days: int | None = None
    approver_id: int | None = None  # who answered what was asked for last
    suspensions: int = 0
    extensions: int = 0
    fed_back_m: int | None = None  # how far from the reported point the feed-back was sent
    resumed_by_id: int | None = None  # who let run again what the matter had stopped
