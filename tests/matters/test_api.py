"""The catalogue over HTTP."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cases.makers import House, make_house
from tests.makers import make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make_house()


def test_the_matters_of_the_pack(house: House) -> None:
    matters = make_client(house.bob).get("/api/matters").json()
    assert [one["code"] for one in matters] == ["H101", "H301", "H304", "H501", "H601", "H805"]
    assert (matters[3]["is_confirmed"], matters[4]["fix_hours"]) == (False, 2)


def test_nobody_reads_without_logging_in() -> None:
    assert Client().get("/api/matters").status_code == 401
