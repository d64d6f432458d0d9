"""Closed territory paths: codes joined and closed by a dot, so that a prefix is a subtree.

`34.02.03.005.` holds `34.02.03.005.012.`; `…05.` never matches `…050.`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from wangge.kernel.errors import Unreadable

CLOSED = re.compile(r"(?:[0-9A-Za-z_-]+\.)+")


def is_closed(path: str) -> bool:
    return CLOSED.fullmatch(path) is not None


def check_closed(path: str) -> str:
    """Return `path`. Raises: Unreadable if it is empty or not closed by a dot."""
    if not is_closed(path):
        raise Unreadable(
            field="path",
            why_zh="路径应以点号结尾且不能为空",
            why_en="a path ends with a dot and is never empty",
        )
    return path


def join(codes: Iterable[str]) -> str:
    """Return the closed path of `codes`, outermost first."""
    return check_closed("".join(f"{code}." for code in codes))


def parent(path: str) -> str | None:
    """Return the path one level up, None at the top."""
    head = path[:-1].rpartition(".")[0]
    return f"{head}." if head else None


def ancestors(path: str) -> list[str]:
    """Return every path from the top down to `path` itself."""
    codes = path[:-1].split(".")
    return ["".join(f"{code}." for code in codes[: n + 1]) for n in range(len(codes))]


def is_within(path: str, scope: str) -> bool:
    return is_closed(scope) and path.startswith(scope)


def division_path(code: str) -> str:
    """Return the path of a division code of 2, 4, 6, 9 or 12 digits (trailing levels may be absent).

    Rule: KE-1 (domain.md §2.13: 2 province, 2 prefecture, 2 county, 3 township, 3 committee).
    """
    if len(code) not in {2, 4, 6, 9, 12} or not code.isascii() or not code.isdigit():
        raise Unreadable(
            field="code",
            why_zh=f"区划代码“{code}”应为 2、4、6、9 或 12 位数字",
            why_en=f"division code {code!r} has 2, 4, 6, 9 or 12 digits",
        )
    cuts = [0, 2, 4, 6, 9, 12]
    return join(code[a:b] for a, b in pairwise(cuts) if b <= len(code))
