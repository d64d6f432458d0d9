"""Serves the built faces. Files are compressed at build time and indexed at start."""

from __future__ import annotations

from collections.abc import Callable

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_safe
from whitenoise.middleware import WhiteNoiseMiddleware

from wangge.config import faces
from wangge.kernel.errors import NotVisible

NOT_BUILT = "页面尚未构建，请运行 make setup。\nThe pages are not built yet; run make setup.\n"
PLAIN = "text/plain; charset=utf-8"


BROKEN = {
    "code": "config.broken",
    "zh": "系统出错了，没有保存任何改动。请稍后再试；若反复出现，请联系管理员查看日志。",
    "en": "Something broke and nothing was saved. Try again later; if it stays, the log says why.",
    "facts": {},
}


class FacesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise has no types
    """Serves each face under its own address, with the service worker inside its scope."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        for face, prefix in faces.PREFIXES.items():
            if faces.is_built(face):
                self.add_files(str(faces.STATIC / face), prefix=prefix)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an unknown address: as a refusal below /api/, as plain text elsewhere."""
    if request.path.startswith("/api/"):
        return JsonResponse(NotVisible().as_dict(), status=404)
    return HttpResponse("404\n", status=404, content_type=PLAIN)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer a mistake of ours; what happened is in the log."""
    return JsonResponse(BROKEN, status=500)


@require_safe
def serve_page(request: HttpRequest, face: str, rest: str = "") -> HttpResponseBase:
    """Return the face's page for any of its deep links; a missing file stays missing."""
    if "." in rest.rpartition("/")[2]:
        return HttpResponse("404\n", status=404, content_type=PLAIN)
    if not faces.is_built(face):
        return HttpResponse(NOT_BUILT, status=503, content_type=PLAIN)
    path, encoding = faces.packed_index(face, request.headers.get("Accept-Encoding", ""))
    page = FileResponse(path.open("rb"), content_type="text/html; charset=utf-8")
    if encoding:
        page["Content-Encoding"] = encoding
    page["Cache-Control"] = "no-cache"
    page["Vary"] = "Accept-Encoding"
    return page
