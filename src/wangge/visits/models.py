"""People who are visited, visits, calls to a place, quick reports, and the pack's words for them."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from wangge.kernel.actor import Actor
from wangge.orders.rules import Interval
from wangge.visits.rules import PersonOutcome, Register


class Word(models.Model):
    """What the rows of a pack in this room share."""

    code = models.CharField(max_length=32, primary_key=True)
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=128)
    policy = models.CharField(max_length=16, default="advisory")
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    position = models.PositiveSmallIntegerField()
    pack_version = models.CharField(max_length=64)

    class Meta:
        abstract = True


class VisitGroup(Word):
    """A group of people and how often they are visited (HB-09)."""

    interval = models.CharField(max_length=32)
    is_protected = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(interval__in=[one.value for one in Interval]), name="visit_group_interval_known"
            )
        ]


class ArrivalTrigger(Word):
    """What calls somebody to a place (HB-08)."""

    channels = ArrayField(models.CharField(max_length=16), default=list)
    matters = ArrayField(models.CharField(max_length=16), default=list)  # codes or groups
    severities = ArrayField(models.CharField(max_length=16), default=list)
    season = models.CharField(max_length=32, blank=True)
    within_minutes = models.PositiveIntegerField()
    least_photos = models.PositiveSmallIntegerField()


class ReportKind(Word):
    """What must be reported, and what becomes of it (HB-10)."""

    becomes = models.CharField(max_length=16)
    matters = ArrayField(models.CharField(max_length=16), default=list)
    place_class = models.CharField(max_length=32, blank=True)
    fact = models.CharField(max_length=32, blank=True)
    groups = ArrayField(models.CharField(max_length=32), default=list)
    least_photos = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(becomes__in=[one.value for one in Register]), name="report_kind_becomes_known"
            )
        ]


class ProofLimit(models.Model):
    """A figure of `rules.ProofLimits` as the pack says it (VI-6)."""

    code = models.CharField(max_length=32, primary_key=True)
    value = models.FloatField()
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    pack_version = models.CharField(max_length=64)


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(grid_path__startswith=actor.scope)


class Person(models.Model):
    """Somebody who is visited: name and phone sealed, the groups told only to who reveals them (VI-10)."""

    id = models.UUIDField(primary_key=True)  # made where the fact is made
    grid_path = models.CharField(max_length=64, db_collation="C")
    sealed_name = models.BinaryField()
    sealed_phone = models.BinaryField(null=True)
    address = models.CharField(max_length=255)
    lon = models.FloatField()  # WGS-84
    lat = models.FloatField()
    groups = ArrayField(models.CharField(max_length=32))
    since_on = models.DateField()
    ended_on = models.DateField(null=True)
    last_met_on = models.DateField(null=True)
    last_tried_on = models.DateField(null=True)  # the day of the last visit, whatever came of it
    created_by = models.BigIntegerField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = PersonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(grid_path__endswith="."), name="person_grid_path_closed"),
            models.CheckConstraint(condition=~Q(groups=[]), name="person_in_a_group"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("since_on")), name="person_ends_later"
            ),
        ]
        indexes = [
            models.Index(fields=["grid_path", "id"], name="person_grid"),
            models.Index(
                fields=["grid_path", "last_met_on", "id"],
                condition=Q(ended_on__isnull=True),
                name="person_due",
            ),
        ]


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(grid_path__startswith=actor.scope)


class Visit(models.Model):
    """One visit to a person, whatever came of it."""

    id = models.UUIDField(primary_key=True)  # the command's
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    grid_path = models.CharField(max_length=64, db_collation="C")
    at = models.DateTimeField()
    on = models.DateField()  # in China
    by = models.BigIntegerField()
    outcome = models.CharField(max_length=16)
    note = models.CharField(max_length=500, blank=True)
    photos = ArrayField(models.CharField(max_length=64), default=list)
    lon = models.FloatField(null=True)  # WGS-84
    lat = models.FloatField(null=True)
    is_near = models.BooleanField(null=True)  # None: the phone had no position
    off_m = models.PositiveIntegerField(null=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=[one.value for one in PersonOutcome]), name="visit_outcome_known"
            ),
            models.CheckConstraint(condition=Q(grid_path__endswith="."), name="visit_grid_path_closed"),
        ]
        indexes = [
            models.Index(fields=["person", "-at"], name="visit_of_person"),
            models.Index(fields=["grid_path", "on"], name="visit_by_grid"),
            models.Index(fields=["at", "id"], name="visit_in_order"),  # the ledger, and months gone by
        ]


class ArrivalQuerySet(models.QuerySet["Arrival"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(grid_path__startswith=actor.scope)


class Arrival(models.Model):
    """A call to a place, and the proof that somebody came (HB-08)."""

    id = models.UUIDField(primary_key=True)  # of a case or a grid's day: made of it, so it is called once
    trigger = models.CharField(max_length=32)
    grid_path = models.CharField(max_length=64, db_collation="C")
    case_id = models.UUIDField(null=True, unique=True)  # a plain id: a case is never deleted
    season = models.CharField(max_length=32, blank=True)
    text = models.CharField(max_length=500, blank=True)
    address = models.CharField(max_length=255, blank=True)
    lon = models.FloatField(null=True)  # WGS-84; none: anywhere in the grid
    lat = models.FloatField(null=True)
    least_photos = models.PositiveSmallIntegerField()
    called_at = models.DateTimeField()
    due_at = models.DateTimeField()
    called_by = models.BigIntegerField(null=True)  # none: the house
    arrived_at = models.DateTimeField(null=True)
    arrived_by = models.BigIntegerField(null=True)
    arrived_lon = models.FloatField(null=True)
    arrived_lat = models.FloatField(null=True)
    off_m = models.PositiveIntegerField(null=True)
    photos = ArrayField(models.CharField(max_length=64), default=list)
    note = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True)  # nobody came, and nobody has to any more

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(grid_path__endswith="."), name="arrival_grid_path_closed"),
            models.CheckConstraint(condition=Q(due_at__gt=F("called_at")), name="arrival_due_after_call"),
            models.CheckConstraint(
                condition=Q(arrived_at__isnull=True, arrived_by__isnull=True)
                | Q(arrived_at__isnull=False, arrived_by__isnull=False, arrived_lon__isnull=False),
                name="arrival_proves_where",
            ),
            models.CheckConstraint(
                condition=Q(arrived_at__isnull=True) | Q(ended_at__isnull=True),
                name="arrival_came_or_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["grid_path", "due_at", "id"],
                condition=Q(arrived_at__isnull=True, ended_at__isnull=True),
                name="arrival_open",
            ),
            models.Index(fields=["grid_path", "-called_at", "id"], name="arrival_newest"),
        ]


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(grid_path__startswith=actor.scope)


class Report(models.Model):
    """A quick report, and the case or the entry of a register that came of it (HB-10)."""

    id = models.UUIDField(primary_key=True)  # the command's
    kind = models.CharField(max_length=32)
    becomes = models.CharField(max_length=16)
    subject_id = models.UUIDField()  # the case, place, fact or person
    grid_path = models.CharField(max_length=64, db_collation="C")
    text = models.CharField(max_length=2000, blank=True)
    address = models.CharField(max_length=255, blank=True)
    photos = ArrayField(models.CharField(max_length=64), default=list)
    lon = models.FloatField()  # WGS-84
    lat = models.FloatField()
    at = models.DateTimeField()
    by = models.BigIntegerField()

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(grid_path__endswith="."), name="report_grid_path_closed"),
            models.CheckConstraint(
                condition=Q(becomes__in=[one.value for one in Register]), name="report_becomes_known"
            ),
        ]
        indexes = [models.Index(fields=["grid_path", "-at", "id"], name="report_newest")]
