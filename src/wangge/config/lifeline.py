"""Processes that must not outlive the one that started them."""

from __future__ import annotations

import ctypes
import signal
import sys

SUPERVISED = "WANGGE_SUPERVISED"  # in the environment of what `wangge run` starts
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None  # loaded before any fork


def die_with_parent(sign: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel to send `sign` to this process when its parent is gone, even by kill -9. Linux only."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(sign), 0, 0, 0)


def die_fast_with_parent() -> None:
    """For PostgreSQL: SIGINT is its fast shutdown, SIGTERM would wait for every client."""
    die_with_parent(signal.SIGINT)
