"""AC-7: who asks is looked up anew with every request, and whatever is in doubt is nobody."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.makers import ALICE, BOB, make_actor, make_client, make_user
from wangge.accounts.models import Post, Session, User
from wangge.accounts.queries import get_signed_in
from wangge.kernel import clock
from wangge.kernel.actor import Actor

pytestmark = pytest.mark.django_db
ME = "/api/accounts/me"


@pytest.fixture
def bob() -> Actor:
    return make_actor(BOB)


def key_of(client: Client) -> str:
    return str(client.cookies["sessionid"].value)


def test_the_session_leads_to_the_person_in_the_post_in_force(bob: Actor) -> None:
    client = make_client(bob)
    with CaptureQueriesContext(connection) as asked:
        assert get_signed_in(key_of(client), on=clock.today()) == bob
    assert len(asked) <= 1


def test_nobody_is_signed_in_by_a_key_that_no_session_has() -> None:
    for key in ("", "a" * 32, "x\0y", "é", "' or true --", "a" * 5000):
        assert get_signed_in(key, on=clock.today()) is None


def test_a_log_out_holds_from_the_next_request_on(bob: Actor) -> None:
    client = make_client(bob)
    key = key_of(client)
    assert client.get(ME).status_code == 200
    client.post("/api/accounts/logout")
    thief = Client()
    thief.cookies["sessionid"] = key
    assert thief.get(ME).status_code == 401


def test_the_end_of_a_post_holds_from_the_next_request_on(bob: Actor) -> None:
    client = make_client(bob)
    assert client.get(ME).status_code == 200
    Post.objects.filter(user_id=bob.user_id).update(ends_on=clock.today())
    assert client.get(ME).status_code == 401
    Post.objects.filter(user_id=bob.user_id).update(ends_on=clock.today() + timedelta(days=1))
    assert client.get(ME).status_code == 200
    Post.objects.filter(user_id=bob.user_id).update(starts_on=date(2999, 1, 1), ends_on=None)
    assert client.get(ME).status_code == 401


def test_a_closed_account_and_another_password_end_the_session(bob: Actor) -> None:
    client = make_client(bob)
    User.objects.filter(pk=bob.user_id).update(is_active=False)
    assert client.get(ME).status_code == 401
    User.objects.filter(pk=bob.user_id).update(is_active=True)
    assert client.get(ME).status_code == 200
    User.objects.filter(pk=bob.user_id).update(password="another")
    assert client.get(ME).status_code == 401


def test_a_session_that_is_over_or_was_tampered_with_is_nobodys(bob: Actor) -> None:
    client = make_client(bob)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get(ME).status_code == 401
    Session.objects.update(expire_date=timezone.now() + timedelta(hours=1))
    assert client.get(ME).status_code == 200
    alice = make_actor(ALICE)
    Session.objects.update(user_id=alice.user_id)
    assert client.get(ME).status_code == 401, "the signed text names somebody else than the column"
    Session.objects.update(user_id=bob.user_id, session_data="forged")
    assert client.get(ME).status_code == 401


def test_a_session_goes_with_its_person() -> None:
    user = make_user()
    client = Client()
    client.force_login(user)
    user.delete()
    assert not Session.objects.filter(pk=key_of(client)).exists()


def test_the_answer_says_that_it_depends_on_the_cookie(bob: Actor) -> None:
    assert "Cookie" in make_client(bob).get("/api/cases")["Vary"]
