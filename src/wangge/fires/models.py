"""Fires that were heard of here, and each step of what was done."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from wangge.fires.rules import FireSource, FireStatus
from wangge.kernel.actor import Actor
from wangge.territory.models import Named
from wangge.venues.models import Venue


class FireWord(Named):
    """A cause or a kind of place of the active pack; `code` holds the kind: cause_electric, place_home."""

    kind = models.CharField(max_length=8)  # cause, place
    position = models.PositiveSmallIntegerField()


class FireQuerySet(models.QuerySet["Fire"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(grid_path__startswith=actor.scope)


class Fire(models.Model):
    """One fire as it is known here: never an official finding (FR-1)."""

    id = models.UUIDField(primary_key=True)  # made by the sender: a retry is the same fire
    code = models.CharField("编号", max_length=32, blank=True)  # by which a file knows it
    grid_path = models.CharField(max_length=64)
    lon = models.FloatField(null=True)  # WGS-84
    lat = models.FloatField(null=True)
    address = models.CharField("地址", max_length=128, blank=True)
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=16)
    cause = models.CharField(max_length=32, blank=True)
    place = models.CharField(max_length=32, blank=True)
    status = models.CharField(max_length=16)
    occurred_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    out_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    dead = models.PositiveIntegerField(default=0)
    injured = models.PositiveIntegerField(default=0)
    loss_fen = models.BigIntegerField(default=0)
    text = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = FireQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[one.value for one in FireStatus]), name="fire_status_known"
            ),
            models.CheckConstraint(
                condition=Q(source__in=[one.value for one in FireSource]), name="fire_source_known"
            ),
            models.CheckConstraint(condition=Q(grid_path__endswith="."), name="fire_grid_path_closed"),
            models.CheckConstraint(condition=Q(loss_fen__gte=0), name="fire_loss_not_below_zero"),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__range=(-180, 180), lat__range=(-90, 90)),
                name="fire_on_earth",
            ),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="fire_code_once"),
        ]
        indexes = [
            models.Index(fields=["-occurred_at", "-id"], name="fire_newest"),
            models.Index(
                fields=["grid_path", "occurred_at"],
                name="fire_grid",
                opclasses=["varchar_pattern_ops", "timestamptz_ops"],
            ),
        ]


class FireEvent(models.Model):
    """What became of a fire, step by step; never changed."""

    id = models.UUIDField(primary_key=True)  # the command's
    fire = models.ForeignKey(Fire, models.PROTECT, related_name="events", db_index=False)
    action = models.CharField(max_length=16)  # report, import, or an action of FR-2
    at = models.DateTimeField()  # when it happened
    written_at = models.DateTimeField()
    by_id = models.BigIntegerField()
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["fire", "written_at"], name="fire_event_of")]
