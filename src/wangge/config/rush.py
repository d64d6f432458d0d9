"""When a district's phones come back at once: few batches are worked on together, the others come again.

A batch of forty results is work for a processor; a hundred of them worked on together would all take a
hundred times as long, and every page with them. So a batch that finds no place is told when to come back
instead, before anything is read. Its ids make the next try harmless. Rule: OR-27.
"""

from __future__ import annotations

import json
import os
import random
import threading
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from wangge.kernel.errors import Refused

DOORS = frozenset({"/api/field/inbox", "/api/orders/results"})  # of phones, whose outbox tries again
PLACES = max(2, os.cpu_count() or 1)  # more only queue for the processors
SOONEST_S, LATEST_S = 1, 8  # spread, so that they do not come back as one


class Busy(Refused):
    status = 429
    code = "config.busy"
    zh = "现在上传的人很多，{seconds} 秒后会自动再试，内容都在。"
    en = "Many are sending at once; it is tried again in {seconds} s, and nothing is lost."


class RushMiddleware:
    """Gives each batch a place, or the time of the next try."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.places = threading.BoundedSemaphore(PLACES)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "POST" or request.path not in DOORS:
            return self.get_response(request)
        if not self.places.acquire(blocking=False):
            return _come_back()
        try:
            return self.get_response(request)
        finally:
            self.places.release()


def _come_back() -> HttpResponse:
    seconds = random.randint(SOONEST_S, LATEST_S)
    body = json.dumps(Busy(seconds=seconds).as_dict(), ensure_ascii=False)
    answer = HttpResponse(
        body, status=Busy.status, content_type="application/json", headers={"Retry-After": str(seconds)}
    )
    answer._has_been_logged = True  # type: ignore[attr-defined]  # expected: not an error of the server
    return answer
