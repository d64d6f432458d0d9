"""What is in force for cases: the kinds, whose they are, what raises them, how long each stage may take."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from wangge.accounts.models import Department
from wangge.kernel.actor import Actor
from wangge.matters.rules import Form, Severity, Stage

SEVERITIES = [severity.value for severity in Severity]


class Kind(models.Model):
    """What is said of a kind of case, by a pack or by the city itself."""

    group_code = models.CharField(max_length=16)  # H1
    group_zh = models.CharField(max_length=64)
    group_en = models.CharField(max_length=128)
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=128)
    basis = models.CharField(max_length=128)
    severity = models.CharField(max_length=16)
    may_become = models.CharField(max_length=16, blank=True)  # what an upgrade may raise it to
    fix_days = models.PositiveSmallIntegerField()  # working days to rectify; 0 means at once
    fix_hours = models.PositiveSmallIntegerField(null=True)  # for matters that run in plain hours
    department_kind = models.CharField(max_length=32)  # the default first handler
    form = models.CharField(max_length=16, default=Form.HAZARD)
    lane = models.CharField(max_length=32, blank=True)  # of the four platforms (TZ-17)
    fields = ArrayField(models.CharField(max_length=32), default=list)  # SX-17
    words_zh = ArrayField(
        models.CharField(max_length=16), default=list
    )  # what people call it: the words that suggest it
    is_restricted = models.BooleanField(default=False)  # its cases are seen by named posts only (DG-13)
    stops_operation = models.BooleanField(default=False)  # closed only when somebody lets it run again

    class Meta:
        abstract = True


class Matter(Kind):
    """A kind of case (H101 疏散通道堆物占用…) with severity, basis and time to fix. Installed by a pack."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=16)
    pack_version = models.CharField(max_length=64)
    owner_kind = models.CharField(max_length=32, blank=True)  # whose matter it is (DG-02)
    deadline_words = models.CharField(max_length=64, blank=True)  # the words that the figure was taken from
    source = models.CharField(max_length=64, blank=True)
    is_confirmed = models.BooleanField()
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "pack_version"], name="matter_code_once_a_version"),
            models.CheckConstraint(condition=Q(severity__in=SEVERITIES), name="matter_severity_known"),
        ]


class AdmissionQuerySet(models.QuerySet["Admission"]):
    def visible_to(self, actor: Actor) -> Self:
        """A department sees its own, others those of the departments inside their scope. Fails closed."""
        if not actor.can("matters.read"):
            return self.none()
        if actor.department_id is not None:
            return self.filter(department_id=actor.department_id)
        return self.filter(department_path__startswith=actor.scope)

    def in_edition(self, edition: int) -> Self:
        """Return the versions that hold in an edition of the city's own catalogue (MA-8)."""
        return self.filter(Q(edition_to__isnull=True) | Q(edition_to__gt=edition), edition_from__lte=edition)


class Admission(Kind):
    """One version of a matter that the city itself admits (入格): proposed, then reviewed by another."""

    id = models.UUIDField(primary_key=True)  # made where it is drafted: a retry is the same row
    code = models.CharField(max_length=16)  # H3C01: its group, C for the city, its number
    number = models.PositiveSmallIntegerField()  # of the version; the code stays
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    department_path = models.CharField(max_length=64)  # where the matter holds
    owner_kind = models.CharField(max_length=32)
    stage = models.CharField(max_length=16, default=Stage.DRAFT)
    reason = models.TextField(blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    review_note = models.TextField(blank=True)
    effective_on = models.DateField(null=True)
    withdrawn_on = models.DateField(null=True)  # from this day it no longer holds
    edition_from = models.PositiveIntegerField(null=True)  # null: not yet in force
    edition_to = models.PositiveIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = AdmissionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="admission_number_once"),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(stage__in=["draft", "submitted"]),
                name="admission_one_open_a_code",
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(edition_from__isnull=False, edition_to__isnull=True),
                name="admission_one_in_force",
            ),
            models.CheckConstraint(condition=Q(severity__in=SEVERITIES), name="admission_severity_known"),
            models.CheckConstraint(
                condition=Q(stage__in=[s.value for s in Stage]), name="admission_stage_known"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("proposed_by")),
                name="admission_reviewed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=["draft", "submitted"])
                | Q(reviewed_by__isnull=False, effective_on__isnull=False),
                name="admission_admitted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(edition_from__isnull=True) | Q(stage__in=["admitted", "withdrawn"]),
                name="admission_in_force_iff_admitted",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z][0-9]*C[0-9]{2,}$"), name="admission_code"
            ),
        ]
        indexes = [
            models.Index(fields=["department_path", "code"], name="admission_place"),
        ]


