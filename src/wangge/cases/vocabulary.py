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
    SUSPENDED = "suspended"  # the clocks stand still, for a reason that somebody else approved
    TRANSFERRED = "transferred"  # with an enforcement body


class Action(StrEnum):
    REPORT = "report"
    FIX_ON_SPOT = "fix_on_spot"
    ACCEPT = "accept"
    REJECT = "reject"
    MERGE = "merge"
    UNMERGE = "unmerge"
    DISPATCH = "dispatch"
    RECALL = "recall"  # by the desk, before anybody signed
    OBJECT = "object"
    SIGN = "sign"
    INVITE = "invite"  # further departments handle it together with the lead
    RELEASE = "release"  # one of them need not countersign
    COUNTERSIGN = "countersign"
    ASK_SUSPENSION = "ask_suspension"
    ASK_EXTENSION = "ask_extension"
    REFUSE_REQUEST = "refuse_request"
    EXTEND = "extend"
    SUSPEND = "suspend"
    RESUME = "resume"
    FEED_BACK = "feed_back"
    TRANSFER = "transfer"
    TRANSFER_BACK = "transfer_back"  # enforcement is done
    SEND_BACK = "send_back"  # enforcement hands it back undone
    CONFIRM_RESUME = "confirm_resume"  # what was stopped may run again
    PASS = "pass"
    FAIL = "fail"
    REOPEN = "reopen"
    RECLASSIFY = "reclassify"  # another matter; the status stays


HANDLERS_WORK = frozenset(  # whoever does it is a handler of the case from then on (CS-3)
    {
        Action.SIGN,
        Action.FEED_BACK,
        Action.TRANSFER,
        Action.TRANSFER_BACK,
        Action.SEND_BACK,
        Action.COUNTERSIGN,
    }
)
JUDGEMENT = frozenset({Action.PASS, Action.FAIL, Action.CONFIRM_RESUME})  # and a verifier


class Mark(StrEnum):
    """What is noted on a case without moving it (CS-11). A room above adds its own member."""

    SET_DEADLINE = "set_deadline"  # by the installation, once the year's calendar is known
    MOVE_DEADLINE = "move_deadline"  # the calendar was changed
    URGE = "urge"
    SUPERVISE = "supervise"
    ESCALATE = "escalate"
    CARD = "card"  # yellow, red or black
    LIFT = "lift"  # a letter or a card is taken back
    ANSWER = "answer"  # of a department, to a letter or a card
    REPLY = "reply"  # the reporter was told
    SUSPECT_MAJOR = "suspect_major"
    DECIDE_MAJOR = "decide_major"
    LIST_MAJOR = "list_major"
    HAND_OVER = "hand_over"  # whoever had it left the post (TE-36)
    DELIST_MAJOR = "delist_major"
    ISSUE_DOCUMENT = "issue_document"
    EXPORT_EVIDENCE = "export_evidence"
    NOTE = "note"
    RAISE_SEVERITY = "raise_severity"  # by the installation, by an upgrade rule of the pack
    MERGED_HERE = "merged_here"  # another case was merged into this one
    UNMERGED_HERE = "unmerged_here"
    REGRID = "regrid"  # its grid was split, joined or recoded: it goes on in another
    PLACE_MERGED = "place_merged"  # its place was merged into another
    PLACE_PARTED = "place_parted"  # and parted again
    CALL_OUT = "call_out"  # a team was called, answered, came, left (CS-45)
    MERGED_ENDED = "merged_ended"  # for whoever reported it too: the case it was merged into has ended


class Channel(StrEnum):
    INSPECTION = "inspection"  # an order's failed item
    PATROL = "patrol"
    CITIZEN = "citizen"
    HOTLINE = "hotline"
    OTHER = "other"


TIPS = frozenset({Channel.CITIZEN, Channel.HOTLINE})  # somebody outside the grid waits for an answer


class Light(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    NONE = "none"  # no deadline runs


class Asked(StrEnum):
    """What the handling department has asked for and nobody has answered yet."""

    NOTHING = ""
    SUSPENSION = "suspension"
    EXTENSION = "extension"


class CoState(StrEnum):
    """What became of a co-handling department."""

    WAITING = "waiting"
    COUNTERSIGNED = "countersigned"
    RELEASED = "released"


class Need(StrEnum):
    """What a step must carry (CS-5)."""

    REASON = "reason"
    PHOTOS = "photos"
    DEPARTMENT = "department"
    DEPARTMENTS = "departments"
    CASE = "case"
    DAYS = "days"
    MATTER = "matter"
