"""A house with a ladder, cards and promises, and cases that are late."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tests.cases.makers import House, make_case, make_house, walk
from wangge.kernel.actor import Actor
from wangge.kernel.fates import Fate
from wangge.kernel.ids import new_id
from wangge.oversight import services
from wangge.oversight.schemas import ActCommand

LADDER = [("L1", "grid_chief", 0), ("L2", "dispatcher", 1), ("L3", "supervisor", 3), ("L4", "leader", 5)]
CARDS = [("yellow", 1, 3), ("red", 3, 2), ("black", 5, 1)]
PROMISES: list[tuple[str, str, list[str], int | None, int | None]] = [
    ("verify_blocked", "verified", ["H1"], None, 24),
    ("verify_other", "verified", [], 3, None),
    ("reply_reporter", "replied", [], 3, None),
]


def china(text: str) -> datetime:
    """Return a moment that is written in China's time."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def make_oversight(ladder: list[tuple[str, str, int]] = LADDER, *, pack_version: str = "test@1") -> None:
    services.install_rules(
        ladder=[
            {"code": code, "role": role, "after_working_days": days, **named(code)}
            for code, role, days in ladder
        ],
        cards=[
            {"card": card, "after_working_days": after, "answer_working_days": answer, **named(card)}
            for card, after, answer in CARDS
        ],
        promises=[
            {"code": code, "kept_by": by, "matters": kinds, "working_days": days, "hours": hours}
            | named(code)
            for code, by, kinds, days, hours in PROMISES
        ],
        answer_working_days=3,
        pack_version=pack_version,
    )


def named(code: str) -> dict[str, Any]:
    return {"name_zh": f"名称{code}", "name_en": code, "is_confirmed": False}


def make_watched_house() -> House:
    house = make_house()
    make_oversight()
    return house


def make_handled(house: House, **fields: Any) -> UUID:
    """Return a case that the fire brigade signed for: only its business clock runs."""
    case_id = make_case(house, **fields)
    walk(house, case_id, "handling", **({"at": fields["at"]} if "at" in fields else {}))
    return case_id


def act(case_id: UUID, kind: str, text: str = "请尽快办理") -> ActCommand:
    return ActCommand(id=new_id(), case_id=case_id, kind=kind, text=text)  # type: ignore[arg-type]


def take(actor: Actor, *commands: ActCommand, at: datetime) -> list[Fate]:
    return services.take_acts(commands, actor=actor, at=at)
