"""A run as a face shows it."""

from __future__ import annotations

from wangge.kernel.actor import Actor
from wangge.kernel.models import FileRun
from wangge.kernel.run_rules import FILES_KEPT, OPEN, RunState, share_pct
from wangge.kernel.schemas import Refusal, RunOut

AS_KEPT = (
    "id", "kind", "way", "asked_name", "asked_at", "scope", "file_name", "file_bytes", "is_dry_run",
    "again_of", "state", "started_at", "ended_at", "rows", "rows_total", "written", "created", "updated",
    "unchanged",
    "bad_rows", "problems", "has_file", "has_problem_file", "has_result",
)  # fmt: skip


def run_out(run: FileRun, actor: Actor) -> RunOut:
    """Return the run as its page shows it. Rule: KE-34."""
    has_files = run.has_file or run.has_problem_file or run.has_result
    one_way = run.is_dry_run or run.way == "out"  # nothing is written into a register
    share = share_pct(run.rows, run.rows_total, run.rows if one_way else run.written)
    return RunOut.model_validate(
        {name: getattr(run, name) for name in AS_KEPT}
        | {
            "is_own": run.asked_by == actor.user_id,
            "is_ending": run.cancel_asked_at is not None and run.state in OPEN,
            "share_pct": 100 if run.state == RunState.DONE else share,
            "files_until": run.ended_at + FILES_KEPT if run.ended_at and has_files else None,
            "refusal": Refusal.model_validate(run.refusal) if run.refusal else None,
        }
    )
