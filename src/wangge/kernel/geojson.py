"""GeoJSON in: features row by row, with the reason where a geometry cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, NamedTuple, TypeVar

import msgspec
import numpy as np
import shapely

from wangge.kernel.errors import Unreadable

T = TypeVar("T")
BATCH = 20_000
DEGREES = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG::4490", "EPSG:4490")


class Feature(NamedTuple):
    """One feature; `row` counts from 1. Without a `shape`, `why` says what is wrong: Chinese, English."""

    row: int
    properties: dict[str, Any]
    shape: Any
    why: tuple[str, str] | None


class _Head(msgspec.Struct):
    features: list[msgspec.Raw]
    crs: Any = None


class _Properties(msgspec.Struct):
    properties: dict[str, Any] | None = None


class _Feature(msgspec.Struct):
    geometry: msgspec.Raw = msgspec.Raw(b"null")
    properties: dict[str, Any] | None = None


MISSING = ("没有图形", "it has no geometry")
BROKEN = (
    "坐标不完整：环未闭合、少于四个点或不是数字",
    "a ring is open, has under four points, or is not of numbers",
)
NO_FEATURE = ("不是 GeoJSON 要素", "it is no GeoJSON feature")


class FeatureFile:
    """A GeoJSON file. `foreign_crs` names a reference system that is not in degrees.

    Raises: Unreadable if the file is no FeatureCollection.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        try:
            head = msgspec.json.decode(stream.read(), type=_Head)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Unreadable(
                field="file",
                why_zh=f"不是 GeoJSON 要素集合（{error}）",
                why_en=f"no GeoJSON FeatureCollection ({error})",
            ) from None
        named = (
            str((head.crs or {}).get("properties", {}).get("name", "")) if isinstance(head.crs, dict) else ""
        )
        self.foreign_crs = named if named and not named.endswith(DEGREES) else None
        self._features = head.features

    def __len__(self) -> int:
        return len(self._features)

    def columns(self) -> set[str]:
        """Return the names of all properties that occur."""
        found: set[str] = set()
        for raw in self._features:
            feature = _decode(raw, _Properties)
            found |= (feature.properties or {}).keys() if feature else set()
        return found

    def __iter__(self) -> Iterator[Feature]:
        for start in range(0, len(self._features), BATCH):
            yield from _read(self._features[start : start + BATCH], start + 1)


def _read(raws: list[msgspec.Raw], first_row: int) -> Iterator[Feature]:
    features = [_decode(raw, _Feature) for raw in raws]
    texts = [_text(feature) for feature in features]
    shapes = shapely.force_2d(shapely.from_geojson(np.array(texts, dtype=object), on_invalid="ignore"))
    for row, (feature, text, shape) in enumerate(zip(features, texts, shapes, strict=True), first_row):
        why = None
        if feature is None:
            why = NO_FEATURE
        elif text is None:
            why = MISSING
        elif shape is None:
            why = BROKEN
        yield Feature(row, (feature.properties or {}) if feature else {}, shape, why)


def _decode(raw: msgspec.Raw, shape: type[T]) -> T | None:
    try:
        return msgspec.json.decode(raw, type=shape)
    except msgspec.DecodeError:
        return None


def _text(feature: _Feature | None) -> str | None:
    if feature is None or (text := bytes(feature.geometry)) == b"null":
        return None
    return text.decode()
