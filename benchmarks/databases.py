"""Databases for measurements: dropped afterwards, or copied aside full for the next run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from wangge.config import ready as ready  # isort: split

from django.db import connection

from wangge.config import embedded
from wangge.config.settings import WANGGE_HOME

T = TypeVar("T")


@contextmanager
def clean_database() -> Iterator[None]:
    """Work in a database of its own, which is dropped afterwards."""
    with embedded.in_use(WANGGE_HOME):
        name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


@contextmanager
def filled_database(kept: str, fill: Callable[[], T], *, keep: bool) -> Iterator[T | None]:
    """Work in a filled database and yield what `fill` returns; None for a copy of an earlier run.

    keep: the filled database is copied aside as `kept`, and an earlier copy is begun with.
    """
    if not keep:
        with clean_database():
            yield fill()
        return
    with embedded.in_use(WANGGE_HOME):
        used = f"test_{connection.settings_dict['NAME']}"
        is_there = _copy(kept, used)
        name = connection.creation.create_test_db(
            verbosity=0, autoclobber=True, serialize=False, keepdb=is_there
        )
        try:
            filled = None
            if not is_there:
                filled = fill()
                connection.close()
                _copy(used, kept)
            yield filled
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


def _copy(source: str, target: str) -> bool:
    """Copy a database of this server in place of another; False if it is not there."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [source])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(f'DROP DATABASE IF EXISTS "{target}"')
        cursor.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}" STRATEGY file_copy')
    return True
