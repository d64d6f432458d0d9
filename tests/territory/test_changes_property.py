"""Must hold for any splits and merges: what was done before counts for the old grids, and no total changes.

Real PostgreSQL, real services; the moments and the places are drawn by Hypothesis.
"""

from __future__ import annotations

import math
from collections import Counter
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
import shapely
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.cases.makers import make_case, make_house
from tests.ground import admin, make_grids, square
from tests.makers import AT, make_venues
from wangge.cases import queries as cases
from wangge.cases.models import Case
from wangge.checklists.models import Checklist
from wangge.config.territory_api import MOVERS
from wangge.kernel.ids import assemble, new_id
from wangge.orders import queries as orders
from wangge.orders.models import Order
from wangge.territory import queries, services
from wangge.territory.change_schemas import MergeIn, SplitIn, UndoIn
from wangge.territory.models import Grid, GridChange, RetiredCode
from wangge.territory.services import GridFeature
from wangge.venues.models import Venue

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
COMMUNITY = "34.02.03.005.012."
WEST, SOUTH, SIDE = 118.30, 31.30, 0.01
HOUR = timedelta(hours=1)
MONTH = (AT - timedelta(days=12), AT + timedelta(days=18))


class Undo(Exception):
    pass


def standing() -> list[Grid]:
    return list(Grid.objects.filter(path__startswith=COMMUNITY, valid_to__isnull=True).order_by("path"))


def split_at_random(random: Random, at: datetime) -> None:
    grid = random.choice(standing())
    shape = queries.read_shapes([grid.shape_wkb])[0]
    middle = shape.point_on_surface()
    angle = random.uniform(0, math.tau)
    dx, dy = math.cos(angle), math.sin(angle)
    line = [(middle.x - dx * 0.1, middle.y - dy * 0.1), (middle.x + dx * 0.1, middle.y + dy * 0.1)]
    body = SplitIn(id=new_id(), reason="试", grid_id=grid.pk, line=line)
    services.split_grid(body, movers=MOVERS, actor=admin(), at=at)


def merge_at_random(random: Random, at: datetime) -> None:
    grids = standing()
    shapes = queries.read_shapes(grid.shape_wkb for grid in grids)
    pairs = [
        (a, b)
        for a in range(len(grids))
        for b in range(a)
        if shapely.length(shapely.intersection(shapes[a], shapes[b])) > 1e-6
    ]
    if not pairs:
        return
    chosen = [grids[n].pk for n in random.choice(pairs)]
    body = MergeIn(id=new_id(), reason="试", grid_ids=chosen, name="并")
    services.merge_grids(body, movers=MOVERS, actor=admin(), at=at)


def undo_the_last(random: Random, at: datetime) -> None:
    change = GridChange.objects.exclude(kind="undo").filter(undone_by__isnull=True).order_by("-at").first()
    if change is None or GridChange.objects.filter(at__gt=change.at).exists():
        return
    body = UndoIn(id=new_id(), reason="撤")
    services.undo_change(change.pk, body, movers=MOVERS, actor=admin(), at=at)


def make_ground() -> Any:
    house = make_house()
    make_grids(
        GridFeature("四格", square(0, row=1), path=f"{COMMUNITY}003."),
        GridFeature("五格", square(1, row=1), path=f"{COMMUNITY}004."),
    )
    return house


def place(random: Random) -> tuple[float, float]:
    return WEST + random.random() * 2 * SIDE, SOUTH + random.random() * 2 * SIDE


def make_orders(random: Random, count: int) -> None:
    venues = make_venues(count=count)
    for n, venue in enumerate(venues):
        venue.lon, venue.lat = place(random)
        venue.grid_path = queries.locate(venue.lon, venue.lat, "comprehensive", AT)
        Venue.objects.filter(pk=venue.pk).update(lon=venue.lon, lat=venue.lat, grid_path=venue.grid_path)
        Order.objects.create(
            id=assemble(AT, 5_000 + n), grid_path=venue.grid_path, venue=venue, checklist_id=LIST["id"],
            rule_code="R", pack_version="t@1", opens_on=AT.date(), due_on=AT.date() + timedelta(days=5),
            ends_on=AT.date() + timedelta(days=10),
        )  # fmt: skip


