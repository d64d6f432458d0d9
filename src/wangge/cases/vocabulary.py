"""The words of the closed loop: statuses, steps, marks, needs. Source: docs/rules/cases.md."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    REPORTED = "reported"  # somebody says there is a hazard
    ACCEPTED = "accepted"  # the desk agrees that it is one
    DISPATCHED = "dispatched"  # a department has it, nobody signed yet
    HANDLING = "handling"  # somebody signed and must fix it
    VERIFYING = "verifying"  # they say it is fixed; waits for another pair of eyes
    CLOSED = "closed"
    REJECTED = "rejected"
    MERGED = "merged"
    SUSPENDED = "suspended"  # the deadline stands still, with an approved reason
    TRANSFERRED = "transferred"  # with an enforcement body


class Action(StrEnum):
    REPORT = "report"
    FIX_ON_SPOT = "fix_on_spot"
    ACCEPT = "accept"
    REJECT = "reject"
    MERGE = "merge"
    DISPATCH = "dispatch"
    OBJECT = "object"
    SUSPEND = "suspend"
    RESUME = "resume"
    SIGN = "sign"
    FEED_BACK = "feed_back"
    TRANSFER = "transfer"
    TRANSFER_BACK = "transfer_back"
    PASS = "pass"
    FAIL = "fail"
    REOPEN = "reopen"


class Mark(StrEnum):
    """What is noted on a case without moving it (CS-11). A room above adds its own member."""

    SET_DEADLINE = "set_deadline"  # by the installation, once the year's calendar is known
    MOVE_DEADLINE = "move_deadline"  # the calendar was changed
    URGE = "urge"
    SUPERVISE = "supervise"
    ESCALATE = "escalate"
    CARD = "card"  # yellow, red or black, or one that is taken back
    ANSWER = "answer"  # of a department, to a letter or a card
    REPLY = "reply"  # the reporter was told
    SUSPECT_MAJOR = "suspect_major"
    DECIDE_MAJOR = "decide_major"
    LIST_MAJOR = "list_major"
    DELIST_MAJOR = "delist_major"
    ISSUE_DOCUMENT = "issue_document"
    EXPORT_EVIDENCE = "export_evidence"
    NOTE = "note"
    RAISE_SEVERITY = "raise_severity"  # by the installation, by an upgrade rule of the pack


class Channel(StrEnum):
    INSPECTION = "inspection"  # an order's failed item
    PATROL = "patrol"
    CITIZEN = "citizen"
    HOTLINE = "hotline"
    OTHER = "other"


class Light(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    NONE = "none"  # no deadline runs


class Need(StrEnum):
    """What a step must carry (CS-5)."""

    REASON = "reason"
    PHOTOS = "photos"
    DEPARTMENT = "department"
    CASE = "case"
