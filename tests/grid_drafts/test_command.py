"""`wangge draft-grids` as a person types it, and the draft taken in by `wangge import grids`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
import typer
from typer.testing import CliRunner, Result

from tests.grid_drafts.town import SIDE, SOUTH, WEST, buildings
from tests.ground import collection, make_divisions, make_grids
from tests.makers import AT
from wangge.accounts.rules import CAPABILITIES, Role
from wangge.config.draft_command import draft as drafting
from wangge.config.import_command import app as importing
from wangge.kernel.actor import Actor
from wangge.packs import services as packs
from wangge.territory.models import Grid
from wangge.territory.services import GridFeature

pytestmark = pytest.mark.django_db
PACKER = Actor(9, "管理员", Role.SYSTEM_ADMIN.value, "34.", None, CAPABILITIES[Role.SYSTEM_ADMIN])
COMMUNITY = "34.02.03.005.012."
OUTLINE = shapely.box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)


drafts = typer.Typer()
drafts.command()(drafting)


def wangge(app: typer.Typer, *arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def written(folder: Path, name: str, *features: tuple[Any, dict[str, Any]]) -> Path:
    file = folder / name
    file.write_text(json.dumps(collection(*features)), encoding="utf-8")
    return file


@pytest.fixture
def houses(tmp_path: Path) -> Path:
    town = buildings(4, 300, 1)
    rows = zip(town.points.tolist(), town.households.tolist(), strict=True)
    return written(tmp_path, "b.geojson", *((shapely.Point(at), {"households": n}) for at, n in rows))


@pytest.fixture
def community() -> None:
    packs.install("base", effective_on=AT.date(), actor=PACKER, at=AT)
    make_divisions()
    make_grids(GridFeature("花园社区", OUTLINE, path=COMMUNITY), tier="community")


def draft(houses: Path, out: Path, *more: object) -> Result:
    return wangge(drafts, houses, out, "--datum", "wgs84", "--within", "34.02", *more)


@pytest.mark.usefixtures("community")
def test_bounds_and_communities_come_from_the_system_and_nothing_is_adopted(
    houses: Path, tmp_path: Path
) -> None:
    result = draft(houses, tmp_path / "d.geojson", "--json")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert figures["bounds"] == {"least": 300, "most": 500}
    assert figures["inside"] == figures["contiguous"] == figures["grids"] > 5
    assert Grid.objects.count() == 1
    text = (tmp_path / "d.report.md").read_text(encoding="utf-8")
    assert "均衡" in text
    assert "Compactness" in text


@pytest.mark.usefixtures("community")
def test_the_draft_can_be_imported_and_redrafted(houses: Path, tmp_path: Path) -> None:
    out = tmp_path / "d.geojson"
    draft(houses, out)
    count = len(json.loads(out.read_text())["features"])
    again = draft(houses, tmp_path / "e.geojson", "--keep", out)
    assert "0 households change their grid; 0 at least have to" in again.output
    loaded = wangge(
        importing, "grids", out, "--datum", "wgs84", "--tier", "grid", "--within", "34.02",
        "--match-by", "path", "--code-column", "path", "--json",
    )  # fmt: skip
    assert json.loads(loaded.stdout)["created"] == count, loaded.output
    grid = Grid.objects.get(path=f"{COMMUNITY}001.")
    assert 300 <= (grid.households or 0) <= 500


@pytest.mark.usefixtures("community")
def test_households_are_estimated_from_outlines_and_it_is_said(tmp_path: Path) -> None:
    tower = shapely.box(WEST + 0.01, SOUTH + 0.01, WEST + 0.0105, SOUTH + 0.0105)
    houses = written(tmp_path, "b.geojson", (tower, {"height": 48}), (tower, {}))
    result = draft(houses, tmp_path / "d.geojson")
    assert "2 buildings carry no households: estimated" in result.output
    assert "1 of them carry no height" in result.output


def test_communities_from_a_file_hang_below_the_territory(houses: Path, tmp_path: Path) -> None:
    packs.install("base", effective_on=AT.date(), actor=PACKER, at=AT)
    outlines = written(tmp_path, "c.geojson", (OUTLINE, {"name": "某社区", "code": "35"}))
    out = tmp_path / "d.geojson"
    result = draft(houses, out, "--communities", outlines)
    assert result.exit_code == 0, result.output
    assert json.loads(out.read_text())["features"][0]["properties"]["path"] == "34.02.35.001."


def test_without_a_pack_the_bounds_are_asked_for(houses: Path, tmp_path: Path) -> None:
    result = draft(houses, tmp_path / "d.geojson")
    assert result.exit_code == 1
    assert getattr(result.exception, "code", "") == "config.household_bounds_unknown"
    said = draft(houses, tmp_path / "d.geojson", "--least", 300, "--most", 500)
    assert getattr(said.exception, "code", "") != "config.household_bounds_unknown"


@pytest.mark.usefixtures("community")
def test_what_cannot_be_read_is_said_with_its_row(tmp_path: Path) -> None:
    point = shapely.Point(WEST + 0.01, SOUTH + 0.01)
    houses = written(tmp_path, "b.geojson", (point, {"households": 3}), (point, {}))
    assert "row 2" in str(draft(houses, tmp_path / "d.geojson").exception)
