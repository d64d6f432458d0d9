"""A real city's files, where they lie beside the project: every building in a grid or listed as an orphan."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.ground import admin
from tests.makers import AT
from wangge.config.import_command import app
from wangge.territory import services as territory
from wangge.territory.models import Grid
from wangge.venues import services
from wangge.venues.models import Venue
from wangge.venues.schemas import VenueClassOut

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
STREETS = DATA / "shenzhen_streets" / "shenzhen_streets.geojson"
BUILDINGS = DATA / "shenzhen_streets" / "nanshan_buildings.geojson"
SAID = ("--match", "深圳市大工业区=440310401", "--match", "市保税区（盐田港）=440308403")

pytestmark = [
    pytest.mark.django_db(transaction=True),  # a run is told over a connection of its own
    pytest.mark.slow,
    pytest.mark.skipif(not STREETS.exists(), reason=f"the shared data are not here: {STREETS}"),
]


def rows_of(*names: str) -> Iterator[tuple[str, str]]:
    for name in names:
        with (DATA / "cn_divisions" / name).open(encoding="utf-8") as file:
            yield from ((row["code"], row["name"]) for row in csv.DictReader(file) if row["code"][:2] == "44")


def wangge(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def import_streets(*more: str) -> Result:
    return wangge("grids", str(STREETS), "--datum", "wgs84", "--tier", "street", "--within", "44.03", *more)


def import_buildings(*more: str) -> Result:
    where = ("--territory", "44.03.05", "--id-column", "bid")
    return wangge(
        "venues", str(BUILDINGS), "--source", "osm", "--datum", "wgs84", "--class", "building", *where, *more
    )


@pytest.fixture(autouse=True)
def divisions() -> None:
    rows = rows_of("provinces.csv", "cities.csv", "areas.csv", "streets.csv")
    assert territory.import_divisions(rows, actor=admin("44."), at=AT).loaded
    services.install_classes(
        [VenueClassOut(code="building", name_zh="居民楼院", name_en="Building")], "test@1"
    )


def test_the_streets_and_the_buildings_of_a_real_city_are_loaded_once() -> None:
    unsure = import_streets()
    assert (unsure.exit_code, Grid.objects.count()) == (2, 0)
    assert "深圳坪山综合保税区 440310401" in unsure.output
    assert import_streets(*SAID).exit_code == 0
    assert Grid.objects.count() == 77
    assert import_buildings().exit_code == 2
    assert Venue.objects.count() == 0
    loaded = import_buildings("--repair")
    assert (loaded.exit_code, Venue.objects.count()) == (0, 5_438)
    assert "在网格内 5,428，孤立点 10" in loaded.output
    orphans = Venue.objects.filter(is_orphan=True)
    assert orphans.filter(nearest_path__startswith="44.03.05.", nearest_m__lte=1_000).count() == 10
    before = list(Venue.objects.order_by("code").values())
    assert "5,438 unchanged" in import_buildings("--repair").output
    assert list(Venue.objects.order_by("code").values()) == before
    assert "datum_suspect" in import_streets(*SAID, "--datum", "gcj02", "--json").output
