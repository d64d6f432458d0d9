"""kill -9 of the worker while it sends to a gateway: nothing is lost, what may be double says so. NT-5."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from tests.notices.makers import connect, gateway, telling
from wangge.accounts.rules import Medium
from wangge.kernel import clock
from wangge.kernel.secrets import encrypt
from wangge.notices import services
from wangge.notices.models import Delivery
from wangge.notices.sending import PART
from wangge.notices.services import Contact

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
MANY = 2 * PART + 100  # some still wait in the queue when the worker dies
WITHIN_S = 120  # a dead worker's job is done again after 20 seconds of silence


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """A worker as `wangge run` starts it, on the database of this test."""
    where = connection.settings_dict
    url = f"postgresql:///{where['NAME']}?host={where['HOST']}&user={where['USER']}"
    environment = {**os.environ, "WANGGE_DATABASE_URL": os.environ.get("WANGGE_DATABASE_URL") or url}
    process = subprocess.Popen([sys.executable, "-m", "wangge.config.worker"], env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=30)


def wait_until(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + WITHIN_S
    while not is_so():
        assert time.monotonic() < ends, "it took too long"
        time.sleep(0.02)


def test_a_worker_killed_while_it_sends_loses_nothing_and_what_may_be_double_says_so() -> None:
    with gateway(delay_s=0.1) as sms:
        connect(Medium.SMS, sms.url)
        contacts = [Contact(f"c{n}", "sms", encrypt(f"138{n:08d}")) for n in range(MANY)]
        services.tell([telling("a", contacts=contacts)], at=clock.now() - timedelta(minutes=1))

        with worker() as first:
            wait_until(lambda: len(sms.received) >= PART // 4)
            os.kill(first.pid, signal.SIGKILL)
            first.wait(timeout=30)
        time.sleep(0.5)  # what was on its way has arrived
        before = {one["phone"] for one in sms.received}
        assert PART // 4 <= len(before) < MANY
        names = Delivery.objects.filter(state="sending").values_list("recipient", flat=True)
        taken = {f"138{int(name[1:]):08d}": name for name in names}
        assert len(taken) >= PART  # nobody noted what became of them
        Delivery.objects.filter(state="sending").update(due_at=clock.now())  # as if the lease were over

        with worker():
            wait_until(lambda: not Delivery.objects.exclude(state="sent").exists())

    times = Counter(one["phone"] for one in sms.received)
    assert len(times) == MANY  # nothing is lost
    assert max(times.values()) == 2  # at least once
    assert {phone for phone, n in times.items() if n == 2} == before & taken.keys()
    said = Delivery.objects.filter(may_be_double=True).values_list("recipient", flat=True)
    assert set(said) == set(taken.values())
    assert len(set(sms.keys)) == MANY  # a repeat carries the key of its first time
