"""A statement that travels alone: the same answers, errors and transactions as by a cursor."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg import Cursor

from wangge.kernel import prepared, straight

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
ALL = (
    "SELECT %s::text, %s::bigint, %s::uuid, %s::timestamptz, %s::bytea, %s::text[], %s::boolean, %s::float8,"
    " 100 %% 30"
)


def values() -> list[tuple[Any, ...]]:
    one = uuid4()
    return [
        ("网格%s", 2**40, one, AT, b"\x00\xff", ["a", "b"], True, 1.5),
        ("", 1, str(one), str(AT), b"", [], False, -0.0),
        (None, None, None, None, None, None, None, None),
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("binary", [False, True])
def test_values_of_all_kinds_come_back_as_by_a_cursor(binary: bool) -> None:
    connection.ensure_connection()
    assert straight.is_free(connection.connection)
    for row in values():
        by_cursor = Cursor(connection.connection).execute(ALL, row, prepare=False, binary=binary).fetchall()
        for _ in range(2):
            assert prepared.send(ALL, *row, binary=binary).fetchall() == by_cursor


@pytest.mark.django_db(transaction=True)
def test_json_comes_back_as_by_a_cursor() -> None:
    connection.ensure_connection()
    statement = "SELECT %s::jsonb"
    for binary in (False, True):
        by_cursor = Cursor(connection.connection).execute(statement, ('{"a": [1]}',), binary=binary)
        assert prepared.send(statement, '{"a": [1]}', binary=binary).fetchone() == by_cursor.fetchone()


@pytest.mark.django_db(transaction=True)
def test_rows_are_fetched_one_by_one_or_all_and_counted() -> None:
    answer = prepared.send("SELECT generate_series(1, %s::int)", 3)
    assert (answer.rowcount, answer.fetchone(), answer.fetchall(), answer.fetchone()) == (
        3,
        (1,),
        [(2,), (3,)],
        None,
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE straight_rows (n int PRIMARY KEY)")
    assert prepared.send("INSERT INTO straight_rows SELECT generate_series(1, %s::int)", "4").rowcount == 4
    assert prepared.send("DELETE FROM straight_rows WHERE n > %s::int", "9").rowcount == 0


@pytest.mark.django_db(transaction=True)
def test_an_error_is_the_one_of_a_cursor_and_the_line_goes_on() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE straight_once (n int PRIMARY KEY)")
    insert = "INSERT INTO straight_once VALUES (%s::int)"
    prepared.send(insert, "1")
    with pytest.raises(IntegrityError, match="straight_once_pkey"):
        prepared.send(insert, "1")
    assert prepared.send("SELECT count(*) FROM straight_once").fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_and_a_pipeline_a_cursor_sends_and_a_rollback_harms_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE straight_undone (n int)")
    insert, count = "INSERT INTO straight_undone VALUES (%s::int)", "SELECT count(*) FROM straight_undone"
    assert prepared.send(count).fetchone() == (0,)
    with transaction.atomic():
        assert not straight.is_free(connection.connection)
        prepared.send(insert, "1")
        with prepared.together():
            prepared.send(insert, "2")
        transaction.set_rollback(True)
    assert prepared.send(count).fetchone() == (0,)
    prepared.send(insert, "3")
    assert prepared.send(count).fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_a_new_line_prepares_anew() -> None:
    assert prepared.send("SELECT %s::int + 7", "1").fetchone() == (8,)
    connection.close()
    assert prepared.send("SELECT %s::int + 7", "2").fetchone() == (9,)


@pytest.mark.django_db(transaction=True)
def test_what_the_server_has_forgotten_is_prepared_again() -> None:
    assert prepared.send("SELECT %s::int + 5", "1").fetchone() == (6,)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert prepared.send("SELECT %s::int + 5", "2").fetchone() == (7,)
