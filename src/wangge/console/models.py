"""What the live stream tells: the steps of a day, with the transaction that wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    PlainField = models.Field[Any, Any]
else:
    PlainField = models.Field


class TransactionId(PlainField):
    """PostgreSQL's xid8: the transaction in which a row was written."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


class LiveEvent(models.Model):
    """One step of a case, for the stream; written by a trigger on the events, forgotten after a day."""

    id = models.BigAutoField(primary_key=True)
    xid = TransactionId()
    case_id = models.UUIDField()
    action = models.CharField(max_length=32)
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16)
    grid_path = models.CharField(max_length=64)
    matter_code = models.CharField(max_length=16)
    is_restricted = models.BooleanField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["xid"], name="live_event_xid")]


class MapSheet(models.Model):
    """The places of one tile of level 14, packed for the map (MP-2). Drawn by a job from marks."""

    key = models.BigIntegerField(primary_key=True)  # as `console_tile` numbers the tile
    edition = models.BigIntegerField(db_index=True)  # of the drawing: a reader fetches what is newer
    points = models.BinaryField()  # rows of `sheets.ROW`, in the order of their number
    words = models.JSONField()  # what the rows' small numbers stand for: paths, classes, sets of tags


class MapChanged(models.Model):
    """A tile whose places changed since it was drawn; written by a trigger, one row a statement and tile."""

    id = models.BigAutoField(primary_key=True)
    key = models.BigIntegerField()
