"""A point inside a grid, for whoever is sent to a grid as a whole."""

from __future__ import annotations

import pytest
import shapely

from tests.ground import make_divisions, make_grids, square
from tests.makers import AT, BOB
from wangge.territory import queries
from wangge.territory.models import Grid
from wangge.territory.services import GridFeature


@pytest.mark.django_db
def test_a_bent_grid_holds_its_point_although_the_middle_of_its_box_lies_outside():
    make_divisions()
    whole = square(0)
    west, south, east, north = whole.bounds
    hollow = shapely.box(west + (east - west) / 4, south + (north - south) / 4, east, north)
    make_grids(GridFeature("弯网格", whole - hollow, path=BOB.scope))
    [grid] = Grid.objects.all()
    assert queries.locate((west + east) / 2, (south + north) / 2, grid.layer, AT) is None
    [(lon, lat)] = queries.points_inside([grid.pk]).values()
    assert queries.locate(lon, lat, grid.layer, AT) == grid.path
    assert queries.points_inside([]) == {}
