"""The city's signing key: made once, kept where only its owner reads, replaced by a command (EV-9)."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings

from wangge.evidence.bundle_check import fingerprint
from wangge.kernel.errors import Refused

PRIVATE = "current.pem"


class KeyDamaged(Refused):
    """The file of the key holds none: nothing is signed with another one in silence."""

    code = "evidence.key_damaged"
    zh = "签名密钥文件 {path} 已损坏，无法签名。请恢复备份的密钥，或用 wangge evidence rotate 换新密钥。"
    en = "The signing key {path} is damaged. Bring it back, or make a new one: wangge evidence rotate."


class KeyLost(Refused):
    """The city had a key and its file is gone: no other one takes its place in silence."""

    code = "evidence.key_lost"
    zh = "签名密钥文件 {path} 丢失，无法签名。请恢复密钥文件，或用 wangge evidence rotate 换新密钥。"
    en = "The signing key {path} is lost. Bring it back, or make a new one: wangge evidence rotate."


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What everybody may know of a key. A retired one still checks what it signed."""

    fingerprint: str
    pem: str
    made_at: str
    retired_at: str | None = None


def sign(message: bytes, *, at: datetime) -> tuple[bytes, PublicKey]:
    """Return the signature and the key that made it; the first time a key is made. Rule: EV-9."""
    private = _read_or_make(at)
    return private.sign(message), _public(private, at)


def list_keys(*, at: datetime) -> list[PublicKey]:
    """Return the key in force first, then the retired ones, the latest first. Rule: EV-9."""
    if not _in_force():
        _public(_read_or_make(at), at)
    retired = sorted((key for key in _noted() if key.retired_at), key=lambda key: key.retired_at or "")
    return [*_in_force(), *reversed(retired)]


def find_trouble() -> Refused | None:
    """Return why the city could not sign now; None where it can, or has not had to yet. Rule: EV-9."""
    path = Path(settings.WANGGE_SIGNING) / PRIVATE
    try:
        if path.exists():
            _load(path)
        elif _in_force():
            raise KeyLost(path=path)
    except Refused as trouble:
        return trouble
    return None


def rotate(*, at: datetime) -> PublicKey:
    """Retire the key and return a new one; of the old one only the public half is kept. Rule: EV-9."""
    path = _folder() / PRIVATE
    try:
        _public(_read_or_make(at), at)
    except KeyDamaged:
        path.replace(path.with_suffix(".damaged"))
    except KeyLost:
        pass  # what is gone is retired
    for old in _in_force():
        _note(replace(old, retired_at=at.isoformat()))
    fresh = Ed25519PrivateKey.generate()
    _write(path, fresh)
    return _public(fresh, at)


def _folder() -> Path:
    folder = Path(settings.WANGGE_SIGNING)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _read_or_make(at: datetime) -> Ed25519PrivateKey:
    path = _folder() / PRIVATE
    if not path.exists():
        if _in_force():
            raise KeyLost(path=path)
        aside = path.with_name(f".{os.getpid()}.pem")
        _write(aside, Ed25519PrivateKey.generate())
        try:
            os.link(aside, path)  # of two processes at once the first one's key is the city's
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return _load(path)


def _load(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError as error:
        raise KeyDamaged(path=path) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyDamaged(path=path)
    return key


def _write(path: Path, key: Ed25519PrivateKey) -> None:
    aside = path.with_name(f".{path.name}.part")
    aside.unlink(missing_ok=True)
    descriptor = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def _public(private: Ed25519PrivateKey, at: datetime) -> PublicKey:
    """Return the public half; what was noted when it was made stays."""
    public = private.public_key()
    mark = fingerprint(public.public_bytes(Encoding.Raw, PublicFormat.Raw))
    noted = _folder() / f"{mark}.json"
    if noted.exists():
        return PublicKey(**json.loads(noted.read_text("utf-8")))
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return _note(PublicKey(mark, pem, at.isoformat()))


def _noted() -> list[PublicKey]:
    return [
        PublicKey(**json.loads(path.read_text("utf-8")))
        for path in sorted(Path(settings.WANGGE_SIGNING).glob("*.json"))
    ]


def _in_force() -> list[PublicKey]:
    """Return the key that was noted and never retired, at most one."""
    return [key for key in _noted() if not key.retired_at]


def _note(key: PublicKey) -> PublicKey:
    path = _folder() / f"{key.fingerprint}.json"
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(json.dumps(asdict(key)), "utf-8")
    aside.replace(path)
    return key
