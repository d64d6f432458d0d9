"""A second database of the same server, filled from the city's: trials there leave the city as it is."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, connections

from wangge.config import database, postgres_place
from wangge.config.backup import DumpFailed

SIMULATION = "wangge_simulation"


@contextmanager
def standing_in(name: str) -> Iterator[None]:
    """Let every connection of this process go to `name` of the same server inside the block."""
    connections.close_all()
    home = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = home


def clone_to(name: str) -> None:
    """Make `name` a copy of this process's database, as it stands now; a former one of that name goes.

    Raises: DumpFailed.
    """
    quoted = connection.ops.quote_name(name)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {quoted} TEMPLATE template0")
    dump = [*_program("pg_dump"), "--format=custom", "--compress=0", "--no-owner", "--no-privileges"]
    load = [*_program("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error", f"--dbname={name}"]
    environment = database.client_environment()
    with (
        subprocess.Popen(dump, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as giver,
        subprocess.Popen(load, stdin=giver.stdout, stderr=subprocess.PIPE, env=environment) as taker,
    ):
        assert giver.stdout is not None
        giver.stdout.close()  # so that the giver learns when the taker ends early
        _, said_by_taker = taker.communicate()
        _, said_by_giver = giver.communicate()
    for program, ended, said in (("pg_restore", taker, said_by_taker), ("pg_dump", giver, said_by_giver)):
        if ended.returncode:
            raise DumpFailed(program=program, said=said.decode(errors="replace").strip())


def _program(name: str) -> list[str]:
    return [str(postgres_place.programs() / name)]
