"""Photos that look alike, found among millions by the parts of their looks (KE-20)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from wangge.kernel import prepared

PARTS, PART_BITS = 4, 16
MOST_BITS = 11
_PART = "((looks >> {shift}) & 65535)::int"
_NEAR = " OR ".join(
    f"({_PART.format(shift=PART_BITS * part)} = ANY(%s::int[]) AND looks IS NOT NULL)"
    for part in range(PARTS)
)
_FIND = f"""
SELECT sha256, bit_count((looks # %s::bigint)::bit(64)) AS bits FROM kernel_storedfile
WHERE ({_NEAR}) AND bit_count((looks # %s::bigint)::bit(64)) <= %s
ORDER BY bits, sha256 LIMIT %s
"""
_LOOKS = "SELECT sha256, looks FROM kernel_storedfile WHERE sha256 = ANY(%s) AND looks IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Alike:
    """Two stored photos, and in how many of 64 bits their looks differ."""

    sha256: str
    other: str
    bits: int


def looks_of_stored(sha256s: list[str]) -> dict[str, int]:
    """Return the looks of the stored photos that show anything. Rule: KE-20."""
    return dict(prepared.send(_LOOKS, sha256s).fetchall()) if sha256s else {}


def find_alike(looks: Mapping[str, int], *, most_bits: int, most: int = 100) -> list[Alike]:
    """Return the stored photos whose looks differ from a given one in at most `most_bits`, nearest first.

    Exact: two words that differ in n bits have one of four parts that differs in at most n // 4, so the words
    around each part are asked of its index and the rest is counted. At most `most` a photo.
    Rule: KE-20.
    """
    around = [*_around(min(most_bits, MOST_BITS) // PARTS)]
    found = []
    for sha256, given in looks.items():
        parts = [(given >> PART_BITS * part) & 0xFFFF for part in range(PARTS)]
        near = [[part ^ change for change in around] for part in parts]
        rows = prepared.send(_FIND, given, *near, given, min(most_bits, MOST_BITS), most + 1).fetchall()
        found += [Alike(sha256, other, bits) for other, bits in rows if other != sha256][:most]
    return found


def _around(most: int) -> Iterator[int]:
    """Every change of at most `most` bits of a part."""
    for count in range(most + 1):
        for places in combinations(range(PART_BITS), count):
            yield sum(1 << place for place in places)
