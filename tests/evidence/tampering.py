"""What somebody does to a bundle on its way to a court."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.evidence.makers import LATER
from wangge.evidence import signing

Parts = dict[str, bytes]


def key_of_the_city() -> str:
    return signing.list_keys(at=LATER)[0].fingerprint


def parts_of(path: Path) -> Parts:
    with zipfile.ZipFile(path) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def rebuilt(path: Path, parts: Parts) -> Path:
    changed = path.with_name("changed.zip")
    with zipfile.ZipFile(changed, "w") as bundle:
        for name, content in parts.items():
            bundle.writestr(name, content)
    return changed


def listed_again(parts: Parts) -> None:
    """Put every digest right in the manifest, as whoever changed a file would; the key is not theirs."""
    manifest = json.loads(parts["manifest.json"])
    manifest["files"] = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "size_bytes": len(content)}
        for name, content in parts.items()
        if not name.startswith("manifest.")
    }
    parts["manifest.json"] = json.dumps(manifest).encode()


def signed_again(parts: Parts) -> None:
    """Sign the manifest with a key of one's own."""
    key = Ed25519PrivateKey.generate()
    manifest = json.loads(parts["manifest.json"])
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    manifest["key"]["pem"] = public.decode()
    parts["manifest.json"] = json.dumps(manifest).encode()
    parts["manifest.sig"] = key.sign(parts["manifest.json"])
