"""The city's signing key: made once, kept where only its owner reads, replaced by a command (EV-9)."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
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
    current = _public(_read_or_make(at), at)
    known = [PublicKey(**json.loads(path.read_text("utf-8"))) for path in _folder().glob("*.json")]
    retired = sorted(
        (key for key in known if key.retired_at), key=lambda key: key.retired_at or "", reverse=True
    )
    return [current, *retired]


def rotate(*, at: datetime) -> PublicKey:
    """Retire the key and return a new one; of the old one only the public half is kept. Rule: EV-9."""
    path = _folder() / PRIVATE
    if path.exists():
        try:
            old = _public(_load(path), at)
            _note(PublicKey(**{**asdict(old), "retired_at": at.isoformat()}))
        except KeyDamaged:
            path.replace(path.with_suffix(".damaged"))
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


def _note(key: PublicKey) -> PublicKey:
    path = _folder() / f"{key.fingerprint}.json"
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(json.dumps(asdict(key)), "utf-8")
    aside.replace(path)
    return key
