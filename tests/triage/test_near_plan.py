"""Duplicates are sought by the index of cells, whatever else the table holds (TR-7)."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from tests.cases.makers import House, make_case, make_house
from tests.makers import AT
from wangge.cases import queries
from wangge.cases.models import Case

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ROWS, LON, LAT, WITHIN_M = 8_000, 118.35, 31.35, 100.0
FILL = """
INSERT INTO cases_case (id, grid_path, channel, matter_code, severity, text, address, lon, lat, photos,
    pack_version, status, reporter_id, reported_at, stage_started_at, closed_at, rework, fixed_on_spot,
    version, event_count, chain_head, is_restricted, layer)
SELECT gen_random_uuid(), c.grid_path, 'hotline', 'H301', 'general', 'n', '',
    %(lon)s + (random() - 0.5) * 0.05, %(lat)s + (random() - 0.5) * 0.05, '{}', c.pack_version,
    'accepted', c.reporter_id, at, at, NULL, 0, false, 1, 1, '', false, ''
FROM cases_case c, generate_series(1, %(rows)s) n,
    LATERAL (SELECT %(at)s::timestamptz - random() * interval '60 days' + n * interval '0 days' AS at) drawn
"""


@pytest.fixture
def house() -> House:
    """A street with eight thousand cases in five kilometres, of two months."""
    found = make_house()
    make_case(found)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(FILL, {"lon": LON, "lat": LAT, "rows": ROWS, "at": AT})
        cursor.execute("ANALYZE cases_case")
    return found


def look(house: House) -> list[queries.ToldCase]:
    days = timedelta(days=14)
    return queries.list_near(house.alice, LON, LAT, within_m=WITHIN_M, since=AT - days, until=AT)


def plan_of(house: House) -> list[dict[str, Any]]:
    """Return the nodes of the plan by which the cases near a point are found."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        look(house)
    [(sql, params)] = [one for one in asked if 'FROM "cases_case"' in one[0]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        [told] = cursor.fetchone()[0]
    nodes, todo = [], [told["Plan"]]
    while todo:
        nodes.append(node := todo.pop())
        todo += node.get("Plans", [])
    return nodes


def test_the_index_of_cells_finds_all_that_is_near_and_looks_at_little_else(house: House) -> None:
    nodes = plan_of(house)
    assert {node["Index Name"] for node in nodes if "Index Name" in node} == {"case_near"}, json.dumps(nodes)
    assert not [node for node in nodes if node["Node Type"] == "Seq Scan"]
    assert max(node["Actual Rows"] + node.get("Rows Removed by Filter", 0) for node in nodes) < ROWS / 100

    north = WITHIN_M / 111_195.0
    east = north / math.cos(math.radians(LAT))
    every = Case.objects.filter(reported_at__gte=AT - timedelta(days=14), reported_at__lt=AT)
    near = {case.pk for case in every if abs(case.lon - LON) <= east and abs(case.lat - LAT) <= north}
    assert {case.id for case in look(house)} == near
    assert near
