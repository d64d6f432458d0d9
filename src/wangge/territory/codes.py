"""Codes of new grids: the next of their range that no grid of the layer ever carried. Rule: TE-12."""

from __future__ import annotations

from wangge.kernel.errors import Refused
from wangge.territory.models import Grid, Layer, RetiredCode, Tier

PRESET = (3, "", 1, 899)  # digits, prefix, first and last of a layer that no pack names (domain 2.13)


class NoCodeLeft(Refused):
    code = "territory.no_code_left"
    zh = "{parent} 下图层“{layer}”的网格代码已用完（到 {last}）。请联系系统管理员调整规则包中的号段。"
    en = "Under {parent} the layer {layer} has no grid code left (up to {last}). Widen its range in the pack."


def next_paths(layer: str, parent: str, count: int) -> list[str]:
    """Return the paths of `count` new grids of the layer under `parent`; call it under the layer's lock.

    Raises: NoCodeLeft.
    Rule:   TE-12 (domain 2.13: 001-899, dedicated 901-999; never reused).
    """
    digits, prefix, first, last = _range(layer)
    used = set(Grid.objects.filter(layer=layer, path__startswith=parent).values_list("path", flat=True))
    used |= set(
        RetiredCode.objects.filter(layer=layer, path__startswith=parent).values_list("path", flat=True)
    )
    numbers = [n for path in used if (n := _number(path[len(parent) :], prefix)) is not None and n <= last]
    start = max([first - 1, *numbers]) + 1
    if start + count - 1 > last:
        raise NoCodeLeft(parent=parent, layer=layer, last=last)
    return [f"{parent}{prefix}{n:0{digits}d}." for n in range(start, start + count)]


def _number(tail: str, prefix: str) -> int | None:
    part = tail.split(".", 1)[0].removeprefix(prefix)
    return int(part) if part.isascii() and part.isdigit() else None


def _range(layer: str) -> tuple[int, str, int, int]:
    row = Layer.objects.filter(code=layer).first()
    if row is None:
        return PRESET
    digits = Tier.objects.filter(code=row.tier).values_list("digits", flat=True).first()
    return digits or PRESET[0], row.prefix, row.first, row.last
