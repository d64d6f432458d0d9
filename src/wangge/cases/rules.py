"""Closed-loop rules. Source: docs/rules/cases.md."""

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


class Channel(StrEnum):
    INSPECTION = "inspection"  # an order's failed item
    PATROL = "patrol"
    CITIZEN = "citizen"
    HOTLINE = "hotline"
    OTHER = "other"


class Severity(StrEnum):
    GENERAL = "general"  # 一般
    LARGER = "larger"  # 较大
    SUSPECTED_MAJOR = "suspected_major"  # 重大（疑似）: only people decide "major"
    URGENT = "urgent"  # 紧急


class Light(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    NONE = "none"  # no deadline runs
