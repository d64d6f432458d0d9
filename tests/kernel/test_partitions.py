"""Month partitions: KE-13."""

from __future__ import annotations

import random
import threading
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from wangge.kernel.ids import id_at
from wangge.kernel.partitions import ensure_months, make_partitioned

TABLE = "kernel_thing"


@pytest.fixture
def table(db):
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE TABLE {TABLE} (
                id uuid NOT NULL CONSTRAINT thing_pk PRIMARY KEY,
                path varchar(64) NOT NULL CONSTRAINT thing_path_closed CHECK (path LIKE '%.'),
                tags varchar[] NOT NULL DEFAULT '{{}}' CONSTRAINT thing_tags CHECK (tags <> '{{x}}'),
                file varchar(64) NULL CONSTRAINT thing_file REFERENCES kernel_storedfile (sha256)
                    DEFERRABLE INITIALLY DEFERRED
            )"""
        )
        cursor.execute(f"CREATE INDEX thing_path ON {TABLE} (path varchar_pattern_ops)")
        make_partitioned(cursor, TABLE)


def insert(*moments: datetime) -> None:
    rng = random.Random(1)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {TABLE} (id, path) VALUES (%s, '34.')", [[id_at(at, rng)] for at in moments]
        )


def rows_by_partition() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT tableoid::regclass::text, count(*) FROM {TABLE} GROUP BY 1")
        return dict(cursor.fetchall())


def names(query: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(query, [TABLE])
        return {name for (name,) in cursor.fetchall()}


def test_a_partitioned_table_keeps_the_names_of_its_constraints_and_indexes(table):
    constraints = names("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype <> 'n'")
    assert constraints == {"thing_pk", "thing_path_closed", "thing_tags", "thing_file"}
    assert names("SELECT indexname FROM pg_indexes WHERE tablename = %s") == {"thing_pk", "thing_path"}
    assert names("SELECT relkind::text FROM pg_class WHERE oid = %s::regclass") == {"p"}


def test_months_of_china_part_the_rows(table):
    made = ensure_months(TABLE, date(2025, 11, 20), date(2026, 1, 1))
    assert made == ["kernel_thing_2025_11", "kernel_thing_2025_12", "kernel_thing_2026_01"]
    insert(
        datetime(2025, 11, 30, 15, 59, 59, 999000, tzinfo=UTC),  # 23:59 in China
        datetime(2025, 11, 30, 16, 0, tzinfo=UTC),  # midnight in China
        datetime(2026, 5, 1, tzinfo=UTC),
    )
    assert rows_by_partition() == {
        "kernel_thing_2025_11": 1,
        "kernel_thing_2025_12": 1,
        "kernel_thing_rest": 1,
    }


def test_rows_that_came_before_their_month_move_into_it(table):
    insert(datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))
    assert rows_by_partition() == {"kernel_thing_rest": 2}
    ensure_months(TABLE, date(2026, 5, 1), date(2026, 5, 31))
    assert rows_by_partition() == {"kernel_thing_2026_05": 1, "kernel_thing_rest": 1}


def test_making_a_month_twice_changes_nothing(table):
    assert ensure_months(TABLE, date(2026, 2, 1), date(2026, 2, 1)) == ["kernel_thing_2026_02"]
    assert ensure_months(TABLE, date(2026, 2, 1), date(2026, 2, 28)) == []


@pytest.mark.django_db(transaction=True)
def test_two_callers_at_once_make_each_month_once():
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (id uuid PRIMARY KEY)")
        make_partitioned(cursor, TABLE)
    made: list[str] = []

    def make() -> None:
        try:
            made.extend(ensure_months(TABLE, date(2026, 1, 1), date(2026, 6, 1)))
        finally:
            connection.close()

    callers = [threading.Thread(target=make) for _ in range(3)]
    try:
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        assert sorted(made) == [f"kernel_thing_2026_0{month}" for month in range(1, 7)]
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {TABLE}")
