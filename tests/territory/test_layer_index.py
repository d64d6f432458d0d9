"""The index in memory follows every write to the grids, whoever makes it; it answers for the past (TE-30)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from tests.ground import make_divisions, make_grids
from tests.makers import AT
from wangge.territory import queries
from wangge.territory.layer_index import SHELF
from wangge.territory.models import Grid

pytestmark = pytest.mark.django_db
LAYER = "comprehensive"


@pytest.fixture
def grid() -> Grid:
    make_divisions()
    make_grids()
    found = Grid.objects.order_by("path").last()
    assert found is not None
    return found


def inside(grid: Grid) -> tuple[float, float]:
    return (grid.min_lon + grid.max_lon) / 2, (grid.min_lat + grid.max_lat) / 2


def test_the_index_is_built_once_for_an_edition(grid: Grid) -> None:
    assert queries.index_of(LAYER, AT) is queries.index_of(LAYER, AT + timedelta(days=1))


@pytest.mark.parametrize(
    "write",
    [
        lambda grid: Grid.objects.filter(pk=grid.pk).update(path="99.", code="99"),
        lambda grid: connection.cursor().execute(
            "UPDATE territory_grid SET path = '99.', code = '99' WHERE id = %s", [grid.pk]
        ),
    ],
    ids=["orm", "sql"],
)
def test_a_write_is_seen_by_the_next_question(grid: Grid, write: object) -> None:
    before = queries.locate(*inside(grid), LAYER, AT)
    write(grid)  # type: ignore[operator]
    assert before == grid.path
    assert queries.locate(*inside(grid), LAYER, AT) == "99."


def test_a_grid_that_goes_is_no_longer_found(grid: Grid) -> None:
    assert queries.locate(*inside(grid), LAYER, AT) == grid.path
    grid.delete()
    assert queries.locate(*inside(grid), LAYER, AT) != grid.path


def test_what_was_rolled_back_is_never_answered(grid: Grid) -> None:
    with transaction.atomic():
        Grid.objects.filter(pk=grid.pk).update(path="99.", code="99")
        assert queries.locate(*inside(grid), LAYER, AT) == "99."
        transaction.set_rollback(True)
    assert queries.locate(*inside(grid), LAYER, AT) == grid.path
    Grid.objects.filter(pk=grid.pk).update(path="98.", code="98")
    assert queries.locate(*inside(grid), LAYER, AT) == "98."


def test_the_past_is_answered_by_the_grids_of_the_past(grid: Grid) -> None:
    noon = AT + timedelta(hours=4)
    Grid.objects.filter(pk=grid.pk).update(valid_to=noon)
    one_second = timedelta(seconds=1)
    assert queries.locate(*inside(grid), LAYER, noon - one_second) == grid.path
    assert queries.locate(*inside(grid), LAYER, noon) != grid.path
    assert queries.locate(*inside(grid), LAYER, noon - one_second) == grid.path


def test_a_table_that_was_emptied_holds_nothing(grid: Grid) -> None:
    assert queries.locate(*inside(grid), LAYER, AT) == grid.path
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE territory_grid CASCADE")
    assert queries.locate(*inside(grid), LAYER, AT) is None


def test_only_a_few_indexes_are_kept(grid: Grid) -> None:
    for hour in range(20):
        Grid.objects.filter(pk=grid.pk).update(valid_to=AT + timedelta(hours=hour + 1))
        queries.index_of(LAYER, AT)
    assert len(SHELF._kept) <= 8
