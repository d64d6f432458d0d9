"""The circle in figures. Pure: facts in, figures and sentences out. Formulas: docs/rules/twin.md (TW-9)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wangge.cases.rules import Status
from wangge.twin.queries import CaseFacts, OrderFacts, StageFacts

ORDER = [status.value for status in Status]
DISCOUNTED = frozenset({Status.REJECTED, Status.MERGED})
ReachedAt = Callable[[datetime, int], datetime | None]  # none: in a year that nobody knows


@dataclass(frozen=True, slots=True)
class Rung:
    """A level of the pack's escalation ladder."""

    code: str
    zh: str
    en: str
    after_working_days: int


def pct(part: int, whole: int) -> float | None:
    """Return a share in per cent with one decimal, None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def order_figures(facts: OrderFacts) -> dict[str, Any]:
    """Return orders in figures.

    Units: on_time_pct = done by the last day of the period / (done + missed);
           hit_rate_pct = done with a finding / done (DG-12).
    """
    return {
        "made": facts.made,
        "done": facts.done,
        "missed": facts.missed,
        "open": facts.open,
        "on_time": facts.on_time,
        "done_pct": pct(facts.done, facts.made),
        "on_time_pct": pct(facts.on_time, facts.done + facts.missed),
        "with_findings": facts.with_findings,
        "findings": facts.findings,
        "hit_rate_pct": pct(facts.with_findings, facts.done),
    }


def case_figures(cases: Sequence[CaseFacts], stages: Sequence[StageFacts], *, at: datetime) -> dict[str, Any]:
    """Return cases in figures as of `at`.

    Units: effective_disposal_pct = closed / (reported - rejected - merged) (DG-09);
           closed_on_time_pct = closed by the deadline / closed with a deadline;
           overdue = past the deadline when it ended, or at `at` if it has not.
    """
    status = Counter(case.status for case in cases)
    valid = sum(n for name, n in status.items() if name not in DISCOUNTED)
    timed = [(c.closed_at, c.due_at) for c in cases if c.status == Status.CLOSED and c.closed_at and c.due_at]
    on_time = sum(closed_at <= due_at for closed_at, due_at in timed)
    return {
        "reported": len(cases),
        "by_status": {name.value: status[name.value] for name in Status},
        "by_channel": dict(sorted(Counter(case.channel for case in cases).items())),
        "fixed_on_spot": sum(case.fixed_on_spot for case in cases),
        "effective_disposal_pct": pct(status[Status.CLOSED], valid),
        "closed_on_time_pct": pct(on_time, len(timed)),
        "overdue": sum(1 for case in cases if _is_overdue(case, at)),
        "overdue_open": sum(1 for case in cases if case.closed_at is None and _is_overdue(case, at)),
        "rework": sum(case.rework for case in cases),
        "stage_hours": {
            stage.stage: {
                "count": stage.count,
                "median": round(stage.median_hours, 2),
                "p90": round(stage.p90_hours, 2),
            }
            for stage in sorted(stages, key=lambda stage: ORDER.index(stage.stage))
        },
    }


def _is_overdue(case: CaseFacts, at: datetime) -> bool:
    return case.due_at is not None and (case.closed_at or at) > case.due_at


def escalations(
    cases: Sequence[CaseFacts], ladder: Sequence[Rung], *, at: datetime, reached_at: ReachedAt
) -> dict[str, int]:
    """Return how many cases reached each level of the ladder.

    Units: a case reaches a level when it is open later than its deadline plus the level's working days.
    Rule:  TW-9 (WH-34, SX-14).
    """
    reached = {rung.code: 0 for rung in ladder}
    for case in cases:
        if case.due_at is None:
            continue
        until = case.closed_at or at
        for rung in ladder:
            level_at = reached_at(case.due_at, rung.after_working_days)
            reached[rung.code] += level_at is not None and until > level_at
    return reached


def fingerprint(cases: Sequence[CaseFacts]) -> str:
    """Return a digest of what became of every case: equal runs have equal ones."""
    lines = (f"{c.id} {c.status} {c.version} {c.reported_at.isoformat()} {c.closed_at}" for c in cases)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


STATUS_ZH: Mapping[str, str] = {
    Status.REPORTED: "待受理",
    Status.ACCEPTED: "待派遣",
    Status.DISPATCHED: "待签收",
    Status.HANDLING: "处置中",
    Status.VERIFYING: "待核查",
    Status.CLOSED: "已结案",
    Status.REJECTED: "不予受理",
    Status.MERGED: "已并案",
    Status.SUSPENDED: "延期",
    Status.TRANSFERRED: "移交执法",
}


def lines(figures: Mapping[str, Any]) -> list[str]:
    """Return the circle in sentences, Chinese and English on each line."""
    orders, cases = figures["orders"], figures["cases"]
    states = "，".join(f"{STATUS_ZH[name]} {count}" for name, count in cases["by_status"].items() if count)
    states_en = ", ".join(f"{name} {count}" for name, count in cases["by_status"].items() if count)
    told = [
        f"工单：生成 {orders['made']:,}，完成 {orders['done']:,}，按时 {_p(orders['on_time_pct'])}，"
        f"隐患发现率 {_p(orders['hit_rate_pct'])} | "
        f"orders: made {orders['made']:,}, done {orders['done']:,}, on time {_p(orders['on_time_pct'])}, "
        f"hit rate {_p(orders['hit_rate_pct'])}",
        f"案件：上报 {cases['reported']:,}（{states}） | cases: reported {cases['reported']:,} ({states_en})",
        f"有效处置率 {_p(cases['effective_disposal_pct'])}，按期结案率 {_p(cases['closed_on_time_pct'])}，"
        f"超期 {cases['overdue']:,}，返工 {cases['rework']:,} | effective disposal "
        f"{_p(cases['effective_disposal_pct'])}, closed on time {_p(cases['closed_on_time_pct'])}, "
        f"overdue {cases['overdue']:,}, rework {cases['rework']:,}",
    ]
    told += [
        f"{STATUS_ZH.get(stage, stage)}：中位 {spell['median']} 小时，p90 {spell['p90']} 小时 | "
        f"{stage}: median {spell['median']} h, p90 {spell['p90']} h"
        for stage, spell in cases["stage_hours"].items()
    ]
    levels = ", ".join(f"{code} {count:,}" for code, count in figures["escalated"].items()) or "0"
    chains = figures["chains"]
    told += [
        f"升级督办（到期仍未办结） {levels} | escalated (still open that long after the deadline): {levels}",
        f"证据链：核验 {chains['checked']:,}，损坏 {chains['broken']:,} | "
        f"chains: checked {chains['checked']:,}, broken {chains['broken']:,}",
    ]
    return told


def _p(value: float | None) -> str:
    return "—" if value is None else f"{value} %"
