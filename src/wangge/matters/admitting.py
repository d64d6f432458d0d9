"""Admission of a city's own matters (入格): which move, whose, when. Pure. Source: docs/rules/matters.md."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from wangge.kernel.errors import Refused, Unreadable
from wangge.matters.rules import Stage


class Move(StrEnum):
    SUBMIT = "submit"  # 提交
    ADMIT = "admit"  # 准予入格
    RETURN = "return"  # 退回
    WITHDRAW = "withdraw"  # 退出


MOVES: Mapping[tuple[Stage, Move], Stage] = {  # MA-7
    (Stage.DRAFT, Move.SUBMIT): Stage.SUBMITTED,
    (Stage.SUBMITTED, Move.ADMIT): Stage.ADMITTED,
    (Stage.SUBMITTED, Move.RETURN): Stage.DRAFT,
    (Stage.ADMITTED, Move.WITHDRAW): Stage.WITHDRAWN,
}
CAPABILITY: Mapping[Move, str] = {
    Move.SUBMIT: "matters.propose",
    Move.ADMIT: "matters.review",
    Move.RETURN: "matters.review",
    Move.WITHDRAW: "matters.review",
}
STAGE_ZH = {"draft": "草稿", "submitted": "待审核", "admitted": "已入格", "withdrawn": "已退出"}
MOVE_ZH = {"submit": "提交", "admit": "准予入格", "return": "退回", "withdraw": "退出"}


class MoveNotAllowed(Refused):
    code = "matters.move_not_allowed"
    zh = "该事项现为“{stage_zh}”，不能“{move_zh}”。"
    en = "A matter that is {stage} cannot take the move {move}."


class OwnProposal(Refused):
    code = "matters.own_proposal"
    zh = "提出人不能审核自己的事项，请由另一人审核。"
    en = "Nobody reviews what they proposed; let somebody else do it."


class ProposalOpen(Refused):
    code = "matters.proposal_open"
    zh = "事项 {matter} 已有一份待处理的申请，请先处理完。"
    en = "There is an open proposal for {matter}; finish it first."


def move(stage: Stage, what: Move) -> Stage:
    """Return the stage after the move. Raises: MoveNotAllowed. Rule: MA-7."""
    after = MOVES.get((stage, what))
    if after is None:
        raise MoveNotAllowed(stage=stage, move=what, stage_zh=STAGE_ZH[stage], move_zh=MOVE_ZH[what])
    return after


def check_reviewer(what: Move, *, actor_id: int, proposed_by: int) -> None:
    """Refuse the proposer's own review. Raises: OwnProposal. Rule: MA-7."""
    if CAPABILITY[what] == "matters.review" and actor_id == proposed_by:
        raise OwnProposal()


def check_day(what: Move, on: date | None, today: date) -> None:
    """Refuse a day that is missing or over. Raises: Unreadable. Rule: MA-7."""
    if what in {Move.ADMIT, Move.WITHDRAW} and (on is None or on < today):
        raise Unreadable(field="on", why_zh="请写明今天或以后的日期", why_en="name a day, today or later")


def check_note(what: Move, note: str) -> None:
    """Refuse a return or withdrawal without a reason. Raises: Unreadable. Rule: MA-7."""
    if what in {Move.RETURN, Move.WITHDRAW} and not note.strip():
        raise Unreadable(field="note", why_zh="请写明理由", why_en="give a reason")


def next_code(group: str, taken: list[str]) -> str:
    """Return the next code of the city in a group: H3C01, H3C02… Rule: MA-7."""
    numbers = [int(code.removeprefix(f"{group}C")) for code in taken]
    return f"{group}C{max(numbers, default=0) + 1:02}"
