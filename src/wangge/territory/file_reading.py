"""Files of divisions and grids, as rows and features with their problems."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple

from wangge.kernel.map_files import open_features
from wangge.kernel.spreadsheets import read_rows
from wangge.territory import wording
from wangge.territory.change_schemas import RecodeIn
from wangge.territory.division_import import DivisionRow
from wangge.territory.grid_import import GridFeature
from wangge.territory.recoding import Recoding
from wangge.territory.rules import Problems
from wangge.territory.schemas import GridImport

OWN_CODE = {"file": re.compile(r"[0-9A-Za-z_-]{1,24}"), "path": re.compile(r"([0-9A-Za-z_-]{1,24}\.){2,9}")}


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


def read_recodings(table: Table, options: RecodeIn, problems: Problems) -> Iterator[Recoding]:
    """Yield the rows of a table of old and new codes. Rule: TE-18."""
    for row, values in read_rows(table.stream, table.name):
        missing = [column for column in (options.old_column, options.new_column) if column not in values]
        for column in missing:
            problems.add(wording.NO_COLUMN, None, column, column, there="、".join(values))
        if missing:
            return
        name = values.get(options.name_column) or ""
        yield Recoding(values[options.old_column].strip(), values[options.new_column].strip(), name, row)


def read_grids(
    stream: IO[bytes], options: GridImport, problems: Problems, name: str = "grids.geojson"
) -> Iterator[GridFeature]:
    """Yield the features of a file of polygons, whose format its name tells. Rule: TE-10, TE-17."""
    file = open_features(stream, name, options.file_layer)
    if file.foreign_crs:
        problems.add(wording.FILE_SAYS_CRS, None, "crs", file.foreign_crs)
    needed = options.name_column if options.match_by == "name" else options.code_column
    if len(file) and needed not in (there := file.columns()):
        problems.add(wording.NO_COLUMN, None, needed, needed, there="、".join(sorted(there)))
        return
    for feature in file:
        given = feature.properties
        count = given.get(options.households_column)
        code = str(given.get(options.code_column) or "")
        own = OWN_CODE.get(options.match_by)
        if own and not own.fullmatch(code):
            problems.add(wording.BAD_OWN_CODE, feature.row, options.code_column, code)
            continue
        yield GridFeature(
            name=str(given.get(options.name_column) or code),
            shape=feature.shape,
            code=code,
            row=feature.row,
            path={"file": f"{options.within}{code}.", "path": code}.get(options.match_by, ""),
            households=int(count) if isinstance(count, int | float) and count >= 0 else None,
            why=feature.why,
        )
