"""The notice page of a grid, open to everybody, without script; prints on A4 or A3. Rule: TM-20."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from math import cos, radians
from typing import Any

import segno
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from wangge.config import faces
from wangge.config.guard import HEADERS
from wangge.config.open_pages import limited
from wangge.teams import services as teams
from wangge.teams.rules import METRES_A_DEGREE, BoardField

KEEP_S = 300  # a change is seen everywhere after five minutes
WIDE, HIGH, EDGE = 360, 260, 14
REPORT_FACE = "public"
NOBODY = (
    "没有这个网格的公示牌：编码有误，或尚未公示。\n"
    "There is no notice board of this grid: another code, or not published yet.\n"
)
LABELS = {
    BoardField.RANGE: ("网格范围", "Range"),
    BoardField.MEMBER_NAME: ("网格员", "Grid member"),
    BoardField.MEMBER_PHONE: ("工作电话", "Office phone"),
    BoardField.SUPERVISOR: ("负责人", "Supervisor"),
    BoardField.REPORT_PHONE: ("举报电话", "Report by phone"),
}
STYLE = """
body{margin:0;background:#eef1f5;color:#1c2430;
font:16px/1.6 "Noto Sans CJK SC","Microsoft YaHei",sans-serif}
main{box-sizing:border-box;max-width:820px;margin:16px auto;
padding:24px;background:#fff;border-top:10px solid #b3261e}
h1{margin:0;font-size:30px;line-height:1.3;overflow-wrap:anywhere}
.kind{margin:0 0 4px;color:#b3261e;font-weight:700}
.code{margin:0 0 16px;color:#5b6472;font-variant-numeric:tabular-nums}
.two{display:flex;flex-wrap:wrap;gap:20px}
.two>*{flex:1 1 300px;min-width:0}
dl{margin:0}
dt{color:#5b6472;font-size:14px}
dd{margin:0 0 12px;font-size:20px;font-weight:600;overflow-wrap:anywhere}
a{color:#0b57d0}
.map svg{width:100%;height:auto;border:1px solid #d5dae2;background:#f7f9fb}
.photo{width:120px;height:150px;object-fit:cover;border:1px solid #d5dae2}
.foot{display:flex;flex-wrap:wrap;align-items:center;gap:16px;margin-top:18px;
padding-top:14px;border-top:1px solid #d5dae2}
.foot svg{width:128px;height:128px}
.foot p{flex:1 1 240px;margin:0;color:#5b6472;font-size:14px}
@media print{body{background:#fff}main{max-width:none;margin:0;padding:0;border-top-width:14px}
.screen{display:none}
h1{font-size:44px}dt{font-size:18px}dd{font-size:28px}
.foot svg{width:190px;height:190px}.photo{width:180px;height:225px}}
@page{size:A4;margin:14mm}
"""
WIDER = (
    "@page{size:A3 landscape;margin:18mm}@media print{h1{font-size:64px}dt{font-size:24px}dd{font-size:40px}}"
)


def _hash(style: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() + "'"


SHEETS = {"a4": STYLE, "a3": STYLE + WIDER}
POLICY = {
    size: HEADERS["Content-Security-Policy"].replace("style-src 'self'", f"style-src {_hash(style)}")
    for size, style in SHEETS.items()
}


@require_safe
@limited("boards")
def serve_board(request: HttpRequest, code: str) -> HttpResponseBase:
    """Return the notice page of a grid; `?size=a3` prints larger. Nothing but what the pack lets out."""
    board = teams.find_public(code)
    if board is None:
        return HttpResponse(NOBODY, status=404, content_type="text/plain; charset=utf-8")
    size = "a3" if request.GET.get("size") == "a3" else "a4"
    address = request.build_absolute_uri(f"/g/{board.code}")
    page = HttpResponse(_page(board, address, size), content_type="text/html; charset=utf-8")
    page["Content-Security-Policy"] = POLICY[size]
    return _kept(request, page)


@require_safe
@limited("boards")
def serve_board_photo(request: HttpRequest, code: str) -> HttpResponseBase:
    """Return the member's photo without what it says of itself, if the pack lets it out."""
    found = teams.open_photo(code)
    if found is None:
        return HttpResponse(NOBODY, status=404, content_type="text/plain; charset=utf-8")
    file, media_type = found
    answer = FileResponse(file, content_type=media_type)
    answer["Cache-Control"] = f"public, max-age={KEEP_S}"
    return answer


def _kept(request: HttpRequest, page: HttpResponse) -> HttpResponseBase:
    etag = quote_etag(hashlib.sha256(page.content).hexdigest()[:32])
    page["ETag"] = etag
    page["Cache-Control"] = f"public, max-age={KEEP_S}"
    return get_conditional_response(request, etag=etag, response=page) or page


def _page(board: teams.PublicBoard, address: str, size: str) -> str:
    facts = "".join(
        f"<dt>{zh} {en}</dt><dd>{_value(name, board.fields[name])}</dd>"
        for name, (zh, en) in LABELS.items()
        if name in board.fields
    )
    photo = (
        f'<img class="photo" src="/g/{escape(board.code)}/photo" alt="网格员照片 Photo of the member">'
        if BoardField.MEMBER_PHOTO in board.fields
        else ""
    )
    drawn = f'<div class="map">{_outline(board.shape)}</div>' if board.shape is not None else ""
    other = "a4" if size == "a3" else "a3"
    return (
        f'<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex">'
        f"<title>{escape(board.name)} · {escape(board.layer_zh)}</title><style>{SHEETS[size]}</style></head>"
        f'<body><main><p class="kind">{escape(board.layer_zh)} · {escape(board.layer_en)}</p>'
        f'<h1>{escape(board.name)}</h1><p class="code">{escape(board.code)}</p>'
        f'<div class="two"><div>{photo}<dl>{facts}</dl>{_report_link()}</div>{drawn}</div>'
        f'<div class="foot">{_qr(address)}<p>扫码查看本网格最新公示。<br>'
        f"Scan for the latest notice of this grid.<br>{escape(address)}</p>"
        f'<p class="screen"><a href="?size={other}">按 {other.upper()} 打印 '
        f"Print on {other.upper()}</a></p></div></main></body></html>"
    )


def _value(name: BoardField, text: str) -> str:
    shown = escape(text)
    if name in {BoardField.MEMBER_PHONE, BoardField.REPORT_PHONE}:
        return f'<a href="tel:{shown}">{shown}</a>'
    return shown


def _report_link() -> str:
    prefix = faces.PREFIXES.get(REPORT_FACE)
    if prefix is None or not faces.is_built(REPORT_FACE):
        return ""
    return f'<p class="screen"><a href="{prefix}">随手报隐患 Report a hazard</a></p>'


def _qr(address: str) -> str:
    code: str = segno.make(address, error="m").svg_inline(scale=4, border=2, omitsize=True)
    return code


def _outline(shape: Any) -> str:
    """Return the outline as a drawing with a scale; north is up."""
    west, south, east, north = shape.bounds
    shrink = cos(radians((south + north) / 2))
    across, up = max((east - west) * shrink, 1e-9), max(north - south, 1e-9)
    scale = min((WIDE - 2 * EDGE) / across, (HIGH - 3 * EDGE) / up)
    left, top = (WIDE - across * scale) / 2, EDGE + (HIGH - 3 * EDGE - up * scale) / 2

    def ring(points: Any) -> str:
        placed = ((left + (lon - west) * shrink * scale, top + (north - lat) * scale) for lon, lat in points)
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in placed) + "Z"

    parts = getattr(shape, "geoms", [shape])
    path = "".join(ring(one.coords) for part in parts for one in (part.exterior, *part.interiors))
    metres = next((m for m in (2000, 1000, 500, 200, 100, 50) if m / METRES_A_DEGREE * scale <= WIDE / 2), 20)
    bar = metres / METRES_A_DEGREE * scale
    return (
        f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="网格范围示意图 Outline of the grid">'
        f'<path d="{path}" fill="#dbe8ff" fill-rule="evenodd" stroke="#0b57d0" stroke-width="2"/>'
        f'<path d="M{EDGE} {HIGH - EDGE}h{bar:.1f}" stroke="#1c2430" stroke-width="2"/>'
        f'<text x="{EDGE}" y="{HIGH - EDGE - 5}" font-size="12" fill="#1c2430">{metres} m</text>'
        f'<text x="{WIDE - EDGE - 22}" y="24" font-size="13" fill="#1c2430">北 N</text></svg>'
    )
