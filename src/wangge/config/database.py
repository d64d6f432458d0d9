"""The database while a command needs it: started if embedded, brought up to date, and left as found."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from wangge.config import embedded, partitions
from wangge.kernel import clock
from wangge.kernel.errors import Refused

OLDEST = 150000  # PostgreSQL 15


class DatabaseAway(Refused):
    """The server named in WANGGE_DATABASE_URL does not answer."""

    code = "config.database_away"
    zh = "连不上数据库：{why}。请检查 WANGGE_DATABASE_URL。"
    en = "The database does not answer: {why}. Check WANGGE_DATABASE_URL."


class DatabaseTooOld(Refused):
    """Older than what the house is built on."""

    code = "config.database_too_old"
    zh = "数据库版本是 PostgreSQL {version}，至少需要 15。"
    en = "The server is PostgreSQL {version}; at least 15 is needed."


@contextmanager
def server() -> Iterator[None]:
    """Have a server that answers inside the block. Raises: DatabaseAway, DatabaseTooOld, DatabaseUnusable."""
    if is_external():
        check_server()
        yield
        return
    with embedded.in_use(settings.WANGGE_HOME):
        try:
            yield
        finally:
            connections.close_all()


@contextmanager
def up_to_date() -> Iterator[None]:
    """Have a server whose tables are those of this version inside the block."""
    with server():
        migrate()
        yield


def migrate() -> None:
    """Apply the migrations that are missing, and make the first partitions; nothing when there are none."""
    if list_unapplied():
        call_command("migrate", verbosity=0, interactive=False)
        partitions.make_ahead(clock.today())


def list_unapplied() -> list[str]:
    """Return the migrations that are not applied, as app.name."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def known_migrations() -> set[tuple[str, str]]:
    """Return the migrations this version brings."""
    return set(MigrationExecutor(connection).loader.disk_migrations)


def applied_migrations() -> set[tuple[str, str]]:
    """Return the migrations the database went through."""
    return set(MigrationExecutor(connection).loader.applied_migrations)


def is_external() -> bool:
    """Return whether the city brings its own server."""
    return bool(os.environ.get("WANGGE_DATABASE_URL"))


def check_server() -> None:
    """Raises: DatabaseAway if it does not answer, DatabaseTooOld below version 15."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise DatabaseAway(why=str(error).strip()) from error
    if server_version() < OLDEST:
        raise DatabaseTooOld(version=server_version() // 10000)


def server_version() -> int:
    """Return the server's version as 180006 for 18.6."""
    connection.ensure_connection()
    return int(connection.connection.info.server_version)


def client_environment() -> dict[str, str]:
    """Return the environment in which PostgreSQL's own clients reach this database."""
    where = connection.settings_dict
    names = {"DATABASE": "NAME", "USER": "USER", "PASSWORD": "PASSWORD", "HOST": "HOST", "PORT": "PORT"}
    reach = {f"PG{variable}": str(where[key]) for variable, key in names.items() if where[key]}
    options = where["OPTIONS"].items()
    return {
        **os.environ,
        **reach,
        **{f"PG{key.upper()}": str(value) for key, value in options if key[:3] == "ssl"},
    }
