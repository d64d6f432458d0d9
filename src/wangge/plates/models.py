"""Plates on doors: their codes, the sheets they are printed on, and what the pack lets them say."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from wangge.kernel.actor import Actor
from wangge.plates.rules import PlateKind, SheetState
from wangge.venues.models import Venue


class PlateForm(models.Model):
    """Size and wording of a kind of plate, and what a stranger is shown. Installed by a pack (PL-2, PL-3)."""

    kind = models.CharField(max_length=16, primary_key=True)
    pack_version = models.CharField(max_length=64)
    width_mm = models.FloatField()
    height_mm = models.FloatField()
    margin_mm = models.FloatField()
    title_zh = models.CharField(max_length=64)
    title_en = models.CharField(max_length=128)
    hint_zh = models.CharField(max_length=128, blank=True)
    hint_en = models.CharField(max_length=255, blank=True)
    lines = ArrayField(models.CharField(max_length=16))
    public = ArrayField(models.CharField(max_length=16))
    is_confirmed = models.BooleanField()


class PlateQuerySet(models.QuerySet["Plate"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(Q(venue__grid_path__startswith=actor.scope) | Q(path__startswith=actor.scope))


class Plate(models.Model):
    """One plate. A lost one ends; the next has another code (PL-4)."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=16)
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, related_name="+", db_index=False)
    path = models.CharField(max_length=64, blank=True)  # of a grid
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.BigIntegerField(null=True)
    ended_reason = models.CharField(max_length=500, blank=True)

    objects = PlateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=PlateKind.VENUE.value, venue__isnull=False, path="")
                | Q(kind=PlateKind.GRID.value, venue__isnull=True, path__endswith="."),
                name="plate_of_a_place_or_a_grid",
            ),
            models.UniqueConstraint(
                fields=["venue"],
                condition=Q(ended_at__isnull=True, venue__isnull=False),
                name="plate_one_a_place",
            ),
            models.UniqueConstraint(
                fields=["path"], condition=Q(ended_at__isnull=True) & ~Q(path=""), name="plate_one_a_grid"
            ),
        ]


class SheetQuerySet(models.QuerySet["PlateSheet"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(scope__startswith=actor.scope)


class PlateSheet(models.Model):
    """Plates to be printed together, and how far that is."""

    id = models.UUIDField(primary_key=True)  # the command's
    scope = models.CharField(max_length=64)  # all of it lies in here
    name = models.CharField(max_length=128)
    kind = models.CharField(max_length=16)
    plate_ids = ArrayField(models.BigIntegerField())
    base_url = models.CharField(max_length=255)  # what the codes begin with
    language = models.CharField(max_length=8)
    state = models.CharField(max_length=16, default=SheetState.WAITING)
    done = models.PositiveIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)
    file_name = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.BigIntegerField()
    printed_at = models.DateTimeField(null=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(scope__endswith="."), name="plate_sheet_scope_closed"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in SheetState]), name="plate_sheet_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["scope", "-asked_at"], name="plate_sheet_newest"),
        ]


class SupervisionPhone(models.Model):
    """Whom the public calls about a territory; of several the nearest above (PL-2)."""

    path = models.CharField(max_length=64, primary_key=True)
    phone = models.CharField(max_length=32)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(path__endswith="."), name="supervision_phone_path_closed")
        ]
