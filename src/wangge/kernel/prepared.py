"""Prepared statements for the hot writes; many of them may travel in one round trip."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import Cursor

from wangge.kernel import straight

FEW = 4  # up to so many rows a statement a row costs less than one over JSON
_encode = msgspec.json.Encoder().encode
_AS_TEXT: Mapping[str, Callable[[Any], str]] = {
    "text": str,  # an enum says its value
    "uuid": str,
    "bigint": str,
    "int": str,
    "float8": repr,
    "timestamptz": str,
    "jsonb": lambda value: _encode(value).decode(),
    "bytea": lambda value: f"\\x{value.hex()}",
}


@contextmanager
def together() -> Iterator[None]:
    """Send what is sent inside the block without waiting for each answer; its errors come at the end.

    Every statement still sees what was committed before it began. Only inside a transaction, and only `send`.
    """
    database = _connect()
    with database.wrap_database_errors, database.connection.pipeline():
        yield


class Answer(Protocol):
    """What a statement brings back."""

    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...


def ask(statement: str, *values: Any) -> Cursor[Any]:
    """Send a statement whose plan depends on its values: it is planned each time, and never prepared."""
    database = _connect()
    with database.wrap_database_errors:
        return Cursor(database.connection).execute(statement, values, prepare=False)


def send(statement: str, *values: Any, binary: bool = False) -> Answer:
    """Send a prepared statement; its rows are fetched from the answer, at once or after the block.

    `binary` rows cost less to read where many columns are times or ids; a jsonb column then comes decoded.
    """
    database = _connect()
    line = database.connection
    with database.wrap_database_errors:
        if straight.is_free(line):
            return straight.send(line, statement, values, binary=binary)
        return Cursor(line).execute(statement, values, prepare=True, binary=binary)


def _connect() -> BaseDatabaseWrapper:
    """As Django's own cursors do: a connection that died while it was idle is replaced."""
    database = connections[DEFAULT_DB_ALIAS]
    database.close_if_health_check_failed()
    database.ensure_connection()
    return database


@dataclass(frozen=True, slots=True)
class Write:
    """A statement that writes rows: one form for a row, one for many, which travel as JSON."""

    columns: Mapping[str, str]  # name -> PostgreSQL type
    texts: Sequence[tuple[str, Callable[[Any], str] | None]]  # name, and how a value is written
    one: str
    many: str

    @property
    def given(self) -> str:
        """A placeholder a column, to put into a larger statement."""
        return ", ".join(f"%s::{kind}" for kind in self.columns.values())

    def send(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write the rows; nothing is sent for none."""
        if len(rows) > FEW:
            send(self.many, _encode(rows).decode())
            return
        for row in rows:
            send(self.one, *self.values(row))

    def values(self, row: Mapping[str, Any]) -> list[Any]:
        """Return the row as the values of the form for one: as text wherever that says it.

        Text costs less to send, and it is one plan for every row: a number or an id that is sometimes null
        would be another statement each time.
        """
        return [
            None if (value := row[name]) is None else as_text(value) if as_text else value
            for name, as_text in self.texts
        ]


def _write(columns: Mapping[str, str], one: str, many: str) -> Write:
    return Write(columns, tuple((name, _AS_TEXT.get(kind)) for name, kind in columns.items()), one, many)


def insert(table: str, columns: Mapping[str, str], *, anew: Sequence[str] = ()) -> Write:
    """Return the write that inserts rows of these columns; a row with the same key `anew` is written over."""
    names = ", ".join(columns)
    values = ", ".join(f"%s::{kind}" for kind in columns.values())
    many = (
        f"SELECT {', '.join(_from_json(name, kind) for name, kind in columns.items())} FROM {_rows(columns)}"
    )
    over = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in anew)
    end = f" ON CONFLICT ({', '.join(anew)}) DO UPDATE SET {over}" if anew else ""
    into = f"INSERT INTO {table} ({names})"
    return _write(columns, f"{into} VALUES ({values}){end}", f"{into} {many}{end}")


def update(table: str, columns: Mapping[str, str], *, key: tuple[str, str]) -> Write:
    """Return the write that updates these columns of the rows that `key` (name, type) names."""
    name, kind = key
    one = ", ".join(f"{column} = %s::{given}" for column, given in columns.items())
    many = ", ".join(f"{column} = {_from_json(column, given)}" for column, given in columns.items())
    whole = {**columns, name: kind}
    return _write(
        whole,
        f"UPDATE {table} SET {one} WHERE {name} = %s::{kind}",
        f"UPDATE {table} AS t SET {many} FROM {_rows(whole)} WHERE t.{name} = v.{name}",
    )


def _rows(columns: Mapping[str, str]) -> str:
    shape = (f"{name} {'text' if kind == 'bytea' else kind}" for name, kind in columns.items())
    return f"json_to_recordset(%s) AS v({', '.join(shape)})"


def _from_json(name: str, kind: str) -> str:
    return f"decode(v.{name}, 'base64')" if kind == "bytea" else f"v.{name}"