LIST: dict[str, Any] = {}


def do_some(random: Random, at: datetime, done: dict[Any, str]) -> None:
    """Do a few of the open orders, each in the grid in which it lies now."""
    for order in random.sample(list(Order.objects.filter(status="open")), k=2):
        Order.objects.filter(pk=order.pk).update(status="done", done_at=at, done_by=1)
        done[order.pk] = order.grid_path


def close_some(random: Random, at: datetime, closed: dict[Any, str]) -> None:
    found = list(Case.objects.filter(closed_at__isnull=True))
    for case in random.sample(found, k=min(1, len(found))):
        # straight to its end: the loop is tested elsewhere, the figure reads only these columns
        Case.objects.filter(pk=case.pk).update(status="closed", closed_at=at, fixed_on_spot=True)
        closed[case.pk] = case.grid_path


@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.integers(0, 2**32), st.lists(st.sampled_from(["split", "merge", "undo"]), min_size=1, max_size=5))
def test_every_figure_counts_for_the_grid_of_its_moment_and_no_total_changes(seed: int, steps: list[str]):
    try:
        with transaction.atomic():
            play(Random(seed), steps)
            raise Undo
    except Undo:
        pass


def play(random: Random, steps: list[str]) -> None:
    house = make_ground()
    LIST["id"] = Checklist.objects.create(
        code="C", pack_version="t@1", version=1, name_zh="表", name_en="L", items=[], effective_on=AT.date()
    ).pk
    make_orders(random, 14)
    reported: dict[Any, str] = {}
    closed: dict[Any, str] = {}
    done: dict[Any, str] = {}
    at = AT
    for n, step in enumerate(["", *steps]):
        at = AT + n * HOUR
        if step:
            {"split": split_at_random, "merge": merge_at_random, "undo": undo_the_last}[step](random, at)
        for _ in range(3):
            lon, lat = place(random)
            case = make_case(house, by="alice", at=at + HOUR / 4, lon=lon, lat=lat)
            reported[case] = Case.objects.values_list("grid_path", flat=True).get(pk=case)
        do_some(random, at + HOUR / 2, done)
        close_some(random, at + HOUR / 2, closed)
    since, until = MONTH
    rows = cases.count_by_grid(house.super, since=since, until=until)
    assert {row.path: row.reported for row in rows if row.reported} == Counter(reported.values())
    assert {row.path: row.closed for row in rows if row.closed} == Counter(closed.values())
    assert sum(row.reported for row in rows) == Case.objects.count()
    found = orders.count_by_grid(house.super, since=since, until=until)
    assert {row.path: row.done for row in found} == Counter(done.values())
    assert sum(row.done for row in found) == len(done)
    check_ground(at)


def check_ground(at: datetime) -> None:
    """What goes on lies in the standing grid of its place; the ground is whole; no retired code stands."""
    now = {grid.path for grid in standing()}
    assert now.isdisjoint(RetiredCode.objects.values_list("path", flat=True))
    for model, open_ones in ((Venue, {}), (Case, {"closed_at__isnull": True}), (Order, {"status": "open"})):
        assert {row.grid_path for row in model.objects.filter(**open_ones)} <= now
    for venue in Venue.objects.all():
        assert venue.grid_path == queries.locate(venue.lon, venue.lat, "comprehensive", at)
    shapes = queries.read_shapes(grid.shape_wkb for grid in standing())
    assert shapely.coverage_is_valid(shapes, gap_width=0)
    assert shapely.area(shapely.union_all(shapes)) == pytest.approx(4 * SIDE * SIDE, abs=1e-12)
