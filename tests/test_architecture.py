"""What an import graph cannot see. The arrows between rooms are in .importlinter; the reasons in docs/adr."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from wangge.kernel.errors import Refused

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "wangge"
ORDER = [  # architecture.md §1, from the top down; rooms on one line do not know each other
    ("config",),
    ("twin", "packs"),
    ("console", "field", "public", "enterprise", "bulletins"),
    ("appraisal", "datahub", "ledgers"),
    ("risk", "outreach", "filings", "rechecks", "visits"),
    ("orders", "patrols", "alarms", "fires"),
    ("oversight", "major_hazards", "evidence", "triage"),
    ("cases",),
    ("matters",),
    ("checklists", "documents", "notices", "grid_drafts", "plates", "census"),
    ("dossiers",),
    ("venues", "teams", "residents"),
    ("territory",),
    ("accounts",),
    ("kernel",),
]
LEVEL = {room: -level for level, rooms in enumerate(ORDER) for room in rooms}
PUBLIC = {"services", "queries", "rules", "schemas"}
CLOCK_ROOMS = {"config"}
CLOCK_FILES = {"api", "tasks", "clock"}
FORBIDDEN_NAMES = {
    "utils",
    "helpers",
    "common",
    "manager",
    "handler",
    "base",
    "data",
    "info",
    "process",
    "misc",
}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, ast.parse(path.read_text(encoding="utf-8"), str(path))


MODULES = list(modules())


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0]


def where(path: Path, node: ast.AST | None = None) -> str:
    line = f":{node.lineno}" if isinstance(node, ast.stmt | ast.expr) else ""
    return f"{path.relative_to(ROOT)}{line}"


def imports(tree: ast.Module) -> Iterator[tuple[ast.stmt, str, str]]:
    """Every (statement, room, module) of the house that is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("wangge."):
            parts = node.module.split(".")
            for alias in node.names:
                yield node, parts[1], parts[2] if len(parts) > 2 else alias.name
        elif isinstance(node, ast.Import):
            for alias in node.names:
                parts = alias.name.split(".")
                if parts[0] == "wangge" and len(parts) > 1:
                    yield node, parts[1], parts[2] if len(parts) > 2 else ""


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_every_room_has_its_place_in_the_order() -> None:
    rooms = {path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists()}

    assert rooms <= LEVEL.keys()


def test_a_room_is_entered_only_by_its_public_modules() -> None:
    wrong = []
    for path, tree in MODULES:
        for node, room, module in imports(tree):
            if room in {room_of(path), "kernel"} or room_of(path) == "config":
                continue
            if module in PUBLIC or (module == "models" and path.stem == "models"):
                continue
            wrong.append(f"{where(path, node)} imports {room}.{module}")

    assert wrong == []


def test_imports_point_down() -> None:
    wrong = [
        f"{where(path, node)} imports {room}"
        for path, tree in MODULES
        for node, room, _ in imports(tree)
        if path.parent != SOURCE and room != room_of(path) and LEVEL[room] >= LEVEL[room_of(path)]
    ]

    assert wrong == []


