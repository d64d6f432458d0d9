"""Two concurrent transactions on each row of the table: one success, one clear refusal (must-show 1)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

import pytest

from tests.cases.makers import HOUR, House, command, make_case, make_house, take, walk
from tests.cases.test_concurrency import together, told
from tests.cases.test_rules import ROWS
from tests.makers import AT
from wangge.cases import queries
from wangge.cases.models import Case

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
BEFORE: dict[str, list[tuple[str, str]]] = {  # what leads from the plain way to a status, or to a condition
    "suspended": [("han", "ask_suspension"), ("alice", "suspend")],
    "transferred": [("han", "transfer")],
    "suspend": [("han", "ask_suspension")],
    "extend": [("han", "ask_extension")],
    "refuse_request": [("han", "ask_extension")],
    "release": [("alice", "invite")],
    "countersign": [("alice", "invite")],
}
CLEAR = {  # who comes second sees another version, or is no longer the one who may
    (409, "kernel.version_conflict"),
    (403, "cases.not_your_department"),
    (404, "kernel.not_visible"),
}
BY = {
    **dict.fromkeys(["sign", "object", "ask_suspension", "ask_extension", "feed_back"], "han"),
    **dict.fromkeys(["transfer", "transfer_back", "send_back"], "han"),
    **dict.fromkeys(["pass", "fail", "confirm_resume"], "chief"),
    "countersign": "pang",
    "reopen": "super",
    "reclassify": "super",
}


def carried(house: House, action: str, other: UUID) -> dict[str, Any]:
    more: dict[str, Any] = {"reason": "理由", "photos": [house.photo], "days": 2}
    if action == "merge":
        more["merged_into"] = other
    elif action == "invite":
        more["co_department_ids"] = [house.police]
    elif action == "reclassify":
        more["matter_code"] = "H304"
    elif action == "release":
        more["department_id"] = house.police
    return more


def ready(house: House, status: str, action: str) -> tuple[UUID, UUID]:
    """Return a case on which the step is the next one, and another case."""
    case, other = (
        make_case(house, matter_code="H805" if action == "confirm_resume" else "H301"),
        make_case(house),
    )
    plain = {"suspended": "handling", "transferred": "handling", "merged": "reported"}.get(status, status)
    if plain != "reported":
        walk(house, case, plain)
    steps = list(BEFORE.get(action, []))
    if status == "transferred" and steps:
        steps.append(("han", "transfer"))
    elif status in BEFORE:
        steps = [*BEFORE[status], *steps]
    if status == "merged":
        steps = [("alice", "merge")]
    for who, what in steps:
        step = command(case, what, at=AT + HOUR * 4, **carried(house, what, other))
        assert [fate.status for fate in take(house.named(who), step)] == [200], what
    assert Case.objects.get(pk=case).status == status
    return case, other


@pytest.mark.parametrize(("status", "action"), sorted(ROWS))
def test_of_two_at_once_one_is_done_and_the_other_is_told(status: str, action: str) -> None:
    house = make_house()
    case, other = ready(house, status, action)
    actor = house.named(BY.get(action, "alice"))
    steps = [command(case, action, at=AT + HOUR * 5, **carried(house, action, other)) for _ in range(2)]
    answers = together(*(partial(take, actor, step) for step in steps))
    done, refused = told(answers)
    assert done == (200, None)
    assert refused in {
        (409, "kernel.version_conflict"),
        (403, "cases.not_your_department"),
        (404, "kernel.not_visible"),
    }
    assert Case.objects.get(pk=case).status in ROWS[status, action]
    assert list(queries.verify_chains()) == []
