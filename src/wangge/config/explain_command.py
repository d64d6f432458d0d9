"""`wangge explain`: every deadline of a case, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from wangge.accounts.rules import CAPABILITIES, Role
from wangge.cases import queries as cases
from wangge.cases.rules import RESTRICTED
from wangge.cases.schemas import DeadlineLine
from wangge.config.saying import say, say_json
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible
from wangge.oversight import queries as oversight


def explain(
    case_id: Annotated[UUID, typer.Argument(help="案件编号 / id of the case")],
    as_json: Annotated[bool, typer.Option("--json", help="机器可读输出 / machine-readable output")] = False,
) -> None:
    """逐行说明案件的每个时限。Explain the deadlines of a case, line by line."""
    actor = _reader(case_id)
    told = cases.explain_deadline(actor, case_id)
    promises = oversight.get_case(actor, case_id, at=clock.now()).promises
    if as_json:
        owed = [one.model_dump(mode="json") for one in promises]
        say_json(told.model_dump(mode="json") | {"promises": owed})
        return
    _account("全案时限", "The whole case", told.due_at, told.lines)
    _account("环节时限", "This stage", told.stage_due_at, told.stage_lines)
    for one in promises:
        _account(one.name_zh, one.name_en, one.due_at, one.lines)
        if one.kept_at:
            say(f"  {_text(one.kept_at)} 已兑现", "kept")


def _reader(case_id: UUID) -> Actor:
    """Whoever holds the machine reads every case."""
    found = cases.list_by_ids([case_id])
    if not found:
        raise NotVisible()
    role = Role.SUPERVISOR
    return Actor(0, "wangge", role.value, found[0].grid_path, None, CAPABILITIES[role] | {RESTRICTED})


def _account(zh: str, en: str, due_at: datetime | None, lines: Sequence[DeadlineLine]) -> None:
    end = _text(due_at) if due_at else "–"
    say(f"{zh}：{end}", f"{en}: {end}")
    for line in lines:
        say(f"  {_text(line.at)} {line.zh}", line.en)


def _text(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"
