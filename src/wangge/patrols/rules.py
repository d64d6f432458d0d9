"""What a day of patrol owes, and what a point may be. Source: docs/rules/patrols.md (WH-25, TZ-12)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from wangge.kernel.errors import Refused


class DutySwitch(StrEnum):
    """How hard a duty is: a city may do without, look at it, or demand it."""

    OFF = "off"
    ADVISORY = "advisory"
    BINDING = "binding"


class MinutesPlace(StrEnum):
    """Where minutes count."""

    GRID = "grid"  # in one's own grids
    ANYWHERE = "anywhere"  # wherever one walks on duty


class PatrolAction(StrEnum):
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    CHECK_IN = "check_in"  # a plate was scanned at its door


class PatrolState(StrEnum):
    ON = "on"
    PAUSED = "paused"
    OVER = "over"


STEPS = {  # PA-8
    (PatrolState.ON, PatrolAction.PAUSE): PatrolState.PAUSED,
    (PatrolState.PAUSED, PatrolAction.RESUME): PatrolState.ON,
    (PatrolState.ON, PatrolAction.STOP): PatrolState.OVER,
    (PatrolState.PAUSED, PatrolAction.STOP): PatrolState.OVER,
    (PatrolState.ON, PatrolAction.CHECK_IN): PatrolState.ON,
}


@dataclass(frozen=True, slots=True)
class Duty:
    """A patrol duty of the pack: `times` sessions a day of `minutes` each; once: the minutes of the day."""

    code: str
    times: int
    minutes: int
    place: MinutesPlace
    switch: DutySwitch


@dataclass(frozen=True, slots=True)
class Limits:
    """What the pack says of tracks; the presets are domain.md's and unconfirmed. Rule: PA-4."""

    gap_s: float = 180  # two points further apart in time are no line but a gap
    speed_kmh: float = 60  # faster is no patrol
    accuracy_m: float = 200  # a point less sharp is not used
    dwell_m: float = 100  # a gap whose ends lie so near is a stay: stairs, a cellar, a dead zone
    dwell_minutes: float = 30  # so long a stay is credited
    check_in_minutes: float = 20  # so much of a gap beside a scanned plate is credited
    late_hours: float = 72  # what a phone without signal may bring late
    longest_hours: float = 16  # a session that nobody stopped ends here
    city_margin_m: float = 5_000  # so far outside the city's grids is still the city
    raw_days: float = 120  # raw points are kept so long, then only the day's figures (domain.md §2.15)


