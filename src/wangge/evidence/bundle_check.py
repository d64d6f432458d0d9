#!/usr/bin/env python3
"""核对网格案件证据包。Check an evidence bundle of Wangge, on any machine, without the database.

    python check.py bundle.zip --key city.pem

Needs Python 3.9 or later and nothing of Wangge. The signature is checked by the package `cryptography`, or by
the command `openssl` (3.0 or later) where the package is missing.
Exit code: 0 proven · 1 something is wrong · 2 it cannot be checked · 3 whole, but whose key is it?
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:  # then openssl has to do
    Ed25519PublicKey = None  # type: ignore[assignment, misc]

FORMAT = 1
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
KEY_PREFIX = bytes.fromhex("302a300506032b6570032100")  # an Ed25519 public key as DER begins so (RFC 8410)
STEP = ("id", "case_id", "seq", "action", "before", "after", "actor_id", "actor_name", "role", "at", "detail")
LARGEST = 128 << 20  # bytes: nothing in a bundle is larger, and nothing larger is read
PROVEN, WRONG, CANNOT, UNTRUSTED = 0, 1, 2, 3


class Wrong(NamedTuple):
    """One thing that is not as it was signed: which file, which case, which step, which field, and how."""

    file: str
    case: str
    step: int | None
    field: str
    zh: str
    en: str

    def __str__(self) -> str:
        step = f" · 第 {self.step} 步 step {self.step}" if self.step else ""
        case = f" · 案件 case {self.case}" if self.case else ""
        return plain(f"✗ {self.file}{case}{step} · {self.field}：{self.zh}") + f"\n  {plain(self.en)}"


class CannotCheck(Exception):
    """Neither right nor wrong can be said."""


def plain(text: str) -> str:
    """Return the text without what could repaint a terminal."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def public_key(pem: str) -> bytes:
    """Return the 32 bytes of an Ed25519 public key in PEM."""
    lines = [line for line in pem.strip().splitlines() if not line.startswith("-----")]
    der = base64.b64decode("".join(lines))
    if len(der) != 44 or not der.startswith(KEY_PREFIX):
        raise CannotCheck("不是 Ed25519 公钥 / not an Ed25519 public key in PEM")
    return der[12:]


def fingerprint(raw: bytes) -> str:
    """Return how people compare a key: the sha256 of its 32 bytes."""
    return hashlib.sha256(raw).hexdigest()


