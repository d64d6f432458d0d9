"""What every app leans on: audit rows, receipts, files, unread input, calendar. No word of the trade."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from wangge.kernel.calendar import LOCAL_KINDS


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
