"""Every figure equals a recount from the rows, and the way down has exactly as many rows as it says."""

from __future__ import annotations

import math
from collections import defaultdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.appraisal.makers import INDICATORS, make_busy_street
from tests.makers import AT
from wangge.appraisal import behind, queries, services
from wangge.appraisal.models import Changed
from wangge.appraisal.schemas import FigureFilter, RowFilter
from wangge.cases.models import Case
from wangge.kernel.clock import CHINA
from wangge.orders.models import Order

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MONTHS = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 13)]
STREET, COMMUNITY = "34.02.03.005.", "34.02.03.005.012."
GRIDS = [f"{COMMUNITY}{n:03}." for n in (1, 2, 3)]
SMALL = {code: small for code, _, _, _, _, small in INDICATORS}

filters = st.fixed_dictionaries(
    {
        "months": st.tuples(st.sampled_from(MONTHS), st.sampled_from(MONTHS)).map(sorted),
        "territory": st.sampled_from([STREET, COMMUNITY, *GRIDS]),
        "channel": st.sampled_from(["", "", "grid", "citizen"]),
        "matter": st.sampled_from(["", "", "H301", "H304"]),
        "by": st.sampled_from(["none", "territory", "month", "channel", "matter", "department"]),
        "refresh": st.booleans(),
    }
)


def key_of(by, case, territory):
    """Return the group of a row, as a person would say it."""
    if by == "territory":
        own = case["grid_path"].rstrip(".").split(".")
        return ".".join(own[: territory.count(".") + 1]) + "."
    names = {"month": "month", "channel": "channel", "matter": "matter_code"}
    if by == "department":
        return str(case["department_id"] or 0)
    return case[names[by]] if by in names else ""


def recount(rows, by, asked, kinds):
    """Count by hand, row by row: no SQL and no table of counts."""
    groups = defaultdict(list)
    for row in rows:
        fits = asked["months"][0] <= row["month"] <= asked["months"][1]
        if fits and row["grid_path"].startswith(asked["territory"]) and kinds(row):
            groups[key_of(by, row, asked["territory"])].append(row)
    return groups


