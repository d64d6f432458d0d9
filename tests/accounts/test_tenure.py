"""AC-11 and AC-12: posts that end, go on or are withdrawn, and the list of people, on a real PostgreSQL."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from tests.makers import ALICE, AT, BOB, CAROL, ON, make_actor, make_client, make_post, make_user
from wangge.accounts import people, tenure
from wangge.accounts.models import Post
from wangge.accounts.rules import PostsClash, Role
from wangge.accounts.tenure_rules import EndTooEarly, OwnPost, PostBegan, PostOver, SamePostTwice
from wangge.kernel import clock
from wangge.kernel.errors import NotVisible, NotYourRole
from wangge.kernel.models import AuditRow

pytestmark = pytest.mark.django_db
SECURITY = ALICE.acting_as(Role.SECURITY_ADMIN)
DAY = timedelta(days=1)


def end(post_id: int, ends_on: date | None) -> None:
    tenure.end_post(post_id, ends_on=ends_on, actor=make_actor(SECURITY), at=AT)


def find(q: str = "", *, actor=None, role=None, within="", only_now=False, cursor=0, limit=50):
    page = people.list_people(
        actor or make_actor(SECURITY),
        q=q,
        role=role,
        within=within,
        only_now=only_now,
        cursor=cursor,
        limit=limit,
        on=ON,
    )
    return page, [person.username for person in page.items]


def test_a_post_ends_goes_on_and_goes_on_without_an_end_and_each_is_written_down():
    post_id = make_post(user=make_user())
    for ends_on in (ON + 2 * DAY, ON + DAY, None):
        end(post_id, ends_on)
        assert Post.objects.get(pk=post_id).ends_on == ends_on
    rows = AuditRow.objects.filter(action="accounts.end_post").order_by("id")
    assert [row.detail["to"] for row in rows] == [str(ON + 2 * DAY), str(ON + DAY), ""]


def test_what_was_stays():
    user = make_user()
    over = make_post(user=user, ends_on=ON)
    with pytest.raises(PostOver, match=str(ON)):
        end(over, None)
    running = make_post(user=user, role=Role.SUPERVISOR)
    with pytest.raises(EndTooEarly, match=str(ON)):
        end(running, ON - DAY)
    later = make_post(user=user, role=Role.LEADER, starts_on=ON + 5 * DAY)
    with pytest.raises(EndTooEarly, match=str(ON + 6 * DAY)):
        end(later, ON + 5 * DAY)
    assert set(Post.objects.filter(pk__in=[running, later]).values_list("ends_on", flat=True)) == {None}


def test_a_longer_post_meets_neither_the_same_post_nor_one_that_must_be_somebody_elses():
    user = make_user()
    first = make_post(user=user, ends_on=ON + 5 * DAY)
    make_post(user=user, starts_on=ON + 10 * DAY)
    with pytest.raises(SamePostTwice, match=str(ON + 10 * DAY)):
        end(first, None)
    end(first, ON + 10 * DAY)
    other = make_user(username="erin", name="艾琳")
    system = make_post(user=other, role=Role.SYSTEM_ADMIN, ends_on=ON + 5 * DAY)
    make_post(user=other, role=Role.AUDIT_ADMIN, starts_on=ON + 10 * DAY)
    with pytest.raises(PostsClash):
        end(system, ON + 11 * DAY)


def test_only_a_post_that_has_not_begun_is_withdrawn():
    actor = make_actor(SECURITY)
    user = make_user()
    later, now = make_post(user=user, starts_on=ON + DAY), make_post(user=user, starts_on=ON)
    tenure.withdraw_post(later, actor=actor, at=AT)
    with pytest.raises(PostBegan):
        tenure.withdraw_post(now, actor=actor, at=AT)
    assert list(user.posts.values_list("pk", flat=True)) == [now]
    assert AuditRow.objects.filter(action="accounts.withdraw_post").count() == 1


def test_who_may_not_change_a_post():
    actor = make_actor(SECURITY)
    own = Post.objects.get(user_id=actor.user_id).pk
    elsewhere = make_post(user=make_user(), scope=CAROL.scope)
    here = make_post(user=make_user(username="erin", name="艾琳"))
    for change in (
        lambda post_id, who: tenure.end_post(post_id, ends_on=ON, actor=who, at=AT),
        lambda post_id, who: tenure.withdraw_post(post_id, actor=who, at=AT),
    ):
        with pytest.raises(OwnPost):
            change(own, actor)
        with pytest.raises(NotVisible):
            change(elsewhere, actor)
        with pytest.raises(NotVisible):
            change(here + 99, actor)
        with pytest.raises(NotYourRole):
            change(here, make_actor(BOB))


def test_the_list_tells_the_posts_of_the_own_territory_and_how_they_stand():
    user = make_user()
    make_post(user=user, starts_on=date(2024, 1, 1), ends_on=ON)
    make_post(user=user, role=Role.GRID_CHIEF)
    make_post(user=user, role=Role.SUPERVISOR, starts_on=ON + DAY)
    make_post(user=user, role=Role.LEADER, scope=CAROL.scope)
    page, names = find("戴")
    assert names == ["dave"]
    assert [(post.role.value, post.stands) for post in page.items[0].posts] == [
        ("supervisor", "later"),
        ("grid_chief", "now"),
        ("grid_member", "over"),
    ]
    assert find("da")[1] == ["dave"]
    assert find("da", role=Role.GRID_MEMBER)[1] == ["dave"]
    assert find("da", role=Role.GRID_MEMBER, only_now=True)[1] == []
    assert find("da", within="34.02.03.005.099.")[1] == []
    with pytest.raises(NotYourRole):
        find(actor=make_actor(BOB))


def test_strangers_and_people_without_a_post_are_not_in_the_list():
    make_post(user=make_user(username="zed", name="外人"), scope=CAROL.scope)
    make_user(username="newcomer", name="新来")
    assert find()[1] == ["alice"]
    assert find("外")[1] == []
    assert find("newcome")[1] == []
    assert find("newcomer")[1] == ["newcomer"]
    assert find(within=CAROL.scope)[1] == ["alice"], "a stranger's path narrows to the own territory"


def test_pages_follow_one_another_without_a_gap():
    for n in range(7):
        make_post(user=make_user(username=f"p{n}", name=f"甲{n}"))
    seen, cursor = [], 0
    while True:
        page, names = find("甲", cursor=cursor, limit=3)
        seen += names
        if page.next_cursor is None:
            break
        cursor = int(page.next_cursor)
    assert seen == [f"p{n}" for n in range(7)]
    assert (page.total, page.total_is_exact) == (7, True)


def test_over_http():
    client = make_client(make_actor(SECURITY))
    post_id = make_post(user=make_user(), ends_on=date(2099, 1, 1))
    with clock.standing_at(AT):
        shown = client.get("/api/accounts/people", {"q": "dave", "cursor": "x"}).json()
        assert [post["id"] for post in shown["items"][0]["posts"]] == [post_id]
        url = f"/api/accounts/posts/{post_id}"
        for day, status in ((str(ON), 204), (None, 409)):
            body = json.dumps({"ends_on": day})
            assert client.put(f"{url}/end", body, content_type="application/json").status_code == status
        assert client.delete(url).json()["code"] == "accounts.post_began"
    assert Post.objects.get(pk=post_id).ends_on == ON
