"""Drafts that people ask for, look at, edit and adopt: GD-9 to GD-12, TE-41."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import numpy as np
import pytest
import shapely

from tests.ground import admin, make_divisions, make_grids
from tests.makers import ALICE, AT, CAROL, make_user, make_venues
from wangge.accounts.rules import CAPABILITIES, Role
from wangge.config.territory_api import MOVERS
from wangge.grid_drafts import queries, services
from wangge.grid_drafts.editing import AdoptedAlready, NothingToUndo
from wangge.grid_drafts.making import NoPlaces
from wangge.grid_drafts.models import CommunityDraft, GridDraft
from wangge.grid_drafts.schemas import Adoption, BlockMove, ChosenCommunity, Discarding, GridDraftIn, StepBack
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible, NotYourRole
from wangge.kernel.fates import Fate
from wangge.kernel.ids import new_id
from wangge.packs import services as packs
from wangge.territory import services as territory
from wangge.territory.change_schemas import UndoIn
from wangge.territory.models import Grid, GridMember
from wangge.territory.services import GridFeature
from wangge.venues.models import Venue

pytestmark = [pytest.mark.django_db]
COMMUNITY = "34.02.03.005.012."
PACKER = Actor(9, "管理员", Role.SYSTEM_ADMIN.value, "34.", None, CAPABILITIES[Role.SYSTEM_ADMIN])
WEST, SOUTH = 118.30, 31.30


def make_town(*, households: tuple[int, ...] = (900, 150, 350), places: int = 90) -> None:
    """Three grids side by side, each with its registered households and `places` houses."""
    packs.install("base", effective_on=AT.date(), actor=PACKER, at=AT)
    make_divisions()
    make_grids(
        *(
            GridFeature(f"{n + 1}格", _box(n), path=f"{COMMUNITY}00{n + 1}.", households=count)
            for n, count in enumerate(households)
        )
    )
    chance = np.random.default_rng(3)
    for n in range(len(households)):
        rows = make_venues(count=places, class_code="building", grid_path=f"{COMMUNITY}00{n + 1}.")
        for row in rows:
            row.lon, row.lat = (
                WEST + n / 100 + chance.uniform(0.0005, 0.0095),
                SOUTH + chance.uniform(0.0005, 0.0095),
            )
            row.area_m2, row.height_m = 100.0, 9.0
        Venue.objects.bulk_update(rows, ["lon", "lat", "area_m2", "height_m"])


def _box(n: int) -> Any:
    return shapely.box(round(WEST + n / 100, 6), SOUTH, round(WEST + (n + 1) / 100, 6), SOUTH + 0.01)


def ask(**fields: Any) -> GridDraftIn:
    plain = {"id": new_id(), "path": "34.02.", "source": "grids", "classes": ["building"]}
    return GridDraftIn.model_validate(plain | fields)


def drafted(**fields: Any) -> Any:
    body = ask(**fields)
    fate = services.request_draft(body, actor=admin(), at=AT)
    assert fate.status == 200, fate
    assert services.make_draft(body.id, at=AT)
    return queries.get_draft(admin(), body.id)


def adopt(draft_id: UUID, version: int = 1, *, dry: bool = False, actor: Actor | None = None) -> Any:
    body = Adoption(
        draft_id=draft_id, reason="网格过大", dry_run=dry,
        communities=[ChosenCommunity(path=COMMUNITY, version=version)],
    )  # fmt: skip
    return services.adopt(body, movers=MOVERS, actor=actor or admin(), at=LATER)[0]


LATER = AT.replace(hour=5)


def test_a_draft_keeps_to_the_standing_grids_and_says_how_many_households_move() -> None:
    make_town()
    draft = drafted()
    part = draft.parts[0]
    assert (draft.phase, draft.communities, draft.done) == ("ready", 1, 1)
    assert draft.figures.households == 1400
    assert draft.figures.contiguous == draft.figures.grids == draft.figures.inside
    assert all(300 <= grid.households <= 500 for grid in part.grids)
    assert part.at_least == 400  # 900 may keep 500
    assert part.at_least <= part.moved < 700
    assert Grid.objects.count() == 3
    assert any("推算" in note.zh for note in draft.notes)


def test_a_draft_from_nothing_names_the_grids_it_goes_on_with() -> None:
    make_town()
    part = drafted(keeps=False).parts[0]
    heirs = [grid.heir_of for grid in part.grids if grid.heir_of]
    assert len(heirs) == len(set(heirs)) == 3
    assert part.at_least is None
    assert part.moved > 0


def test_without_registered_households_they_are_estimated_and_it_is_said() -> None:
    make_town(places=150)
    draft = drafted(source="estimate")
    assert draft.figures.households == 450 * 3  # 100 m² × 3 storeys ÷ 100 m²
    assert any("估算" in note.zh for note in draft.notes)


def test_a_block_moves_to_a_grid_beside_it_the_figures_follow_and_the_step_is_undone() -> None:
    make_town()
    draft = drafted()
    before = queries.get_draft(admin(), draft.id).parts[0]
    to = before.grids[0].number
    blocks = queries.list_blocks(admin(), draft.id, community=COMMUNITY, to=to).features
    face = max(blocks, key=lambda one: one["properties"]["households"])["properties"]
    body = BlockMove(id=new_id(), community=COMMUNITY, base_version=1, face=face["face"], to=to)
    fate = services.move_block(draft.id, body, actor=admin(), at=AT)
    assert fate.result["households"] == face["households"] > 0
    assert services.move_block(draft.id, body, actor=admin(), at=AT).status == 208
    after = queries.get_draft(admin(), draft.id).parts[0]
    sizes = {grid.number: grid.households for grid in after.grids}
    assert sizes[to] == before.grids[0].households + face["households"]
    assert all(grid.is_contiguous for grid in after.grids)
    assert (after.version, after.edits) == (2, 1)
    back = StepBack(id=new_id(), community=COMMUNITY, base_version=2)
    assert services.undo_move(draft.id, back, actor=admin(), at=AT).status == 200
    again = queries.get_draft(admin(), draft.id).parts[0]
    assert [grid.households for grid in again.grids] == [grid.households for grid in before.grids]
    more = StepBack(id=new_id(), community=COMMUNITY, base_version=3)
    assert services.undo_move(draft.id, more, actor=admin(), at=AT).code == NothingToUndo.code


def test_a_block_cannot_jump_over_a_grid() -> None:
    make_town()
    draft = drafted()
    row = CommunityDraft.objects.get()
    part = np.frombuffer(bytes(row.part), dtype="<i4")
    near = {
        one["properties"]["face"]
        for one in queries.list_blocks(admin(), draft.id, community=COMMUNITY, to=1).features
    }
    far = next(n for n, number in enumerate(part.tolist()) if number != 1 and n not in near)
    body = BlockMove(id=new_id(), community=COMMUNITY, base_version=1, face=far, to=1)
    fate = services.move_block(draft.id, body, actor=admin(), at=AT)
    assert (fate.status, fate.code) == (409, "grid_drafts.not_beside")


def test_a_dry_run_tells_what_would_move_and_leaves_no_trace() -> None:
    make_town()
    draft = drafted()
    found = adopt(draft.id, dry=True)
    assert found.refusal is None
    assert len(found.done.begun) == len(draft.parts[0].grids)
    assert found.done.moved["venue"] > 0
    assert Grid.objects.filter(valid_to__isnull=False).count() == 0
    assert queries.get_draft(admin(), draft.id).parts[0].adopted_at is None


def test_adopted_places_and_members_go_on_codes_stay_and_the_draft_is_closed() -> None:
    make_town()
    bob = make_user(username="bob", name="包步行")
    GridMember.objects.create(
        path=f"{COMMUNITY}001.", layer="comprehensive", user=bob, starts_on=AT.date().replace(year=2024)
    )
    draft = drafted()
    done = adopt(draft.id).done
    standing = {grid.path: grid for grid in Grid.objects.filter(valid_to__isnull=True)}
    assert len(standing) == len(draft.parts[0].grids) == 4
    assert {f"{COMMUNITY}00{n}." for n in (1, 2, 3)} <= standing.keys()
    assert sum(grid.households or 0 for grid in standing.values()) == 1400
    wrong = [v.code for v in Venue.objects.all() if not _holds(standing[v.grid_path], v.lon, v.lat)]
    assert wrong == []
    assert GridMember.objects.get(ends_on__isnull=True).path == f"{COMMUNITY}001."
    assert bool(shapely.coverage_is_valid([shapely.from_wkb(bytes(g.shape_wkb)) for g in standing.values()]))
    again = adopt(draft.id).done
    assert again.was_done
    assert again.change.pk == done.change.pk
    move = BlockMove(id=new_id(), community=COMMUNITY, base_version=1, face=0, to=1)
    assert services.move_block(draft.id, move, actor=admin(), at=AT).code == AdoptedAlready.code


def test_members_of_grids_that_end_are_deputies_where_most_of_their_ground_goes() -> None:
    make_town(households=(200, 200, 400))
    users = [make_user(username=f"m{n}", name=f"组员{n}") for n in (1, 2, 3)]
    for n, user in enumerate(users, 1):
        GridMember.objects.create(
            path=f"{COMMUNITY}00{n}.",
            layer="comprehensive",
            user=user,
            starts_on=AT.date().replace(year=2024),
        )
    draft = drafted()
    assert [grid.households for grid in draft.parts[0].grids] == [400, 400]
    gone = [path for path in ("1", "2") if f"{path}格" in draft.parts[0].ended]
    assert len(gone) == 1
    assert adopt(draft.id, dry=True).refusal is None
    done = adopt(draft.id).done
    heir = "2" if gone == ["1"] else "1"
    standing = GridMember.objects.filter(ends_on__isnull=True).values_list("user__username", "path", "duty")
    assert set(standing) == {
        (f"m{heir}", f"{COMMUNITY}00{heir}.", "primary"),
        (f"m{gone[0]}", f"{COMMUNITY}00{heir}.", "deputy"),
        ("m3", f"{COMMUNITY}003.", "primary"),
    }
    body = UndoIn(id=new_id(), reason="不合适")
    territory.undo_change(done.change.pk, body, movers=MOVERS, actor=admin(), at=LATER.replace(hour=6))
    back = GridMember.objects.filter(ends_on__isnull=True, duty="primary").values_list(
        "user__username", "path"
    )
    assert set(back) == {(f"m{n}", f"{COMMUNITY}00{n}.") for n in (1, 2, 3)}
    assert Grid.objects.filter(valid_to__isnull=True).count() == 3


def _holds(grid: Grid, lon: float, lat: float) -> bool:
    return bool(shapely.intersects_xy(shapely.from_wkb(bytes(grid.shape_wkb)), lon, lat))


def test_grids_that_changed_meanwhile_stop_the_adoption() -> None:
    make_town()
    draft = drafted()
    adopt(drafted(keeps=False).id)
    found = adopt(draft.id)
    assert found.refusal is not None
    assert found.refusal.code == "territory.grids_changed"
    assert adopt(draft.id, version=7).refusal.code == "kernel.version_conflict"


def test_a_community_without_grids_gets_its_first_ones() -> None:
    packs.install("base", effective_on=AT.date(), actor=PACKER, at=AT)
    make_divisions()
    make_grids(GridFeature("花园社区", _box(0), path=COMMUNITY), tier="community")
    rows = make_venues(count=120, class_code="building", grid_path=COMMUNITY)
    chance = np.random.default_rng(5)
    for row in rows:
        row.lon, row.lat = WEST + chance.uniform(0, 0.01), SOUTH + chance.uniform(0, 0.01)
        row.area_m2, row.height_m = 200.0, 12.0
    Venue.objects.bulk_update(rows, ["lon", "lat", "area_m2", "height_m"])
    draft = drafted(source="estimate")
    assert draft.figures.households == 960
    adopt(draft.id)
    paths = sorted(Grid.objects.filter(tier="grid").values_list("path", flat=True))
    assert paths == [f"{COMMUNITY}001.", f"{COMMUNITY}002."]


def test_what_cannot_be_drafted_is_said() -> None:
    make_town()
    for fields, code in (
        ({"classes": ["shop"]}, NoPlaces.code),
        ({"path": "34.02"}, "kernel.unreadable"),
        ({"path": "35."}, NotVisible.code),
        ({"least": 600}, "kernel.unreadable"),
    ):
        assert services.request_draft(ask(**fields), actor=admin(), at=AT).code == code
    bob = Actor(3, "包", Role.DISPATCHER.value, "34.", None, CAPABILITIES[Role.DISPATCHER])
    assert services.request_draft(ask(), actor=bob, at=AT).code == NotYourRole.code
    assert GridDraft.objects.count() == 0


def test_a_draft_that_was_given_up_is_gone_and_the_job_ends_quietly() -> None:
    make_town()
    body = ask()
    services.request_draft(body, actor=admin(), at=AT)
    fate: Fate = services.discard_draft(body.id, Discarding(id=new_id()), actor=admin(), at=AT)
    assert fate.status == 200
    assert services.make_draft(body.id, at=AT) is False


def test_nobody_sees_or_adopts_the_draft_of_another_district() -> None:
    make_town()
    draft = drafted()
    stranger = admin(CAROL.scope)
    assert queries.list_drafts(stranger, cursor="", limit=9).items == []
    with pytest.raises(NotVisible):
        queries.get_draft(stranger, draft.id)
    with pytest.raises(NotVisible):
        adopt(draft.id, actor=stranger)
    with pytest.raises(NotYourRole):
        adopt(draft.id, actor=Actor(3, "包", ALICE.role.value, "34.", None, CAPABILITIES[ALICE.role]))
