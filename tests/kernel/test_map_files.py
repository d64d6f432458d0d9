"""Files of map programs in and out: what goes out comes in the same; what cannot be read says why. KE-39."""

from __future__ import annotations

import io
import json
import zipfile

import pyogrio
import pytest
import shapely

from wangge.kernel.errors import Unreadable
from wangge.kernel.map_files import LayerMissing, open_features, write_features

SHAPES = [shapely.box(118.30, 31.30, 118.31, 31.31), shapely.box(118.31, 31.30, 118.32, 31.31)]
COLUMNS = {"name": ["花园一格", "花园二格"], "code": ["001", "002"], "area_m2": [1.5, 2.5]}
FORMATS = {"geojson": "a.geojson", "gpkg": "a.gpkg", "kml": "a.kml", "shp": "a.zip"}


def written(suffix: str, datum: str = "wgs84") -> bytes:
    return write_features(SHAPES, COLUMNS, suffix=suffix, layer="grids", datum=datum)


@pytest.mark.parametrize(("suffix", "name"), FORMATS.items())
def test_what_is_written_is_read_again_with_names_codes_and_outlines(suffix: str, name: str) -> None:
    found = list(open_features(io.BytesIO(written(suffix)), name))
    key = "Name" if suffix == "kml" else "name"
    assert [one.properties[key] for one in found] == COLUMNS["name"]
    assert [one.properties["code"] for one in found] == ["001", "002"]
    for one, shape in zip(found, SHAPES, strict=True):
        assert one.why is None
        assert shapely.symmetric_difference(one.shape, shape).area < 1e-15


@pytest.mark.parametrize("suffix", ["gpkg", "shp"])
def test_a_file_in_another_datum_names_no_reference_system(suffix: str) -> None:
    assert open_features(io.BytesIO(written(suffix, "gcj02")), FORMATS[suffix]).foreign_crs is None
    assert b"4326" not in written("shp", "gcj02")


def test_a_shapefile_of_gb18030_that_does_not_say_so_is_read_in_chinese() -> None:
    given, silent = zipfile.ZipFile(io.BytesIO(written("shp"))), io.BytesIO()
    with zipfile.ZipFile(silent, "w") as archive:
        for name in given.namelist():
            content = given.read(name)
            if name.endswith(".dbf"):
                for text in COLUMNS["name"]:
                    old, new = text.encode(), text.encode("gb18030")
                    content = content.replace(old, new.ljust(len(old)))
            if not name.endswith(".cpg"):
                archive.writestr(name, content)
    found = list(open_features(io.BytesIO(silent.getvalue()), "a.zip"))
    assert [one.properties["name"] for one in found] == COLUMNS["name"]


def test_topojson_is_told_by_what_it_is_and_its_layer_is_asked_for() -> None:
    ring = [[[118.3, 31.3], [118.31, 31.3], [118.31, 31.31], [118.3, 31.3]]]
    one = {
        "type": "GeometryCollection",
        "geometries": [{"type": "Polygon", "arcs": [[0]], "properties": {"name": "甲"}}],
    }
    given = json.dumps({"type": "Topology", "objects": {"a": one, "b": one}, "arcs": ring}).encode()
    with pytest.raises(LayerMissing, match="a、b"):
        open_features(io.BytesIO(given), "x.json")
    [feature] = open_features(io.BytesIO(given), "x.json", "b")
    assert feature.properties["name"] == "甲"
    assert feature.shape.area == pytest.approx(5e-5)


@pytest.mark.parametrize("name", ["a.gpkg", "a.zip", "a.kml", "a.docx"])
def test_what_is_no_map_file_is_refused_in_words(name: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        open_features(io.BytesIO(b"nothing of the kind"), name)
    assert refusal.value.facts["field"] == "file"


def test_a_zip_holds_one_shapefile_and_paths_in_it_lead_nowhere() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("a.shp", "b.shp"):
            archive.writestr(f"../../{name}", b"x")
    with pytest.raises(Unreadable, match="exactly one"):
        open_features(io.BytesIO(packed.getvalue()), "a.zip")


def test_a_projected_file_is_named_by_its_reference_system() -> None:

    buffer = io.BytesIO()
    pyogrio.raw.write(
        buffer,
        shapely.to_wkb(SHAPES[:1]),
        [],
        [],
        geometry_type="Polygon",
        crs="EPSG:4547",
        driver="GPKG",
        layer="g",
    )
    assert open_features(io.BytesIO(buffer.getvalue()), "a.gpkg").foreign_crs == "EPSG:4547"
