"""What an answer tells whoever asked, in a form that is the same every time."""

from __future__ import annotations

import io
import json
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse

from tests.documents.makers import text_of
from wangge.kernel.spreadsheets import read_rows


def seen_in(answer: HttpResponse | StreamingHttpResponse) -> object:
    """Return what an answer tells: its status, and its content in a form that is the same every time."""
    content = _content(answer)
    kind = answer.headers.get("Content-Type", "")
    if "spreadsheetml" in kind:
        return answer.status_code, [row for _, row in read_rows(io.BytesIO(content), "a.xlsx")]
    if "wordprocessingml" in kind:
        return answer.status_code, text_of(content)
    if "text/csv" in kind:
        return answer.status_code, content.decode("utf-8-sig")
    if "json" in kind and content:
        return answer.status_code, json.loads(content, object_hook=_lasting)
    return answer.status_code, content


def _lasting(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name != "csrf_token"}


def _content(answer: HttpResponse | StreamingHttpResponse) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content  # type: ignore[arg-type]
