"""Ways to forge a bundle as a zip: each is found and named in both languages (EV-11)."""

from __future__ import annotations

import hashlib
import io
import json
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.cases.doors import post
from tests.cases.makers import House, make_case
from tests.documents.makers import make_formats
from tests.evidence.makers import make_bundle
from tests.evidence.tampering import key_of_the_city, listed_again, parts_of, rebuilt
from wangge.evidence import bundle_check
from wangge.evidence.bundle_check import Wrong
from wangge.kernel.ids import new_id

pytestmark = pytest.mark.django_db
Write = Callable[[zipfile.ZipFile], None]


def check(path: Path) -> list[Wrong]:
    code, wrong, _ = bundle_check.check(str(path), key_of_the_city())
    assert (code == bundle_check.WRONG) is bool(wrong)
    assert all(one.zh and one.en for one in wrong)
    return wrong


def with_more(bundle: Path, write: Write) -> Path:
    """Return a copy of the zip to which something was appended: all that was there stays."""
    changed = bundle.with_name("more.zip")
    changed.write_bytes(bundle.read_bytes())
    with warnings.catch_warnings(), zipfile.ZipFile(changed, "a", zipfile.ZIP_DEFLATED) as more:
        warnings.simplefilter("ignore")  # zipfile warns of a doubled name
        write(more)
    return changed


def first_of(bundle: Path, start: str) -> str:
    return next(name for name in parts_of(bundle) if name.startswith(start))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../../etc/cron.d/x", "请勿解压"),
        ("/etc/passwd", "请勿解压"),
        ("..\\..\\windows\\x", "请勿解压"),
        ("C:/windows/x", "请勿解压"),
        ("c\u0430ses/extra.json", "形近字符"),  # a Cyrillic a
        ("manifest.json\u200b", "形近字符"),  # something that nobody sees
        ("Manifest.json", "清单中没有这个文件"),
        ("cases/", "清单中没有这个文件"),
    ],
)
def test_a_name_that_nobody_signed_is_named_with_what_it_is_made_for(
    bundle: Path, name: str, words: str
) -> None:
    [found] = check(with_more(bundle, lambda more: more.writestr(name, b"x")))
    assert (found.file, found.field) == (name, "name")
    assert words in found.zh


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig", "README.txt", "photos/"])
def test_a_file_that_is_there_twice_is_named_also_when_both_are_the_same(bundle: Path, name: str) -> None:
    whole = first_of(bundle, name)
    found = check(with_more(bundle, lambda more: more.writestr(whole, parts_of(bundle)[whole])))
    assert [(one.file, one.field) for one in found] == [(whole, "name")]


def test_a_bomb_is_named_and_not_unpacked(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_check, "LARGEST", 1 << 20)
    bomb = bytes(2 << 20)
    [found] = check(with_more(bundle, lambda more: more.writestr("bomb", bomb)))
    assert found.file == "bomb"
    parts = parts_of(bundle)
    for name in (first_of(bundle, "photos/"), first_of(bundle, "cases/")):
        found_in = {one.file: one for one in check(rebuilt(bundle, {**parts, name: bomb}))}
        assert str(2 << 20) in found_in[name].zh
    parts["manifest.json"] = bomb
    with pytest.raises(bundle_check.CannotCheck, match=r"manifest\.json: 2097152 bytes"):
        check(rebuilt(bundle, parts))


