"""OR-27: when phones come back at once, few batches have a place; the others come again."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from wangge.config.rush import DOORS, LATEST_S, PLACES, WAITING, RushMiddleware, Turns


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
    assert refused.headers["Retry-After"] == "1"
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


def test_each_turn_comes_as_much_later_as_a_place_takes_to_become_free():
    now = 100.0
    turns = Turns(lambda: now)
    for _ in range(200):
        turns.done(2.0 * PLACES)
    assert [turns.next_s() for _ in range(3)] == [2, 4, 6]
    now += 5
    assert turns.next_s() == 3
    now += 60
    assert turns.next_s() == 2  # the queue has run dry
    assert max(turns.next_s() for _ in range(LATEST_S)) == LATEST_S


class Watched(threading.BoundedSemaphore):
    """Says when somebody waits for it."""

    def __init__(self, value: int) -> None:
        super().__init__(value)
        self.waited_for = threading.Event()

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:
        if timeout is not None:
            self.waited_for.set()
            timeout = 30.0  # the test's machine may be slow
        return super().acquire(blocking, timeout)


def test_who_stands_at_the_door_takes_the_place_that_becomes_free():
    began, go_on = threading.Semaphore(0), threading.Event()

    def work(request: HttpRequest) -> HttpResponse:
        began.release()
        assert go_on.wait(timeout=30)
        return HttpResponse("done")

    gate = RushMiddleware(work)
    gate.places = places = Watched(PLACES)
    send = partial(gate, make_request("/api/field/inbox"))
    with ThreadPoolExecutor(PLACES + WAITING) as phones:
        inside = [phones.submit(send) for _ in range(PLACES)]
        for _ in inside:
            assert began.acquire(timeout=30)
        waiting = phones.submit(send)
        assert places.waited_for.wait(timeout=30)
        go_on.set()
        assert [one.result().status_code for one in (*inside, waiting)] == [200] * (PLACES + 1)
