"""Personal fields: encrypted at rest, masked on the way out (KE-9, KE-10; GB/T 22239-2019 level 3)."""

from __future__ import annotations

import base64
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from wangge.kernel.errors import Refused


class CannotDecrypt(Refused):
    """Written under another secret, or damaged."""

    code = "kernel.cannot_decrypt"
    zh = "无法解密个人信息：安装密钥已更换或数据已损坏。请恢复原来的密钥。"
    en = "A personal field cannot be decrypted: another secret or damaged bytes. Restore the former secret."


def encrypt(text: str) -> bytes:
    """Return `text` sealed with the installation's key. Rule: KE-9."""
    return box().encrypt(text.encode())


def decrypt(sealed: bytes | memoryview) -> str:
    """Return the text inside. Raises: CannotDecrypt. Rule: KE-9."""
    try:
        return box().decrypt(bytes(sealed)).decode()
    except InvalidToken as error:
        raise CannotDecrypt() from error


def mask_name(name: str) -> str:
    """Return the first character and a star for each other. Rule: KE-10."""
    return name[:1] + "*" * (len(name) - 1)


def mask_phone(phone: str) -> str:
    """Return the first three and last four digits; a shorter number shows its last two. Rule: KE-10."""
    return _mask(phone, 3, 4) if len(phone) >= 11 else _mask(phone, 0, 2)


def mask_id(number: str) -> str:
    """Return the first three and last two characters of an identity number. Rule: KE-10."""
    return _mask(number, 3, 2)


def _mask(text: str, head: int, tail: int) -> str:
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]


def box() -> MultiFernet:
    """Return what seals and opens with the installation's key. Rule: KE-9."""
    return _boxes((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=8)
def _boxes(secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str, use: bytes = b"wangge personal fields") -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=use)
    return base64.urlsafe_b64encode(derived.derive(secret.encode()))


def seal_bytes(content: bytes) -> bytes:
    """Return `content` sealed with AES-GCM: 28 bytes longer, for what is written by the thousand.

    Rule: KE-9.
    """
    nonce = os.urandom(12)
    return nonce + _gcms((settings.SECRET_KEY,))[0].encrypt(nonce, content, None)


def open_bytes(sealed: bytes | memoryview) -> bytes:
    """Return what was sealed, under the present key or a former one. Raises: CannotDecrypt. Rule: KE-9."""
    whole = bytes(sealed)
    for key in _gcms((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)):
        try:
            return key.decrypt(whole[:12], whole[12:], None)
        except InvalidTag:
            continue
    raise CannotDecrypt()


@lru_cache(maxsize=8)
def _gcms(secrets: tuple[str, ...]) -> list[AESGCM]:
    return [AESGCM(base64.urlsafe_b64decode(_key(secret, b"wangge sealed bytes"))) for secret in secrets]
