"""People with addresses, rules, and real ends of the channels on loopback: a mail server, an HTTP gateway."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as Mail
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.makers import ALICE, AT, BOB, NOBODY, plain_actor
from wangge.accounts import services as accounts
from wangge.accounts.rules import Medium, Role
from wangge.notices import services
from wangge.notices.services import Telling

ADMIN = plain_actor(ALICE.acting_as(Role.SYSTEM_ADMIN, scope="34."), user_id=NOBODY)


@dataclass
class Gateway:
    """An HTTP gateway as an SMS provider has one: it keeps what arrives, and answers with `status`."""

    url: str = ""
    status: int = 200
    received: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@contextmanager
def gateway(status: int = 200, *, delay_s: float = 0) -> Iterator[Gateway]:
    kept = Gateway(status=status)

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(delay_s)
            if kept.status == 200:
                kept.received.append(json.loads(body))
                kept.keys.append(self.headers.get("Idempotency-Key", ""))
            self.send_response(kept.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        kept.url = f"json://gate:s3cretpass@127.0.0.1:{server.server_port}/send?:phone={{to}}"
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Postbox:
    """A mail server that takes every mail, but for the address that it refuses."""

    url: str = ""
    refuses: str = ""
    mails: list[Mail] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)


@contextmanager
def postbox(refuses: str = "") -> Iterator[Postbox]:
    kept = Postbox(refuses=refuses)

    class Answer(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 test")
            to = ""
            while line := self.rfile.readline().decode().strip():
                word = line.split()[0].upper()
                if word == "RCPT":
                    to = line.partition("<")[2].partition(">")[0]
                    self.say("550 nobody of that name" if to == kept.refuses else "250 ok")
                elif word == "DATA":
                    self.say("354 go on")
                    lines = iter(self.rfile.readline, b".\r\n")
                    kept.mails.append(message_from_bytes(b"".join(lines), policy=default))
                    kept.recipients.append(to)
                    self.say("250 taken")
                elif word == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        port = server.server_address[1]
        kept.url = f"mailto://127.0.0.1:{port}?from=grid@city.example&to={{to}}&mode=insecure"
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()


def connect(medium: Medium, url: str) -> None:
    services.save_channel(medium, url, is_on=True, actor=ADMIN, at=AT)


def give_address(user_id: int, medium: Medium, address: str) -> None:
    accounts.set_addresses({medium: address}, user_id=user_id, actor=ADMIN, at=AT)


def telling(key: str, user_ids: Sequence[int] = (), **fields: Any) -> Telling:
    plain: dict[str, Any] = {
        "topic": "dispatch",
        "path": BOB.scope,
        "title_zh": "有新案件待签收",
        "title_en": "A case waits",
        "text_zh": "灭火器过期，花园路 1 号。",
        "text_en": "Fire extinguisher, 1 Garden Road.",
        "media": ("in_app", "sms"),
    }
    return Telling(key=key, user_ids=user_ids, **plain | fields)


def install_hours(version: str = "test@1") -> None:
    """Quiet from 22:00 to 07:00, the digest at 08:00."""
    hours = {"quiet_from": "22:00", "quiet_to": "07:00", "digest_at": "08:00"}
    services.install_hours([hours | {"source": "test", "is_confirmed": False}], pack_version=version)
