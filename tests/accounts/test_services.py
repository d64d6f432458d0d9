"""People, posts and departments against a real database."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tests.makers import ALICE, AT, BOB, CAROL, ON, make_actor, make_department, make_post, make_user
from wangge.accounts import queries, services
from wangge.accounts.models import Department, LoginAttempts, Post, User
from wangge.accounts.rules import (
    DepartmentMissing,
    NoPost,
    PostsClash,
    Role,
    TooManyFailures,
    UsernameTaken,
    WrongCredentials,
)
from wangge.accounts.services import NewDepartment, NewPost, NewUser
from wangge.kernel.errors import NotYourRole, Unreadable
from wangge.kernel.models import AuditRow

pytestmark = pytest.mark.django_db
PASSWORD = "green-lantern-42"


def check(username: str, password: str, at=AT):
    return services.check_credentials(None, username, password, on=ON, at=at)


def actions() -> list[str]:
    return list(AuditRow.objects.order_by("id").values_list("action", flat=True))


def test_the_first_post_in_force_acts():
    user = make_user()
    make_post(user=user, role=Role.GRID_MEMBER, ends_on=ON)
    make_post(user=user, role=Role.GRID_CHIEF, scope=ALICE.scope, starts_on=date(2025, 3, 1))
    make_post(user=user, role=Role.SUPERVISOR, scope=ALICE.scope, starts_on=date(2025, 2, 1))
    actor = queries.get_actor(user, ON)
    assert actor is not None
    assert (actor.role, actor.scope) == ("supervisor", ALICE.scope)
    assert actor.can("cases.verify")
    assert not actor.can("cases.dispatch")
    earlier = queries.get_actor(user, ON - timedelta(days=1))
    assert earlier is not None
    assert earlier.role == "grid_member"
    assert queries.get_actors([user.pk, user.pk + 1], ON) == {user.pk: actor}


def test_nobody_acts_without_a_post_in_force_or_with_a_closed_account():
    user = make_user()
    assert queries.get_actor(user, ON) is None
    make_post(user=user, starts_on=ON + timedelta(days=1))
    assert queries.get_actor(user, ON) is None
    assert queries.get_actor(user, ON + timedelta(days=1)) is not None
    user.is_active = False
    assert queries.get_actor(user, ON + timedelta(days=1)) is None


def test_a_password_is_kept_as_an_argon2_hash():
    user = services.create_user(username="dave", name="戴维", password=PASSWORD, actor=None, at=AT)
    assert user.password.startswith("argon2")
    with pytest.raises(UsernameTaken):
        services.create_user(username="dave", name="另一人", password=PASSWORD, actor=None, at=AT)
    assert User.objects.get(username="dave").name == "戴维"


SHORT, COMMON = ("至少 8 个字符", "at least 8 characters"), ("太常见", "too common")


@pytest.mark.parametrize(("password", "says"), [("x7!q", SHORT), ("password", COMMON), ("12345678", COMMON)])
def test_a_weak_password_is_refused_in_both_languages(password, says):
    with pytest.raises(Unreadable) as refusal:
        services.create_user(username="dave", name="戴维", password=password, actor=None, at=AT)
    assert says[0] in refusal.value.message("zh")
    assert says[1] in refusal.value.message("en")


def test_many_people_at_once_and_who_is_there_stays_as_they_are():
    dave = make_user()
    ids = services.create_users(
        [NewUser("dave", "别名"), NewUser("erin", "尹宁")], password=None, actor=None, at=AT
    )
    assert ids["dave"] == dave.pk
    assert queries.names_of(list(ids.values())) == {ids["dave"]: "戴维", ids["erin"]: "尹宁"}
    assert not User.objects.get(username="erin").has_usable_password()


def test_only_the_right_administrator_writes_people_and_posts():
    alice = make_actor(ALICE)
    with pytest.raises(NotYourRole):
        services.create_users([NewUser("x", "x")], password=None, actor=alice, at=AT)
    with pytest.raises(NotYourRole):
        services.grant_posts([NewPost(alice.user_id, Role.LEADER, "34.", ON)], actor=alice, at=AT)
    with pytest.raises(NotYourRole):
        services.ensure_departments([NewDepartment("x", "x", "fire", "34.")], actor=alice, at=AT)


def test_granting_twice_is_granting_once_and_a_clash_grants_nothing():
    user = make_user()
    assert make_post(user=user) == make_post(user=user)
    make_post(user=user, role=Role.SYSTEM_ADMIN)
    fresh = [
        NewPost(user.pk, Role.LEADER, "34.", ON),
        NewPost(user.pk, Role.AUDIT_ADMIN, "34.", ON),
    ]
    with pytest.raises(PostsClash):
        services.grant_posts(fresh, actor=None, at=AT)
    assert Post.objects.filter(user=user).count() == 2


def test_a_scope_is_closed_and_a_handler_has_a_department():
    user = make_user()
    with pytest.raises(Unreadable):
        make_post(user=user, scope="34.02")
    with pytest.raises(DepartmentMissing):
        make_post(user=user, role=Role.DEPARTMENT_HANDLER)
    for wrong in ({"role": "department_handler"}, {"role": "wizard"}, {"scope": "34"}, {"ends_on": ON}):
        row = {"user": user, "role": "leader", "scope": "34.", "starts_on": ON, **wrong}
        with pytest.raises(IntegrityError), transaction.atomic():
            Post.objects.create(**row)


def test_the_department_with_the_longest_territory_wins():
    city = make_department(code="fire-02", path="34.02.")
    district = make_department(code="fire-03", path="34.02.03.")
    make_department(code="police-03", kind="police", path="34.02.03.")
    carols = make_department(code="fire-0", path="34.02.0.")
    assert queries.department_for("fire", BOB.scope) == district
    assert queries.department_for("fire", "34.02.04.001.") == city
    assert queries.department_for("fire", "34.02.0.001.") == carols
    assert queries.department_for("fire", "35.") is None
    wanted = [("fire", BOB.scope), ("fire", "34.02.04.001."), ("fire", "35."), ("water", BOB.scope)]
    assert list(queries.departments_for(wanted).items()) == [
        (pair, queries.department_for(*pair)) for pair in dict(queries.departments_for(wanted))
    ]


def test_a_department_is_brought_up_to_date_by_its_code():
    first = make_department(name="旧名")
    assert make_department(name="新名") == first
    assert Department.objects.get(pk=first).name == "新名"


def test_departments_are_listed_where_they_touch_the_scope():
    make_department(code="city", path="34.02.")
    make_department(code="street", path="34.02.03.005.")
    make_department(code="other", path="34.02.0.")
    bob, carol = make_actor(BOB), make_actor(CAROL)
    assert [one.code for one in queries.list_departments(bob)] == ["city", "street"]
    assert [one.code for one in queries.list_departments(carol)] == ["city", "other"]


def test_logging_in_leaves_an_audit_row():
    user = make_user(password=PASSWORD)
    make_post(user=user)
    AuditRow.objects.all().delete()
    found, actor = check("dave", PASSWORD)
    assert (found.pk, actor.role) == (user.pk, "grid_member")
    row = AuditRow.objects.get()
    assert (row.action, row.actor_id, row.subject_id, row.at) == (
        "accounts.log_in",
        user.pk,
        str(user.pk),
        AT,
    )


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer():
    make_user(password=PASSWORD)
    AuditRow.objects.all().delete()
    answers = []
    for username in ("dave", "nobody"):
        with pytest.raises(WrongCredentials) as refusal:
            check(username, "wrong-password")
        answers.append(refusal.value.as_dict())
    assert answers[0] == answers[1]
    assert actions() == ["accounts.log_in_failed"] * 2
    assert "nobody" not in str(AuditRow.objects.values_list())


def test_a_right_password_without_a_post_is_told_so():
    make_user(password=PASSWORD)
    with pytest.raises(NoPost):
        check("dave", PASSWORD)


@pytest.mark.parametrize("username", ["dave", "nobody"])
def test_five_failures_lock_the_name_even_for_the_right_password(username, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fifty guesses in a test
    make_post(user=make_user(password=PASSWORD))
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            check(username, "wrong-password")
    with pytest.raises(TooManyFailures):
        check(username, PASSWORD)
    later = AT + timedelta(minutes=10)
    if username == "dave":
        assert check(username, PASSWORD, at=later)
        assert not LoginAttempts.objects.exists()
    else:
        with pytest.raises(WrongCredentials):
            check(username, PASSWORD, at=later)


def test_counts_nobody_added_to_for_a_day_are_dropped(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for username, at in (("one", AT), ("two", AT + timedelta(days=1, seconds=1))):
        with pytest.raises(WrongCredentials):
            check(username, "wrong-password", at=at)
    assert LoginAttempts.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_guesses_sent_at_once_are_counted_one_by_one(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    answers: list[str] = []

    def guess() -> None:
        try:
            check("nobody", "wrong-password")
        except (WrongCredentials, TooManyFailures) as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    guesses = [threading.Thread(target=guess) for _ in range(12)]
    for one in guesses:
        one.start()
    for one in guesses:
        one.join()
    assert sorted(answers) == ["accounts.too_many_failures"] * 7 + ["accounts.wrong_credentials"] * 5
