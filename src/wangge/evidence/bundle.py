"""The evidence bundle: one zip that can be checked without the house (EV-8)."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from wangge.cases.queries import TELLING, WholeCase, WholeStep
from wangge.documents.rules import Issued
from wangge.evidence import bundle_check, signing
from wangge.kernel import files
from wangge.kernel.clock import CHINA
from wangge.kernel.errors import NotVisible

SUFFIX = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}
CHUNK = 1 << 20
CHECK = Path(bundle_check.__file__)
HOW_TO_CHECK = CHECK.with_name("how_to_check.txt")


@dataclass
class BundleWriter:
    """Writes cases one after the other; `close` signs what was written."""

    target: IO[bytes]
    at: datetime
    made_by: dict[str, str]
    reason: str
    may_reveal: bool  # documents that hold personal data go along only then (DO-6)
    listed: dict[str, dict[str, Any]] = field(default_factory=dict)
    cases: list[dict[str, Any]] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._zip = zipfile.ZipFile(self.target, "w", allowZip64=True)
        self._put("README.txt", HOW_TO_CHECK.read_bytes())
        self._put("check.py", CHECK.read_bytes())

    def add(self, case: WholeCase, findings: list[dict[str, Any]], documents: Sequence[Issued]) -> None:
        """Write a case: facts, events as they were hashed, originals, what was issued, a page for people."""
        folder, head = f"cases/{case.id}", case.chain_head.hex()
        steps = [_told_again(step) for step in case.steps]
        whole = {"facts": case.facts, "names": case.names, "chain_head": head, "steps": steps}
        self._put(f"{folder}/case.json", _json(whole))
        self._put(f"{folder}/events.jsonl", b"".join(step.body + b"\n" for step in case.steps))
        self._put(f"{folder}/findings.json", _json(findings))
        self._put(f"{folder}/timeline.txt", _timeline(case).encode())
        for photo in dict.fromkeys(photo for step in case.steps for photo in step.photos):
            self._put_stored("photos", photo)
        told = {step.detail.get("document") for step in case.steps}
        issued = [self._issued(one) for one in documents if str(one.id) in told]
        self._put(f"{folder}/documents.json", _json(issued))
        self.cases.append({"id": str(case.id), "events": len(steps), "chain_head": head})

    def close(self) -> None:
        """Write the manifest with the digest of each file, and its signature."""
        _, key = signing.sign(b"", at=self.at)
        manifest = {
            "format": bundle_check.FORMAT,
            "made_at": self.at.astimezone(CHINA).isoformat(),
            "made_by": self.made_by,
            "reason": self.reason,
            "key": asdict(key),
            "telling": TELLING,
            "cases": self.cases,
            "absent_files": sorted(self.absent),
            "files": self.listed,
        }
        body = _json(manifest)
        signature, _ = signing.sign(body, at=self.at)
        for name, content in ((bundle_check.MANIFEST, body), (bundle_check.SIGNATURE, signature)):
            self._zip.writestr(self._entry(name), content)
        self._zip.close()

    def _put(self, name: str, content: bytes) -> None:
        self._zip.writestr(self._entry(name), content)
        self.listed[name] = {"sha256": sha256(content).hexdigest(), "size_bytes": len(content)}

    def _issued(self, document: Issued) -> dict[str, Any]:
        """Return what was issued as the bundle tells it; its files go along, or it says why they do not."""
        is_withheld = document.holds_personal and not self.may_reveal
        for digest in () if is_withheld else document.files:
            self._put_stored("documents", digest)
        return {
            "id": str(document.id),
            "kind": document.kind,
            "number": document.number_text,
            "issued_at": document.issued_at.astimezone(CHINA).isoformat(),
            "issued_by": document.issued_by_name,
            "void_reason": document.void_reason,
            "is_withheld": is_withheld,
            "files": list(document.files),
        }

    def _put_stored(self, folder: str, digest_of: str) -> None:
        """Write a stored file under its digest, once; one that is gone is named as absent."""
        try:
            name = f"{folder}/{digest_of}.{SUFFIX.get(files.media_type_of(digest_of), 'bin')}"
            if name in self.listed:
                return
            with files.open_file(digest_of) as original, self._zip.open(self._packed(name), "w") as kept:
                digest, size = sha256(), 0
                while chunk := original.read(CHUNK):
                    kept.write(chunk)
                    digest.update(chunk)
                    size += len(chunk)
        except (NotVisible, FileNotFoundError):
            self.absent.add(digest_of)
            return
        self.listed[name] = {"sha256": digest.hexdigest(), "size_bytes": size}

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, self.at.astimezone(CHINA).timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        return entry

    def _packed(self, name: str) -> zipfile.ZipInfo:
        entry = self._entry(name)
        entry.compress_type = zipfile.ZIP_STORED  # a photo, a Word file, a PDF is packed already
        return entry


def _told_again(step: WholeStep) -> dict[str, Any]:
    """Return the step without its detail: a second telling, which names the field that somebody changed."""
    told = dict(zip(bundle_check.STEP, json.loads(step.body), strict=True))
    return {**{name: told[name] for name in bundle_check.STEP if name != "detail"}, "hash": step.hash.hex()}


def _timeline(case: WholeCase) -> str:
    """Return the case as people read it, in China's time."""
    names, facts = case.names, case.facts
    lines = [f"案件 {case.id}", f"事项 {names['matter']}（{facts['matter_code']}）", f"网格 {names['grid']}"]
    lines += [f"部门 {names['department']}"] if names["department"] else []
    lines += [
        f"地址 {facts['address']}",
        f"位置（WGS-84）{facts['lon']}, {facts['lat']}",
        f"内容 {facts['text']}",
        "",
    ]
    for step in case.steps:
        at = f"{step.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
        lines.append(f"{step.seq}. {at}  {step.action_zh} → {step.after_zh}  {step.actor_name or '系统'}")
        if reason := step.detail.get("reason"):
            lines.append(f"   {reason}")
        if point := step.detail.get("point_wgs84"):
            lines.append(f"   位置（WGS-84）{point[0]}, {point[1]}")
        lines += [f"   照片 {photo}" for photo in step.photos]
    return "\n".join(lines) + "\n"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()
