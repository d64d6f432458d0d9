"""AC-20: criteria of hiring, and what the teams are made of, in figures that tell of nobody."""

from __future__ import annotations

import pytest

from tests.makers import ALICE, AT, BOB, CAROL, ON, make_actor, make_client, make_post, make_user
from wangge.accounts import queries, services
from wangge.accounts.profile_rules import is_told, share_pct
from wangge.accounts.profile_schemas import ProfileIn
from wangge.accounts.rules import Role
from wangge.kernel.errors import NotVisible, NotYourRole, Unreadable
from wangge.kernel.models import AuditRow

WORDS = [("education", "tertiary"), ("politics", "party"), ("hiring", "keen"), ("hiring", "local")]


def test_shares_are_given_as_the_source_gives_them_and_of_a_few_none() -> None:
    assert share_pct(2768, 7369) == 37.56  # TZ-09: 7369 members, 37.56 % of them
    assert share_pct(0, 0) == 0.0
    assert [is_told(n) for n in (0, 4, 5)] == [False, False, True]


@pytest.mark.django_db
def test_what_is_noted_of_people_is_counted_and_seen_only_by_who_keeps_them() -> None:
    rows = [
        {"list": name, "code": code, "parent": "", "name_zh": code, "name_en": code, "source": "TZ-09",
         "is_confirmed": True, "position": n}
        for n, (name, code) in enumerate(WORDS)
    ]  # fmt: skip
    services.install_staff_words(rows, pack_version="test@1")
    keeper = make_actor(ALICE.acting_as(Role.SYSTEM_ADMIN))
    people = [make_user(username=f"u{n}", name=f"员{n}") for n in range(6)]
    for user in people:
        make_post(user=user)

    def note(user_id: int, **said: object) -> None:
        services.save_profile(user_id, ProfileIn.model_validate(said), actor=keeper, at=AT, on=ON)

    for user in people[:4]:
        note(user.pk, education="tertiary", criteria=["keen"])
    few = queries.count_composition(keeper, within="", on=ON)
    assert (few.people, few.noted, few.is_told, few.shares) == (6, 4, False, [])
    note(people[4].pk, politics="party", criteria=["keen", "local"])
    told = {one.code: one.share_pct for one in queries.count_composition(keeper, within="", on=ON).shares}
    assert told == {"tertiary": 80.0, "party": 20.0, "keen": 100.0, "local": 20.0}
    assert queries.get_profile(keeper, people[4].pk, on=ON).criteria == ["keen", "local"]
    assert AuditRow.objects.filter(action="accounts.note_profile", detail={}).count() == 5
    with pytest.raises(Unreadable):
        note(people[5].pk, education="doctor of nothing")
    bob, carol = make_actor(BOB), make_actor(CAROL.acting_as(Role.SYSTEM_ADMIN))
    with pytest.raises(NotYourRole):
        queries.get_profile(bob, people[0].pk, on=ON)
    with pytest.raises(NotVisible):
        queries.get_profile(carol, people[0].pk, on=ON)
    assert queries.count_composition(carol, within="", on=ON).people == 0
    url = f"/api/staff/people/{people[0].pk}/profile"
    client = make_client(keeper)
    assert client.get(url).json()["education"] == "tertiary"
    assert client.put(url, {"education": ""}, content_type="application/json").status_code == 200
    assert make_client(bob).get(url).status_code == 403
