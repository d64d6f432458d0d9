"""Prepared statements for the hot writes; many of them may travel in one round trip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec
from django.db import connection
from psycopg import Cursor

_encode = msgspec.json.Encoder().encode


@contextmanager
def together() -> Iterator[None]:
    """Send what is sent inside the block without waiting for each answer; its errors come at the end.

    Every statement still sees what was committed before it began. Only inside a transaction, and only `send`.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def send(statement: str, *values: Any) -> Cursor[Any]:
    """Send a prepared statement; its rows are fetched from the cursor, at once or after the block."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return Cursor(connection.connection).execute(statement, values, prepare=True)


def as_json(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as the JSON that `json_to_recordset` reads: ids and times as text, bytes in base64."""
    return _encode(list(rows)).decode()
