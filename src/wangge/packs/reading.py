"""Packs from YAML, with the line of every word, so that an error names its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from wangge.packs.references import dangling
from wangge.packs.rules import PackUnknown, PackUnreadable, Problem, Row, overlay
from wangge.packs.schemas import SECTIONS, Head, Pack

SHELF = Path(__file__).parent
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where the wheel has it: ten times as fast
_SENTENCES = {
    "missing": ("缺少这一项。", "It is missing.", "请补上。", "Add it."),
    "extra_forbidden": (
        "没有这一项。",
        "There is no such field.",
        "请检查拼写或删去。",
        "Check the spelling or remove it.",
    ),
}


@dataclass(slots=True)
class Origin:
    """Where a row stands."""

    file: str
    node: yaml.Node


@dataclass(slots=True)
class Draft:
    """The rows of one pack or of a pack on its base, not yet checked against each other."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {section: [] for section in SECTIONS})
    origins: dict[tuple[str, str], Origin] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def list_names(shelf: Path = SHELF) -> list[str]:
    """Return the names of the packs on the shelf."""
    return sorted(path.parent.name for path in shelf.glob("*/pack.yaml"))


def read(name: str, shelf: Path = SHELF) -> Pack:
    """Return the pack `name` on top of what it extends.

    Raises: PackUnknown; PackUnreadable naming file, line, field and remedy of everything that is wrong.
    Rule:   PK-1 (the later row wins by code), PK-3 (every reference finds its row).
    """
    chain = _chain(name, shelf)
    whole = Draft()
    for head in reversed(chain):
        own = _read_rows(shelf / head.name, shelf)
        whole.problems += own.problems
        whole.origins |= own.origins
        for section in SECTIONS:
            whole.rows[section] = overlay(whole.rows[section], own.rows[section])
    if whole.problems:
        raise PackUnreadable(name, whole.problems)
    pack = Pack.model_validate({**chain[0].model_dump(), **whole.rows})
    if lost := dangling(pack):
        raise PackUnreadable(name, [_point(whole, *reference) for reference in lost])
    return pack


def _chain(name: str, shelf: Path) -> list[Head]:
    chain: list[Head] = []
    wanted: str | None = name
    while wanted is not None:
        if any(head.name == wanted for head in chain) or wanted not in list_names(shelf):
            raise PackUnknown(name=wanted, known="、".join(list_names(shelf)))
        chain.append(_read_head(shelf / wanted / "pack.yaml", shelf))
        wanted = chain[-1].extends
    return chain


def _read_head(path: Path, shelf: Path) -> Head:
    file = path.relative_to(shelf).as_posix()
    node, content = _compose(path, file)
    try:
        head = Head.model_validate(content)
    except ValidationError as error:
        problems = [_explain(file, node, detail) for detail in error.errors()]
        raise PackUnreadable(path.parent.name, problems) from error
    if head.name != path.parent.name:
        line = _line(node, ("name",))
        problem = Problem(
            file,
            line,
            "name",
            "与文件夹名不同。",
            "It differs from the folder's name.",
            f"请写 {path.parent.name}。",
            f"Write {path.parent.name}.",
        )
        raise PackUnreadable(path.parent.name, [problem])
    return head


def _compose(path: Path, file: str) -> tuple[yaml.Node, Any]:
    text = path.read_text(encoding="utf-8")
    try:
        loader = LOADER(text)
        node = loader.get_single_node()
        if isinstance(node, yaml.MappingNode):
            return node, loader.construct_document(node)
        line, what = 1, "a mapping is wanted"
    except yaml.MarkedYAMLError as error:
        line, what = (error.problem_mark.line + 1 if error.problem_mark else 1), str(error.problem)
    problem = Problem(
        file,
        line,
        "YAML",
        f"不是可读的 YAML（{what}）。",
        f"Not readable YAML ({what}).",
        "请检查缩进、冒号和引号。",
        "Check indents, colons and quotes.",
    )
    raise PackUnreadable(path.parent.name, [problem])


def _read_rows(folder: Path, shelf: Path) -> Draft:
    draft = Draft()
    for path in sorted(folder.glob("*.yaml")):
        if path.name == "pack.yaml":
            continue
        file = path.relative_to(shelf).as_posix()
        node, content = _compose(path, file)
        defaults = content.pop("defaults", None) or {}
        for section, rows in content.items():
            if section not in SECTIONS or not isinstance(rows, list):
                draft.problems.append(_unknown_section(file, node, str(section)))
                continue
            for n, row in enumerate(rows):
                _check_row(
                    draft,
                    file,
                    section,
                    {**defaults, **row} if isinstance(row, Mapping) else row,
                    _descend(node, (section, n)),
                )
    return draft


def _unknown_section(file: str, node: yaml.Node, section: str) -> Problem:
    known = "、".join(SECTIONS)
    return Problem(
        file,
        _line(node, (section,)),
        section,
        "没有这一部分，或不是列表。",
        "There is no such section, or it is no list.",
        f"可用：{known}。",
        f"Use one of {known}.",
    )


def _check_row(draft: Draft, file: str, section: str, row: Any, node: yaml.Node) -> None:
    try:
        SECTIONS[section].model_validate(row)
    except ValidationError as error:
        draft.problems += [_explain(file, node, detail) for detail in error.errors()]
        return
    if (section, row["code"]) in draft.origins:
        draft.problems.append(
            Problem(
                file,
                _line(node, ("code",)),
                "code",
                f"“{row['code']}”在本包中出现两次。",
                f"{row['code']} stands twice in this pack.",
                "请删去其中一条。",
                "Remove one of them.",
            )
        )
        return
    draft.origins[section, row["code"]] = Origin(file, node)
    draft.rows[section].append(row)


def _explain(file: str, node: yaml.Node, detail: ErrorDetails) -> Problem:
    place = tuple(detail["loc"])
    field_name = ".".join(map(str, place)) or "row"
    given = detail.get("input")
    sentence = _SENTENCES.get(
        detail["type"],
        (
            f"“{given}”不合要求（{detail['msg']}）。",
            f"{given!r} will not do: {detail['msg']}.",
            "请按提示修改。",
            "Change it accordingly.",
        ),
    )
    return Problem(file, _line(node, place), field_name, *sentence)


def _point(
    draft: Draft, section: str, code: str, place: tuple[str | int, ...], word: str, known: frozenset[str]
) -> Problem:
    origin = draft.origins[section, code]
    choice = "、".join(sorted(known)[:40])
    return Problem(
        origin.file,
        _line(origin.node, place),
        ".".join(map(str, place)),
        f"“{word}”没有定义。",
        f"{word} is not defined.",
        f"请先定义，或改为：{choice}。",
        f"Define it, or use one of: {choice}.",
    )


def _descend(node: yaml.Node, place: Sequence[str | int]) -> yaml.Node:
    """Return the node at `place`, or the nearest one above it that exists."""
    for step in place:
        below = _child(node, step)
        if below is None:
            return node
        node = below
    return node


def _child(node: yaml.Node, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        child: yaml.Node = node.value[step]
        return child
    return None


def _line(node: yaml.Node, place: Sequence[str | int]) -> int:
    return int(_descend(node, place).start_mark.line) + 1
