"""What every app leans on: audit rows, receipts, files, unread input, calendar, runs. No word of a trade."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from wangge.kernel.actor import Actor
from wangge.kernel.calendar import LOCAL_KINDS
from wangge.kernel.run_rules import OPEN, RunState, Way


class AuditRow(models.Model):
    """Who did what to which thing, written in the same transaction as the change. Never updated."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=64)
    role = models.CharField(max_length=32)
    post_id = models.BigIntegerField(null=True)  # in which of the person's posts (AC-2)
    action = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            BrinIndex(fields=["at"], name="audit_at_brin"),
            models.Index(fields=["subject_type", "subject_id"], name="audit_subject"),
        ]


class Receipt(models.Model):
    """An applied command: a second delivery finds it here and is answered with the fate of the first."""

    command_id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=32)
    actor_id = models.BigIntegerField()
    at = models.DateTimeField()
    digest = models.BinaryField(
        max_length=32
    )  # sha256 of the command: the same id with other content is refused
    result = models.JSONField(default=dict)


class Unread(models.Model):
    """An item that could not be read, kept as it came, with the reason."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=32)
    actor_id = models.BigIntegerField()
    at = models.DateTimeField()
    raw = models.TextField()
    code = models.CharField(max_length=64)
    reason = models.TextField()


class StoredFile(models.Model):
    """A file by the digest of its bytes: the same photo twice is one file."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size_bytes = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=128)
    created_at = models.DateTimeField()
    created_by = models.BigIntegerField()
    detail = models.JSONField(default=dict)
    facts = models.JSONField(null=True)  # what a photo says of itself (KE-19); null: not looked at
    looks = models.BigIntegerField(
        null=True
    )  # 64 bits of how a photo looks (KE-20), indexed by its four parts

    class Meta:
        indexes = [
            models.Index(
                fields=["sha256"],
                name="file_not_looked_at",
                condition=Q(facts__isnull=True, media_type__startswith="image/"),
            )
        ]


class CalendarYear(models.Model):
    """The State Council's notice for a year, as an administrator loaded it."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    holidays = ArrayField(models.DateField())
    makeup_days = ArrayField(models.DateField())


class LocalDay(models.Model):
    """A day that a territory works otherwise than the nation: off, worked, or half."""

    id = models.BigAutoField(primary_key=True)
    path = models.CharField(max_length=64)
    on = models.DateField()
    kind = models.CharField(max_length=16)
    reason = models.CharField(max_length=128)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["path", "on"], name="local_day_once_a_place"),
            models.CheckConstraint(condition=Q(path__endswith="."), name="local_day_path_closed"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in LOCAL_KINDS]), name="local_day_kind_known"
            ),
        ]


class CalendarEdition(models.Model):
    """One change of the calendar. The highest id names the calendar in force; ids are never given twice."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor_name = models.CharField(max_length=64)
    path = models.CharField(max_length=64, blank=True)  # empty: the whole nation
    first_on = models.DateField()
    last_on = models.DateField()
    note_zh = models.CharField(max_length=255)
    note_en = models.CharField(max_length=255)


class FileRunQuerySet(models.QuerySet["FileRun"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own, and those of the territory that the same post allows (KE-36)."""
        own = Q(asked_by=actor.user_id, asked_by__gt=0)
        below = Q(scope__startswith=actor.scope, capability__in=list(actor.capabilities))
        return self.filter(own | below)


class FileRun(models.Model):
    """One import or export of a file: who asked, how far it is, what it did. Its files go, the row stays."""

    id = models.UUIDField(primary_key=True)  # made by who asks: a retry is the same row
    kind = models.CharField(max_length=32)  # venues.import; what does it is handed to the worker
    way = models.CharField(max_length=8)
    capability = models.CharField(max_length=64)  # without which nobody asks for it or sees another's
    asked_by = models.BigIntegerField()  # 0: the command at the machine
    asked_name = models.CharField(max_length=64)
    asked_role = models.CharField(max_length=32)
    scope = models.CharField(max_length=64)  # of the post in which it was asked for
    asked_at = models.DateTimeField()
    again_of = models.UUIDField(null=True)  # the run that this one repeats
    file_name = models.CharField(max_length=255, blank=True)
    file_bytes = models.PositiveBigIntegerField(default=0)
    has_file = models.BooleanField(default=False)  # what came in is still kept
    options = models.JSONField(default=dict)
    is_dry_run = models.BooleanField(default=False)
    state = models.CharField(max_length=16, default=RunState.WAITING)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cancel_asked_at = models.DateTimeField(null=True)
    rows = models.PositiveBigIntegerField(default=0)  # read so far
    rows_total = models.PositiveBigIntegerField(null=True)  # as the file says, before it is read
    written = models.PositiveBigIntegerField(default=0)
    created = models.PositiveBigIntegerField(default=0)
    updated = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    bad_rows = models.PositiveBigIntegerField(default=0)
    problems = models.PositiveBigIntegerField(default=0)
    has_problem_file = models.BooleanField(default=False)
    has_result = models.BooleanField(default=False)
    report = models.JSONField(default=dict)
    refusal = models.JSONField(null=True)  # the body of the no that ended it

    objects = FileRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in RunState]), name="file_run_state_known"
            ),
            models.CheckConstraint(
                condition=Q(way__in=[way.value for way in Way]), name="file_run_way_known"
            ),
            models.CheckConstraint(condition=Q(scope__endswith="."), name="file_run_scope_closed"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, state__in=[state.value for state in OPEN])
                | Q(ended_at__isnull=False) & ~Q(state__in=[state.value for state in OPEN]),
                name="file_run_ended_when_over",
            ),
        ]
        indexes = [
            models.Index(fields=["-asked_at", "-id"], name="file_run_newest"),
            models.Index(
                fields=["id"], name="file_run_open", condition=Q(state__in=[state.value for state in OPEN])
            ),
            models.Index(
                fields=["ended_at"],
                name="file_run_with_files",
                condition=Q(has_file=True) | Q(has_problem_file=True) | Q(has_result=True),
            ),
        ]


class OpenCalls(models.Model):
    """How often an open page was asked in the minute from `since` on: by sender (a digest) and in all."""

    key = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField()
    count = models.PositiveIntegerField()
