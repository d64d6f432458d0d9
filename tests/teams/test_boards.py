"""The notice page of a grid, which anybody may read. TM-20 to TM-22."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.ground import NEXT, make_divisions, make_grids
from tests.makers import ALICE, AT, BOB, CAROL, make_actor, make_client, make_members
from tests.photos import store_photo, take_photo
from tests.teams.makers import STREET, make_kinds
from wangge.accounts.models import User
from wangge.kernel.actor import Actor
from wangge.kernel.errors import NotVisible
from wangge.kernel.ids import new_id
from wangge.teams import boards, services
from wangge.teams.body_schemas import BoardIn

pytestmark = pytest.mark.django_db
CODE = "340203005012001"
WRITTEN = {
    "range_text": "花园路 1–88 号",
    "member_phone": "0553-3810001",
    "supervisor_name": "周站长",
    "supervisor_phone": "0553-3810002",
    "report_phone": "0553-3810003",
}
PERSONAL = ("包步行", "周站长", "0553-3810001", "0553-3810002", "0553-3810003", "花园路")


@pytest.fixture
def alice() -> Actor:
    make_divisions()
    make_grids()
    bob = make_actor(BOB)
    make_members({BOB.scope: User.objects.get(pk=bob.user_id)})
    return make_actor(ALICE)


def write(actor: Actor, **fields: Any) -> int:
    given = {"id": new_id(), "path": BOB.scope, **WRITTEN, **fields}
    [fate] = services.save_boards([BoardIn.model_validate(given)], actor=actor, at=AT)
    return fate.status


def read(code: str = CODE, **query: str) -> HttpResponse:
    return Client().get(f"/g/{code}", query)  # type: ignore[return-value]


def test_anybody_reads_the_page_of_a_published_grid_and_needs_no_script(alice: Actor) -> None:
    make_kinds()
    assert write(alice) == 200

    page = read()

    text = page.content.decode()
    assert page.status_code == 200
    assert all(word in text for word in (*PERSONAL, "一格", CODE, "http://testserver/g/340203005012001"))
    assert "<script" not in text
    assert " style=" not in text  # the policy would not let it through
    assert text.count("<svg") == 2  # the outline and the code to scan
    assert "'sha256-" in page["Content-Security-Policy"]
    assert page.cookies == {}


def test_nothing_is_there_until_somebody_publishes_it_nor_after_it_is_taken_back(alice: Actor) -> None:
    make_kinds()
    assert read().status_code == 404
    write(alice)
    assert read().status_code == 200

    assert write(alice, base_version=1, is_published=False) == 200

    gone = read()
    assert gone.status_code == 404
    assert not any(word in gone.content.decode() for word in PERSONAL)


@pytest.mark.parametrize(
    ("allowed", "shown"),
    [
        ([], set()),
        (["member_name"], {"包步行"}),
        (["range"], {"花园路"}),
        (["supervisor"], {"周站长", "0553-3810002"}),
        (["member_phone"], {"0553-3810001"}),
        (["report_phone"], {"0553-3810003"}),
    ],
)
def test_only_what_the_pack_names_leaves(alice: Actor, allowed: list[str], shown: set[str]) -> None:
    make_kinds(board=allowed)
    write(alice, photo=store_photo(take_photo(), actor=alice, at=AT))

    text = read().content.decode()

    assert {word for word in PERSONAL if word in text} == shown
    assert "photo" not in text.partition("<body>")[2]
    assert Client().get(f"/g/{CODE}/photo").status_code == 404
    assert ('class="map"' in text) == ("range" in allowed)


def test_a_layer_that_the_pack_does_not_name_publishes_nothing(alice: Actor) -> None:
    make_kinds()
    write(alice)
    services.install_kinds(teams=[], bodies=[], boards=[], pack_version="test@2")

    assert read().status_code == 404


def test_the_photo_leaves_without_what_it_says_of_itself(alice: Actor) -> None:
    make_kinds()
    photo = store_photo(take_photo(local="2025:10:13 10:00:00", point=(118.3, 31.3)), actor=alice, at=AT)
    assert write(alice, photo=photo) == 200

    answer = Client().get(f"/g/{CODE}/photo")
    content = b"".join(answer)  # type: ignore[arg-type]

    assert answer.status_code == 200
    assert b"Exif" not in content
    assert f"/g/{CODE}/photo" in read().content.decode()


def test_a_browser_that_has_the_page_is_told_so_for_five_minutes(alice: Actor) -> None:
    make_kinds()
    write(alice)
    first = read()

    again = Client().get(f"/g/{CODE}", headers={"If-None-Match": first["ETag"]})

    assert first["Cache-Control"] == "public, max-age=300"
    assert (again.status_code, again.content) == (304, b"")
    assert "@page{size:A3" in read(size="a3").content.decode()


def test_a_name_that_would_be_markup_is_text(alice: Actor) -> None:
    make_kinds()
    write(alice, supervisor_name="<b>周</b>", range_text="<script>x</script>")

    text = read().content.decode()

    assert "<b>周" not in text
    assert "<script" not in text


@pytest.mark.parametrize("code", ["340203005012999", "34", "abc", "340203005012001x"])
def test_another_code_is_not_there(alice: Actor, code: str) -> None:
    make_kinds()
    write(alice)

    assert read(code).status_code == 404


def test_a_whole_territory_is_published_at_once_and_what_was_written_stays(alice: Actor) -> None:
    make_kinds()
    write(alice, is_published=False)

    done = services.publish_boards("comprehensive", STREET, actor=alice, at=AT)

    assert done == 2
    assert "花园路" in read().content.decode()
    assert read(NEXT.replace(".", "")).status_code == 200
    assert services.publish_boards("comprehensive", STREET, actor=alice, at=AT) == 0
    with pytest.raises(NotVisible):
        services.publish_boards("comprehensive", "34.", actor=alice, at=AT)


def test_a_stranger_writes_no_board_and_reads_nothing_but_the_page(alice: Actor) -> None:
    make_kinds()
    write(alice)
    carol = make_actor(CAROL)

    assert write(carol, base_version=1) == 404
    assert make_client(carol).get(f"/api/teams/boards/{BOB.scope}").status_code == 404
    shown = boards.get_board(alice, BOB.scope)
    assert (shown.member_name, shown.version, shown.code) == ("包步行", 1, CODE)
    assert write(alice, base_version=1, member_phone="找老王") == 422
    assert write(alice, base_version=0) == 409
