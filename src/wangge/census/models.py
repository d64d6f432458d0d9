"""Censuses of places, and what was found: nothing of it changes the register before a reviewer accepts it."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from wangge.census.rules import Finding, Review, Side
from wangge.kernel.actor import Actor
from wangge.kernel.paths import ancestors
from wangge.venues.models import Venue


class CensusQuerySet(models.QuerySet["Census"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those inside the scope, and those around it: a member sees the census of the street."""
        return self.filter(Q(path__startswith=actor.scope) | Q(path__in=ancestors(actor.scope)))


class Census(models.Model):
    """A campaign over the grids of a territory (普查, WH-30)."""

    id = models.UUIDField(primary_key=True)  # the command's
    name = models.CharField(max_length=64)
    path = models.CharField(max_length=64)
    starts_on = models.DateField()
    ends_on = models.DateField()  # the last day
    asked = ArrayField(models.CharField(max_length=16))  # fields
    note = models.CharField(max_length=500, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.BigIntegerField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)
    unwalked = models.PositiveIntegerField(null=True)  # places that nobody had walked to when it closed

    objects = CensusQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(path__endswith="."), name="census_path_closed"),
            models.CheckConstraint(condition=Q(starts_on__lte=F("ends_on")), name="census_starts_first"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, unwalked__isnull=True)
                | Q(closed_at__isnull=False, unwalked__isnull=False),
                name="census_closed_says_unwalked",
            ),
        ]
        indexes = [models.Index(fields=["path", "-opened_at"], name="census_newest")]


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(grid_path__startswith=actor.scope)


class Answer(models.Model):
    """What a member found at one place. A later one takes the place of an earlier; both stay."""

    id = models.UUIDField(primary_key=True)  # made on the phone: a retry is the same row
    census = models.ForeignKey(Census, models.PROTECT, related_name="+", db_index=False)
    grid_path = models.CharField(max_length=64, db_collation="C")
    venue = models.ForeignKey(
        Venue, models.PROTECT, null=True, related_name="+"
    )  # of a new one: once accepted
    other = models.ForeignKey(Venue, models.PROTECT, null=True, related_name="+", db_index=False)
    finding = models.CharField(max_length=16)
    values = models.JSONField(default=dict)  # a sealed field stays sealed
    venue_version = models.PositiveIntegerField(default=0)  # which the dossier had then
    note = models.CharField(max_length=500, blank=True)
    lon = models.FloatField(null=True)  # WGS-84
    lat = models.FloatField(null=True)
    at = models.DateTimeField()
    by = models.BigIntegerField()
    is_current = models.BooleanField(default=True)
    review = models.CharField(max_length=16)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["census", "venue"],
                condition=Q(is_current=True, venue__isnull=False),
                name="answer_one_a_place",
            ),
            models.CheckConstraint(condition=Q(grid_path__endswith="."), name="answer_grid_path_closed"),
            models.CheckConstraint(
                condition=Q(finding__in=[one.value for one in Finding]), name="answer_finding_known"
            ),
            models.CheckConstraint(
                condition=Q(review__in=[one.value for one in Review]), name="answer_review_known"
            ),
            models.CheckConstraint(
                condition=Q(finding=Finding.NEW) | Q(venue__isnull=False), name="answer_names_its_place"
            ),
            models.CheckConstraint(
                condition=~Q(finding=Finding.NEW) | Q(lon__isnull=False, lat__isnull=False),
                name="answer_new_has_position",
            ),
        ]
        indexes = [
            models.Index(
                fields=["census", "grid_path", "id"], condition=Q(is_current=True), name="answer_by_grid"
            ),
            models.Index(fields=["census", "id"], condition=Q(review="waiting"), name="answer_waiting"),
        ]


class Comparison(models.Model):
    """A register of somebody else beside ours."""

    id = models.UUIDField(primary_key=True)
    census = models.ForeignKey(Census, models.CASCADE, related_name="+")
    name = models.CharField(max_length=64)  # whose register
    file_name = models.CharField(max_length=255)
    rows = models.PositiveIntegerField()
    both = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.BigIntegerField()


class ComparedRow(models.Model):
    """A row of that register, and the place it was found at."""

    id = models.BigAutoField(primary_key=True)
    comparison = models.ForeignKey(Comparison, models.CASCADE, related_name="+", db_index=False)
    row = models.PositiveIntegerField()  # of the file
    code = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=128)
    address = models.CharField(max_length=255, blank=True)
    credit_code = models.CharField(max_length=18, blank=True)
    venue = models.ForeignKey(Venue, models.SET_NULL, null=True, related_name="+")
    side = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(side__in=[Side.BOTH.value, Side.ONLY_THERE.value]), name="compared_side_known"
            )
        ]
        indexes = [models.Index(fields=["comparison", "side", "row"], name="compared_in_order")]
