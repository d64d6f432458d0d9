"""Headers that keep the browser inside the house. Source: frontend.md, catch 6."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBase

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self'; style-src 'self'; worker-src 'self'; "
    "img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
}
TIANDITU = "https://*.tianditu.gov.cn"
POLICY = HEADERS["Content-Security-Policy"]


class GuardMiddleware:
    """Puts the headers on every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.WANGGE_TIANDITU_KEY and response.headers["Content-Security-Policy"] == POLICY:
            response.headers["Content-Security-Policy"] = policy_with_tianditu(_origins(request))
        elif settings.WANGGE_LIVE_PORT and response.headers["Content-Security-Policy"] == POLICY:
            response.headers["Content-Security-Policy"] = f"{POLICY}; connect-src 'self' {_stream(request)}"
        return response


def policy_with_tianditu(origins: str) -> str:
    """Return the policy of a city with a key to the state's map: its pictures may come too (MP-8)."""
    return f"{POLICY.replace('img-src', f'img-src {TIANDITU}')}; connect-src 'self' {TIANDITU}{origins}"


def _origins(request: HttpRequest) -> str:
    return f" {_stream(request)}" if settings.WANGGE_LIVE_PORT else ""


def _stream(request: HttpRequest) -> str:
    """Return the origin of the live stream, a port of the same host (LV-5)."""
    try:
        host = request.get_host().rsplit(":", 1)[0]
    except DisallowedHost:
        return ""
    return f"{request.scheme}://{host}:{settings.WANGGE_LIVE_PORT}"
