"""Files that hold personal data lie sealed: frame by frame, in order, whole (KE-9, KE-37)."""

from __future__ import annotations

import struct
from typing import IO

from cryptography.fernet import InvalidToken

from wangge.kernel.secrets import CannotDecrypt, box

FRAME_BYTES = 1 << 20
_LENGTH = struct.Struct(">I")
_PLACE = struct.Struct(">Q?")  # which frame it is, and whether it is the last


def seal(source: IO[bytes], into: IO[bytes]) -> None:
    """Write the content of `source`, from its start, sealed. Memory: two frames. Rule: KE-9."""
    source.seek(0)
    frame, number = source.read(FRAME_BYTES), 0
    while True:
        following = source.read(FRAME_BYTES)
        token = box().encrypt(_PLACE.pack(number, not following) + frame)
        into.write(_LENGTH.pack(len(token)) + token)
        if not following:
            break
        frame, number = following, number + 1
    into.seek(0)


def unseal(sealed: IO[bytes], into: IO[bytes]) -> None:
    """Write the content of a sealed file. Raises: CannotDecrypt if it is damaged or cut. Rule: KE-9."""
    expected, is_last = 0, False
    while head := sealed.read(_LENGTH.size):
        try:
            frame = box().decrypt(sealed.read(_LENGTH.unpack(head)[0]))
        except (InvalidToken, struct.error) as error:
            raise CannotDecrypt() from error
        number, is_last = _PLACE.unpack_from(frame)
        if number != expected:
            raise CannotDecrypt()
        into.write(memoryview(frame)[_PLACE.size :])
        expected += 1
    if not is_last:
        raise CannotDecrypt()
    into.seek(0)
