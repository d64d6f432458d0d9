"""Writes docs/reference/case-states.md from the state table; `--check` says whether it is what the code says."""

from __future__ import annotations

import sys
from pathlib import Path

from wangge.cases.rules import CAPABILITY, ENDED, NEEDS, STEPS, Action, Status

PAGE = Path("docs/reference/case-states.md")
HEAD = """# States of a case

Written by `make diagrams` from the table CS-2 in `src/wangge/cases/rules.py`; the rules are in
[rules/cases.md](../rules/cases.md). A pack names the states in its own words.

```mermaid
stateDiagram-v2
    [*] --> reported: report
"""


def render() -> str:
    """Return the page, the same on every machine."""
    arrows = [f"    {before} --> {after}: {action}" for (before, action), after in STEPS.items()]
    ends = [f"    {status} --> [*]" for status in Status if status in ENDED]
    rows = [
        f"| {before} | {action} | {after} | {CAPABILITY.get(action, 'with the report')} | {_needs(action)} |"
        for (before, action), after in STEPS.items()
    ]
    table = ["| state | step | state after | needs the right | carries |", "|---|---|---|---|---|", *rows]
    return HEAD + "\n".join([*arrows, *ends, "```", "", *table]) + "\n"


def _needs(action: Action) -> str:
    if action is Action.FIX_ON_SPOT:
        return "photos before and after"
    return ", ".join(NEEDS.get(action, ())) or "–"


def main(arguments: list[str]) -> int:
    text = render()
    if "--check" not in arguments:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    print(f"{PAGE} has drifted from the code. Run: make diagrams", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
