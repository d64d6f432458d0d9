"""The log-in door over HTTP."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from tests.makers import ALICE, BOB, CAROL, make_actor, make_client, make_department, make_post, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "green-lantern-42"


def log_in(client: Client, username: str, password: str, content_type: str = "application/json"):
    body = json.dumps({"username": username, "password": password})
    return client.post("/api/accounts/login", body, content_type=content_type)


def test_a_person_logs_in_reads_who_they_are_and_logs_out():
    user = make_user(username="bob", name="包步行", password=PASSWORD)
    make_post(user=user, scope=BOB.scope)
    client = Client(enforce_csrf_checks=True)
    answer = log_in(client, "bob", PASSWORD)
    assert answer.status_code == 200
    me = answer.json()
    assert (me["username"], me["role"], me["scope"]) == ("bob", "grid_member", BOB.scope)
    assert me["scope_name"] == f"辖区 {BOB.scope}"
    assert "orders.do" in me["capabilities"]
    assert client.get("/api/accounts/me").json()["id"] == user.pk
    assert client.post("/api/accounts/logout").status_code == 403, (
        "a request without the token is not the face's"
    )
    assert client.post("/api/accounts/logout", headers={"X-CSRFToken": me["csrf_token"]}).status_code == 204
    assert client.get("/api/accounts/me").status_code == 401


def test_a_wrong_password_is_401_and_the_sixth_try_429(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    make_post(user=make_user(password=PASSWORD))
    client = Client()
    for _ in range(5):
        answer = log_in(client, "dave", "wrong-password")
        assert (answer.status_code, answer.json()["code"]) == (401, "accounts.wrong_credentials")
    answer = log_in(client, "dave", PASSWORD)
    assert (answer.status_code, answer.json()["code"]) == (429, "accounts.too_many_failures")
    assert "10 分钟" in answer.json()["zh"]
    assert client.get("/api/accounts/me").status_code == 401


def test_without_a_post_nobody_gets_in():
    make_user(password=PASSWORD)
    client = Client()
    answer = log_in(client, "dave", PASSWORD)
    assert (answer.status_code, answer.json()["code"]) == (403, "accounts.no_post")
    assert client.get("/api/accounts/me").status_code == 401


def test_a_form_on_a_strangers_page_cannot_log_anybody_in():
    answer = log_in(Client(), "dave", PASSWORD, content_type="text/plain")
    assert (answer.status_code, answer.json()["code"]) == (422, "kernel.unreadable")


@pytest.mark.parametrize("username", ["\x00", "x" * 65])
def test_a_username_of_the_wrong_shape_is_422(username):
    assert log_in(Client(), username, PASSWORD).status_code == 422


def test_departments_are_those_of_ones_own_territory():
    make_department(code="fire-03", path="34.02.03.")
    make_department(code="fire-0", path="34.02.0.")
    for person, code in ((ALICE, "fire-03"), (CAROL, "fire-0")):
        answer = make_client(make_actor(person)).get("/api/accounts/departments")
        assert [one["code"] for one in answer.json()] == [code]
    assert Client().get("/api/accounts/departments").status_code == 401
