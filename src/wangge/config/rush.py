"""When a district's phones come back at once: few batches are worked on together, the others come in turn.

A batch of forty results is work for a processor; a hundred of them worked on together would all take a
hundred times as long, and every page with them. So a batch that finds no place is told its turn instead,
before anything is read: as many seconds as those before it will take. Its ids make the next try harmless.
Rule: OR-27.
"""

from __future__ import annotations

import json
import math
import os
import threading
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from wangge.kernel.errors import Refused

DOORS = frozenset({"/api/field/inbox", "/api/orders/results"})  # of phones, whose outbox tries again
PLACES = max(2, os.cpu_count() or 1)  # more only queue for the processors
WAITING = max(1, PLACES // 2)  # stand at the door, so that a place is taken again at once
PATIENCE_S = 0.5  # of those at the door
LATEST_S = 120  # nobody is sent away for longer; what was measured once may be wrong
FIRST_GUESS_S = 0.03  # that a batch takes, until some were measured


class Busy(Refused):
    status = 429
    code = "config.busy"
    zh = "现在上传的人很多，{seconds} 秒后会自动再试，内容都在。"
    en = "Many are sending at once; it is tried again in {seconds} s, and nothing is lost."


class Turns:
    """Who comes when: each turn is as long after the one before as a place takes to become free."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._last = 0.0
        self._took_s = FIRST_GUESS_S

    def next_s(self) -> int:
        """Return in how many whole seconds the next turn is, from 1 to LATEST_S."""
        with self._lock:
            now = self._clock()
            self._last = min(max(self._last, now) + self._took_s / PLACES, now + LATEST_S)
            return max(1, math.ceil(self._last - now))

    def done(self, took_s: float) -> None:
        """Note how long a batch took; the last ones count most."""
        with self._lock:
            self._took_s += (took_s - self._took_s) / 10


class RushMiddleware:
    """Gives each batch a place, or its turn."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.places = threading.BoundedSemaphore(PLACES)
        self.door = threading.BoundedSemaphore(WAITING)
        self.turns = Turns()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "POST" or request.path not in DOORS:
            return self.get_response(request)
        if not self._enter():
            return _come_back(self.turns.next_s())
        start = time.monotonic()
        try:
            return self.get_response(request)
        finally:
            self.turns.done(time.monotonic() - start)
            self.places.release()

    def _enter(self) -> bool:
        if self.places.acquire(blocking=False):
            return True
        if not self.door.acquire(blocking=False):
            return False
        try:
            return self.places.acquire(timeout=PATIENCE_S)
        finally:
            self.door.release()


def _come_back(seconds: int) -> HttpResponse:
    body = json.dumps(Busy(seconds=seconds).as_dict(), ensure_ascii=False)
    answer = HttpResponse(
        body, status=Busy.status, content_type="application/json", headers={"Retry-After": str(seconds)}
    )
    answer._has_been_logged = True  # type: ignore[attr-defined]  # expected: not an error of the server
    return answer
