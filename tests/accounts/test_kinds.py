"""AC-18: kinds of staff and sources of employment are the pack's; typed from HB-05, HB-06 and WH-09."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.makers import ALICE, AT, BOB, CAROL, ON, Person, make_actor, make_client, make_post, make_user
from tests.territory.leave_makers import make_words
from wangge.accounts import kinds, people, services
from wangge.accounts.models import Post, StaffWord
from wangge.accounts.rules import Role
from wangge.accounts.services import NewPost
from wangge.kernel.errors import NotVisible, Unreadable
from wangge.packs import reading
from wangge.packs.pushing_people import push_people

pytestmark = pytest.mark.django_db
SECURITY = Person("guard", "安管", Role.SECURITY_ADMIN, ALICE.scope)
# 五员，按 HB-06 逐一录入。
FIVE = {
    "消防管理员": ["街道办事处机关工作人员", "社区专职工作者", "庭院管理委员会主任", "居民小组负责人"],
    "消防监督员": ["消防大队干部", "公安派出所民警"],
    "消防协管员": [
        "社区治安巡防员", "物业公司保安员", "居民小区保洁员", "煤气公司收费员", "电力公司抄表员",
        "自来水公司查表员", "驻区单位保安员",
    ],
    "义务消防员": [
        "大学生消防志愿者", "离退休民警", "离退休党员", "在职军官", "退伍官兵", "居民志愿者",
        "驻区单位义务消防队队员",
    ],
    "消防联络员": [
        "人大代表", "政协委员", "业主委员会成员", "驻区单位负责人", "消防安全楼长", "居民代表",
    ],
}  # fmt: skip


def test_the_five_classes_have_the_kinds_that_their_source_names() -> None:
    pack = reading.read("harbin")
    classes = {row.code: row.zh for row in pack.staff_classes}
    found: dict[str, list[str]] = {zh: [] for zh in classes.values()}
    for row in pack.staff_kinds:
        found[classes[row.group]].append(row.zh)
    assert found == FIVE
    assert Counter(row.source for row in pack.staff_kinds) == {"HB-06": 26}


def test_wuhu_names_the_sources_of_employment_and_three_kinds() -> None:
    pack = reading.read("wuhu")
    assert [row.zh for row in pack.employments] == ["社工兼任", "政府购买服务", "窗口人员转岗", "专职"]
    assert [row.zh for row in pack.staff_kinds] == ["社管网格员", "市场监管网格员", "义务网格员"]


def test_every_shipped_pack_says_why_people_are_away() -> None:
    for name in reading.list_names():
        pack = reading.read(name)
        if pack.extends or name == "base":
            assert [row.zh for row in pack.leave_kinds] == ["年休假", "病假", "外出培训", "其他事由"], name


def test_the_next_pack_replaces_the_words_whole() -> None:
    push_people(reading.read("harbin"))
    push_people(reading.read("wuhu"))
    words = StaffWord.objects.values_list("list", "code")
    assert ("staff_kind", "gas_collector") not in words
    assert ("staff_kind", "market_grid_worker") in words
    assert StaffWord.objects.get(code="annual").is_confirmed is False, "a preset of ours says so"


def test_people_are_filtered_and_counted_by_kind_in_the_own_territory() -> None:
    push_people(reading.read("wuhu"))
    guard = make_actor(SECURITY)
    for n, kind in enumerate(("social_grid_worker", "social_grid_worker", "market_grid_worker")):
        user = make_user(username=f"w{n}", name=f"格员{n}")
        post = NewPost(user.pk, Role.GRID_MEMBER, BOB.scope, ON, kind=kind, employment="bought_service")
        services.grant_post(post, actor=guard, at=AT)
    counted = kinds.count_kinds(guard, within="", on=ON)
    assert [(one.kind, one.people) for one in counted] == [
        ("market_grid_worker", 1), ("social_grid_worker", 2),
    ]  # fmt: skip
    page = people.list_people(
        guard, q="", role=None, within="", only_now=True, cursor=0, limit=9, on=ON, kind="market_grid_worker"
    )
    assert [(one.username, one.posts[0].employment) for one in page.items] == [("w2", "bought_service")]
    assert kinds.count_kinds(make_actor(CAROL.acting_as(Role.SECURITY_ADMIN)), within="", on=ON) == []


def test_a_kind_that_the_pack_does_not_name_is_refused_with_those_it_has() -> None:
    make_words()
    push_people(reading.read("wuhu"))
    guard, user = make_actor(SECURITY), make_user()
    with pytest.raises(Unreadable) as refused:
        services.grant_post(
            NewPost(user.pk, Role.GRID_MEMBER, BOB.scope, ON, kind="gas_collector"), actor=guard, at=AT
        )
    assert "market_grid_worker" in refused.value.message("zh")
    assert not Post.objects.filter(user=user).exists()


def test_the_kind_of_a_post_is_changed_by_whoever_grants_and_by_no_stranger() -> None:
    push_people(reading.read("wuhu"))
    post_id = make_post(user=make_user())
    body = json.dumps({"kind": "social_grid_worker", "employment": "full_time"})
    url = f"/api/accounts/posts/{post_id}/kind"
    sent = make_client(make_actor(SECURITY)).put(url, body, "application/json")
    assert sent.status_code == 204
    assert Post.objects.get(pk=post_id).employment == "full_time"
    with pytest.raises(NotVisible):
        kinds.set_post_kind(
            post_id, kind="", employment="", actor=make_actor(CAROL.acting_as(Role.SECURITY_ADMIN)), at=AT
        )
    assert make_client(make_actor(ALICE.acting_as(Role.SUPERVISOR))).put(
        url, body, "application/json"
    ).status_code in (403, 404)
