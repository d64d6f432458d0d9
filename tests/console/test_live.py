"""The stream of a real server: told within a second, and after a break nothing missing, nothing doubled."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager

import httpx
import pytest
from django.db import connection, transaction

from tests.cases.makers import make_case, make_house, walk
from tests.makers import make_client

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served():
    """Serve the stream beside the test's own database; yield its address."""
    port = free_port()
    to = connection.get_connection_params()
    reach = {key: to[key] for key in ("host", "port", "user", "password", "dbname") if to.get(key)}
    url = (
        f"postgresql://{reach.get('user', '')}:{reach.get('password', '')}@/{reach['dbname']}"
        f"?host={reach.get('host', '')}&port={reach.get('port', '')}"
    )
    options = f"--interface asgi --host 127.0.0.1 --port {port} --log-level warning --workers-kill-timeout 2"
    command = [sys.executable, "-m", "granian", *options.split(), "wangge.config.live:application"]
    process = subprocess.Popen(command, env={**os.environ, "WANGGE_DATABASE_URL": url})
    try:
        yield f"http://127.0.0.1:{port}/live"
    finally:
        process.terminate()
        process.wait(15)


class Ear:
    """A browser: reads messages in a thread until it is closed."""

    def __init__(self, url, cookie, mark=""):
        self.cookie = cookie
        self.url, self.mark, self.rows, self.kinds = url, mark, [], []
        self.heard = threading.Condition()
        self.client = httpx.Client(timeout=30)
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()
        self.wait(lambda: self.kinds)

    def _listen(self):
        headers = {"cookie": f"sessionid={self.cookie}"} | ({"last-event-id": self.mark} if self.mark else {})
        deadline = time.monotonic() + 20
        while True:
            try:
                with self.client.stream("GET", self.url, headers=headers) as answer:
                    assert answer.status_code == 200
                    self._read(answer)
                return
            except httpx.ConnectError:
                assert time.monotonic() < deadline
            except (httpx.ReadError, httpx.RemoteProtocolError, RuntimeError):
                return

    def _read(self, answer):
        kind = mark = ""
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if name == "id":
                mark = value
            elif name == "event":
                kind = value
            elif name == "data":
                with self.heard:
                    self.mark = mark or self.mark
                    self.kinds.append(kind)
                    now = time.monotonic()
                    self.rows += [(row["case_id"], row["action"], now) for row in json.loads(value)]
                    self.heard.notify_all()

    def wait(self, what, within=20):
        with self.heard:
            assert self.heard.wait_for(what, within), (self.kinds, self.rows)

    def close(self):
        self.client.close()

    def told(self):
        return [(case_id, action) for case_id, action, _ in self.rows]


def test_nothing_is_missing_and_nothing_doubled_after_a_break():
    house = make_house()
    alice, carol, han = (sign_in(actor) for actor in (house.alice, house.carol, house.han))
    with served() as url:
        ear = Ear(url, alice)
        first = str(make_case(house))
        committed = time.monotonic()
        ear.wait(lambda: ear.rows)
        assert ear.rows[0][:2] == (first, "report")
        assert ear.rows[0][2] - committed < 1.0
        stranger = Ear(url, carol)
        with transaction.atomic():  # begun before the break, committed after later ones
            late = str(make_case(house))
            mark = ear.mark
            ear.close()
            other = threading.Thread(target=in_another_connection, args=(house, first))
            other.start()
            other.join(20)
            between = Ear(url, alice, mark)
            between.wait(lambda: len(between.rows) >= 2)
        between.wait(lambda: len(between.rows) >= 3)
        assert between.told() == [(first, "accept"), (first, "dispatch"), (late, "report")]
        again = Ear(url, alice, between.mark)
        assert (again.told(), again.kinds[0]) == ([], "steps")
        lost = Ear(url, alice, "1:1:,")
        assert lost.kinds[0] == "anew"
        assert stranger.told() == []
        for one in (between, again, lost, stranger):
            one.close()
        assert httpx.get(url).status_code == 401
        assert httpx.get(url, headers={"cookie": f"sessionid={han}"}).status_code == 403


def sign_in(actor):
    return make_client(actor).cookies["sessionid"].value


def in_another_connection(house, case_id):
    try:
        walk(house, case_id, "dispatched")
    finally:
        connection.close()
