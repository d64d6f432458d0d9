"""Door plates: their codes, and how many find room on a sheet. Source: docs/rules/plates.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from wangge.kernel.errors import Refused

# Crockford's letters: none is taken for another when it is read off a worn plate.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12  # 60 bits: nobody guesses one, and a city of 3 million places has no two alike
_LOOKS_LIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SIGNS = re.compile(r"[\s-]+")
A4_MM = (210.0, 297.0)


class PlateKind(StrEnum):
    """What a plate hangs on."""

    VENUE = "venue"
    GRID = "grid"


class Field(StrEnum):
    """What a plate or its page may say (PL-2)."""

    NAME = "name"
    CLASS = "class"
    ADDRESS = "address"
    GRID = "grid"
    MEMBER = "member"
    SUPERVISION = "supervision"  # the phone to complain to


class SheetState(StrEnum):
    WAITING = "waiting"
    PRINTING = "printing"
    READY = "ready"
    FAILED = "failed"


class PlateGone(Refused):
    """Unknown, or replaced by a new one: the two are not told apart."""

    status = 404
    code = "plates.gone"
    zh = "这块牌子已失效或不存在。请向网格员反映。"
    en = "This plate is no longer valid or does not exist. Tell the grid member."


class NoForm(Refused):
    code = "plates.no_form"
    zh = "规则包没有规定这种门牌的尺寸和文字。请安装带 plate_forms 的规则包。"
    en = "The pack has no form for this kind of plate. Install a pack with plate_forms."


class TooLarge(Refused):
    status = 422
    code = "plates.too_large"
    zh = "规则包中的门牌尺寸（{width} × {height} 毫米）放不进 A4 纸。请改小。"
    en = "A plate of {width} × {height} mm does not fit on A4. Make it smaller in the pack."


class NothingToPrint(Refused):
    status = 422
    code = "plates.nothing_to_print"
    zh = "这里没有可以制牌的场所或网格。"
    en = "There is no place or grid here to make a plate for."


class NotPrinted(Refused):
    code = "plates.not_printed"
    zh = "这份门牌还没有生成好，请稍候。"
    en = "These plates are not printed yet; wait a moment."


def read_code(text: str) -> str:
    """Return a code as it is stored, "" for what is none: small letters, blanks and O for 0 are forgiven.

    Rule: PL-1.
    """
    code = _SIGNS.sub("", text).upper().translate(_LOOKS_LIKE)
    return code if len(code) == LENGTH and all(letter in LETTERS for letter in code) else ""


def show_code(code: str) -> str:
    """Return a code in groups of four, as it stands on the plate. Rule: PL-1."""
    return "-".join(code[n : n + 4] for n in range(0, len(code), 4))


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where the plates of a page stand, in millimetres from its upper left corner."""

    columns: int
    rows: int
    left: float
    top: float
    width: float
    height: float

    @property
    def a_page(self) -> int:
        return self.columns * self.rows

    def place(self, n: int) -> tuple[float, float]:
        """Return the upper left corner of the n-th plate of a page."""
        row, column = divmod(n, self.columns)
        return self.left + column * self.width, self.top + row * self.height


def lay_out(width_mm: float, height_mm: float, margin_mm: float) -> Sheet:
    """Return how plates of a size stand on A4, as many as fit. Raises: TooLarge. Rule: PL-3."""
    columns = int((A4_MM[0] - 2 * margin_mm) // width_mm)
    rows = int((A4_MM[1] - 2 * margin_mm) // height_mm)
    if not columns or not rows:
        raise TooLarge(width=f"{width_mm:g}", height=f"{height_mm:g}")
    left, top = (A4_MM[0] - columns * width_mm) / 2, (A4_MM[1] - rows * height_mm) / 2
    return Sheet(columns, rows, left, top, width_mm, height_mm)
