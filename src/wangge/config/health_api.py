"""Is the house open? For load balancers, the supervisor and `wangge doctor`."""

from __future__ import annotations

import importlib.metadata
from typing import Literal

from django.db import OperationalError, connection
from django.http import HttpRequest
from ninja import Router, Schema
from ninja.responses import Status

VERSION = importlib.metadata.version("wangge")
router = Router(tags=["health"])


class Health(Schema):
    """What answers."""

    status: Literal["ok", "down"]
    database: Literal["ok", "down"]
    version: str


@router.get("", auth=None, response={200: Health, 503: Health}, operation_id="get_health")
def get_health(request: HttpRequest) -> Status[Health]:
    """200 while the database answers, 503 otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return Status(503, Health(status="down", database="down", version=VERSION))
    return Status(200, Health(status="ok", database="ok", version=VERSION))
