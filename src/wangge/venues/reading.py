"""Files of venues as records: CSV, Excel, GeoJSON."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from itertools import chain
from typing import IO, Any, NamedTuple, cast

from wangge.kernel.geojson import FeatureFile
from wangge.kernel.spreadsheets import read_rows
from wangge.territory.rules import Problems
from wangge.venues import wording
from wangge.venues.row_reading import VenueRecord
from wangge.venues.rules import columns_of
from wangge.venues.schemas import VenueImport


class VenueFile(NamedTuple):
    """The records of a file, and our field → its column."""

    records: Iterator[VenueRecord]
    columns: dict[str, str]


def read_file(stream: IO[bytes], name: str, options: VenueImport, problems: Problems) -> VenueFile:
    """Return the records of a CSV, Excel or GeoJSON file, plain or .gz. Raises: Unreadable. Rule: VE-8."""
    if name.lower().endswith(".gz"):
        stream, name = cast(IO[bytes], gzip.GzipFile(fileobj=stream)), name[:-3]
    if name.lower().endswith((".geojson", ".json")):
        return _read_features(stream, options, problems)
    rows = read_rows(stream, name)
    first = next(rows, None)
    if first is None:
        return VenueFile(iter(()), {})
    columns = _columns(set(first[1]), options, problems, needed=("code", "lon", "lat"))
    records = (
        VenueRecord(row, {field: values.get(column) for field, column in columns.items()})
        for row, values in chain([first], rows)
    )
    return VenueFile(records, columns)


def _read_features(stream: IO[bytes], options: VenueImport, problems: Problems) -> VenueFile:
    file = FeatureFile(stream)
    if file.foreign_crs:
        problems.add(wording.CRS, None, "crs", file.foreign_crs)
    if not len(file):
        return VenueFile(iter(()), {})
    columns = _columns(file.columns(), options, problems, needed=("code",))
    for field in ("lon", "lat"):
        columns.pop(field, None)  # a GeoJSON place is its geometry

    def records() -> Iterator[VenueRecord]:
        for feature in file:
            values: dict[str, Any] = {field: feature.properties.get(c) for field, c in columns.items()}
            yield VenueRecord(feature.row, values, feature.shape, feature.why)

    return VenueFile(records(), columns)


def _columns(
    there: set[str], options: VenueImport, problems: Problems, *, needed: tuple[str, ...]
) -> dict[str, str]:
    columns = columns_of(there, options.columns)
    if options.class_code == "":
        needed = (*needed, "class_code")
    listed = "、".join(sorted(there))
    for field in dict.fromkeys((*needed, *options.columns)):
        column = columns.get(field)
        if column is None or column not in there:
            problems.add(wording.NO_COLUMN, None, column or field, column or field, needs=field, there=listed)
    return {field: column for field, column in columns.items() if column in there}
