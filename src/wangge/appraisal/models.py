"""Indicators as a pack gives them, and the counts they are made of: kept by month, grid and kind."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from wangge.appraisal.rules import Counted, FigureKind, Rhythm, TargetOf


class Indicator(models.Model):
    """One figure that people are shown, with what it is made of. Installed by a pack (IN-1)."""

    code = models.CharField(max_length=32, primary_key=True)
    place = models.PositiveSmallIntegerField()
    pack_version = models.CharField(max_length=64)
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=128)
    subject = models.CharField(max_length=8)
    kind = models.CharField(max_length=8)
    numerator = models.CharField(max_length=16)
    denominator = models.CharField(max_length=16, blank=True)
    small_sample = models.PositiveIntegerField()
    more_is = models.CharField(max_length=8)  # better, worse, or neither
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    subject__in=[one.value for one in Counted], kind__in=[one.value for one in FigureKind]
                ),
                name="indicator_subject_and_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(kind=FigureKind.SHARE.value) & ~Q(denominator="")
                | ~Q(kind=FigureKind.SHARE.value) & Q(denominator=""),
                name="indicator_share_has_a_whole",
            ),
        ]


class CaseFact(models.Model):
    """How many cases of one kind were reported in a grid in a month, and what became of them (IN-7)."""

    id = models.BigAutoField(primary_key=True)
    month = models.DateField()
    grid_path = models.CharField(max_length=64)
    matter_code = models.CharField(max_length=16)
    channel = models.CharField(max_length=16)
    department_id = models.BigIntegerField()  # 0: none
    is_restricted = models.BooleanField()
    reported = models.PositiveIntegerField()
    valid = models.PositiveIntegerField()
    closed = models.PositiveIntegerField()
    timed = models.PositiveIntegerField()
    on_time = models.PositiveIntegerField()
    on_spot = models.PositiveIntegerField()
    reworked = models.PositiveIntegerField()
    extended = models.PositiveIntegerField()
    unfinished = models.PositiveIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["month", "grid_path"], name="case_fact_month"),
            models.Index(
                fields=["grid_path", "month"],
                name="case_fact_grid",
                opclasses=["varchar_pattern_ops", "date_ops"],
            ),
        ]


class CaseHours(models.Model):
    """How many of those cases took so many whole hours from report to close (IN-4)."""

    id = models.BigAutoField(primary_key=True)
    month = models.DateField()
    grid_path = models.CharField(max_length=64)
    matter_code = models.CharField(max_length=16)
    channel = models.CharField(max_length=16)
    department_id = models.BigIntegerField()
    is_restricted = models.BooleanField()
    hours = models.PositiveIntegerField()
    closed = models.PositiveIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["month", "grid_path"], name="case_hours_month"),
            models.Index(
                fields=["grid_path", "month"],
                name="case_hours_grid",
                opclasses=["varchar_pattern_ops", "date_ops"],
            ),
        ]


class OrderFact(models.Model):
    """How many orders of one rule a grid had in a month, and what became of them (IN-7)."""

    id = models.BigAutoField(primary_key=True)
    month = models.DateField()
    grid_path = models.CharField(max_length=64)
    rule_code = models.CharField(max_length=32)
    planned = models.PositiveIntegerField()
    done = models.PositiveIntegerField()
    in_time = models.PositiveIntegerField()
    with_finding = models.PositiveIntegerField()
    inspected = models.PositiveIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["month", "grid_path"], name="order_fact_month"),
            models.Index(
                fields=["grid_path", "month"],
                name="order_fact_grid",
                opclasses=["varchar_pattern_ops", "date_ops"],
            ),
        ]


class PlaceFact(models.Model):
    """How many places of a grid had an inspection done among the orders of a month (TA-3)."""

    id = models.BigAutoField(primary_key=True)
    month = models.DateField()
    grid_path = models.CharField(max_length=64)
    seen = models.PositiveIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["month", "grid_path"], name="place_fact_month"),
            models.Index(
                fields=["grid_path", "month"],
                name="place_fact_grid",
                opclasses=["varchar_pattern_ops", "date_ops"],
            ),
        ]


class Target(models.Model):
    """What is to be reached by when: of the pack for everybody, or set by hand for a territory (TA-1)."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=32)
    path = models.CharField(max_length=64, blank=True)  # "" of the pack
    place = models.PositiveSmallIntegerField(default=0)
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=128)
    of = models.CharField(max_length=16)
    indicator = models.CharField(max_length=32, blank=True)
    tier = models.CharField(max_length=32, blank=True)
    at_least = models.FloatField(null=True)
    every = models.CharField(max_length=8)
    plan = ArrayField(models.FloatField())
    adds = models.BooleanField(default=False)
    first_year = models.PositiveSmallIntegerField(null=True)
    source = models.CharField(max_length=64, blank=True)
    is_confirmed = models.BooleanField()
    is_active = models.BooleanField(default=True)  # False by hand: this territory does not want it
    pack_version = models.CharField(max_length=64, blank=True)  # "": by hand
    version = models.PositiveIntegerField(default=1)
    set_by = models.BigIntegerField(null=True)
    set_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "path"], name="target_once_a_territory"),
            models.CheckConstraint(
                condition=Q(of__in=[one.value for one in TargetOf], every__in=[one.value for one in Rhythm]),
                name="target_measure_known",
            ),
            models.CheckConstraint(
                condition=Q(path="") & ~Q(pack_version="") | Q(path__endswith=".", pack_version=""),
                name="target_of_the_pack_or_a_territory",
            ),
        ]


class Changed(models.Model):
    """A month of a grid whose counts are behind: readers count it anew until the job has (IN-8).

    Written by triggers on cases and orders, in the transaction of the change.
    """

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=8)
    month = models.DateField()
    grid_path = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["subject", "month"], name="changed_month")]
