"""KE-23."""

from __future__ import annotations

import pytest

from wangge.kernel.distance import metres_between


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        ((118.37, 31.33), (118.37, 31.33), 0),
        ((118.37, 31.33), (118.37, 31.33045), 50.04),  # 0.00045 degrees of latitude
        ((0, 0), (1, 0), 111_195),  # one degree on the equator
        ((179.9, 0), (-179.9, 0), 22_239),  # across the date line
        ((0, 90), (77, 90), 0),  # the pole is one point
    ],
)
def test_the_metres_between_two_points(one, other, metres):
    assert metres_between(one, other) == pytest.approx(metres, rel=0.005, abs=0.01)
