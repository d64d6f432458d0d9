"""CS-7 without a database: the hash over an event and the one before it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge.cases import chain

START = datetime(2025, 10, 13, 2, 0, tzinfo=UTC)  # Monday, 10 o'clock in China
HOUR = timedelta(hours=1)


# ---- CS-7: the chain ----

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def seal(previous: bytes, **fields: Any) -> chain.Event:
    plain: dict[str, Any] = {
        "id": UUID(int=1),
        "case_id": UUID(int=2),
        "seq": 1,
        "action": "report",
        "before": "",
        "after": "reported",
        "actor_id": 1,
        "actor_name": "李爱丽",
        "role": "dispatcher",
        "at": START,
        "detail": {},
    }
    return chain.seal(previous, **plain | fields)


@given(detail=st.dictionaries(st.text(), JSON, max_size=4))
def test_the_hash_survives_a_round_trip_through_json(detail: dict[str, Any]) -> None:
    event = seal(chain.NO_HASH, detail=detail)
    again = event._replace(detail=json.loads(json.dumps(event.detail)))
    assert chain.hash_of(again, previous=chain.NO_HASH) == event.hash


def test_ids_and_times_in_a_detail_are_hashed_as_the_text_that_comes_back() -> None:
    event = seal(chain.NO_HASH, detail={"at": START, "id": UUID(int=3), "whole": 118.0, "pair": (1, 2)})
    assert event.detail == {
        "at": "2025-10-13T02:00:00.000000Z",
        "id": "00000000-0000-0000-0000-000000000003",
        "whole": 118,
        "pair": [1, 2],
    }


OTHER: dict[str, Any] = {
    "id": UUID(int=9),
    "case_id": UUID(int=9),
    "seq": 2,
    "action": "accept",
    "before": "x",
    "after": "accepted",
    "actor_id": 2,
    "actor_name": "李爱",
    "role": "leader",
    "at": START + timedelta(microseconds=1),
    "detail": {"reason": "x"},
}


@pytest.mark.parametrize("field", OTHER)
def test_every_field_is_in_the_hash(field: str) -> None:
    assert seal(chain.NO_HASH, **{field: OTHER[field]}).hash != seal(chain.NO_HASH).hash


def test_the_hash_leans_on_the_event_before() -> None:
    assert seal(b"1" * 32).hash != seal(chain.NO_HASH).hash
    one, two = seal(chain.NO_HASH), seal(chain.NO_HASH, actor_name="", role="李爱丽dispatcher")
    assert one.hash != two.hash


def test_replay_tells_the_latest_facts() -> None:
    events = [seal(chain.NO_HASH, detail={"facts": {"text": "a", "due_at": None}})]
    events.append(
        seal(events[0].hash, seq=2, after="accepted", actor_id=5, detail={"facts": {"due_at": "z"}})
    )
    told = chain.replay(events)
    assert {name: told.pop(name) for name in ("absorbed", "asked", "handled_by", "co_waiting")} == {
        "absorbed": 0,
        "asked": "",
        "handled_by": [],
        "co_waiting": [],
    }  # what an older case does not tell
    rest = {
        "judged_by",
        "co_reporters",
        "co_departments",
        "came_from",
        "suspensions",
        "extensions",
        "stops_operation",
    }
    assert {name: value for name, value in told.items() if name not in rest} == {
        "text": "a",
        "due_at": "z",
        "layer": "",
        "is_restricted": False,
        "status": "accepted",
        "reporter_id": 1,
        "version": 2,
        "event_count": 2,
    }
    assert "status" not in chain.replay([])
    assert all(two.previous_hash == one.hash for one, two in pairwise(events))
