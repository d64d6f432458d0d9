"""The division tree, and grids as polygons with valid time."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from wangge.accounts.models import Leave
from wangge.kernel.actor import Actor
from wangge.kernel.paths import ancestors
from wangge.territory.handover_models import Handover as Handover
from wangge.territory.handover_models import HandoverItem as HandoverItem
from wangge.territory.rules import Change


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
    ended_at = models.DateTimeField(null=True)  # recoded: kept, as what was done under it stays (TE-18)

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
    scene = models.CharField(max_length=32, blank=True, default="")  # of a dedicated grid (SX-08)
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
    TEAM = "team"  # belongs to the grid's team in a named slot, stands in for nobody (SX-09)


class GridMember(models.Model):
    """Who covers a grid, in `[starts_on, ends_on)`. One primary member a grid (WH-07)."""

    id = models.BigAutoField(primary_key=True)
    path = models.CharField(max_length=64)
    layer = models.CharField(max_length=32)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    duty = models.CharField(max_length=16, choices=Duty.choices, default=Duty.PRIMARY)
    slot = models.CharField(max_length=32, blank=True, default="")  # of the staffing rule; "": the duty's
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    leave = models.ForeignKey(Leave, models.CASCADE, null=True, related_name="+")  # for which one stands in

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(leave__isnull=True) | Q(duty="substitute", ends_on__isnull=False),
                name="grid_member_stands_in_for_a_time",
            ),
            models.UniqueConstraint(
                fields=["leave", "layer", "path", "starts_on"],
                condition=Q(leave__isnull=False),
                name="grid_member_one_substitute",
            ),
            models.UniqueConstraint(
                fields=["layer", "path"],
                condition=Q(duty="primary", ends_on__isnull=True),
                name="grid_member_one_primary",
            ),
            models.CheckConstraint(
                condition=Q(duty__in=["primary", "deputy", "substitute", "team"]),
                name="grid_member_duty_known",
            ),
            models.CheckConstraint(condition=Q(path__endswith="."), name="grid_member_path_closed"),
        ]


class Named(models.Model):
    """A row of the active pack, with what a city calls it; replaced as a whole by the next pack (TE-11)."""

    code = models.CharField(max_length=32, primary_key=True)
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=128)
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    pack_version = models.CharField(max_length=64)

    class Meta:
        abstract = True


class Tier(Named):
    """A level of the tree, from the outside in; `grid_zh` where the city calls it a grid (大网格…)."""

    level = models.PositiveSmallIntegerField()
    digits = models.PositiveSmallIntegerField()  # of its part of the code (domain 2.13)
    grid_zh = models.CharField(max_length=64, blank=True)
    grid_en = models.CharField(max_length=128, blank=True)
    least_households = models.PositiveIntegerField(null=True)  # of a grid there; None: the pack says nothing
    most_households = models.PositiveIntegerField(null=True)


class Layer(Named):
    """One kind of grids over the map."""

    tier = models.CharField(max_length=32)  # of its grids
    under = models.CharField(max_length=32)  # the tier that its codes hang under
    prefix = models.CharField(max_length=4, blank=True)  # of its part of the code: M001
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    is_whole = models.BooleanField()  # leaves no gap; else it covers only what it is for
    may_overlap = models.BooleanField(default=False)  # two of its grids may share ground


class Scene(Named):
    """What a dedicated grid is for: a market, a street of shops (SX-08)."""


class StaffingSlot(Named):
    """A place in the team of every grid of a layer and tier: how many people at least and at most."""

    code = models.CharField(max_length=66, primary_key=True)  # the rule and the slot
    rule = models.CharField(max_length=32)
    layer = models.CharField(max_length=32)
    tier = models.CharField(max_length=32)
    scene = models.CharField(max_length=32, blank=True)  # "": every grid of the tier
    slot = models.CharField(max_length=32)
    at_least = models.PositiveSmallIntegerField()
    at_most = models.PositiveSmallIntegerField(null=True)
    position = models.PositiveSmallIntegerField()


class GridChange(models.Model):
    """A split, merge, redrawing or recoding: what people decided, once (TE-13)."""

    id = models.UUIDField(primary_key=True)  # the command's id: a retry is the same change
    kind = models.CharField(max_length=16)
    layer = models.CharField(max_length=32, blank=True)  # "": a recoding of divisions, in every layer
    path = models.CharField(max_length=64)  # that holds all it touched
    at = models.DateTimeField()
    actor_id = models.BigIntegerField()
    actor_name = models.CharField(max_length=64)
    reason = models.CharField(max_length=255)
    moved = models.JSONField(default=dict)  # how many of each kind
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in Change]), name="grid_change_kind_known"
            ),
            models.CheckConstraint(condition=Q(path__endswith="."), name="grid_change_path_closed"),
        ]
        indexes = [models.Index(fields=["at", "id"], name="grid_change_newest")]


class GridLineage(models.Model):
    """One grid became (part of) another. Kept for ever; both rows stay."""

    id = models.BigAutoField(primary_key=True)
    change = models.ForeignKey(GridChange, models.PROTECT, related_name="lines")
    before = models.ForeignKey(Grid, models.PROTECT, related_name="successors")
    after = models.ForeignKey(Grid, models.PROTECT, related_name="predecessors")
    shared_m2 = models.FloatField()  # of the ground

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["before", "after"], name="grid_lineage_once"),
            models.CheckConstraint(condition=~Q(before=F("after")), name="grid_lineage_of_two"),
        ]


class DivisionLineage(models.Model):
    """A division got another code (TE-18)."""

    id = models.BigAutoField(primary_key=True)
    change = models.ForeignKey(GridChange, models.PROTECT, related_name="recoded")
    before = models.ForeignKey(Division, models.PROTECT, related_name="+")
    after = models.ForeignKey(Division, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["before"], name="division_recoded_once")]


class Move(models.Model):
    """What a change carried to another grid; what happened before it counts for `path_before` (TE-14)."""

    id = models.BigAutoField(primary_key=True)
    change = models.ForeignKey(GridChange, models.PROTECT, related_name="moves", db_index=False)
    kind = models.CharField(max_length=32)  # venue, order, case
    subject_id = models.UUIDField()
    path_before = models.CharField(max_length=64)
    path_after = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["subject_id", "at"], name="move_of_subject"),
            models.Index(fields=["kind", "at"], name="move_kind_at"),
        ]


class RetiredCode(models.Model):
    """A code that no grid may carry again: the database refuses it (TE-12)."""

    id = models.BigAutoField(primary_key=True)
    layer = models.CharField(max_length=32)
    path = models.CharField(max_length=64)
    change = models.ForeignKey(GridChange, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["layer", "path"], name="retired_code_once")]
