"""CS-45: teams called to a case are events of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.cases.makers import House, make_case, make_house, walk
from tests.makers import ALICE, AT, make_client, plain_actor
from tests.teams.makers import make_kinds, team
from wangge.accounts.rules import Role
from wangge.cases import calling
from wangge.cases.call_rules import AFTER, Call, Called, CallNotAllowed, CallTooEarly, check_call
from wangge.cases.call_schemas import CallIn
from wangge.cases.queries import get_detail, verify_chains
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, NotYourRole
from wangge.kernel.fates import Fate
from wangge.kernel.ids import new_id
from wangge.teams import services as teams
from wangge.teams.schemas import TeamIn

ROWS = {
    ("", "called"), ("called", "answered"), ("called", "declined"), ("called", "arrived"),
    ("answered", "declined"), ("answered", "arrived"), ("declined", "called"), ("arrived", "left"),
    ("left", "called"),
}  # fmt: skip
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("what", Call)
@pytest.mark.parametrize("now", [None, *Call])
def test_a_call_out_takes_exactly_these_steps(now: Call | None, what: Call) -> None:
    past = [Called(UUID(int=1), now, AT, "", "")] if now else []
    if ((now or ""), what) in ROWS:
        check_call("微站", what, AT, past, AT)
    else:
        with pytest.raises(CallNotAllowed):
            check_call("微站", what, AT, past, AT)
    assert set(AFTER) == {None, *Call}


@pytest.mark.parametrize("happened_at", [AT - MINUTE, AT + 2 * MINUTE])
def test_time_goes_forward_and_not_into_the_future(happened_at: datetime) -> None:
    called = [Called(UUID(int=1), Call.CALLED, AT, "", "")]
    with pytest.raises(CallTooEarly):
        check_call("微站", Call.ARRIVED, happened_at, called, AT + MINUTE)


@pytest.fixture
def house(db: None) -> House:
    make_kinds()
    return make_house()


def note(actor: Actor, case_id: UUID, team_id: UUID, what: str, *, minutes: float, **more: Any) -> Fate:
    given = {"id": new_id(), "case_id": case_id, "team_id": team_id, "what": what, **more}
    [fate] = calling.call_teams([CallIn.model_validate(given)], actor=actor, at=AT + minutes * MINUTE)
    return fate


def test_a_team_is_called_comes_and_leaves_and_the_case_tells_it(house: House) -> None:
    station, circle = team(), team(kind="circle", name="联防")
    given = [TeamIn.model_validate(one) for one in (station, circle)]
    fates = teams.save_teams(given, actor=house.alice, at=AT)
    assert [fate.code for fate in fates] == [None, None]
    case_id = make_case(house)
    pk = station["team_id"]
    assert note(house.alice, case_id, pk, "arrived", minutes=1).code == "cases.call_not_allowed"
    assert note(house.alice, case_id, pk, "called", minutes=2, note="二楼冒烟").code is None
    assert note(house.bob, case_id, pk, "called", minutes=2).code == "cases.call_not_allowed"
    assert note(house.alice, case_id, circle["team_id"], "called", minutes=2).code == "kernel.not_visible"
    assert note(house.carol, case_id, pk, "answered", minutes=3).code == "kernel.not_visible"
    assert note(house.bob, case_id, pk, "arrived", minutes=6).code is None
    with pytest.raises(NotYourRole):
        note(plain_actor(ALICE.acting_as(Role.LEADER)), case_id, pk, "left", minutes=7)
    [row] = calling.list_calls(house.alice, case_id)
    assert (row.name, row.state, row.minutes, row.target_minutes) == ("花园微站", "arrived", 4, 3)
    assert (row.called_by, row.answered_at) == (house.alice.name, None)
    told = [one for one in get_detail(house.alice, case_id, at=AT).events if one.action == "call_out"]
    assert [one.detail["what"] for one in told] == ["called", "arrived"]
    assert told[0].detail["reason"] == "二楼冒烟"
    assert list(verify_chains()) == []
    with pytest.raises(NotVisible):
        calling.list_calls(house.carol, case_id)
    assert make_client(house.alice).get(f"/api/cases/{case_id}/calls").json()[0]["state"] == "arrived"


def test_nobody_is_called_to_a_case_that_ended_but_what_happened_is_noted(house: House) -> None:
    station = team()
    teams.save_teams([TeamIn.model_validate(station)], actor=house.alice, at=AT)
    case_id = make_case(house)
    assert note(house.alice, case_id, station["team_id"], "called", minutes=1).code is None
    walk(house, case_id, "closed")
    assert note(house.alice, case_id, station["team_id"], "declined", minutes=99).code is None
    again = note(house.alice, case_id, station["team_id"], "called", minutes=100)
    assert again.code == "cases.mark_not_allowed"
