"""When people are away, and the words of the active pack about people."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from wangge.accounts.leave_rules import WordList


class Leave(models.Model):
    """Somebody is away in `[starts_on, ends_on)`, from every post. Never deleted: what was stays."""

    id = models.UUIDField(primary_key=True)  # the command's: a retry is the same leave
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="leaves", db_index=False)
    kind = models.CharField(max_length=32)  # of the pack: annual, sick, training…
    starts_on = models.DateField()
    ends_on = models.DateField()  # the first day back
    note = models.CharField(max_length=255, blank=True)
    entered_by = models.BigIntegerField()
    entered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="leave_period_forward"),
        ]
        indexes = [
            models.Index(fields=["user", "starts_on"], name="leave_of_user"),
            models.Index(fields=["starts_on", "id"], name="leave_by_day"),
            models.Index(fields=["ends_on"], name="leave_by_end"),
        ]


class StaffWord(models.Model):
    """A word of the active pack: a kind of leave, a class or kind of staff, a source of employment."""

    id = models.BigAutoField(primary_key=True)
    list = models.CharField(max_length=16)
    code = models.CharField(max_length=32)
    parent = models.CharField(max_length=32, blank=True)  # the class of a kind
    name_zh = models.CharField(max_length=64)
    name_en = models.CharField(max_length=128)
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    position = models.PositiveSmallIntegerField()
    pack_version = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "code"], name="staff_word_once_a_list"),
            models.CheckConstraint(
                condition=Q(list__in=[one.value for one in WordList]), name="staff_word_list_known"
            ),
        ]
