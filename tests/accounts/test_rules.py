"""AC-1, AC-3, AC-4, typed from docs/rules/accounts.md."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import pytest

from wangge.accounts.rules import (
    CAPABILITIES,
    Attempts,
    Held,
    PostsClash,
    Role,
    TooManyFailures,
    check_posts,
    count_attempt,
)

START, ENDS = date(2025, 1, 1), date(2025, 6, 1)
LOCK = timedelta(minutes=10)
AT = datetime(2025, 10, 13, 2, 0, tzinfo=UTC)

READERS = {
    *("system_admin", "dispatcher", "supervisor", "grid_chief", "grid_member", "department_handler"),
    "leader",
}
# Who may take which step of a case (AC-1 after CS-4).
MAY = {
    "cases.report": {"dispatcher", "grid_chief", "grid_member", "citizen"},
    "cases.accept": {"dispatcher"},
    "cases.dispatch": {"dispatcher"},
    "cases.approve": {"dispatcher"},
    "cases.handle": {"department_handler"},
    "cases.move_deadlines": {"dispatcher", "supervisor"},
    "oversight.read": {"dispatcher", "supervisor", "grid_chief", "department_handler", "leader"},
    "appraisal.read": {"dispatcher", "supervisor", "grid_chief", "leader"},
    "rechecks.read": {"supervisor", "grid_chief", "leader"},
    "rechecks.write": {"supervisor", "grid_chief"},
    "appraisal.set_targets": {"dispatcher", "supervisor"},
    "bulletins.read": {"dispatcher", "supervisor", "grid_chief", "leader"},
    "bulletins.make": {"dispatcher", "supervisor"},
    "fires.read": READERS - {"system_admin"},
    "fires.write": {"dispatcher", "supervisor", "grid_chief"},
    "fires.export": {"dispatcher", "supervisor", "leader"},
    "oversight.urge": {"dispatcher", "supervisor", "grid_chief"},
    "oversight.supervise": {"supervisor"},
    "oversight.answer": {"department_handler"},
    "oversight.reply": {"dispatcher"},
    "calendar.write": {"system_admin"},
    "cases.verify": {"supervisor", "grid_chief", "grid_member"},
    "cases.reopen": {"supervisor"},
    "cases.reclassify": {"dispatcher", "supervisor"},
    "cases.reclassify_late": {"supervisor"},
    "cases.read": {"dispatcher", "supervisor", "grid_chief", "grid_member", "department_handler", "citizen"}
    | {"leader"},
    "cases.export": {"dispatcher", "supervisor", "leader"},
    "evidence.read": {"supervisor", "grid_chief", "grid_member"},
    "evidence.export": {"dispatcher", "supervisor"},
    "cases.read_restricted": {"dispatcher", "supervisor", "department_handler", "leader"},
    "matters.read": READERS,
    "matters.propose": {"dispatcher", "department_handler"},
    "matters.review": {"supervisor"},
    "orders.plan": {"dispatcher", "supervisor"},
    "orders.do": {"grid_chief", "grid_member"},
    "orders.read": {"dispatcher", "supervisor", "grid_chief", "grid_member", "leader"},
    "venues.write": {"system_admin", "dispatcher", "grid_chief", "grid_member"},
    "venues.export": {"dispatcher", "supervisor"},
    "venues.reveal": {"dispatcher", "supervisor", "grid_chief", "grid_member"},
    "teams.read": READERS,
    "teams.write": {"system_admin", "dispatcher", "grid_chief"},
    "teams.call": {"dispatcher", "supervisor", "grid_chief", "grid_member", "department_handler"},
    "dossiers.open_drawings": {
        "dispatcher",
        "supervisor",
        "grid_chief",
        "grid_member",
        "department_handler",
        "leader",
    },
    "teams.reveal": {"dispatcher", "supervisor", "grid_chief", "grid_member"},
    "venues.merge": {"system_admin", "dispatcher", "grid_chief"},
    "plates.write": {"system_admin", "dispatcher", "grid_chief"},
    "census.open": {"system_admin", "dispatcher", "grid_chief"},
    "census.review": {"system_admin", "dispatcher", "grid_chief"},
    "census.answer": {"grid_chief", "grid_member"},
    "venues.read": READERS,
    "territory.read": READERS,
    "checklists.read": READERS,
    "territory.write": {"system_admin"},
    "packs.install": {"system_admin"},
    "accounts.write": {"system_admin"},
    "accounts.grant": {"security_admin"},
    "leave.take": {
        "system_admin",
        "security_admin",
        "audit_admin",
        "dispatcher",
        "supervisor",
        "grid_chief",
        "grid_member",
        "department_handler",
        "leader",
    },
    "leave.read": {
        "system_admin",
        "security_admin",
        "dispatcher",
        "supervisor",
        "grid_chief",
        "leader",
    },
    "leave.grant": {"security_admin", "grid_chief"},
    "accounts.read": {"system_admin", "security_admin"},
    "triage.read": {"system_admin", "dispatcher", "supervisor", "leader"},
    "triage.train": {"system_admin"},
    "audit.read": {"audit_admin"},
    "documents.read": READERS - {"system_admin"},
    "documents.record": READERS - {"system_admin", "leader"},
    "documents.issue": {"dispatcher", "supervisor", "department_handler"},
    "documents.reveal": {"dispatcher", "supervisor", "department_handler"},
    "documents.configure": {"system_admin"},
    "major_hazards.read": READERS - {"system_admin"},
    "major_hazards.assess": READERS - {"system_admin", "leader"},
    "major_hazards.decide": {"dispatcher", "supervisor", "department_handler"},
    "major_hazards.list": {"supervisor", "department_handler"},
    "major_hazards.export": {"dispatcher", "supervisor", "leader"},
    "notices.manage": {"system_admin"},
    "patrols.do": {"grid_chief", "grid_member"},
    "visits.read": {"dispatcher", "supervisor", "grid_chief", "grid_member", "leader"},
    "visits.do": {"grid_chief", "grid_member"},
    "visits.write": {"dispatcher", "grid_chief"},
    "visits.reveal": {"dispatcher", "supervisor", "grid_chief", "grid_member"},
    "visits.export": {"dispatcher", "supervisor", "grid_chief"},
    "ledgers.read": {"dispatcher", "supervisor", "grid_chief", "leader"},
    "ledgers.export": {"dispatcher", "supervisor", "grid_chief"},
    "patrols.read": {"dispatcher", "supervisor", "grid_chief", "leader"},
    "patrols.export": {"dispatcher", "supervisor", "grid_chief"},
    "devices.revoke": {"system_admin", "security_admin", "supervisor", "grid_chief"},
}


@pytest.mark.parametrize(("capability", "roles"), MAY.items())
def test_each_capability_belongs_to_exactly_these_posts(capability, roles):
    assert {role.value for role in Role if capability in CAPABILITIES[role]} == roles


def test_no_post_has_a_capability_that_the_rules_do_not_name():
    assert {capability for allowed in CAPABILITIES.values() for capability in allowed} == set(MAY)


def test_whoever_handles_neither_reports_nor_verifies():
    assert not CAPABILITIES[Role.DEPARTMENT_HANDLER] & {"cases.report", "cases.verify", "cases.dispatch"}


CLASHING = {
    ("system_admin", "security_admin"),
    ("system_admin", "audit_admin"),
    ("security_admin", "audit_admin"),
}


@pytest.mark.parametrize(("one", "other"), list(combinations(Role, 2)))
def test_administrators_are_different_people_and_security_is_nothing_else(one, other):
    pair = (one.value, other.value)
    if pair in CLASHING or pair[::-1] in CLASHING or "security_admin" in pair:
        with pytest.raises(PostsClash):
            check_posts([Held(one, START), Held(other, START)])
    else:
        check_posts([Held(one, START), Held(other, START)])


def test_posts_one_after_the_other_do_not_clash():
    check_posts([Held(Role.SYSTEM_ADMIN, START, ENDS), Held(Role.AUDIT_ADMIN, ENDS)])
    with pytest.raises(PostsClash):
        check_posts(
            [Held(Role.AUDIT_ADMIN, date(2025, 5, 31)), Held(Role.SYSTEM_ADMIN, START, date(2025, 6, 1))]
        )


def test_the_same_post_in_two_territories_is_fine():
    check_posts([Held(Role.SECURITY_ADMIN, START), Held(Role.SECURITY_ADMIN, START)])


def test_five_failures_lock_for_ten_minutes():
    attempts: Attempts | None = None
    for second in range(5):
        attempts = count_attempt(attempts, at=AT + timedelta(seconds=second), limit=5, lock=LOCK)
    assert attempts == Attempts(5, AT + timedelta(seconds=4))
    with pytest.raises(TooManyFailures) as refusal:
        count_attempt(attempts, at=AT + timedelta(seconds=5), limit=5, lock=LOCK)
    assert refusal.value.status == 429
    assert refusal.value.facts == {"minutes": 10}
    free = AT + timedelta(seconds=4) + LOCK
    assert count_attempt(attempts, at=free, limit=5, lock=LOCK) == Attempts(1, free)


def test_an_old_failure_is_forgotten():
    assert count_attempt(Attempts(4, AT), at=AT + LOCK, limit=5, lock=LOCK).failures == 1
    assert (
        count_attempt(Attempts(4, AT), at=AT + LOCK - timedelta(seconds=1), limit=5, lock=LOCK).failures == 5
    )
