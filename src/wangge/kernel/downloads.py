"""Lists as files that people download: csv or xlsx, streamed, named after the moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.http import StreamingHttpResponse

from wangge.kernel.clock import CHINA
from wangge.kernel.errors import Unreadable
from wangge.kernel.spreadsheets import write_csv, write_xlsx

WRITERS = {
    "csv": (write_csv, "text/csv; charset=utf-8"),
    "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def check_suffix(suffix: str) -> None:
    """Raises: Unreadable for a form that nobody writes; asked before anything is read or audited."""
    if suffix not in WRITERS:
        raise Unreadable(field="suffix", why_zh="只能导出 csv 或 xlsx", why_en="csv or xlsx")


def download(
    rows: Iterable[Mapping[str, object]], columns: Sequence[str], *, name: str, suffix: str, at: datetime
) -> StreamingHttpResponse:
    """Return the rows as a file `<name>-<day>-<time>.<suffix>`. Raises: Unreadable."""
    check_suffix(suffix)
    write, media_type = WRITERS[suffix]
    answer = StreamingHttpResponse(write(rows, columns), content_type=media_type)
    whole = f"{name}-{at.astimezone(CHINA):%Y%m%d-%H%M}.{suffix}"
    answer["Content-Disposition"] = f'attachment; filename="{whole}"'
    return answer