def test_imports_stand_at_the_top() -> None:
    wrong = [
        where(path, node)
        for path, tree in MODULES
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert wrong == []


def test_foreign_keys_point_down() -> None:
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("wangge."):
            continue
        room = model.__module__.split(".")[1]
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete and field.related_model.__module__.startswith("wangge."):
                other = field.related_model.__module__.split(".")[1]
                if LEVEL[other] > LEVEL[room]:
                    wrong.append(f"{model.__name__}.{field.name} -> {other}")

    assert wrong == []


def test_nobody_listens_in_secret() -> None:
    wrong = [
        where(path, decorator)
        for path, tree in MODULES
        for function in functions(tree)
        for decorator in function.decorator_list
        if "receiver" in ast.unparse(decorator)
    ]
    wrong += [
        where(path, node)
        for path, tree in MODULES
        for node, name in called(tree)
        if name.split(".")[-2:-1] in (["post_save"], ["pre_save"], ["post_delete"], ["pre_delete"])
    ]

    assert wrong == []


def called(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


READS_THE_CLOCK = re.compile(
    r"(clock\.(now|today)|datetime\.(now|utcnow|today)|date\.today|timezone\.(now|localdate)|time\.time(_ns)?)"
)


def test_only_the_edge_asks_for_the_time() -> None:
    wrong = [
        f"{where(path, node)} calls {name}"
        for path, tree in MODULES
        if path.stem not in CLOCK_FILES and room_of(path) not in CLOCK_ROOMS
        for node, name in called(tree)
        if READS_THE_CLOCK.fullmatch(name)
    ]

    assert wrong == []


def test_files_hold_at_most_400_lines() -> None:
    paths = [*SOURCE.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
    lengths = {where(path): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}

    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_functions_hold_at_most_60_lines() -> None:
    wrong = {
        f"{where(path, function)} {function.name}": length
        for path, tree in MODULES
        for function in functions(tree)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > 60
    }

    assert wrong == {}


def test_no_file_is_named_after_nothing() -> None:
    assert [where(path) for path, _ in MODULES if path.stem in FORBIDDEN_NAMES] == []


def test_public_functions_of_the_heart_say_what_they_do() -> None:
    wrong = [
        f"{where(path, node)} {node.name}"
        for path, tree in MODULES
        if path.stem in {"rules", "services", "queries"}
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]

    assert wrong == []


def refusals(kind: type[Refused] = Refused) -> Iterator[type[Refused]]:
    for child in kind.__subclasses__():
        if child.__module__.startswith("wangge."):
            yield child
        yield from refusals(child)


def test_every_refusal_has_a_code_of_its_own_and_speaks_both_languages() -> None:
    for path, _ in MODULES:
        importlib.import_module(".".join(path.relative_to(SOURCE.parent).with_suffix("").parts))
    found = [*refusals()]
    codes = [kind.code for kind in found]

    assert sorted({code for code in codes if codes.count(code) > 1}) == []
    for kind in found:
        own = vars(kind)
        assert {"code", "zh", "en"} <= own.keys(), kind
        assert kind.code.split(".")[0] == kind.__module__.split(".")[1], kind
        assert re.search(r"[\u4e00-\u9fff]|_zh}", kind.zh), kind
        assert not re.search(r"[\u4e00-\u9fff]", kind.en), kind


FOREIGN = re.compile(
    r"(py"
    r"pi\.org|python"
    r"hosted\.org|registry\.npm"
    r"js|npm"
    r"mirror|deb\.deb"
    r"ian\.org"
    r"|mirrors?\.[a-z]+\.(com|cn|edu)|index-url|extra-index)"  # in pieces, so that this file names none
)
MACHINE = re.compile(r"(?<![\w.])/(root|work|home/\w+|tmp/w)/")


def test_no_tracked_file_names_a_registry_or_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git work tree: the tracked files cannot be listed")
    wrong = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path == Path(__file__) or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        wrong += [f"{name}: {match[0]}" for match in (*FOREIGN.finditer(text), *MACHINE.finditer(text))]

    assert wrong == []


def test_the_index_of_documents_names_every_decision() -> None:
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    decisions = sorted(path.name for path in (ROOT / "docs/adr").glob("*.md"))
    assert re.findall(r"\(adr/([^)]+)\)", index) == decisions


def test_every_shape_and_every_operation_of_the_api_has_a_name_of_its_own() -> None:
    """Of two shapes of one name the contract would hold one, and say wrong things of the other."""
    shapes: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        for name in re.findall(
            r"^class (\w+(?:Out|In|Page|Row|Detail))\((?!Protocol|NamedTuple)", path.read_text("utf-8"), re.M
        ):
            shapes.setdefault(name, set()).add(str(path.relative_to(SOURCE)))
    assert {name: places for name, places in shapes.items() if len(places) > 1} == {}
    contract = json.loads((ROOT / "contracts/openapi.json").read_text("utf-8"))
    operations = [way["operationId"] for ways in contract["paths"].values() for way in ways.values()]
    assert sorted(operations) == sorted({*operations})
