"""OR-27: when phones come back at once, few batches have a place; the others come again."""

from __future__ import annotations

import json

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from wangge.config.rush import DOORS, PLACES, RushMiddleware


def make_request(path: str, method: str = "POST") -> HttpRequest:
    request = HttpRequest()
    request.method, request.path = method, path
    return request


class House:
    """A house in which each batch waits until `depth` more have come in while it is at work."""

    def __init__(self) -> None:
        self.answers: list[HttpResponseBase] = []
        self.gate = RushMiddleware(self.work)
        self.left: list[tuple[str, str]] = []

    def work(self, request: HttpRequest) -> HttpResponse:
        if self.left:
            self.answers.append(self.gate(make_request(*self.left.pop())))
        return HttpResponse("done")

    def take(self, *requests: tuple[str, str]) -> list[int]:
        """Return the statuses of requests that are all at work together, the last to come in first."""
        self.answers, self.left = [], list(reversed(requests))
        self.answers.append(self.gate(make_request(*self.left.pop())))
        return [answer.status_code for answer in self.answers]


@pytest.mark.parametrize("door", sorted(DOORS))
def test_a_batch_too_many_is_told_to_come_again_and_afterwards_there_is_room(door):
    house = House()
    assert house.take(*[(door, "POST")] * (PLACES + 1)) == [429, *[200] * PLACES]
    refused = house.answers[0]
    assert 1 <= int(refused.headers["Retry-After"]) <= 8
    told = json.loads(refused.content)
    assert told["code"] == "config.busy"
    assert "再试" in told["zh"]
    assert "nothing is lost" in told["en"]
    assert house.take((door, "POST")) == [200]


@pytest.mark.parametrize(
    ("path", "method"), [("/api/orders", "GET"), ("/api/cases/steps", "POST"), ("/api/orders/result", "POST")]
)
def test_pages_desks_and_single_steps_need_no_place(path, method):
    batch = ("/api/orders/results", "POST")
    assert House().take(*[batch] * PLACES, (path, method)) == [200] * (PLACES + 1)


def test_a_batch_that_breaks_gives_its_place_back():
    def broken(request: HttpRequest) -> HttpResponseBase:
        raise RuntimeError

    gate = RushMiddleware(broken)
    for _ in range(PLACES + 2):
        with pytest.raises(RuntimeError):
            gate(make_request("/api/field/inbox"))
