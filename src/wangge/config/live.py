"""The live stream: a small ASGI process of its own that tells browsers what was just committed (LV-1, LV-2).

One question each quarter of a second serves every browser. A notification by each step would make the steps
of a city wait for each other: PostgreSQL commits one notifying transaction at a time.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from wangge.config import ready as ready  # isort: split

import psycopg
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections, connection

from wangge.accounts.queries import get_signed_in
from wangge.cases.rules import RESTRICTED
from wangge.config import lifeline
from wangge.console import live
from wangge.console.rules import LiveRow, may_listen, may_see, read_mark
from wangge.kernel import clock
from wangge.kernel.actor import Actor

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
LOOK_S = 0.25  # how often it is asked what is new
BEAT_S = 15.0  # a sign of life
AGAIN_S = 60.0  # whoever was logged out hears no more after this
WAITING = 200  # messages that a slow browser may owe; then it is let go and comes back by its mark
log = logging.getLogger(__name__)


@dataclass(eq=False)
class Listener:
    """One browser."""

    actor: Actor
    queue: asyncio.Queue[tuple[str, list[LiveRow]] | None] = field(
        default_factory=lambda: asyncio.Queue(WAITING)
    )

    def tell(self, mark: str, rows: list[LiveRow]) -> None:
        with suppress(asyncio.QueueFull):
            self.queue.put_nowait((mark, rows))
            return
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)

    def own(self, rows: list[LiveRow]) -> list[LiveRow]:
        restricted = self.actor.can(RESTRICTED)
        return [row for row in rows if may_see(row, self.actor, restricted=restricted)]


class Hub:
    """Reads what was committed since the last moment, and hands it to every browser."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self.mark = ""
        self.line: psycopg.AsyncConnection[Any] | None = None
        self.lock = asyncio.Lock()
        self.task: asyncio.Task[None] | None = None
        self.is_ready = asyncio.Event()

    async def start(self) -> None:
        """Listen, if nobody does yet; return when the first moment is known."""
        if self.task is None or self.task.done():
            self.is_ready.clear()
            self.task = asyncio.create_task(self._listen())
        await asyncio.wait_for(self.is_ready.wait(), 10)

    async def _listen(self) -> None:
        try:
            wanted = connection.get_connection_params()
            reach = {key: value for key, value in wanted.items() if key not in {"cursor_factory", "context"}}
            self.line = await psycopg.AsyncConnection.connect(**reach, autocommit=True)
            async with self.line:
                self.mark = (await (await self.line.execute(live.NOW)).fetchall())[0][0]
                self.is_ready.set()
                await self._look()
        except (psycopg.Error, OSError) as error:
            log.warning("the stream lost its database: %s", error)
        finally:
            self.line = None
            for listener in list(self.listeners):  # they come back by their marks
                with suppress(asyncio.QueueFull):
                    listener.queue.put_nowait(None)

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        beat = loop.time() + BEAT_S
        while True:
            await asyncio.sleep(LOOK_S)
            is_beat = loop.time() >= beat
            beat += BEAT_S if is_beat else 0
            await self._tell(is_beat=is_beat)

    async def _tell(self, *, is_beat: bool) -> None:
        assert self.line is not None
        async with self.lock:
            answer = await self.line.execute(live.SINCE, {"since": self.mark, "most": live.MOST})
            found = await answer.fetchall()
            self.mark = found[0][0]
            rows = live.rows_of([row[1:] for row in found])
            for listener in list(self.listeners):
                if len(found) >= live.MOST:  # too much at once: whoever listens reads everything anew
                    listener.tell("", [])
                elif (own := listener.own(rows)) or is_beat:
                    listener.tell(self.mark, own)

    async def join(self, listener: Listener, since: str | None) -> tuple[str, list[LiveRow]] | None:
        """Add a browser; return what it missed up to the moment from which it is told. None: read anew."""
        async with self.lock:
            self.listeners.add(listener)
            until = self.mark
            if since is None or self.line is None:
                return (until, []) if since is None else None
            kept = await (await self.line.execute(live.IS_KEPT, {"since": since})).fetchone()
            if not kept or not kept[0]:
                return None
            asked = {"since": since, "until": until, "most": live.MOST}
            found = await (await self.line.execute(live.BETWEEN, asked)).fetchall()
            return (until, listener.own(live.rows_of(found))) if len(found) < live.MOST else None


