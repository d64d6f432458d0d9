"""A prepared statement that travels alone goes straight through libpq: at a third of a cursor's cost.

A cursor converts its statement anew each time where it is long or has many values, and waits in steps that a
generator takes; for a statement that is sent ten thousand times a minute that is most of the client's work.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import Connection, errors, pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq.abc import PGresult

_GOOD = frozenset({pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK})
_lines: WeakKeyDictionary[Connection[Any], _Line] = WeakKeyDictionary()


class Answer:
    """What came back, whole; read like a cursor."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: list[Any], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        return self._rows.pop(0) if self._rows else None

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        rows, self._rows = self._rows, []
        return rows


class _Line:
    """What a connection knows: its adapters, and the names of what it has prepared."""

    def __init__(self, connection: Connection[Any]) -> None:
        self.adapt = Transformer(connection)
        self.names: dict[tuple[str, tuple[int, ...]], bytes] = {}
        self.made = count()


def is_free(connection: Connection[Any]) -> bool:
    """Return whether nothing is under way that a cursor has to know of: a transaction or a pipeline."""
    return connection.autocommit and connection.pgconn.pipeline_status == pq.PipelineStatus.OFF


def send(connection: Connection[Any], statement: str, values: Sequence[Any], *, binary: bool) -> Answer:
    """Send a statement, prepared at its first time here, and return its rows.

    Only where `is_free`: after a rollback a connection drops all that was prepared, and what is not there any
    more can be prepared and sent again only where no transaction broke by it.
    Raises: psycopg.Error, as a cursor does.
    """
    line = _lines.get(connection)
    if line is None:
        line = _lines[connection] = _Line(connection)
    try:
        return _send(connection, line, statement, values, binary)
    except errors.InvalidSqlStatementName:
        line.names.clear()
        return _send(connection, line, statement, values, binary)


def _send(
    connection: Connection[Any], line: _Line, statement: str, values: Sequence[Any], binary: bool
) -> Answer:
    adapt = line.adapt
    given = adapt.dump_sequence(values, _formats(len(values)))
    key = (statement, adapt.types or ())
    name = line.names.get(key) or _prepare(connection, line, key)
    # None is a null to libpq; its signature says so nowhere.
    result = connection.pgconn.exec_prepared(name, given, adapt.formats, pq.Format(binary))  # type: ignore[arg-type]
    _check(connection, result)
    if not result.ntuples:
        return Answer([], result.command_tuples or 0)
    adapt.set_pgresult(result)
    return Answer(adapt.load_rows(0, result.ntuples, tuple), result.ntuples)


def _prepare(connection: Connection[Any], line: _Line, key: tuple[str, tuple[int, ...]]) -> bytes:
    statement, types = key
    name = b"straight_%d" % next(line.made)
    _check(connection, connection.pgconn.prepare(name, _numbered(statement).encode(), types))
    line.names[key] = name
    return name


def _check(connection: Connection[Any], result: PGresult) -> None:
    if result.status not in _GOOD:
        raise errors.error_from_result(result, connection.info.encoding)


@lru_cache(maxsize=512)
def _numbered(statement: str) -> str:
    """Return the statement with `$1`, `$2` for its `%s`, as the server reads it."""
    first, *rest = statement.split("%s")
    whole = first + "".join(f"${place}{piece}" for place, piece in enumerate(rest, 1))
    return whole.replace("%%", "%")


@lru_cache(maxsize=512)
def _formats(count: int) -> tuple[PyFormat, ...]:
    return (PyFormat.AUTO,) * count
