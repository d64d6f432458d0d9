"""What every page without log-in has in common: a limit, and a page that says so. Rule: KE-45."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.html import format_html

from wangge.kernel import clock
from wangge.kernel.throttling import count_call

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
BUSY = """<!doctype html>
<html lang="zh-Hans"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>访问过于频繁 Too many requests</title>
<link rel="stylesheet" href="/q/plate.css"></head><body><main><h1>访问过于频繁</h1>
<p>短时间内打开的次数太多。请在 {seconds} 秒后刷新本页。紧急情况请拨打 119 或 110。</p>
<p lang="en">Too many pages were opened in a short time. Reload this page in {seconds} seconds.
In an emergency call 119 or 110.</p></main></body></html>
"""


def sender_of(request: HttpRequest) -> str:
    """Return the address a request comes from; behind the house's own proxy the one that the proxy saw."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.WANGGE_BEHIND_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def too_many(request: HttpRequest, page: str) -> HttpResponse | None:
    """Count a call of an open page; return the page that says no, or None if it goes through."""
    verdict = count_call(page, sender_of(request), at=clock.now())
    if verdict.is_allowed:
        return None
    body = format_html(BUSY, seconds=verdict.retry_s)
    answer = HttpResponse(body, status=429, content_type="text/html; charset=utf-8")
    answer["Retry-After"] = str(verdict.retry_s)
    answer["Cache-Control"] = "no-store"
    return answer


def limited(page: str) -> Callable[[View[P]], View[P]]:
    """Let a view answer only as often as an open page may be asked."""

    def wrap(view: View[P]) -> View[P]:
        @wraps(view)
        def ask(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            return too_many(request, page) or view(request, *args, **kwargs)

        return ask

    return wrap
