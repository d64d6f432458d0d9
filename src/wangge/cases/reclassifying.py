"""Another matter for a case that goes on, and what follows from it (CS-39). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wangge.cases.chain import Event
from wangge.cases.deadlines import Calendar
from wangge.cases.explaining import recount
from wangge.cases.refusals import MajorStands
from wangge.cases.reporting import check_holds, find_matter
from wangge.cases.rules import CaseFacts, Mark
from wangge.kernel.errors import Unreadable
from wangge.matters.rules import MatterFacts, Surroundings, UpgradeRow, raised_at_report


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The matters in force, and what raises their cases."""

    pack_version: str = ""
    matters: Mapping[str, MatterFacts] = field(default_factory=dict)
    upgrades: Sequence[UpgradeRow] = ()


AGREED = "agreed"  # what a decision says that made it major
NOTHING_INSTALLED = Catalogue()


@dataclass(frozen=True, slots=True)
class Past:
    """What lies behind a case that gets another matter: its place when it was reported, and its steps."""

    around: Surroundings
    events: Sequence[Event] = ()


def check_no_major(events: Sequence[Event]) -> None:
    """Refuse another matter while what people decided to be major has not been de-listed.

    Raises: MajorStands.
    Rule:   CS-39, MH-6: a major hazard ends by its de-listing, not by another name.
    """
    decided = sum(one.action == Mark.DECIDE_MAJOR and one.detail.get("outcome") == AGREED for one in events)
    delisted = sum(one.action == Mark.DELIST_MAJOR for one in events)
    if decided > delisted:
        raise MajorStands()


def reclassified(
    case: CaseFacts, code: str, rules: Catalogue, past: Past, calendar: Calendar
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the facts of the case under a matter of the catalogue in force, and what the event tells.

    Both clocks go on: the stage is the same; the deadline is counted from the report, through every
    suspension.
    Raises: Unreadable; MajorStands.
    Rule:   CS-39, MA-6, CS-6.
    """
    check_no_major(past.events)
    matter = find_matter(code, rules.matters)
    check_holds(code, matter, case.grid_path)
    if code == case.matter_code:
        raise Unreadable(
            field="matter_code",
            why_zh="案件已归入该事项",
            why_en="the case has this matter already",
        )
    raised = raised_at_report(code, matter, past.around, rules.upgrades, case.reported_at)
    changed = {
        "matter_code": code,
        "severity": raised.after if raised else matter.severity,
        "is_restricted": matter.is_restricted,
        "stops_operation": matter.stops_operation,
        "pack_version": rules.pack_version,
        "due_at": recount(case.reported_at, matter.clock, past.events, calendar),
    }
    before = rules.matters.get(case.matter_code)
    told = {
        "reclassified": {
            "from": case.matter_code,
            "from_zh": before.name_zh if before else case.matter_code,
            "from_en": before.name_en if before else case.matter_code,
            "to": code,
            "to_zh": matter.name_zh,
            "to_en": matter.name_en,
        }
    }
    return changed, told | ({"raised": raised.told()} if raised else {})
