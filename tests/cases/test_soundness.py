"""What every case holds to, whoever writes it: a row that breaks a rule is refused by the rule's name."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from tests.cases.makers import House, make_case, make_house
from tests.makers import AT
from wangge.cases.models import Case
from wangge.cases.soundness import RULES

pytestmark = pytest.mark.django_db
REPORTER = F("reporter_id")
CLOSED: dict[str, Any] = {"status": "closed", "closed_at": AT, "verifier_id": 900_001}
BREACHES: list[tuple[str, dict[str, Any]]] = [
    ("case_status_known", {"status": "lost"}),
    ("case_channel_known", {"channel": "rumour"}),
    ("case_grid_path_closed", {"grid_path": "340202001001001"}),
    ("case_reporter_is_not_handler", {"handler_id": REPORTER}),
    ("case_reporter_is_not_verifier", {"verifier_id": REPORTER}),
    ("case_handler_is_not_verifier", {"handler_id": 900_001, "verifier_id": 900_001}),
    ("case_three_people_for_ever", {"handled_by": [7, 8], "judged_by": [8]}),
    ("case_closed_at_iff_ended", {"status": "rejected"}),
    ("case_closed_at_iff_ended", {"closed_at": AT}),
    ("case_closed_by_another", {"status": "closed", "closed_at": AT}),
    ("case_closed_by_no_co_reporter", {**CLOSED, "co_reporters": [900_001]}),
    ("case_closed_when_resumed", {**CLOSED, "stops_operation": True}),
    ("case_waiting_is_invited", {"co_waiting": [3]}),
    ("case_lead_is_not_co_handling", {"department_id": 3, "co_departments": [3]}),
    ("case_fed_back_by_all", {"status": "verifying", "co_departments": [3], "co_waiting": [3]}),
    ("case_asked_by_somebody", {"asked": "extension"}),
    ("case_asked_by_somebody", {"asked": "a favour", "asked_by_id": 7}),
    ("case_approver_did_not_ask", {"asked_by_id": 7, "approver_id": 7}),
    ("case_merged_iff_into_another", {"status": "merged", "closed_at": AT}),
    ("case_merged_iff_into_another", {"came_from": "accepted"}),
    ("case_merged_one_deep", {"status": "merged", "closed_at": AT, "merged_into_id": uuid4(), "absorbed": 1}),
    *[
        ("case_counts_whole", {name: -1})
        for name in ("absorbed", "asked_days", "suspensions", "extensions", "fed_back_m", "rework")
    ],
    ("case_counts_whole", {"version": -1}),
    ("case_counts_whole", {"event_count": -1}),
]


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.mark.parametrize(("rule", "row"), BREACHES)
def test_a_row_that_breaks_a_rule_is_refused_by_the_name_of_the_rule(
    house: House, rule: str, row: dict[str, Any]
) -> None:
    case = Case.objects.filter(pk=make_case(house))
    before = case.values().get()
    with pytest.raises(IntegrityError, match=f'"{rule}"') as refused, transaction.atomic():
        case.update(**row)
    assert refused.value.__cause__ is not None
    assert refused.value.__cause__.diag.constraint_name == rule  # type: ignore[attr-defined]
    assert case.values().get() == before


def test_every_rule_is_broken_by_a_row_above() -> None:
    assert {rule for rule, _ in BREACHES} == set(RULES)


def test_the_database_asks_the_one_function_and_no_plain_check() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'cases_case'::regclass AND contype = 'c'"
        )
        assert cursor.fetchall() == [("case_is_sound",)]
