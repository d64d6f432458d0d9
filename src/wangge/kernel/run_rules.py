"""What a run over a file may do: its states, what ends it. Source: docs/rules/kernel.md (KE-33 to KE-38)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from wangge.kernel.errors import Refused


class RunState(StrEnum):
    """How far an import or export is. KE-33"""

    WAITING = "waiting"  # for a worker
    RUNNING = "running"
    DONE = "done"  # loaded, checked (a dry run) or written
    REFUSED = "refused"  # the file has errors, or its author may not: nothing was loaded
    CANCELLED = "cancelled"  # somebody ended it: nothing was loaded
    INTERRUPTED = "interrupted"  # its worker ended: nothing was loaded
    FAILED = "failed"  # the program failed: nothing was loaded


class Way(StrEnum):
    """Whether a file comes in or goes out."""

    IN = "in"
    OUT = "out"


OPEN = (RunState.WAITING, RunState.RUNNING)
FILES_KEPT = timedelta(hours=24)  # KE-37: files of a run hold personal data; its record stays
SHOWN_PROBLEMS = 100  # problems that a page shows; the rest is in the error file


class RunOver(Refused):
    """It has ended already."""

    code = "kernel.run_over"
    zh = "任务已结束（{state}），不能取消。"
    en = "The run has ended ({state}); it cannot be cancelled."


class RunStillOpen(Refused):
    """Its file is in use."""

    code = "kernel.run_open"
    zh = "任务还在进行。请等它结束，或先取消。"
    en = "The run is still going on. Wait for its end, or cancel it first."


class RunFileGone(Refused):
    """A file of a run is kept for a day."""

    code = "kernel.run_file_gone"
    zh = "文件已按保存期限删除，或从未生成。请重新上传或重新导出。"
    en = "The file is past its keeping time, or was never made. Upload it, or export, again."


class PostChanged(Refused):
    """A run acts with the post in which it was asked for, and only while its author holds it."""

    status = 403
    code = "kernel.run_post_changed"
    zh = "提交任务的人已不在原岗位或原辖区，任务没有执行。请由在任人员重新提交。"
    en = "Whoever asked for it no longer holds that post or territory. Somebody in office asks again."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did, as its room tells it. `report` is shown as it is."""

    rows: int
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    bad_rows: int = 0
    problems: int = 0
    is_refused: bool = False
    report: Mapping[str, Any] = field(default_factory=dict)  # kept with the run
    whole: Mapping[str, Any] = field(default_factory=dict)  # for whoever waits for it, where that is more


def share_pct(rows: int, total: int | None, written: int) -> int | None:
    """Return how much is done of reading and writing together, None while the total is unknown.

    Reading a row and writing it count the same; a run that is not over never shows 100.
    Rule: KE-34.
    """
    if not total:
        return None
    return min(99, (min(rows, total) + min(written, total)) * 50 // total)
