"""`wangge import divisions` and `grids` as a person types them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.ground import DIVISIONS, collection, square
from wangge.config.import_command import app, read_pairs, read_path
from wangge.kernel.errors import Unreadable
from wangge.territory.models import Division, Grid

pytestmark = pytest.mark.django_db


def wangge(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def divisions_file(folder: Path, *, header: str = "code,name") -> Path:
    file = folder / "d.csv.gz"
    lines = [header, *(f"{code},{name}" for code, name in DIVISIONS)]
    file.write_bytes(gzip.compress("\n".join(lines).encode("gb18030")))
    return file


def test_a_packed_table_in_gb18030_is_loaded(tmp_path: Path) -> None:
    result = wangge("divisions", divisions_file(tmp_path))
    assert result.exit_code == 0
    assert "6 rows: 6 created, 0 updated, 0 unchanged" in result.output
    assert Division.objects.get(code="340203005").name == "赭山街道"


def test_other_column_names_are_said_or_else_asked_for(tmp_path: Path) -> None:
    file = divisions_file(tmp_path, header="代码,名称")
    unsaid = wangge("divisions", file)
    assert (unsaid.exit_code, Division.objects.count()) == (2, 0)
    assert "代码、名称" in unsaid.output
    assert wangge("divisions", file, "--code-column", "代码", "--name-column", "名称").exit_code == 0


def test_grids_are_loaded_and_their_report_can_be_read_by_a_program(tmp_path: Path) -> None:
    wangge("divisions", divisions_file(tmp_path))
    file = tmp_path / "g.geojson"
    features = collection(
        (square(0), {"name": "赭山街道", "households": 412}), (square(1), {"name": "弋矶山街道"})
    )
    file.write_text(json.dumps(features), encoding="utf-8")
    result = wangge("grids", file, "--datum", "wgs84", "--tier", "street", "--within", "3402", "--json")
    report = json.loads(result.output)
    assert (report["created"], report["loaded"], report["problems"]) == (2, True, [])
    assert Grid.objects.get(code="340203005").households == 412


def test_another_reference_system_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "g.geojson"
    features = collection((square(0), {"name": "甲"})) | {
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    }
    file.write_text(json.dumps(features), encoding="utf-8")
    result = wangge("grids", file, "--datum", "wgs84", "--tier", "street", "--within", "34", "--json")
    assert result.exit_code == 2
    assert "territory.crs_unknown" in {p["code"] for p in json.loads(result.output)["problems"]}


def test_what_is_typed_wrong_is_named() -> None:
    with pytest.raises(Unreadable):
        read_path("within", "4")
    with pytest.raises(Unreadable):
        read_pairs("match", ["甲"])
    assert read_pairs("match", ["a=b=c"]) == {"a=b": "c"}
