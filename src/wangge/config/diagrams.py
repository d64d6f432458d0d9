"""Draws the state diagrams from the state tables; `--check` compares the drawing with the code."""

from __future__ import annotations

import sys
from pathlib import Path

from wangge.cases.rules import CAPABILITY, ENDED, STEPS, Action, Status

PAGE = Path("docs/reference/case-states.md")
HEAD = """# The states of a case

Drawn by `make diagrams` from `cases/rules.py` (CS-2); never edited by hand.
"""


def render() -> str:
    """Return the page: the diagram and the table behind it."""
    lines = [HEAD, "```mermaid", "stateDiagram-v2", f"  [*] --> {Status.REPORTED}: {Action.REPORT}"]
    rows = [(before, action, after) for (before, action), ends in STEPS.items() for after in ends]
    lines += [f"  {before} --> {after}: {action}" for before, action, after in rows]
    lines += [f"  {status} --> [*]" for status in Status if status in ENDED]
    lines += ["```", "", "| from | step | to | allowed by |", "|---|---|---|---|"]
    lines += [f"| {before} | {action} | {after} | {_allowed(action)} |" for before, action, after in rows]
    return "\n".join(lines) + "\n"


def _allowed(action: Action) -> str:
    """A step without a capability of its own comes with the report."""
    return f"`{CAPABILITY.get(action, CAPABILITY[Action.REPORT])}`"


def main(arguments: list[str]) -> int:
    """Write the page, or compare it. Returns the exit code."""
    if "--check" not in arguments:
        PAGE.write_text(render(), encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == render():
        return 0
    print(f"{PAGE} has drifted from the state table. Run: make diagrams", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
