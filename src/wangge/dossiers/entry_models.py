"""What every entry of a dossier has."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from wangge.kernel.actor import Actor


class OfVenueQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """An entry is seen by whoever sees its place now: the path is the venue's own, never a copy."""
        return self.filter(venue__grid_path__startswith=actor.scope)

    def standing(self) -> Self:
        return self.filter(removed_at__isnull=True)


class OfVenue(models.Model):
    """An entry of a dossier."""

    id = models.UUIDField(primary_key=True)  # made by the sender: a retry is the same row
    kind = models.CharField(max_length=32)
    source = models.CharField(max_length=64, blank=True)  # whence it is known: a register, a licence seen
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
