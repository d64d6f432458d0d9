"""Live: 500 open streams beside one writer on this machine. Run against a house that runs (`wangge run`):

    python -m benchmarks.live_streams http://127.0.0.1:8000 http://127.0.0.1:8001/live USER PASSWORD

It writes the steps by the API as USER (a dispatcher accepts reported cases), so a demo city is enough.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
import uuid
from datetime import UTC, datetime

import httpx

STREAMS, STEPS, BEFORE_S = 500, 10, 30


async def listen(
    client: httpx.AsyncClient, url: str, heard: dict[str, list[float]], ready: list[int]
) -> None:
    async with client.stream("GET", url, timeout=None) as answer:
        answer.raise_for_status()
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                now = time.monotonic()
                for row in json.loads(line[6:]):
                    heard.setdefault(row["case_id"], []).append(now)
                ready.append(1)


async def measure(base: str, live: str, user: str, password: str) -> None:
    limits = httpx.Limits(max_connections=STREAMS + 10)
    async with httpx.AsyncClient(limits=limits, timeout=30) as client:
        await client.get(f"{base}/api/accounts/me")
        await client.post(f"{base}/api/accounts/login", json={"username": user, "password": password})
        heard: dict[str, list[float]] = {}
        ready: list[int] = []
        began = time.monotonic()
        tasks = [asyncio.create_task(listen(client, live, heard, ready)) for _ in range(STREAMS)]
        while len(ready) < STREAMS and time.monotonic() - began < BEFORE_S:
            await asyncio.sleep(0.1)
        print(f"{len(ready)} of {STREAMS} streams open after {time.monotonic() - began:.1f} s")
        found = await client.get(f"{base}/api/cases", params={"status": "reported", "limit": STEPS})
        delays, doubled, missing = [], 0, 0
        for case in found.json()["items"]:
            step = {"id": str(uuid.uuid4()), "case_id": case["id"], "action": "accept"}
            step |= {"base_version": case["version"], "at": datetime.now(UTC).isoformat()}
            csrf = {"X-CSRFToken": client.cookies.get("csrftoken", "")}
            answer = await client.post(f"{base}/api/cases/steps", json=[step], headers=csrf)
            sent = time.monotonic()
            if answer.json()[0]["status"] != 200:
                continue
            while len(heard.get(case["id"], [])) < STREAMS and time.monotonic() - sent < 5:
                await asyncio.sleep(0.02)
            got = heard.get(case["id"], [])
            missing, doubled = missing + max(0, STREAMS - len(got)), doubled + max(0, len(got) - STREAMS)
            delays += [max(0.0, one - sent) for one in got]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if not delays:
            print("no case could be stepped: nothing was measured")
            return
        delays.sort()
        print(
            f"{len(delays)} told; after the answer to the writer: median {statistics.median(delays):.3f} s,"
            f" p95 {delays[int(len(delays) * 0.95)]:.3f} s, longest {delays[-1]:.3f} s;"
            f" missing {missing}, doubled {doubled}"
        )


if __name__ == "__main__":
    asyncio.run(measure(*sys.argv[1:5]))
