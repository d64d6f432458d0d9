"""The demo city is there whole or not at all."""

from __future__ import annotations

import json

import pytest

from wangge.config import demo
from wangge.twin.city import CitySpec

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