LIMITS = frozenset(field.name for field in fields(Limits))


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a day stands to its duty. `attained` is None where nothing is owed."""

    attained: bool | None
    counted_s: int
    missing_s: int
    sessions_done: int


def judge(duty: Duty | None, sessions_s: Sequence[int]) -> Verdict:
    """Return how the seconds of a day's sessions stand to the duty.

    Units:  seconds.
    Rule:   PA-1 (WH-25: the day's minutes), PA-2 (TZ-12: each session its minutes), PA-3 (the switch).
    """
    counted = sum(sessions_s)
    if duty is None or duty.switch is DutySwitch.OFF:
        return Verdict(None, counted, 0, 0)
    wanted = duty.minutes * 60
    if duty.times == 1:
        done = int(counted >= wanted)
        return Verdict(bool(done), counted, max(0, wanted - counted), done)
    longest = sorted(sessions_s, reverse=True)[: duty.times]
    done = sum(one >= wanted for one in longest)
    missing = sum(max(0, wanted - one) for one in longest) + wanted * (duty.times - len(longest))
    return Verdict(done == duty.times, counted, missing, done)


def step(state: PatrolState, action: PatrolAction) -> PatrolState:
    """Return the state of a session after `action`. Raises: NotOnDuty. Rule: PA-8."""
    after = STEPS.get((state, action))
    if after is None:
        raise NotOnDuty(state_zh=STATE_ZH[state], state=state.value)
    return after


STATE_ZH = {PatrolState.ON: "正在巡查", PatrolState.PAUSED: "已暂停", PatrolState.OVER: "已结束"}


class NotOnDuty(Refused):
    code = "patrols.not_on_duty"
    zh = "这次巡查{state_zh}，不能这样做。请刷新后再试。"
    en = "This patrol is {state}; that cannot be done now. Reload and try again."


class AlreadyOnDuty(Refused):
    code = "patrols.already_on_duty"
    zh = "您有一次巡查尚未结束。请先结束它，再开始新的巡查。"
    en = "A patrol of yours is still going on. Stop it before you start another."


class Backwards(Refused):
    code = "patrols.backwards"
    zh = "时间早于这次巡查已记录的上一步（{last}）。请检查手机时间。"
    en = "This is earlier than the patrol's last step ({last}). Check the phone's clock."


class Overlapping(Refused):
    code = "patrols.overlapping"
    zh = "这个时间您已有另一次巡查记录。请检查手机时间。"
    en = "Another patrol of yours covers this time. Check the phone's clock."


class InTheFuture(Refused):
    code = "patrols.in_the_future"
    zh = "时间在将来。请校准手机时间后再试。"
    en = "The time lies in the future. Set the phone's clock and try again."


class TooLate(Refused):
    code = "patrols.too_late"
    zh = "距发生时间已超过 {hours} 小时，不再接收。"
    en = "It is older than {hours} hours and is not taken any more."


class OffDuty(Refused):
    code = "patrols.off_duty"
    zh = "不在巡查时间内的位置不接收、不保存。请先开始巡查。"
    en = "A position off duty is neither taken nor kept. Start a patrol first."


class OutOfCity(Refused):
    code = "patrols.out_of_city"
    zh = "位置不在本市范围内。请检查定位是否正常、坐标系是否选对。"
    en = "The position is outside the city. Check the phone's position and the datum."


class NoPosition(Refused):
    status = 422
    code = "patrols.no_position"
    zh = "经纬度或时间不是有效的数值。"
    en = "Longitude, latitude or time is no valid number."


class ForeignBatch(Refused):
    code = "patrols.batch_id_reused"
    zh = "这个批次编号已用于另一批位置。请用新的编号重新提交。"
    en = "This batch id was used for other positions. Send them with a new id."


class TooManyPoints(Refused):
    status = 422
    code = "patrols.too_many_points"
    zh = "一批最多 {most} 个位置，本批有 {given} 个。请分批提交。"
    en = "At most {most} positions a batch; this has {given}. Send them in parts."


class BatchIdNoUuid7(Refused):
    status = 422
    code = "patrols.batch_id_no_uuid7"
    zh = "批次编号应为 UUIDv7，且其时间应在可接收的期限内。"
    en = "A batch id is a UUIDv7 whose time lies within what may still arrive."


class TokenUnknown(Refused):
    status = 401
    code = "patrols.token_unknown"
    zh = "配对码无效或已撤销。请在“巡查”页重新配对。"
    en = "The pairing token is unknown or was revoked. Pair the device again on the patrol page."


class AlreadySigned(Refused):
    code = "patrols.already_signed"
    zh = "这一天的网格日志已签名，不能再改。"
    en = "The grid log of this day is signed and can no longer be changed."


class NothingDone(Refused):
    code = "patrols.nothing_done"
    zh = "这一天没有可记入日志的工作，也没有填写内容。请先填写。"
    en = "Nothing was done on this day and nothing is written. Write something first."


# ---- logs that are copied ---------------------------------------------------


def days_alike(said: Iterable[tuple[date, str]], like_pct: int) -> int:
    """Return on how many days a log says what the log of another day says, or nearly.

    Shape: `said` is what people wrote of one grid, by day; empty words are nobody's and count for nothing.
    Rule:  PA-17 (TZ-06). Letters and digits count, blanks and marks do not; two texts are alike if twice the
    pairs of neighbouring letters that both have is at least `like_pct` of the pairs of both.
    """
    told = [(on, _letters(text)) for on, text in said]
    told = [(on, letters) for on, letters in told if letters]
    pairs = [{letters[i : i + 2] for i in range(max(1, len(letters) - 1))} for _, letters in told]
    copied: set[date] = set()
    for n, (on, letters) in enumerate(told):
        for m in range(n):
            other, words = told[m]
            if on != other and (letters == words or _is_like(pairs[n], pairs[m], like_pct)):
                copied |= {on, other}
    return len(copied)


def _letters(text: str) -> str:
    return "".join(one for one in text.casefold() if one.isalnum())


def _is_like(one: set[str], other: set[str], like_pct: int) -> bool:
    return 200 * len(one & other) >= like_pct * (len(one) + len(other))
