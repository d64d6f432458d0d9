"""`wangge doctor`: what is wrong with a set-up, and how to mend it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from wangge.config.doctor import check_machine
from wangge.config.doctor_database import check_database
from wangge.config.saying import say_json

MARKS = {"ok": "✓", "warn": "!", "bad": "✗"}


def doctor(
    port: Annotated[int, typer.Option(help="要检查的端口 / the port to look at")] = 8000,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读输出 / machine-readable output")] = False,
) -> None:
    """检查安装，指出问题和办法。Say what is wrong with this set-up and how to mend it; exit code 1 if bad."""
    findings = [*check_machine(port), *check_database()]
    is_good = all(finding.level != "bad" for finding in findings)
    if as_json:
        say_json({"ok": is_good, "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            print(f"{MARKS[finding.level]} {finding.zh}  {finding.en}")
            if finding.level != "ok" and finding.remedy_zh:
                print(f"    → {finding.remedy_zh}\n    → {finding.remedy_en}")
    if not is_good:
        raise typer.Exit(1)
