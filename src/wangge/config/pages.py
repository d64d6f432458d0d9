"""Serves the built faces. Files are compressed at build time and indexed at start."""

from __future__ import annotations

from collections.abc import Callable

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe
from whitenoise.middleware import WhiteNoiseMiddleware

from wangge.config import faces

NOT_BUILT = "页面尚未构建，请运行 make setup。\nThe pages are not built yet; run make setup.\n"
PLAIN = "text/plain; charset=utf-8"


class FacesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise has no types
    """Serves each face under its own address, with the service worker inside its scope."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        for face, prefix in faces.PREFIXES.items():
            if faces.is_built(face):
                self.add_files(str(faces.STATIC / face), prefix=prefix)


@require_safe
def serve_page(request: HttpRequest, face: str, rest: str = "") -> HttpResponseBase:
    """Return the face's page for any of its deep links; a missing file stays missing."""
    if "." in rest.rpartition("/")[2]:
        return HttpResponse("404\n", status=404, content_type=PLAIN)
    if not faces.is_built(face):
        return HttpResponse(NOT_BUILT, status=503, content_type=PLAIN)
    page = FileResponse(
        (faces.STATIC / face / "index.html").open("rb"), content_type="text/html; charset=utf-8"
    )
    page["Cache-Control"] = "no-cache"
    return page
