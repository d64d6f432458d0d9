"""Shapes of call-outs at the edge."""

from __future__ import annotations

from uuid import UUID

from pydantic import AwareDatetime, Field

from wangge.cases.call_rules import Call
from wangge.kernel.schemas import Text
from wangge.kernel.shapes import Schema


class CallIn(Schema):
    """A step of a team that was called to a case. `id` is the event's."""

    id: UUID
    case_id: UUID
    team_id: UUID
    what: Call
    happened_at: AwareDatetime | None = None  # none: now
    note: Text = Field("", max_length=200)


class CallOutRow(Schema):
    """A team that was called to a case, and how far it is."""

    team_id: UUID
    name: str
    state: Call
    called_at: AwareDatetime
    called_by: str
    answered_at: AwareDatetime | None
    arrived_at: AwareDatetime | None
    left_at: AwareDatetime | None
    minutes: int | None  # from the call to the arrival
    target_minutes: int | None  # as the pack names for its kind
    note: str
