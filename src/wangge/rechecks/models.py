"""Draws, what they drew, and what was found when somebody looked again."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from wangge.kernel.actor import Actor
from wangge.rechecks.rules import RecheckKind, RecheckVerdict
from wangge.venues.models import Venue


class DrawQuerySet(models.QuerySet["Draw"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(path__startswith=actor.scope)


class Draw(models.Model):
    """A sample of what was done, drawn by a published seed. Never deleted (RC-7)."""

    id = models.UUIDField(primary_key=True)  # the command's id
    kind = models.CharField(max_length=16)
    title = models.CharField(max_length=64)
    path = models.CharField(max_length=64)
    since_on = models.DateField()
    until_on = models.DateField()  # the last day of the work that is looked at
    due_on = models.DateField()
    seed = models.CharField(max_length=64)
    population = models.PositiveIntegerField()
    population_sha256 = models.CharField(max_length=64)
    drawn_from = models.BinaryField()  # zlib of `rules.told`: anybody can draw it again
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    objects = DrawQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(path__endswith="."), name="draw_path_closed"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in RecheckKind]), name="draw_kind_known"
            ),
            models.CheckConstraint(condition=Q(since_on__lte=F("until_on")), name="draw_days_in_order"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason=""),
                name="draw_withdrawn_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["path", "-drawn_at"],
                name="draw_path",
                opclasses=["varchar_pattern_ops", "timestamptz_ops"],
            )
        ]


class SampleQuerySet(models.QuerySet["Sample"]):
    def visible_to(self, actor: Actor) -> Self:
        """A sample is seen by whoever sees where it lay when it was drawn."""
        return self.filter(grid_path__startswith=actor.scope)


class Sample(models.Model):
    """One thing that a draw drew: whose work, where, and what was found (RC-5)."""

    id = models.UUIDField(primary_key=True)
    draw = models.ForeignKey(Draw, models.PROTECT, related_name="samples", db_index=False)
    position = models.PositiveSmallIntegerField()  # in the order of drawing
    grid_path = models.CharField(max_length=64)
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, related_name="+", db_index=False)
    order_id = models.UUIDField(null=True)  # the visit that is looked at
    case_id = models.UUIDField(null=True)  # the finding of others that leads back to it
    done_at = models.DateTimeField(null=True)  # when the work was done
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )  # whose work it is
    walker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )  # who walks the grid of another
    verdict = models.CharField(max_length=16, blank=True)
    rating = models.PositiveSmallIntegerField(null=True)
    note = models.CharField(max_length=500, blank=True)
    photos = ArrayField(models.CharField(max_length=64), default=list)
    looked_at = models.DateTimeField(null=True)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    version = models.PositiveIntegerField(default=1)

    objects = SampleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draw", "position"], name="sample_once_a_place"),
            models.CheckConstraint(condition=Q(grid_path__endswith="."), name="sample_path_closed"),
            models.CheckConstraint(
                condition=Q(verdict__in=["", *(one.value for one in RecheckVerdict)]),
                name="sample_verdict_known",
            ),
            models.CheckConstraint(
                condition=Q(verdict="", looked_at__isnull=True, looked_by__isnull=True, rating__isnull=True)
                | Q(looked_at__isnull=False, looked_by__isnull=False) & ~Q(verdict=""),
                name="sample_looked_at_whole",
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True, verdict="")
                | Q(rating__isnull=True) & ~Q(verdict=RecheckVerdict.ANSWERED.value)
                | Q(rating__range=(1, 5), verdict=RecheckVerdict.ANSWERED.value),
                name="sample_rated_when_answered",
            ),
            models.CheckConstraint(  # DG-08: nobody judges the own work
                condition=Q(looked_by__isnull=True) | Q(member__isnull=True) | ~Q(looked_by=F("member")),
                name="sample_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(walker__isnull=True) | Q(member__isnull=True) | ~Q(walker=F("member")),
                name="sample_crossed",
            ),
        ]
        indexes = [
            models.Index(fields=["member", "looked_at"], name="sample_member"),
            models.Index(
                fields=["grid_path", "looked_at"],
                name="sample_grid",
                opclasses=["varchar_pattern_ops", "timestamptz_ops"],
            ),
        ]