def is_signed(raw: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether the signature is the key's, by `cryptography` or else by `openssl`."""
    if Ed25519PublicKey is None:
        return _is_signed_says_openssl(raw, signature, message)
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _is_signed_says_openssl(raw: bytes, signature: bytes, message: bytes) -> bool:
    openssl = shutil.which("openssl")
    if openssl is None:
        raise CannotCheck("需要 cryptography 或 openssl 3 / install cryptography, or openssl 3.0 or later")
    with tempfile.TemporaryDirectory() as folder:
        parts = {"key": KEY_PREFIX + raw, "signature": signature, "message": message}
        paths = {name: os.path.join(folder, name) for name in parts}
        for name, content in parts.items():
            with open(paths[name], "wb") as file:
                file.write(content)
        command = [openssl, "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin"]
        command += ["-inkey", paths["key"], "-in", paths["message"], "-sigfile", paths["signature"]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    if done.returncode and "Verif" not in said:
        raise CannotCheck(f"openssl: {said.strip()}")
    return done.returncode == 0


def read_part(bundle: zipfile.ZipFile, name: str) -> bytes:
    """Return a file of the bundle. Raises: ValueError rather than read what unpacks without end."""
    size = bundle.getinfo(name).file_size
    if size > LARGEST:
        raise ValueError(f"{name}: {size} bytes")
    return bundle.read(name)


def added(name: str) -> Wrong:
    """Return what is said of a file that nobody signed: some are made to be taken for another, or to harm."""
    zh, en = "清单中没有这个文件", "the manifest does not name it"
    if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
        zh, en = "文件名会写到别处，请勿解压", "its name leads elsewhere: do not unpack this zip"
    elif not name.isascii():
        zh, en = f"文件名含形近字符：{name!a}", f"it takes letters that look alike: {name!a}"
    return Wrong(name, "", None, "name", zh, en)


def check_files(bundle: zipfile.ZipFile, manifest: dict[str, Any]) -> Iterator[Wrong]:
    """Yield what is missing, added, doubled or changed."""
    names = bundle.namelist()
    for name in sorted(one for one, count in Counter(names).items() if count > 1):
        yield Wrong(name, "", None, "name", "同名文件出现多次", "it is there more than once")
    listed = manifest["files"]
    yield from map(added, sorted(set(names) - set(listed) - {MANIFEST, SIGNATURE}))
    for name, said in sorted(listed.items()):
        if name not in names:
            yield Wrong(name, "", None, "name", "文件缺失", "it is missing")
            continue
        try:
            content = read_part(bundle, name)
        except Exception as error:  # whatever a zip can hold
            yield Wrong(name, "", None, "content", f"无法读取：{error}", f"it cannot be read: {error}")
            continue
        digest = hashlib.sha256(content).hexdigest()
        if len(content) != said["size_bytes"] or digest != said["sha256"]:
            yield Wrong(name, "", None, "sha256", "内容被改动", "its bytes are not those that were signed")
        if name.startswith(("photos/", "documents/")) and name.split("/")[1].split(".")[0] != digest:
            yield Wrong(name, "", None, "name", "内容与其编号不符", "it is not the file of that digest")


def check_case(
    listed: dict[str, Any], case: dict[str, Any], lines: list[bytes], telling: dict[str, Any]
) -> Iterator[Wrong]:
    """Yield where the chain of a case breaks, and what its steps tell differently from its facts."""
    name, key = f"cases/{listed['id']}/events.jsonl", listed["id"]
    previous, before, steps = bytes(32), "", case["steps"]
    told: dict[str, Any] = {**telling["untold"], **{field: [] for field in telling["people"]}}
    if not len(lines) == len(steps) == listed["events"]:
        zh = f"应有 {listed['events']} 步，实有 {len(lines)} 步"
        en = f"{listed['events']} were signed, {len(lines)} are here"
        yield Wrong(name, key, None, "events", zh, en)
    for seq, (line, said) in enumerate(zip(lines, steps), 1):  # noqa: B905 - Python 3.9 has no strict
        step = dict(zip(STEP, json.loads(line)))  # noqa: B905
        if step["seq"] != seq:
            yield Wrong(name, key, seq, "seq", f"缺少第 {seq} 步", f"step {seq} is missing")
            return
        if hashlib.sha256(previous + line).hexdigest() != said["hash"]:
            zh, en = "内容与链上摘要不符", "it is not what was hashed, or does not lean on the step before"
            yield Wrong(name, key, seq, "hash", zh, en)
        yield from check_step(name, key, step, {**said, "case_id": key, "before": before})
        previous, before = bytes.fromhex(said["hash"]), step["after"]
        told.update(step["detail"].get("facts", {}))
        told.update(status=step["after"], event_count=seq)
        told["version"] = told.get("version", 0) + (step["action"] not in telling["marks"])
        told.setdefault("reporter_id", step["actor_id"])
        for field, actions in telling["people"].items():
            told[field] = sorted({*told[field], *([step["actor_id"]] if step["action"] in actions else [])})
    if not previous.hex() == case["chain_head"] == listed["chain_head"]:
        yield Wrong(name, key, None, "chain_head", "链尾与最后一步不符", "the head is not the last hash")
    for field, stands in sorted(case["facts"].items()):
        if told.get(field) != stands:
            zh, en = f"案件为 {stands}，按步骤应为 {told.get(field)}", "the steps tell another value"
            yield Wrong(f"cases/{key}/case.json", key, None, field, zh, en)


def check_step(name: str, key: str, step: dict[str, Any], said: dict[str, Any]) -> Iterator[Wrong]:
    """Yield the fields in which a step differs from its second telling, or from the step before."""
    for field in STEP[:-1]:
        if step[field] != said[field]:
            zh = f"此处为 {step[field]}，应为 {said[field]}"
            yield Wrong(name, key, step["seq"], field, zh, f"it says {step[field]} instead of {said[field]}")


def check_named(
    key: str, details: list[dict[str, Any]], documents: list[dict[str, Any]], there: set[str]
) -> Iterator[Wrong]:
    """Yield photos and documents that a step names and the bundle lacks, and documents that no step names."""
    steps, listing = f"cases/{key}/events.jsonl", f"cases/{key}/documents.json"
    for seq, detail in enumerate(details, 1):
        for photo in [*detail.get("photos", []), *detail.get("facts", {}).get("photos", [])]:
            if photo not in there:
                yield Wrong(steps, key, seq, "photos", f"缺少照片 {photo}", f"photo {photo} is missing")
    told = {(one["document"], one["number"]) for one in details if "document" in one}
    for document, number in sorted(told ^ {(one["id"], one["number"]) for one in documents}):
        zh, en = f"步骤与清单对文书 {number} 说法不一", f"steps and list tell different things of {number}"
        yield Wrong(listing, key, None, document, zh, en)
    for one in documents:
        for digest in [] if one["is_withheld"] else one["files"]:
            if digest not in there:
                zh, en = f"缺少文书 {one['number']}", f"document {one['number']} is missing"
                yield Wrong(listing, key, None, digest, zh, en)


def check_cases(bundle: zipfile.ZipFile, manifest: dict[str, Any]) -> Iterator[Wrong]:
    """Yield what is wrong with the cases themselves, and with what they name."""
    stored = [name for name in bundle.namelist() if name.startswith(("photos/", "documents/"))]
    there = {name.split("/")[1].split(".")[0] for name in stored} | set(manifest["absent_files"])
    for listed in manifest["cases"]:
        folder = f"cases/{listed['id']}"
        try:
            case = json.loads(read_part(bundle, f"{folder}/case.json"))
            lines = read_part(bundle, f"{folder}/events.jsonl").splitlines()
            yield from check_case(listed, case, lines, manifest["telling"])
            documents = json.loads(read_part(bundle, f"{folder}/documents.json"))
            details = [json.loads(line)[-1] for line in lines]
            yield from check_named(listed["id"], details, documents, there)
        except Exception as error:  # whatever stands there
            yield Wrong(folder, listed["id"], None, "content", f"无法读取：{error!r}", "it cannot be read")


def check(path: str, trusted: str | None) -> tuple[int, list[Wrong], dict[str, Any]]:
    """Return the exit code, all that is wrong, and the manifest. `trusted` is a key's fingerprint."""
    try:
        with zipfile.ZipFile(path) as bundle:
            body, signature = read_part(bundle, MANIFEST), read_part(bundle, SIGNATURE)
            manifest = json.loads(body)
            if manifest["format"] != FORMAT:
                raise CannotCheck(f"未知的格式 {manifest['format']} / a format that this check does not know")
            raw = public_key(manifest["key"]["pem"])
            wrong = []
            if not is_signed(raw, signature, body):
                zh, en = "清单与签名不符", "the manifest is not what was signed"
                wrong.append(Wrong(MANIFEST, "", None, "signature", zh, en))
            if trusted is not None and fingerprint(raw) != trusted:
                zh = f"签名所用的不是该市的密钥（{fingerprint(raw)}）"
                en = "it was signed with another key than the city's"
                wrong.append(Wrong(MANIFEST, "", None, "key", zh, en))
            wrong += [*check_files(bundle, manifest), *check_cases(bundle, manifest)]
    except CannotCheck:
        raise
    except Exception as error:
        raise CannotCheck(f"不是完整的证据包 / not a whole bundle: {error!r}") from error
    return (WRONG if wrong else UNTRUSTED if trusted is None else PROVEN), wrong, manifest


def say(code: int, wrong: list[Wrong], manifest: dict[str, Any]) -> None:
    """Print the answer for people, Chinese first."""
    for one in wrong:
        print(one)
    for gone in manifest["absent_files"]:
        print(plain(f"! 文件 {gone} 在制作时已不在库中"), "\n  this file was gone when the bundle was made")
    counts = f"{len(manifest['cases'])} 个案件 cases · {len(manifest['files'])} 个文件 files"
    print(plain(f"{counts} · {manifest['made_at']} · {manifest['made_by']['name']}：{manifest['reason']}"))
    mark = fingerprint(public_key(manifest["key"]["pem"]))
    if code == PROVEN:
        print("✓ 证据包完整，签名属于该市。\n  The bundle is whole and signed by the city.")
    elif code == UNTRUSTED:
        print(f"? 证据包完整，但未核对密钥归属，请与该市公布的指纹比对：{mark}")
        print("  The bundle is whole. Whose key it is was not checked: give --key or --fingerprint.")
    else:
        print(f"✗ 发现 {len(wrong)} 处问题。\n  {len(wrong)} things are wrong.")


def main(arguments: list[str] | None = None) -> int:
    """Check the bundle that is named, print what is found, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("bundle", help="证据包 / the zip")
    parser.add_argument("--key", help="该市的公钥文件 / the city's public key (PEM)")
    parser.add_argument("--fingerprint", help="该市密钥的指纹 / the fingerprint of the city's key")
    parser.add_argument("--json", action="store_true", help="机器可读输出 / machine-readable output")
    given = parser.parse_args(arguments)
    try:
        trusted = given.fingerprint.lower().replace(":", "") if given.fingerprint else None
        if given.key:
            with open(given.key, encoding="utf-8") as file:
                trusted = fingerprint(public_key(file.read()))
        code, wrong, manifest = check(given.bundle, trusted)
        if given.json:
            told = {"code": code, "wrong": [one._asdict() for one in wrong]}
            print(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            say(code, wrong, manifest)
    except Exception as error:
        print(plain(f"无法核对 cannot be checked: {error}"), file=sys.stderr)
        return CANNOT
    return code


if __name__ == "__main__":
    sys.exit(main())
