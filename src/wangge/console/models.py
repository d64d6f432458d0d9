"""The map's sheets: the places of a tile, packed, and the tiles that are to be drawn anew."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from wangge.kernel.actor import Actor


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


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own, and what others of the same territory share."""
        return self.filter(Q(owner_id=actor.user_id) | Q(is_shared=True, scope=actor.scope))


class SavedView(models.Model):
    """A page that somebody keeps under a name (WP-5)."""

    id = models.UUIDField(primary_key=True)  # made by the sender
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    scope = models.CharField(max_length=64)
    page = models.CharField(max_length=32)
    name = models.CharField(max_length=32)
    query = models.CharField(max_length=1_000)
    is_shared = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "page", "name"], name="saved_view_name_once"),
            models.CheckConstraint(condition=Q(scope__endswith="."), name="saved_view_scope_closed"),
        ]
        indexes = [
            models.Index(fields=["scope", "page"], condition=Q(is_shared=True), name="saved_view_shared")
        ]
