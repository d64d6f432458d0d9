"""The transaction that wrote a row, as a column: what was committed between two moments can be told by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Func

if TYPE_CHECKING:
    PlainField = models.Field[Any, Any]
else:
    PlainField = models.Field


class TransactionId(PlainField):
    """PostgreSQL's xid8."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


class CurrentTransaction(Func):
    """The id of the transaction that writes."""

    function = "pg_current_xact_id"
    output_field = TransactionId()


class WallClock(Func):
    """The moment of the row itself, not of its transaction's begin."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()
