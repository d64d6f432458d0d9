"""The division tree, and grids as polygons with valid time."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from wangge.kernel.actor import Actor
from wangge.kernel.paths import ancestors


class DivisionQuerySet(models.QuerySet["Division"]):
    def visible_to(self, actor: Actor) -> Self:
        """The caller's subtree, and the way down to it: a tree needs its trunk."""
        return self.filter(Q(path__startswith=actor.scope) | Q(path__in=ancestors(actor.scope)))


class Division(models.Model):
    """A statutory division from province to committee, by its closed path."""

    path = models.CharField(max_length=64, primary_key=True)
    code = models.CharField(max_length=12)  # 2, 4, 6, 9 or 12 digits, a string: leading zeros count
    name = models.CharField("名称", max_length=64)
    tier = (
        models.PositiveSmallIntegerField()
    )  # 1 province, 2 prefecture, 3 county, 4 township or street, 5 committee
    parent_path = models.CharField(max_length=64, null=True)

    objects = DivisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="division_code_once"),
            models.CheckConstraint(condition=Q(path__endswith="."), name="division_path_closed"),
            models.CheckConstraint(condition=Q(tier__range=(1, 5)), name="division_tier_known"),
        ]
        indexes = [
            models.Index(fields=["parent_path", "code"], name="division_children"),
        ]


class GridQuerySet(models.QuerySet["Grid"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(path__startswith=actor.scope)

    def valid_at(self, at: datetime) -> Self:
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at), valid_from__lte=at)


class Grid(models.Model):
    """A polygon of a layer, for what lies in it during `[valid_from, valid_to)`. Codes are never reused."""

    id = models.UUIDField(primary_key=True)
    layer = models.CharField(max_length=32)  # comprehensive, market…
    path = models.CharField(max_length=64)
    code = models.CharField(max_length=32)
    name = models.CharField("网格", max_length=64)
    tier = models.CharField(max_length=32)  # the pack's word for the level: street, community, grid
    shape_wkb = models.BinaryField()  # WGS-84 polygon or multipolygon
    min_lon = models.FloatField()
    min_lat = models.FloatField()
    max_lon = models.FloatField()
    max_lat = models.FloatField()
    area_m2 = models.FloatField()
    households = models.PositiveIntegerField(null=True)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    objects = GridQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["layer", "path"], condition=Q(valid_to__isnull=True), name="grid_path_once_a_layer"
            ),
            models.CheckConstraint(condition=Q(path__endswith="."), name="grid_path_closed"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="grid_period_forward",
            ),
        ]
        indexes = [models.Index(fields=["path"], name="grid_subtree", opclasses=["varchar_pattern_ops"])]


class Duty(models.TextChoices):
    PRIMARY = "primary"
    DEPUTY = "deputy"
    SUBSTITUTE = "substitute"


class GridMember(models.Model):
    """Who covers a grid, in `[starts_on, ends_on)`. One primary member a grid (WH-07)."""

    id = models.BigAutoField(primary_key=True)
    path = models.CharField(max_length=64)
    layer = models.CharField(max_length=32)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    duty = models.CharField(max_length=16, choices=Duty.choices, default=Duty.PRIMARY)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["layer", "path"],
                condition=Q(duty="primary", ends_on__isnull=True),
                name="grid_member_one_primary",
            ),
            models.CheckConstraint(
                condition=Q(duty__in=["primary", "deputy", "substitute"]), name="grid_member_duty_known"
            ),
            models.CheckConstraint(condition=Q(path__endswith="."), name="grid_member_path_closed"),
        ]
