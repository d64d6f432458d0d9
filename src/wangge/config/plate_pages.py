"""What a phone shows that scans a plate: to a member the dossier, to everybody else what is public (PL-2)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_safe

from wangge.accounts.queries import get_signed_in
from wangge.config.open_pages import too_many
from wangge.kernel import clock
from wangge.kernel.actor import Actor
from wangge.kernel.errors import Refused
from wangge.plates import queries
from wangge.plates.drawing import LABELS
from wangge.plates.queries import Told
from wangge.plates.rules import Field

HTML = "text/html; charset=utf-8"
PAGE = """<!doctype html>
<html lang="{}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer"><title>{}</title>
<link rel="stylesheet" href="/q/plate.css"></head><body><main><h1>{}</h1>{}</main></body></html>
"""
STYLE = """
body { margin: 0; background: #f4f6f9; color: #1b1f24; font: 18px/1.5 system-ui, sans-serif; }
main { max-width: 32em; margin: 0 auto; padding: 24px 20px; background: #fff; min-height: 100vh; }
h1 { margin: 0 0 16px; font-size: 1.3em; }
dt { color: #50565e; font-size: .85em; }
dd { margin: 0 0 12px; overflow-wrap: anywhere; }
a { color: #0b57d0; }
p { margin: 16px 0 0; color: #50565e; }
.enter { display: block; padding: 12px; border: 1px solid #0b57d0; border-radius: 6px; text-align: center; }
"""
SIGN_IN = {"zh": "工作人员登录", "en": "Sign in (staff)"}


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(STYLE, content_type="text/css; charset=utf-8")
    answer["Cache-Control"] = "public, max-age=86400"
    return answer


@require_safe
def scan(request: HttpRequest, code: str) -> HttpResponse:
    """Lead a member to the dossier and show a stranger the public page. Rule: PL-1, PL-2, PL-4."""
    language = "en" if request.headers.get("Accept-Language", "").lower().startswith("en") else "zh"
    actor = _actor(request)
    if actor is None and (busy := too_many(request, "plates")) is not None:
        return busy
    try:
        told = queries.find_plate(code, at=clock.now())
        if actor is not None and actor.covers(told.path):
            return HttpResponseRedirect(_way_in(actor, told))
        return _page(request, told, language)
    except Refused as refusal:
        body = format_html(PAGE, language, "404", refusal.message(language), "")
        return _sealed(HttpResponse(body, status=refusal.status, content_type=HTML))


def _actor(request: HttpRequest) -> Actor | None:
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return get_signed_in(key, on=clock.today()) if key else None


def _way_in(actor: Actor, told: Told) -> str:
    """Return the dossier: on the phone's face for whoever walks, else on the console."""
    if told.venue_id is not None:
        return f"/m/places/{told.venue_id}" if actor.can("orders.do") else f"/venues/{told.venue_id}"
    return "/m/" if actor.can("orders.do") else f"/venues?grid={told.path}"


def _page(request: HttpRequest, told: Told, language: str) -> HttpResponse:
    face = queries.face_of(told)
    title, hint = (face.title_zh, face.hint_zh) if language == "zh" else (face.title_en, face.hint_en)
    lines = format_html_join(
        "",
        "<dt>{}</dt><dd>{}</dd>",
        ((LABELS[language][Field(name)], _shown(name, text)) for name, text in face.lines),
    )
    sign_in = f"/m/login?next=/scan/{told.plate.code}"  # which leads back here, and then to the dossier
    link = format_html('<p><a class="enter" href="{}">{}</a></p>', sign_in, SIGN_IN[language])
    body = format_html("<dl>{}</dl><p>{}</p>{}", lines, hint, link)
    return _sealed(HttpResponse(format_html(PAGE, language, title, title, body), content_type=HTML))


def _shown(name: str, text: str) -> str:
    return format_html('<a href="tel:{}">{}</a>', text, text) if name == Field.SUPERVISION else text


def _sealed(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"  # the next who looks may be somebody else
    answer["Vary"] = "Cookie, Accept-Language"
    return answer
