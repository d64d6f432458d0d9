"""What the pack in force says of cases: the kinds, whose they are, how long each stage may take."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from wangge.matters.rules import Severity


class Matter(models.Model):
    """A kind of case (H101 疏散通道堆物占用…) with severity, basis and time to fix. Installed by a pack."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=16)
    pack_version = models.CharField(max_length=64)
    group_code = models.CharField(max_length=16)  # H1
    group_zh = models.CharField(max_length=64)
    group_en = models.CharField(max_length=128)
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=128)
    basis = models.CharField(max_length=128)
    severity = models.CharField(max_length=16)
    fix_days = models.PositiveSmallIntegerField()  # working days to rectify; 0 means at once
    fix_hours = models.PositiveSmallIntegerField(null=True)  # for matters that run in plain hours
    department_kind = models.CharField(max_length=32)  # the default first handler
    words_zh = ArrayField(models.CharField(max_length=16), default=list)  # what people call it
    is_confirmed = models.BooleanField()
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "pack_version"], name="matter_code_once_a_version"),
            models.CheckConstraint(
                condition=Q(severity__in=[s.value for s in Severity]), name="matter_severity_known"
            ),
        ]


class Route(models.Model):
    """Which kind of department gets a matter, in which territory. The longest match wins."""

    id = models.BigAutoField(primary_key=True)
    pack_version = models.CharField(max_length=64)
    matter_prefix = models.CharField(max_length=16)  # "H3", "H601"; "" is the last resort
    path = models.CharField(max_length=64, blank=True)  # "" = everywhere
    department_kind = models.CharField(max_length=32)
    is_active = models.BooleanField(default=True)


class StageClock(models.Model):
    """How long a stage may take (4 h to accept, 1 working day to sign…). Installed by a pack."""

    id = models.BigAutoField(primary_key=True)
    pack_version = models.CharField(max_length=64)
    status = models.CharField(max_length=16)
    working_days = models.PositiveSmallIntegerField(null=True)
    hours = models.PositiveSmallIntegerField(null=True)  # plain hours, counted through the night
    working_hours = models.PositiveSmallIntegerField(null=True)  # hours of work (`Timing.work_spans`)
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    is_active = models.BooleanField(default=True)


class StageName(models.Model):
    """What a pack calls a status (five steps, six steps, seven stages…)."""

    id = models.BigAutoField(primary_key=True)
    pack_version = models.CharField(max_length=64)
    status = models.CharField(max_length=16)
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=128)
    is_active = models.BooleanField(default=True)


class Timing(models.Model):
    """The numbers of a pack's clocks. The row that is active says which pack's rows are in force."""

    id = models.BigAutoField(primary_key=True)
    pack_version = models.CharField(max_length=64, unique=True)
    yellow_at_pct = models.PositiveSmallIntegerField()  # of the time that a clock gives
    at_once_hours = models.PositiveSmallIntegerField()  # of a matter that is to be fixed at once
    work_spans = models.JSONField(default=list)  # [["08:30", "12:00"], …]: the hours of a working day
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"], condition=Q(is_active=True), name="timing_one_is_active"
            )
        ]
