"""Indicators over HTTP: who gets in, who is refused, and what a stranger sees."""

from __future__ import annotations

import pytest

from tests.appraisal.makers import make_indicators
from tests.cases.makers import make_case, make_house
from tests.makers import make_client
from wangge.kernel.ids import new_id

pytestmark = pytest.mark.django_db
OCTOBER = "first=2025-10&last=2025-10"


@pytest.fixture
def house():
    house = make_house()
    make_indicators()
    make_case(house)
    return house


def get(actor, path):
    return make_client(actor).get(f"/api/appraisal/{path}")


def test_a_figure_says_what_it_is_made_of(house):
    [one] = [row for row in get(house.alice, "indicators").json() if row["code"] == "disposal"]
    assert (one["numerator"]["code"], one["denominator"]["code"], one["unit"]) == ("closed", "valid", "pct")
    table = get(house.alice, f"figures?{OCTOBER}&by=matter").json()
    assert [row["key"] for row in table["rows"]] == ["H301"]


def test_the_rows_behind_are_listed(house):
    page = get(house.alice, f"rows?{OCTOBER}&indicator=reported").json()
    assert (page["total"], page["items"][0]["name_zh"]) == (1, "事项H301")
    assert get(house.alice, f"rows?{OCTOBER}&indicator=nobody").status_code == 404
    assert get(house.alice, f"rows?{OCTOBER}&indicator=reported&cursor={new_id()}").status_code == 200


def test_figures_are_a_file(house):
    text = b"".join(get(house.alice, f"figures/export.csv?{OCTOBER}").streaming_content).decode()
    assert "已结案的案件 ÷ 上报的案件，不含不予受理与并案" in text
    assert get(house.alice, f"figures/export.pdf?{OCTOBER}").status_code == 422


def test_a_stranger_counts_nothing_of_it(house):
    table = get(house.carol, f"figures?{OCTOBER}&by=matter").json()
    assert table["rows"] == []
    assert get(house.carol, f"figures?{OCTOBER}&territory=34.02.03.005.").status_code == 404
    assert get(house.carol, f"rows?{OCTOBER}&indicator=reported&territory=34.02.03.").status_code == 404
    assert get(house.carol, f"rows?{OCTOBER}&indicator=reported").json()["total"] == 0


@pytest.mark.parametrize("who", ["bob", "han"])
def test_other_posts_are_refused(house, who):
    for path in ("indicators", f"figures?{OCTOBER}", f"rows?{OCTOBER}&indicator=reported"):
        assert get(house.named(who), path).status_code == 403


def test_months_that_are_none_are_said(house):
    assert get(house.alice, "figures?first=2025-13&last=2025-10").json()["code"] == "appraisal.months_wrong"
