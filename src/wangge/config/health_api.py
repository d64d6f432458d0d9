"""Is the house open? For load balancers, the supervisor and `wangge doctor`."""

from __future__ import annotations

import importlib.metadata
from typing import Literal

from django.db import OperationalError, connection
from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status

from wangge.evidence.queries import find_key_trouble
from wangge.kernel.shapes import Schema

VERSION = importlib.metadata.version("wangge")
router = Router(tags=["health"])


class Health(Schema):
    """What answers."""

    status: Literal["ok", "down"]
    database: Literal["ok", "down"]
    signing_key: Literal["ok", "lost"]  # lost or damaged: the house is open, but evidence cannot be exported
    version: str


@router.get("", auth=None, response={200: Health, 503: Health}, operation_id="get_health")
def get_health(request: HttpRequest) -> Status[Health]:
    """200 while the database answers, 503 otherwise. A signing key that is gone closes nothing."""
    key: Literal["ok", "lost"] = "lost" if find_key_trouble() else "ok"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return Status(503, Health(status="down", database="down", signing_key=key, version=VERSION))
    return Status(200, Health(status="ok", database="ok", signing_key=key, version=VERSION))
