"""The demo city is there whole or not at all."""

from __future__ import annotations

import json

import pytest

from tests.makers import AT
from tests.twin.test_city import small_profile
from wangge.config import demo
from wangge.twin.city import CitySpec
from wangge.venues.models import Venue

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SMALL = CitySpec(streets=1, communities=1, grids=2, venues_a_grid=5)


def test_a_demo_that_is_broken_off_leaves_nothing(settings, open_folder, monkeypatch):
    settings.WANGGE_HOME = open_folder

    def full_disk(*_):
        raise OSError("no space left")

    with monkeypatch.context() as broken:
        broken.setattr(demo, "_write", full_disk)
        with pytest.raises(OSError, match="no space"):
            demo.make(spec=SMALL, history_days=0)
    assert demo.is_empty()
    demo.make(spec=SMALL, history_days=0)
    kept = json.loads(demo.accounts_file().read_text(encoding="utf-8"))
    roles = {one["role"] for one in kept["accounts"]}
    assert {"grid_member", "dispatcher", "department_handler", "supervisor"} <= roles
    assert not demo.is_empty()
    assert any(kept["password"] in line for line in demo.account_lines())


def test_a_large_city_goes_on_where_it_broke_off_and_every_object_has_its_grid(settings, open_folder):
    settings.WANGGE_HOME = open_folder
    chosen = small_profile()
    first = demo.make_big(chosen, at=AT, progress=lambda done: None)
    assert first is not None
    assert (first.grids, first.objects, first.without_grid, first.was_there) == (5, 740, 0, 0)
    assert first.classes["rental"] == 50
    Venue.objects.filter(code__endswith="7").delete()
    again = demo.make_big(chosen, at=AT, progress=lambda done: None)
    assert again is not None
    assert (again.objects, again.without_grid) == (740, 0)
    assert 0 < again.was_there < 740
    chosen.ground.grids = 6
    assert demo.make_big(chosen, at=AT, progress=lambda done: None) is None
