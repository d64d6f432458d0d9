"""One message over one channel: the only place that speaks to the outside."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from apprise import Apprise, NotifyFormat

from wangge.notices.rules import addressed, scrub, secrets_in

SILENT = "the channel did not say why"
KEY_HEADER = {"mailto": "Message-ID", "mailtos": "Message-ID"}  # of the others: Idempotency-Key


class _Overheard(logging.Handler):
    """What the library says in this thread while it sends."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.thread_id = threading.get_ident()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.thread_id:
            self.lines.append(record.getMessage())


@contextmanager
def _overhearing() -> Iterator[_Overheard]:
    log, handler = logging.getLogger("apprise"), _Overheard()
    log.addHandler(handler)
    try:
        yield handler
    finally:
        log.removeHandler(handler)


def can_carry(url: str) -> bool:
    """Return whether the library knows what to do with such an address."""
    return Apprise.instantiate(addressed(url, "13800000000")) is not None


def carry(url: str, to: str, *, title: str, text: str, key: str) -> str:
    """Send one message; returns why it failed, without secrets, or nothing.

    The `key` goes along as Message-ID or Idempotency-Key, so that a receiver that looks at it knows a repeat.
    Rule: NT-5, NT-7.
    """
    whole = _with_key(addressed(url, to), key)
    with _overhearing() as overheard:
        try:
            channel = Apprise.instantiate(whole)
            if channel is None:
                return "the address of the channel cannot be read"
            is_sent = channel.notify(body=text, title=title, body_format=NotifyFormat.TEXT)
        except (OSError, ValueError, TypeError) as error:  # a plugin must not end the batch of the others
            overheard.lines.append(type(error).__name__)
            is_sent = False
    if is_sent:
        return ""
    return scrub("; ".join(overheard.lines) or SILENT, [to, *secrets_in(url)])[:255]


def _with_key(url: str, key: str) -> str:
    scheme = url.partition("://")[0].lower()
    if not scheme.startswith(("mailto", "json", "form", "xml")):
        return url
    value = f"<{key}@wangge>" if scheme.startswith("mailto") else key
    sign = "&" if "?" in url else "?"
    return f"{url}{sign}%2B{KEY_HEADER.get(scheme, 'Idempotency-Key')}={quote(value, safe='')}"
