"""The map's sheets: the places of a tile, packed, and the tiles that are to be drawn anew."""

from __future__ import annotations

from django.db import models


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
