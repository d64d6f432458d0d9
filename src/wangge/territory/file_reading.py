"""Files of divisions and grids, as rows and features with their problems."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple

from wangge.kernel.geojson import FeatureFile
from wangge.kernel.spreadsheets import read_rows
from wangge.territory import wording
from wangge.territory.division_import import DivisionRow
from wangge.territory.grid_import import GridFeature
from wangge.territory.rules import Problems
from wangge.territory.schemas import GridImport


class Table(NamedTuple):
    """An open table: its stream and its file's name."""

    stream: IO[bytes]
    name: str


def read_divisions(
    tables: Sequence[Table], code: str, name: str, problems: Problems
) -> Iterator[DivisionRow]:
    """Yield the rows of the tables; `code` and `name` are their columns. Rule: TE-10."""
    for table in tables:
        called = table.name if len(tables) > 1 else None
        for row, values in read_rows(table.stream, table.name.removesuffix(".gz")):
            missing = [column for column in (code, name) if column not in values]
            for column in missing:
                there = "、".join(values)
                problems.add(wording.NO_COLUMN, None, column, column, file=table.name, there=there)
            if missing:
                break
            yield DivisionRow(values[code], values[name], row, called)


def read_grids(stream: IO[bytes], options: GridImport, problems: Problems) -> Iterator[GridFeature]:
    """Yield the features of a GeoJSON file of polygons. Rule: TE-10."""
    file = FeatureFile(stream)
    if file.foreign_crs:
        problems.add(wording.FILE_SAYS_CRS, None, "crs", file.foreign_crs)
    needed = options.name_column if options.match_by == "name" else options.code_column
    if len(file) and needed not in (there := file.columns()):
        problems.add(wording.NO_COLUMN, None, needed, needed, there="、".join(sorted(there)))
        return
    for feature in file:
        given = feature.properties
        count = given.get(options.households_column)
        yield GridFeature(
            name=str(given.get(options.name_column) or given.get(options.code_column) or ""),
            shape=feature.shape,
            code=str(given.get(options.code_column) or ""),
            row=feature.row,
            households=int(count) if isinstance(count, int | float) and count >= 0 else None,
            why=feature.why,
        )
