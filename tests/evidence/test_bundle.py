"""The bundle is made here and checked where there is no house: EV-8, EV-9. Every tampering is named."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.cases.makers import House
from tests.evidence.makers import LATER, make_bundle, make_photographed
from tests.evidence.tampering import Parts, key_of_the_city, listed_again, parts_of, rebuilt, signed_again
from wangge.cases.chain import MARKS, body_of, hash_of
from wangge.cases.events import read_events
from wangge.evidence import bundle_check, signing

pytestmark = pytest.mark.django_db


def photo_in(parts: Parts) -> str:
    return next(name for name in parts if name.startswith("photos/"))


def events_in(parts: Parts) -> str:
    """Return the longer of the two chains."""
    return max((name for name in parts if name.endswith("events.jsonl")), key=lambda name: len(parts[name]))


def one_pixel(parts: Parts) -> None:
    name = photo_in(parts)
    picture = Image.open(io.BytesIO(parts[name])).convert("RGB")
    red, green, blue = picture.getpixel((7, 7))
    picture.putpixel((7, 7), (red ^ 1, green, blue))
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    parts[name] = kept.getvalue()


def one_second(parts: Parts) -> None:
    name = events_in(parts)
    lines = parts[name].splitlines()
    event = json.loads(lines[2])
    at = event[9]
    event[9] = f"{at[:18]}{(int(at[18]) + 1) % 10}{at[19:]}"
    lines[2] = json.dumps(event, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    parts[name] = b"".join(line + b"\n" for line in lines)


def drop_an_event(parts: Parts) -> None:
    name = events_in(parts)
    lines = parts[name].splitlines(keepends=True)
    parts[name] = b"".join(lines[:2] + lines[3:])


def drop_the_last_event(parts: Parts) -> None:
    name = events_in(parts)
    parts[name] = b"".join(parts[name].splitlines(keepends=True)[:-1])


def swap_photos(parts: Parts) -> None:
    first, second = [name for name in parts if name.startswith("photos/")][:2]
    parts[first], parts[second] = parts[second], parts[first]


def lose_a_photo(parts: Parts) -> None:
    del parts[photo_in(parts)]


def add_a_file(parts: Parts) -> None:
    parts["cases/extra.txt"] = b"x"


def change_a_fact(parts: Parts) -> None:
    name = events_in(parts).replace("events.jsonl", "case.json")
    case = json.loads(parts[name])
    case["facts"]["severity"] = "larger"
    parts[name] = json.dumps(case).encode()


TAMPERINGS: dict[Callable[[Parts], None], tuple[str, str]] = {  # what is done: (file, field) that is named
    one_pixel: ("photos/", "sha256"),
    one_second: ("events.jsonl", "at"),
    drop_an_event: ("events.jsonl", "seq"),
    drop_the_last_event: ("events.jsonl", "events"),
    swap_photos: ("photos/", "name"),
    lose_a_photo: ("events.jsonl", "photos"),
    add_a_file: ("cases/extra.txt", "name"),
    change_a_fact: ("case.json", "severity"),
}


def test_a_bundle_is_proven_by_the_citys_key(bundle: Path) -> None:
    code, wrong, manifest = bundle_check.check(str(bundle), key_of_the_city())
    assert (code, wrong) == (bundle_check.PROVEN, [])
    assert [len(manifest["cases"]), manifest["reason"], manifest["absent_files"]] == [2, "行政复议", []]
    assert bundle_check.check(str(bundle), None)[0] == bundle_check.UNTRUSTED
    assert bundle_check.check(str(bundle), "0" * 64)[1][0].field == "key"


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_every_tampering_is_named(bundle: Path, tamper: Callable[[Parts], None]) -> None:
    file, field = TAMPERINGS[tamper]
    parts = parts_of(bundle)
    tamper(parts)
    code, wrong, _ = bundle_check.check(str(rebuilt(bundle, parts)), key_of_the_city())
    assert code == bundle_check.WRONG
    assert any(file in one.file and one.field == field for one in wrong), [str(one) for one in wrong]


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_without_the_key_no_manifest_can_be_forged(bundle: Path, tamper: Callable[[Parts], None]) -> None:
    parts = parts_of(bundle)
    tamper(parts)
    listed_again(parts)
    _, wrong, _ = bundle_check.check(str(rebuilt(bundle, parts)), key_of_the_city())
    assert ("manifest.json", "signature") in {(one.file, one.field) for one in wrong}
    signed_again(parts)
    _, wrong, _ = bundle_check.check(str(rebuilt(bundle, parts)), key_of_the_city())
    assert ("manifest.json", "key") in {(one.file, one.field) for one in wrong}


def test_a_changed_second_is_named_with_case_step_and_field(bundle: Path) -> None:
    parts = parts_of(bundle)
    case = events_in(parts).split("/")[1]
    one_second(parts)
    _, wrong, _ = bundle_check.check(str(rebuilt(bundle, parts)), key_of_the_city())
    [found] = [one for one in wrong if one.field == "at"]
    assert (found.case, found.step) == (case, 3)
    assert all(part in str(found) for part in (case, "第 3 步", "step 3", "at"))


def test_what_is_no_bundle_cannot_be_checked(tmp_path: Path, bundle: Path) -> None:
    path = tmp_path / "no.zip"
    for content in (b"", b"PK", bundle.read_bytes()[:-300]):
        path.write_bytes(content)
        with pytest.raises(bundle_check.CannotCheck):
            bundle_check.check(str(path), None)
    parts = parts_of(bundle)
    for name, content in (("manifest.json", b"[]"), ("manifest.json", b"{}"), ("manifest.sig", b"")):
        broken = rebuilt(bundle, {**parts, name: content})
        assert bundle_check.main([str(broken)]) in {bundle_check.WRONG, bundle_check.CANNOT}


def test_a_photo_that_was_gone_is_told_and_not_hidden(house: House, tmp_path: Path, settings: Any) -> None:
    case = make_photographed(house)
    gone = next(path for path in settings.WANGGE_FILES.rglob("*") if path.name == house_photo(case))
    gone.unlink()
    bundle = make_bundle(house.super, [case], tmp_path)
    code, wrong, manifest = bundle_check.check(str(bundle), key_of_the_city())
    assert (code, wrong, manifest["absent_files"]) == (bundle_check.PROVEN, [], [gone.name])


def house_photo(case: Any) -> str:
    return str(read_events([case])[0].detail["facts"]["photos"][0])


# ---- one canonical form, and nothing of the house ----


def test_a_line_of_the_bundle_is_what_the_chain_hashes(house: House, bundle: Path) -> None:
    parts = parts_of(bundle)
    for listed in json.loads(parts["manifest.json"])["cases"]:
        lines = parts[f"cases/{listed['id']}/events.jsonl"].splitlines()
        events = read_events([listed["id"]])
        assert lines == [body_of(event) for event in events]
        previous = bytes(32)
        for line, event in zip(lines, events, strict=True):
            assert hashlib.sha256(previous + line).digest() == event.hash == hash_of(event, previous=previous)
            previous = event.hash
    assert set(json.loads(parts["manifest.json"])["telling"]["marks"]) == MARKS


def test_the_check_imports_nothing_of_the_house_and_is_in_the_bundle(bundle: Path) -> None:
    source = Path(bundle_check.__file__).read_bytes()
    assert parts_of(bundle)["check.py"] == source
    assert len(source.splitlines()) <= 300
    tree = ast.parse(source)
    named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    named |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert not {name for name in named if name and name.split(".")[0] in {"wangge", "django", "msgspec"}}
    compile(tree, "check.py", "exec", dont_inherit=True)
    ast.parse(source, feature_version=(3, 9))


def elsewhere(folder: Path, *, cryptography: bool) -> dict[str, str]:
    """Return the environment of a machine with Python and one package, without the house and its database."""
    packages = folder / "packages"
    packages.mkdir()
    for name in (
        ("cryptography", "cffi", "_cffi_backend", "pycparser", "typing_extensions") if cryptography else ()
    ):
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            origin = Path(spec.origin)
            target = origin.parent if spec.submodule_search_locations else origin
            (packages / target.name).symlink_to(target)
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(packages), "PYTHONIOENCODING": "utf-8"}


def run_check(folder: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the copied program with a Python that sees no site-packages."""
    program = folder / "check.py"
    shutil.copy(bundle_check.__file__, program)
    command = [sys.executable, "-S", str(program), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("cryptography", [True, False], ids=["cryptography", "openssl"])
def test_it_is_checked_on_a_machine_without_the_house(
    bundle: Path, tmp_path: Path, cryptography: bool
) -> None:
    if not cryptography and not shutil.which("openssl"):
        pytest.skip("this machine has no openssl")
    folder = tmp_path / "court"
    folder.mkdir()
    environment = elsewhere(folder, cryptography=cryptography)
    houseless = [sys.executable, "-S", "-c", "import wangge"]
    assert subprocess.run(houseless, env=environment, cwd=folder, capture_output=True, check=False).returncode
    key = folder / "city.pem"
    key.write_text(signing.list_keys(at=LATER)[0].pem)
    proven = run_check(folder, environment, str(bundle), "--key", str(key))
    assert (proven.returncode, proven.stderr) == (0, "")
    assert "证据包完整" in proven.stdout
    for tamper in (one_pixel, one_second):
        parts = parts_of(bundle)
        tamper(parts)
        found = run_check(folder, environment, str(rebuilt(bundle, parts)), "--key", str(key))
        assert found.returncode == 1, found.stderr
        assert TAMPERINGS[tamper][1] in found.stdout
    listed_again(parts)
    forged = run_check(folder, environment, str(rebuilt(bundle, parts)), "--key", str(key))
    assert "清单与签名不符" in forged.stdout
    assert run_check(folder, environment, str(bundle)).returncode == 3
