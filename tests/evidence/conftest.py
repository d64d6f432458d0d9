"""A house with its signing key in a folder of the test, and a bundle of two cases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cases.makers import House, make_case, make_house, walk
from tests.evidence.makers import LATER, make_bundle, make_limits, make_photographed
from wangge.kernel import clock


@pytest.fixture
def house(settings: Any, tmp_path: Path) -> Iterator[House]:
    settings.WANGGE_SIGNING = tmp_path / "signing"
    house = make_house()
    make_limits()
    with clock.standing_at(LATER):
        yield house


@pytest.fixture
def bundle(house: House, tmp_path: Path) -> Path:
    """Two cases, one with photos and one closed with others."""
    closed = make_case(house, photos=[house.photo])
    walk(house, closed, "closed")
    return make_bundle(house.super, [make_photographed(house), closed], tmp_path)
