"""Prepared statements: what is sent again and again is planned once."""

from __future__ import annotations

import pytest
from django.db import connection

from wangge.kernel import prepared

STATEMENT = "SELECT %s::int + 40"
PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT $1::int + 40'"


@pytest.mark.django_db
def test_what_is_sent_is_prepared_once_by_the_server() -> None:
    assert prepared.send(STATEMENT, "2").fetchone() == (42,)
    assert prepared.send(STATEMENT, "3").fetchone() == (43,)
    with connection.cursor() as cursor:
        cursor.execute(PREPARED)
        assert cursor.fetchone() == (1,)


def test_a_row_is_written_as_text_so_that_nulls_and_numbers_of_any_size_share_one_plan() -> None:
    write = prepared.insert("t", {"a": "bigint", "b": "jsonb", "c": "bytea", "d": "bool"})
    assert write.values({"a": 2**40, "b": {"x": 1}, "c": b"\x01\xff", "d": True}) == [
        "1099511627776",
        '{"x":1}',
        "\\x01ff",
        True,
    ]
    assert write.values({"a": None, "b": {}, "c": b"", "d": False}) == [None, "{}", "\\x", False]
