"""The loop of a fire, its four figures, and how they are compared. Source: docs/rules/fires.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wangge.kernel.errors import Refused

NOTICE_ZH = "本地登记，非官方认定；以消防救援机构的认定为准。"
NOTICE_EN = "A local record, not an official finding: what the fire and rescue body finds is what counts."


class FireStatus(StrEnum):
    REPORTED = "reported"  # 发生
    CONFIRMED = "confirmed"  # 确定火情
    OUT = "out"  # 出警
    ENDED = "ended"  # 结束救援
    DISMISSED = "dismissed"  # 误报


class FireAction(StrEnum):
    CONFIRM = "confirm"
    TURN_OUT = "turn_out"
    END = "end"
    DISMISS = "dismiss"
    STATE = "state"  # the four figures, cause and place; of an ended fire a correction


class FireSource(StrEnum):
    """By whom it was heard of."""

    BRIGADE = "brigade"
    MEMBER = "member"
    CITIZEN = "citizen"
    ALARM = "alarm"
    OTHER = "other"


class FireGrouping(StrEnum):
    NONE = "none"
    MONTH = "month"
    TERRITORY = "territory"
    CAUSE = "cause"
    PLACE = "place"


S, A = FireStatus, FireAction
STEPS: Mapping[tuple[FireStatus, FireAction], FireStatus] = {  # FR-2 (HB-01)
    (S.REPORTED, A.CONFIRM): S.CONFIRMED,
    (S.REPORTED, A.DISMISS): S.DISMISSED,
    (S.CONFIRMED, A.TURN_OUT): S.OUT,
    (S.CONFIRMED, A.END): S.ENDED,  # put out before anybody had to turn out
    (S.OUT, A.END): S.ENDED,
    **{(status, A.STATE): status for status in S if status is not S.DISMISSED},
}
COUNTED = (S.CONFIRMED, S.OUT, S.ENDED)  # FR-3: what was only heard of is no fire yet
OPEN = (S.REPORTED, S.CONFIRMED, S.OUT)


class StepNotAllowed(Refused):
    code = "fires.step_not_allowed"
    zh = "火情处于“{status}”，不能“{action}”。"
    en = "A fire that is {status} cannot {action}."


class TimesWrong(Refused):
    status = 422
    code = "fires.times_wrong"
    zh = "时间有误：{why_zh}。"
    en = "The times will not do: {why_en}."


class ReasonMissing(Refused):
    status = 422
    code = "fires.reason_missing"
    zh = "救援结束后更正登记、认定误报，都要写明原因。"
    en = "To correct an ended fire, or to call one a false alarm, give the reason."


class FireWrong(Refused):
    status = 422
    code = "fires.fire_wrong"
    zh = "登记内容有误：{why_zh}。"
    en = "The record will not do: {why_en}."


def step(status: FireStatus, action: FireAction) -> FireStatus:
    """Return the status after an action. Raises: StepNotAllowed. Rule: FR-2 (HB-01)."""
    after = STEPS.get((status, action))
    if after is None:
        raise StepNotAllowed(status=status.value, action=action.value)
    return after


def check_times(*, last_at: datetime, at: datetime, now: datetime) -> datetime:
    """Return the moment of a step. Raises: TimesWrong before the step that came last, or in the future.

    Rule: FR-2.
    """
    if at > now:
        raise TimesWrong(why_zh="不能晚于现在", why_en="it lies in the future")
    if at < last_at:
        raise TimesWrong(why_zh="早于上一步", why_en="it lies before the step that came last")
    return at


def check_reason(status: FireStatus, action: FireAction, note: str) -> None:
    """Raises: ReasonMissing for a correction of an ended fire or a false alarm without one. Rule: FR-3."""
    if len(note.strip()) < 2 and (action is A.DISMISS or (action is A.STATE and status is S.ENDED)):
        raise ReasonMissing()


@dataclass(frozen=True, slots=True)
class Four:
    """The four figures of fires: 起数, 死亡, 受伤, 直接财产损失."""

    fires: int = 0
    dead: int = 0
    injured: int = 0
    loss_fen: int = 0


def change_pct(now: int, before: int) -> float | None:
    """Return the change in per cent of the earlier figure, None of nothing. Rule: FR-4 (HB-15)."""
    return round(100 * (now - before) / before, 1) if before else None
