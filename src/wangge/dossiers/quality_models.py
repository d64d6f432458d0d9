"""What dossiers are measured by, and what was counted in each grid."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from wangge.dossiers.quality_rules import Measure, Needs
from wangge.kernel.actor import Actor


class Standard(models.Model):
    """A row of the pack: what must be known, after how long it is stale, by what a grid is hollow."""

    id = models.BigAutoField(primary_key=True)
    measure = models.CharField(max_length=16)
    code = models.CharField(max_length=32)
    position = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=128)
    classes = ArrayField(models.CharField(max_length=32), default=list)  # of places; none: every class
    needs = models.CharField(max_length=16, blank=True)  # of what must be known: where it is kept
    of = models.CharField(max_length=32, blank=True)  # the column, or the kind of entry
    weight = models.PositiveSmallIntegerField(null=True)
    days = models.PositiveSmallIntegerField(null=True)
    percent = models.PositiveSmallIntegerField(null=True)
    times = models.PositiveSmallIntegerField(null=True)  # of copied logs: on so many of the days
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    is_active = models.BooleanField(default=True)
    pack_version = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["measure", "code"], name="dossier_standard_once"),
            models.CheckConstraint(
                condition=Q(measure__in=[one.value for one in Measure]), name="dossier_standard_known"
            ),
            models.CheckConstraint(
                condition=~Q(measure=Measure.KNOWN.value)
                | Q(needs__in=[one.value for one in Needs], weight__gte=1),
                name="dossier_standard_weighs",
            ),
        ]


class GridFiguresQuerySet(models.QuerySet["GridFigures"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(path__startswith=actor.scope)


class GridFigures(models.Model):
    """What was known in one grid when it was last counted (DS-12 to DS-14)."""

    path = models.CharField(max_length=64, primary_key=True, db_collation="C")
    name = models.CharField(max_length=64)
    places = models.PositiveIntegerField()
    whole = models.PositiveIntegerField()  # places of which everything asked is known
    known = models.PositiveIntegerField()
    asked = models.PositiveIntegerField()
    stale = models.PositiveIntegerField()
    last_visit_on = models.DateField(null=True)
    has_member = models.BooleanField()
    copied_days = models.PositiveSmallIntegerField(default=0)
    signs = ArrayField(models.CharField(max_length=16), default=list)
    counted_at = models.DateTimeField()

    objects = GridFiguresQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["path"], condition=~Q(signs=[]), name="dossier_grid_hollow"),
        ]


class CopiedLog(models.Model):
    """Days on which the log of a grid says what another day's says, as the room of logs counted them last."""

    path = models.CharField(max_length=64, primary_key=True, db_collation="C")
    days = models.PositiveSmallIntegerField()