def the_cases():
    rows = list(Case.objects.values())
    for row in rows:
        row["month"] = row["reported_at"].astimezone(CHINA).strftime("%Y-%m")
        closed = row["status"] == "closed"
        row["hours"] = (
            int((row["closed_at"] - row["reported_at"]).total_seconds() // 3600) if closed else None
        )
        row["late"] = closed and row["due_at"] is not None and row["closed_at"] > row["due_at"]
    return rows


def the_orders():
    rows = list(Order.objects.values())
    for row in rows:
        row["month"] = row["opens_on"].strftime("%Y-%m")
        row["in_time"] = bool(row["done_at"]) and row["done_at"].astimezone(CHINA).date() <= row["due_on"]
    return rows


def pct(part, whole):
    return round(100 * part / whole, 2) if whole else None


def expected(cases, orders):
    """Return the figures of one group."""
    valid = [c for c in cases if c["status"] not in {"rejected", "merged"}]
    closed = [c for c in cases if c["status"] == "closed"]
    timed = [c for c in closed if c["due_at"]]
    hours = sorted(c["hours"] for c in closed)
    done = [o for o in orders if o["status"] == "done"]
    return {
        "orders_done": len(done),
        "in_time": pct(sum(o["in_time"] for o in done), len(orders)),
        "hit": pct(sum(o["findings"] > 0 for o in done), len(done)),
        "reported": len(cases),
        "disposal": pct(len(closed), len(valid)),
        "on_time": pct(sum(not c["late"] for c in timed), len(timed)),
        "median": hours[math.ceil(0.5 * len(hours)) - 1] if hours else None,
        "p90": hours[math.ceil(0.9 * len(hours)) - 1] if hours else None,
    }


def test_every_figure_equals_a_recount_and_leads_to_its_very_rows():
    house = make_busy_street()
    cases, orders = the_cases(), the_orders()
    assert len(cases) == 24
    assert len(orders) > 10
    assert Changed.objects.exists()

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(filters)
    def holds(asked):
        if asked["refresh"]:
            services.refresh()
        else:  # what is kept is stale now, and readers must not see it
            Case.objects.filter(status="closed").update(rework=1)
        given_words = {"first": asked["months"][0], "last": asked["months"][1]}
        given_words |= {name: asked[name] for name in ("territory", "channel", "matter")}
        table = queries.get_figures(house.alice, FigureFilter(by=asked["by"], **given_words), at=AT)
        kinds = lambda row: (  # noqa: E731
            asked["channel"] in {"", row["channel"]} and asked["matter"] in {"", row["matter_code"]}
        )
        wanted_cases = recount(cases, asked["by"], asked, kinds)
        of_cases = len(table.indicators) < len(INDICATORS)
        assert of_cases == bool(
            asked["channel"] or asked["matter"] or asked["by"] in {"channel", "matter", "department"}
        )
        wanted_orders = {} if of_cases else recount(orders, asked["by"], asked, lambda row: True)
        keys = {*wanted_cases, *wanted_orders} if asked["by"] != "none" else set()
        assert {row.key for row in table.rows} == keys
        groups = [(row, wanted_cases.get(row.key, []), wanted_orders.get(row.key, [])) for row in table.rows]
        all_cases = [row for rows in wanted_cases.values() for row in rows]
        all_orders = [row for rows in wanted_orders.values() for row in rows]
        for row, some_cases, some_orders in [*groups, (table.total, all_cases, all_orders)]:
            right = expected(some_cases, some_orders)
            for figure in row.figures:
                assert figure.value == right[figure.indicator], (row.key, figure)
        check_rows(house, table, given_words, asked["by"])

    holds()


def check_rows(house, table, words, by):
    """Walk down from every figure of the first group, and from the total."""
    narrowed = {"territory": "territory", "month": "month", "channel": "channel", "matter": "matter"}
    for row in [*table.rows[:1], table.total]:
        own = dict(words)
        if row.key and by == "month":
            own |= {"first": row.key, "last": row.key}
        elif row.key and by == "department":
            own["department"] = int(row.key)
        elif row.key:
            own[narrowed[by]] = row.key
        for figure in row.figures:
            parts = {"numerator": figure.numerator, "denominator": figure.denominator}
            if figure.numerator is None:  # hours: of so many closed cases
                parts = {"numerator": figure.denominator}
            for part, many in parts.items():
                if many is not None:
                    assert count_rows(house, figure.indicator, part, row.is_itself, own) == many


def count_rows(house, indicator, part, itself, words):
    seen, cursor = set(), None
    while True:
        asked = RowFilter(indicator=indicator, part=part, itself=itself, cursor=cursor, limit=7, **words)
        page = behind.list_rows(house.alice, asked)
        seen |= {item.id for item in page.items}
        cursor = page.next_cursor
        if cursor is None:
            assert len(seen) == page.total
            return page.total


def test_restricted_cases_are_counted_for_those_who_may_see_them():
    house = make_busy_street()
    words = {"first": "2025-01", "last": "2026-12", "territory": COMMUNITY}
    whole, part = (
        queries.get_figures(actor, FigureFilter(by="matter", **words), at=AT)
        for actor in (house.alice, house.chief)
    )
    assert {row.key for row in whole.rows} - {row.key for row in part.rows} == {"H304"}


def test_orders_planned_in_bulk_are_counted_at_once():
    house = make_busy_street()
    services.refresh()
    words = {"first": "2025-10", "last": "2025-11", "territory": STREET}
    [found] = [
        figure.denominator
        for figure in queries.get_figures(house.alice, FigureFilter(**words), at=AT).total.figures
        if figure.indicator == "in_time"
    ]
    assert found == Order.objects.filter(opens_on__gte="2025-10-01", opens_on__lt="2025-12-01").count() > 0
    assert not Changed.objects.exists()
