"""KE-45: pages without log-in answer only so often, one sender and all together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tests.makers import AT
from wangge.config import open_pages
from wangge.kernel import clock
from wangge.kernel.models import OpenCalls
from wangge.kernel.throttling import count_call

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limits(settings):
    settings.WANGGE_OPEN_PER_MINUTE, settings.WANGGE_OPEN_TOTAL_PER_MINUTE = 2, 5


def ask(url: str, sender: str = "10.0.0.1", **headers: str):
    return Client().get(url, REMOTE_ADDR=sender, **headers)


@pytest.mark.parametrize("url", ["/g/340203005012001", "/q/NOSUCHPLATE"])
def test_one_sender_is_told_when_to_come_again_and_others_are_not_kept_out(url: str) -> None:
    with clock.standing_at(AT + timedelta(seconds=18)):
        assert [ask(url).status_code for _ in range(3)] == [404, 404, 429]
        busy = ask(url)
        assert busy["Retry-After"] == "42"
        assert "42 秒" in busy.content.decode()
        assert "in 42 seconds" in busy.content.decode()
        assert [ask(url, f"10.0.0.{n}").status_code for n in (2, 3)] == [404, 429], "five of all together"
    with clock.standing_at(AT + timedelta(seconds=61)):
        assert ask(url).status_code == 404


def test_all_together_are_counted_a_page_each_and_old_counts_go() -> None:
    senders = [f"10.0.0.{n}" for n in range(6)]
    assert [count_call("boards", one, at=AT).is_allowed for one in senders] == [True] * 5 + [False]
    assert count_call("plates", senders[0], at=AT).is_allowed
    count_call("boards", senders[0], at=AT + timedelta(minutes=3))
    assert OpenCalls.objects.filter(key__startswith="boards").count() == 2
    assert not any("10.0.0" in key for key in OpenCalls.objects.values_list("key", flat=True))


def test_behind_the_proxy_the_address_is_the_one_that_the_proxy_saw(rf, settings) -> None:
    asked = rf.get("/g/1", HTTP_X_FORWARDED_FOR="6.6.6.6, 10.0.0.9", REMOTE_ADDR="127.0.0.1")
    assert open_pages.sender_of(asked) == "127.0.0.1", "without a proxy anybody may write that header"
    settings.WANGGE_BEHIND_PROXY = True
    assert open_pages.sender_of(asked) == "10.0.0.9"
