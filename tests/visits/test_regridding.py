"""Whoever is visited follows a grid that is cut or recoded (TE-14, TE-18); the past stays where it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cases.makers import House
from tests.ground import admin
from tests.makers import AT, BOB
from tests.visits.makers import arrive, call, fresh_photo, make_person, make_street, quick, visit
from wangge.config.territory_api import MOVERS
from wangge.kernel.ids import new_id
from wangge.territory import services as territory
from wangge.territory.change_schemas import SplitIn
from wangge.territory.models import Grid
from wangge.visits.models import Arrival, Person, Report, Visit
from wangge.visits.services import ArrivalMover, PersonMover

WEST = (118.302, 31.305)  # of the line at 118.3025; HOME lies east of it


@pytest.fixture
def street(settings, tmp_path, db) -> House:
    settings.WANGGE_FILES = tmp_path
    return make_street()


def test_people_and_open_calls_go_with_their_point_and_the_past_stays(street: House) -> None:
    east, west = make_person(street), make_person(street, point=WEST)
    visit(street.bob, west.pk)
    waiting, done = call(street, lon=WEST[0], lat=WEST[1]), call(street, lon=WEST[0], lat=WEST[1])
    arrive(street.bob, done.pk, at=AT, photos=[fresh_photo(street)], lon=WEST[0], lat=WEST[1])
    grid = Grid.objects.get(path=BOB.scope, valid_to__isnull=True)
    line = [[118.3025, 31.29], [118.3025, 31.32]]
    cut = SplitIn.model_validate(
        {"id": new_id(), "grid_id": grid.pk, "line": line, "reason": "太大了", "dry_run": False}
    )

    territory.split_grid(cut, movers=MOVERS, actor=admin(), at=AT + timedelta(hours=1))

    paths = {row.pk: row.grid_path for row in Person.objects.all()}
    assert paths[east.pk] != paths[west.pk]
    assert all(Grid.objects.filter(path=path, valid_to__isnull=True).exists() for path in paths.values())
    assert Arrival.objects.get(pk=waiting.pk).grid_path == paths[west.pk]
    assert Arrival.objects.get(pk=done.pk).grid_path == BOB.scope
    assert Visit.objects.get().grid_path == BOB.scope


def test_everything_follows_a_recoded_territory(street: House) -> None:
    visit(street.bob, make_person(street).pk)
    call(street)
    quick(street.bob, "any", matter_code="H301")

    count = sum(mover.recode(["34.02.03."], ["34.02.99."], AT) for mover in (PersonMover(), ArrivalMover()))

    assert count == 4
    after = BOB.scope.replace("34.02.03.", "34.02.99.")
    for model in (Person, Visit, Arrival, Report):
        assert set(model.objects.values_list("grid_path", flat=True)) == {after}, model