hub: Hub | None = None


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve `/live`; anything else is not here."""
    if scope["type"] == "lifespan":
        await _live_and_end(receive, send)
        return
    if scope["type"] != "http":
        return
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    if scope["path"] != "/live" or scope["method"] != "GET" or not _is_ours(headers):
        await _refuse(send, 404)
        return
    actor = await _actor_of(headers, scope)
    if actor is None or not may_listen(actor):
        await _refuse(send, 401 if actor is None else 403, headers)
        return
    await _stream(actor, headers, scope, receive, send)


async def _stream(actor: Actor, headers: dict[str, str], scope: Scope, receive: Receive, send: Send) -> None:
    global hub
    hub = hub or Hub()
    try:
        await hub.start()
    except (TimeoutError, psycopg.Error):
        await _refuse(send, 503, headers)
        return
    listener = Listener(actor)
    await send(
        {"type": "http.response.start", "status": 200, "headers": _answer(headers, "text/event-stream")}
    )
    gone = asyncio.create_task(_until_gone(receive))
    try:
        given = headers.get("last-event-id") or _query(scope).get("since", "")
        since = read_mark(given) if given else None
        missed = await hub.join(listener, since) if since or not given else None
        if missed is None:
            await hub.join(listener, None)
            await _write(send, f"id: {hub.mark}\nevent: anew\ndata: []\n\n".encode())
        else:
            await _write(send, live.message(*missed))
        await _follow(listener, gone, headers, scope, send)
    finally:
        hub.listeners.discard(listener)
        gone.cancel()
    with suppress(Exception):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _follow(
    listener: Listener, gone: asyncio.Task[None], headers: dict[str, str], scope: Scope, send: Send
) -> None:
    loop = asyncio.get_running_loop()
    again = loop.time() + AGAIN_S
    while not gone.done():
        getting = asyncio.create_task(listener.queue.get())
        await asyncio.wait({getting, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not getting.done():
            getting.cancel()
            return
        item = getting.result()
        if item is None:
            return
        if loop.time() >= again:
            actor = await _actor_of(headers, scope)
            if actor != listener.actor:  # logged out, or of another post: it comes back as who it is now
                return
            again = loop.time() + AGAIN_S
        mark, rows = item
        if mark == "":
            await _write(send, b"event: anew\ndata: []\n\n")
        else:
            await _write(send, live.message(mark, rows))


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _actor_of(headers: dict[str, str], scope: Scope) -> Actor | None:
    cookies: SimpleCookie = SimpleCookie()
    with suppress(CookieError):
        cookies.load(headers.get("cookie", ""))
    found = cookies.get(settings.SESSION_COOKIE_NAME)
    post = _query(scope).get("post", "")
    post_id = int(post) if post.isascii() and post.isdigit() and len(post) < 19 else None
    if found is None or (post and post_id is None):
        return None
    return await sync_to_async(_signed_in)(found.value, post_id)


def _signed_in(key: str, post_id: int | None) -> Actor | None:
    close_old_connections()
    try:
        return get_signed_in(key, on=clock.today(), post_id=post_id)
    finally:
        close_old_connections()


def _query(scope: Scope) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()}


def _is_ours(headers: dict[str, str]) -> bool:
    """Return whether the page that asks is of the same host: another site's never hears anything."""
    host = headers.get("host", "").rsplit(":", 1)[0]
    if host not in settings.ALLOWED_HOSTS and "*" not in settings.ALLOWED_HOSTS:
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).hostname == host


def _answer(headers: dict[str, str], kind: str) -> list[tuple[bytes, bytes]]:
    given = {"content-type": kind, "cache-control": "no-store", "x-accel-buffering": "no"}
    if origin := headers.get("origin"):
        given["access-control-allow-origin"] = origin
        given |= {"access-control-allow-credentials": "true", "vary": "Origin"}
    return [(name.encode(), value.encode("latin-1")) for name, value in given.items()]


async def _refuse(send: Send, status: int, headers: dict[str, str] | None = None) -> None:
    answer = _answer(headers or {}, "text/plain")
    await send({"type": "http.response.start", "status": status, "headers": answer})
    await send({"type": "http.response.body", "body": b""})


async def _live_and_end(receive: Receive, send: Send) -> None:
    while True:
        told = await receive()
        await send({"type": f"{told['type']}.complete"})
        if told["type"] == "lifespan.shutdown":
            return


if os.environ.get(lifeline.SUPERVISED):
    lifeline.die_with_parent(signal.SIGKILL)