class Route(models.Model):
    """Which kind of department gets a matter, in which territory. The strongest row wins (MA-1)."""

    id = models.BigAutoField(primary_key=True)
    pack_version = models.CharField(max_length=64)
    code = models.CharField(max_length=32, blank=True)
    name_zh = models.CharField(max_length=64, blank=True)
    name_en = models.CharField(max_length=128, blank=True)
    matter_prefix = models.CharField(max_length=16, blank=True)  # "H3", "H601"; "" is every matter
    path = models.CharField(max_length=64, blank=True)  # "" = everywhere
    severity = models.CharField(max_length=16, blank=True)  # "" = whatever
    layer = models.CharField(max_length=32, blank=True)  # "" = found in whatever layer of grids
    department_kind = models.CharField(max_length=32, blank=True)  # "": the row does not say whose it is
    grid_first = models.BooleanField(null=True)  # the grid member looks on site first; null: not said
    source = models.CharField(max_length=64, blank=True)
    is_confirmed = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)


class Upgrade(models.Model):
    """What raises the severity of a case: its place, a repetition or time overdue (MA-6)."""

    id = models.BigAutoField(primary_key=True)
    pack_version = models.CharField(max_length=64)
    code = models.CharField(max_length=32)
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=128)
    matter_prefix = models.CharField(max_length=16, blank=True)
    to = models.CharField(max_length=16)
    classes = ArrayField(models.CharField(max_length=32), default=list)
    tags = ArrayField(models.CharField(max_length=32), default=list)
    times = models.PositiveSmallIntegerField(null=True)
    within_days = models.PositiveSmallIntegerField(default=0)
    overdue_times = models.FloatField(null=True)
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    is_active = models.BooleanField(default=True)


class Power(models.Model):
    """Which kind of organisation may enforce which matters, by the list that says so (SX-05)."""

    id = models.BigAutoField(primary_key=True)
    pack_version = models.CharField(max_length=64)
    code = models.CharField(max_length=32)
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=128)
    department_kind = models.CharField(max_length=32)
    matter_prefix = models.CharField(max_length=16, blank=True)
    path = models.CharField(max_length=64, blank=True)
    basis = models.CharField(max_length=128)
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    is_active = models.BooleanField(default=True)


class Term(models.Model):
    """A word of the catalogue: a lane, a field, a severity with its weight, a kind of department."""

    id = models.BigAutoField(primary_key=True)
    pack_version = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)  # lane, field, severity, department, stated
    code = models.CharField(max_length=32)
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=128)
    number = models.FloatField(null=True)  # a severity's weight; how many matters a source states
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
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


class LoopRules(models.Model):
    """What a pack allows inside the closed loop, and in which stages it shows a case. Installed by a pack."""

    id = models.BigAutoField(primary_key=True)
    pack_version = models.CharField(max_length=64)
    object_working_days = models.PositiveSmallIntegerField(null=True)  # null: at any time
    reopen_working_days = models.PositiveSmallIntegerField(null=True)
    suspensions = models.PositiveSmallIntegerField()  # that one case may have
    extensions = models.PositiveSmallIntegerField()
    extension_days = models.PositiveSmallIntegerField()  # working days, at most
    same_place_m = models.PositiveSmallIntegerField()
    photo_marks = ArrayField(models.CharField(max_length=16), default=list)  # under copies of photos
    templates = models.JSONField(default=dict)  # channel, "" for the others -> the stages that are shown
    is_active = models.BooleanField(default=True)


class Timing(models.Model):
    """The numbers of a pack's clocks, once an edition of the city's own catalogue.

    The row that is active says which pack's rows and which of the city's are in force.
    """

    id = models.BigAutoField(primary_key=True)
    pack_version = models.CharField(max_length=64)
    edition = models.PositiveIntegerField(default=0)  # of the city's own matters (MA-8)
    yellow_at_pct = models.PositiveSmallIntegerField()  # of the time that a clock gives
    at_once_hours = models.PositiveSmallIntegerField()  # of a matter that is to be fixed at once
    work_spans = models.JSONField(default=list)  # [["08:30", "12:00"], …]: the hours of a working day
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pack_version", "edition"], name="timing_edition_once"),
            models.UniqueConstraint(
                fields=["is_active"], condition=Q(is_active=True), name="timing_one_is_active"
            ),
        ]
