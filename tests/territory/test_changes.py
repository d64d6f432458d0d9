"""Split, merge, border, draw and undo, one by one: who goes where, what is refused, who may. TE-12…16."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from tests.cases.makers import make_case, make_house
from tests.ground import FAR, NEXT, admin, square
from tests.makers import AT, BOB, make_client, make_members, make_user, make_venues
from wangge.accounts import queries as accounts
from wangge.accounts.models import User
from wangge.cases import queries as cases
from wangge.cases.models import OpenCase
from wangge.config.territory_api import MOVERS
from wangge.kernel import clock
from wangge.kernel.errors import NotVisible, NotYourRole
from wangge.kernel.ids import new_id
from wangge.packs import services as packs
from wangge.territory import family, queries, services, staffing
from wangge.territory.change_plan import GridsChanged, NotOneParent, OverlapsOthers
from wangge.territory.change_schemas import BorderIn, DrawIn, MergeIn, SplitIn, UndoIn
from wangge.territory.codes import next_paths
from wangge.territory.cutting import LineMisses, NotNeighbours
from wangge.territory.models import Grid, GridMember, RetiredCode
from wangge.territory.regridding import UndoneAlready, UndoTooLate
from wangge.territory.services import Appointment

pytestmark = [pytest.mark.django_db]
NOON = AT + timedelta(hours=2)
COMMUNITY = "34.02.03.005.012."
DOWN = [(118.305, 31.29), (118.305, 31.32)]  # cuts BOB's grid from north to south


@pytest.fixture
def house() -> Any:
    house = make_house()
    make_members({BOB.scope: User.objects.get(pk=house.bob.user_id)})
    return house


def grid_of(path: str) -> UUID:
    return Grid.objects.get(path=path, valid_to__isnull=True).pk


def split(at: Any = NOON, actor: Any = None, **fields: Any) -> Any:
    plain = {"id": new_id(), "reason": "网格过大", "line": DOWN}
    fields = fields if "grid_id" in fields else fields | {"grid_id": grid_of(BOB.scope)}
    return services.split_grid(SplitIn(**plain | fields), movers=MOVERS, actor=actor or admin(), at=at)


def merge(*paths: str, at: Any = NOON) -> Any:
    body = MergeIn(id=new_id(), reason="合并", name="大格", grid_ids=[grid_of(path) for path in paths])
    return services.merge_grids(body, movers=MOVERS, actor=admin(), at=at)


def undo(done: Any, at: Any = NOON + timedelta(hours=1)) -> Any:
    body = UndoIn(id=new_id(), reason="画错了")
    return services.undo_change(done.change.pk, body, movers=MOVERS, actor=admin(), at=at)


def test_a_split_gives_new_codes_retires_the_old_one_and_the_member_keeps_the_named_piece(house: Any) -> None:
    done = split(names=["西格", "东格"], heir=1)
    assert [(g.name, g.path) for g in done.begun] == [
        ("西格", f"{COMMUNITY}003."),
        ("东格", f"{COMMUNITY}004."),
    ]
    assert queries.members_of([g.path for g in done.begun], "comprehensive") == {
        f"{COMMUNITY}004.": house.bob.user_id
    }
    assert accounts.get_actor(User.objects.get(username="bob"), AT.date()).scope == f"{COMMUNITY}004."
    assert list(RetiredCode.objects.values_list("path", flat=True)) == [BOB.scope]
    assert next_paths("comprehensive", COMMUNITY, 1) == [f"{COMMUNITY}005."]
    line = family.lineage_of(house.alice, done.begun[0].pk).before
    assert [(one.path, one.kind) for one in line] == [(BOB.scope, "split")]


def test_the_database_refuses_a_retired_code_whoever_writes(house: Any) -> None:
    split()
    old = Grid.objects.get(path=BOB.scope)
    with pytest.raises(IntegrityError, match="was retired"), transaction.atomic():
        Grid.objects.create(
            **{f.name: getattr(old, f.name) for f in Grid._meta.concrete_fields}
            | {"id": new_id(), "valid_to": None}
        )
    with pytest.raises(IntegrityError, match="was retired"), transaction.atomic():
        Grid.objects.filter(pk=old.pk).update(valid_to=None)


def test_a_case_keeps_its_chain_and_its_version_and_says_where_it_came_from(house: Any) -> None:
    case = make_case(house, lon=118.302, lat=31.305)
    split()
    assert OpenCase.objects.get(pk=case).grid_path == f"{COMMUNITY}003."
    event = list(cases.read_events([case]))[-1]
    assert (event.action, event.detail["from"], event.detail["to"]) == (
        "regrid",
        BOB.scope,
        f"{COMMUNITY}003.",
    )
    assert list(cases.verify_chains()) == []


def test_a_dry_run_tells_what_would_move_and_leaves_no_trace(house: Any) -> None:
    make_case(house)
    make_venues(count=2)
    done = split(dry_run=True)
    assert done.moved == {
        "venue": 2, "order": 0, "case": 1, "matter": 0, "team": 0, "local_day": 0, "plate": 0,
        "census_answer": 0, "fire": 0, "visits_arrival": 0, "visits_person": 0,
    }  # fmt: skip
    assert Grid.objects.filter(valid_to__isnull=False).count() == 0
    assert OpenCase.objects.get().grid_path == BOB.scope


def test_sent_twice_it_is_one_split(house: Any) -> None:
    key, grid = new_id(), grid_of(BOB.scope)
    first = split(id=key)
    again = split(id=key, grid_id=grid)
    assert again.was_done
    assert [g.pk for g in again.begun] == [g.pk for g in first.begun]
    assert Grid.objects.filter(valid_to__isnull=True, path__startswith=COMMUNITY).count() == 3


def test_of_two_primary_members_the_one_of_the_largest_grid_leads_the_other_is_deputy(house: Any) -> None:
    eve = make_user(username="eve", name="伊芙")
    make_members({NEXT: eve})
    done = split(heir=0)
    merge(done.begun[1].path, NEXT, at=NOON + timedelta(minutes=1))
    joined = Grid.objects.get(name="大格")
    held = GridMember.objects.filter(path=joined.path, ends_on__isnull=True)
    assert {(m.user_id, m.duty) for m in held} == {(eve.pk, "primary")}
    merge(done.begun[0].path, joined.path, at=NOON + timedelta(minutes=5))
    last = Grid.objects.get(name="大格", valid_to__isnull=True)
    held = GridMember.objects.filter(path=last.path, ends_on__isnull=True)
    assert {(m.user_id, m.duty) for m in held} == {(eve.pk, "primary"), (house.bob.user_id, "deputy")}


def test_undone_within_a_day_the_old_grid_its_member_and_its_post_are_back(house: Any) -> None:
    case = make_case(house, lon=118.302, lat=31.305)
    done = split(heir=1)
    undo(done)
    assert Grid.objects.filter(path=BOB.scope, valid_to__isnull=True).count() == 1
    assert queries.members_of([BOB.scope], "comprehensive") == {BOB.scope: house.bob.user_id}
    assert accounts.get_actor(User.objects.get(username="bob"), AT.date()).scope == BOB.scope
    assert OpenCase.objects.get(pk=case).grid_path == BOB.scope
    assert set(RetiredCode.objects.values_list("path", flat=True)) == {g.path for g in done.begun}
    with pytest.raises(UndoneAlready):
        undo(done)


def test_after_a_day_or_once_a_piece_was_changed_again_nothing_is_undone(house: Any) -> None:
    done = split()
    with pytest.raises(UndoTooLate):
        undo(done, at=NOON + timedelta(hours=25))
    merge(done.begun[0].path, done.begun[1].path, at=NOON + timedelta(minutes=1))
    with pytest.raises(GridsChanged):
        undo(done)


def test_a_border_moves_ground_from_one_neighbour_to_the_other_and_both_keep_their_codes(house: Any) -> None:
    case = make_case(house, lon=118.312, lat=31.305, by="alice")
    assert OpenCase.objects.get(pk=case).grid_path == NEXT
    body = BorderIn(
        id=new_id(), reason="路改道", grid_ids=[grid_of(BOB.scope), grid_of(NEXT)],
        line=[(118.314, 31.29), (118.314, 31.32)],
    )  # fmt: skip
    services.move_border(body, movers=MOVERS, actor=admin(), at=NOON)
    assert OpenCase.objects.get(pk=case).grid_path == BOB.scope
    assert Grid.objects.get(path=BOB.scope, valid_to__isnull=True).area_m2 == pytest.approx(
        1.4 * 1_055_515, rel=1e-3
    )
    assert not RetiredCode.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        (lambda: split(line=[(118.301, 31.301), (118.304, 31.304)]), LineMisses),
        (lambda: merge(NEXT, FAR), NotOneParent),
        (lambda: split(actor=admin("34.02.0.")), NotVisible),
    ],
)
def test_what_cannot_be_is_refused_in_words(house: Any, wrong: Any, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        wrong()
    assert Grid.objects.filter(valid_to__isnull=False).count() == 0


def test_grids_that_do_not_touch_are_not_merged(house: Any) -> None:
    done = split()
    middle = split(
        grid_id=done.begun[1].pk, line=[(118.3075, 31.29), (118.3075, 31.32)], at=NOON + timedelta(minutes=1)
    )
    with pytest.raises(NotNeighbours):
        merge(done.begun[0].path, middle.begun[1].path, at=NOON + timedelta(minutes=2))


def test_whoever_may_not_write_the_territory_changes_no_grid(house: Any) -> None:
    with pytest.raises(NotYourRole):
        split(actor=house.alice)


@pytest.mark.slow
def test_a_dedicated_grid_is_drawn_with_a_code_of_its_own_range_and_lacks_its_team_until_it_is_there(
    house: Any,
) -> None:
    boss = admin()
    packs.install("keqiao", effective_on=AT.date(), actor=boss, at=AT)
    outline = {"type": "Polygon", "coordinates": [[list(p) for p in square(0.2, width=0.5).exterior.coords]]}
    plain = {
        "reason": "商圈",
        "layer": "dedicated",
        "under": COMMUNITY,
        "scene": "market",
        "geometry": outline,
    }
    done = services.draw_grid(DrawIn(id=new_id(), name="商圈", **plain), movers=MOVERS, actor=boss, at=NOON)
    [grid] = done.begun
    assert (grid.path, grid.code, grid.scene) == (f"{COMMUNITY}901.", "340203005012901", "market")
    with pytest.raises(OverlapsOthers):
        services.draw_grid(DrawIn(id=new_id(), name="又", **plain), movers=MOVERS, actor=boss, at=NOON)

    def short() -> set[str]:
        page = staffing.list_shortages(
            house.alice, layer="dedicated", within="", cursor="", limit=50, on=AT.date()
        )
        assert page.total == len(page.items)
        return {one.slot for one in page.items}

    assert short() == {"primary", "safety_member", "full_time_member", "guide"}
    wanted = [
        Appointment(grid.path, house.bob.user_id, "dedicated"),
        Appointment(grid.path, house.chief.user_id, "dedicated", "team", "guide"),
    ]
    services.appoint_members(wanted, actor=boss, starts_on=AT.date(), at=AT)
    assert short() == {"safety_member", "full_time_member"}
    first = staffing.list_shortages(house.alice, layer="", within="", cursor="", limit=1, on=AT.date())
    rest = staffing.list_shortages(
        house.alice, layer="", within="", cursor=first.next_cursor, limit=50, on=AT.date()
    )
    assert first.total == 1 + len(rest.items)


def test_through_http_alice_reads_bob_is_refused_and_carol_finds_nothing(house: Any) -> None:
    grid = str(grid_of(BOB.scope))
    body = {"id": str(new_id()), "reason": "试", "grid_id": grid, "line": DOWN, "dry_run": True}
    with clock.standing_at(NOON):
        answers = {
            name: make_client(actor).post(
                "/api/territory/changes/split", body, content_type="application/json"
            )
            for name, actor in (("alice", house.alice), ("bob", house.bob), ("carol", house.carol))
        }
        split(at=NOON - timedelta(minutes=1))
        seen = {
            name: make_client(actor).get("/api/territory/changes").json()["items"]
            for name, actor in (("alice", house.alice), ("carol", house.carol))
        }
        lines = make_client(house.carol).get(f"/api/territory/grids/{grid}/lineage")
    assert {name: answer.status_code for name, answer in answers.items()} == {
        "alice": 403,
        "bob": 403,
        "carol": 403,
    }
    assert [one["kind"] for one in seen["alice"]] == ["split"]
    assert seen["carol"] == []
    assert lines.status_code == 404


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "shp", "kml"])
def test_grids_go_out_as_a_file_of_ones_own_scope_only(house: Any, suffix: str) -> None:
    with clock.standing_at(NOON):
        own = make_client(house.alice).get(f"/api/territory/grids/export.{suffix}", {"datum": "gcj02"})
        none = make_client(house.alice).get(
            f"/api/territory/grids/export.{suffix}", {"datum": "gcj02", "layer": "x"}
        )
    assert own.status_code == 200
    assert "comprehensive_gcj02" in own["Content-Disposition"]
    if suffix == "geojson":
        assert {f["properties"]["path"] for f in own.json()["features"]} == {BOB.scope, NEXT}
    assert none.status_code == 404


def test_what_arrives_late_in_a_grid_that_has_ended_is_carried_on_and_counts_for_the_old_one(
    house: Any,
) -> None:
    done = split()
    late = make_case(house, by="alice", at=AT, lon=118.302, lat=31.305)  # seen before, sent after
    assert OpenCase.objects.get(pk=late).grid_path == BOB.scope
    assert services.carry_late(MOVERS, at=NOON + timedelta(minutes=10)) == 1
    assert OpenCase.objects.get(pk=late).grid_path == done.begun[0].path
    rows = cases.count_by_grid(house.super, since=AT - timedelta(days=1), until=AT + timedelta(days=1))
    assert [(row.path, row.reported) for row in rows] == [(BOB.scope, 1)]
    assert list(cases.verify_chains()) == []
    assert services.carry_late(MOVERS, at=NOON + timedelta(minutes=20)) == 0
