"""A real layer at town scale: 7,701 villages, seven of them drawn wrongly. Skips where the data are not."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.ground import admin, options
from tests.makers import AT
from wangge.territory import services
from wangge.territory.models import Grid
from wangge.territory.schemas import ImportReport

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
VILLAGES = DATA / "taiwan_villages" / "villages-10t.json"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(not VILLAGES.exists(), reason=f"the shared data are not here: {VILLAGES}"),
]
SECONDS = 20  # on a machine that others use; alone it takes a few
ADMIN = admin("71.")


def load(**changes: Any) -> ImportReport:
    given = {
        "tier": "village",
        "layer": "villages",
        "within": "71.",
        "match_by": "file",
        "file_layer": "villages",
    }
    columns = {"name_column": "VILLNAME", "code_column": "VILLCODE"}
    file = SimpleUploadedFile("villages-10t.json", VILLAGES.read_bytes())
    return services.import_grid_upload(file, options(**{**given, **columns, **changes}), actor=ADMIN, at=AT)


@pytest.fixture
def loaded() -> Iterator[ImportReport]:
    return load(repair=True, overlap_m2=1e9)


def test_the_villages_are_refused_with_the_seven_broken_ones_named_and_nothing_is_loaded() -> None:
    report = load(overlap_m2=1e9)
    wrong = [problem for problem in report.problems if problem.is_error]
    assert {problem.code for problem in wrong} == {"territory.bad_polygon"}
    assert len({problem.value for problem in wrong}) == 7
    assert not report.loaded
    assert not Grid.objects.exists()


def test_repaired_when_a_person_says_so_all_are_a_layer_and_the_check_draws_what_it_finds(
    loaded: ImportReport,
) -> None:
    assert loaded.loaded
    assert (loaded.rows, loaded.created) == (7_701, 7_701)
    mended = [p.value for p in loaded.problems if p.code == "territory.polygon_repaired"]
    assert len(set(mended)) == 7
    began = time.monotonic()
    found = services.check_coverage(ADMIN, "villages", at=AT)
    assert time.monotonic() - began < SECONDS
    assert found.grids == 7_701
    assert (
        found.gaps + found.overlaps
        == sum(f["properties"]["kind"] != "edge" for f in found.shapes.features)
        > 0
    )
    for feature in found.shapes.features:
        assert not shapely.from_geojson(json.dumps(feature["geometry"])).is_empty