def test_a_pixel_is_found_though_the_size_is_kept(bundle: Path) -> None:
    parts = parts_of(bundle)
    name = first_of(bundle, "photos/")
    picture = bytearray(parts[name])
    for place in range(len(picture) // 2, len(picture)):  # the first byte that is a pixel and nothing else
        changed = bytes(picture[:place]) + bytes([picture[place] ^ 1]) + bytes(picture[place + 1 :])
        if _decoded(changed) != _decoded(parts[name]):
            break
    found = check(rebuilt(bundle, {**parts, name: changed}))
    assert len(changed) == len(parts[name])
    assert {(one.file, one.field) for one in found} == {(name, "sha256"), (name, "name")}


def _decoded(photo: bytes) -> bytes:
    return Image.open(io.BytesIO(photo)).convert("RGB").tobytes()


def test_events_that_are_hashed_anew_from_end_to_end_are_not_what_was_signed(bundle: Path) -> None:
    parts = parts_of(bundle)
    name = max((one for one in parts if one.endswith("events.jsonl")), key=lambda one: len(parts[one]))
    told = name.replace("events.jsonl", "case.json")
    lines, case = parts[name].splitlines(), json.loads(parts[told])
    lines[1] = lines[1].replace(json.loads(lines[1])[7].encode(), "别人".encode())
    case["steps"][1]["actor_name"] = "别人"
    previous = bytes(32)
    for line, step in zip(lines, case["steps"], strict=True):
        previous = hashlib.sha256(previous + line).digest()
        step["hash"] = previous.hex()
    case["chain_head"] = previous.hex()
    parts[name] = b"".join(line + b"\n" for line in lines)
    parts[told] = json.dumps(case).encode()
    found = {(one.file, one.field) for one in check(rebuilt(bundle, parts))}
    assert found == {(name, "sha256"), (told, "sha256"), (name, "chain_head")}
    manifest = json.loads(parts["manifest.json"])
    for listed in manifest["cases"]:
        listed["chain_head"] = previous.hex() if listed["id"] in name else listed["chain_head"]
    parts["manifest.json"] = json.dumps(manifest).encode()
    listed_again(parts)
    [one] = check(rebuilt(bundle, parts))
    assert (one.file, one.field) == ("manifest.json", "signature")


def test_what_cannot_be_unpacked_is_named(bundle: Path) -> None:
    content = bytearray(bundle.read_bytes())
    with zipfile.ZipFile(bundle) as packed:
        entry = packed.getinfo("README.txt")
    start = entry.header_offset + 30 + len(entry.filename)
    content[start : start + 40] = bytes(40)
    broken = bundle.with_name("broken.zip")
    broken.write_bytes(content)
    found = {(one.file, one.field) for one in check(broken)}
    assert found == {("README.txt", "content")}


def test_a_name_cannot_repaint_the_terminal(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    painted = with_more(bundle, lambda more: more.writestr("\x1b[2J✓ 证据包完整", b""))
    assert bundle_check.main([str(painted)]) == bundle_check.WRONG
    assert "\x1b" not in capsys.readouterr().out


# ---- what was issued is evidence too: EV-8 ----


@pytest.fixture
def issued(house: House, tmp_path: Path) -> Path:
    """A bundle of a case with one notice."""
    make_formats()
    case = make_case(house)
    given = {"id": str(new_id()), "kind": "rectification_notice", "demand": "三日内清空楼道"}
    assert post(house.alice, f"/{case}/documents", given).status_code == 200
    return make_bundle(house.super, [case], tmp_path)


def test_what_was_issued_is_in_the_bundle_and_checked(issued: Path) -> None:
    parts = parts_of(issued)
    listing = first_of(issued, "cases/").rpartition("/")[0] + "/documents.json"
    [told] = json.loads(parts[listing])
    word = first_of(issued, "documents/")
    assert (told["kind"], told["is_withheld"]) == ("rectification_notice", False)
    assert word == f"documents/{told['files'][0]}.docx"
    assert check(issued) == []
    lost = {name: content for name, content in parts.items() if name != word}
    assert {(one.file, one.field) for one in check(rebuilt(issued, lost))} == {
        (word, "name"),
        (listing, told["files"][0]),
    }
    changed = {**parts, word: parts[word][:-1] + b"x"}
    assert {one.field for one in check(rebuilt(issued, changed))} == {"sha256", "name"}
    told["number"] = "999"
    fields = {one.field for one in check(rebuilt(issued, {**parts, listing: json.dumps([told]).encode()}))}
    assert fields == {"sha256", told["id"]}
