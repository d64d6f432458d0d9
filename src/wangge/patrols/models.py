"""Duties, sessions, packed points, the figures of a day, trackers and the grid log."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from wangge.kernel.actor import Actor
from wangge.patrols.rules import DutySwitch, MinutesPlace, PatrolState


class PatrolDuty(models.Model):
    """A patrol duty of the pack in force. Installed by a pack, never typed into code."""

    code = models.CharField(max_length=32, primary_key=True)
    pack_version = models.CharField(max_length=64)
    name_zh = models.CharField(max_length=128)
    name_en = models.CharField(max_length=128)
    times = models.PositiveSmallIntegerField()  # sessions a day; 1: the minutes of the day
    minutes = models.PositiveSmallIntegerField()
    place = models.CharField(max_length=16)
    policy = models.CharField(max_length=16)
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(place__in=[p.value for p in MinutesPlace]), name="duty_place_known"
            ),
            models.CheckConstraint(
                condition=Q(policy__in=[s.value for s in DutySwitch]), name="duty_policy_known"
            ),
        ]


class PatrolLimit(models.Model):
    """A figure of `rules.Limits` as the pack says it."""

    code = models.CharField(max_length=32, primary_key=True)
    value = models.FloatField()
    name_zh = models.CharField(max_length=128)
    name_en = models.CharField(max_length=128)
    unit = models.CharField(max_length=32)
    source = models.CharField(max_length=64)
    is_confirmed = models.BooleanField()
    pack_version = models.CharField(max_length=64)


class ScopedQuerySet(models.QuerySet["PatrolDay"]):
    def visible_to(self, actor: Actor) -> Self:
        """The territory of who may read patrols; of who may not, the own days."""
        if actor.can("patrols.read"):
            return self.filter(grid_path__startswith=actor.scope)
        return self.filter(user_id=actor.user_id)


class PatrolSession(models.Model):
    """One patrol from start to stop, in the grids that its walker covers that day."""

    id = models.UUIDField(primary_key=True)  # made on the phone
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    grid_path = models.CharField(max_length=64)
    state = models.CharField(max_length=16, default=PatrolState.ON.value)
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()  # of its last step
    ended_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField()  # when the house last heard of it
    is_cut = models.BooleanField(default=False)  # nobody stopped it: it ended by itself (PA-9)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at__isnull=True), name="patrol_session_one_open"
            ),
            models.CheckConstraint(condition=Q(grid_path__endswith="."), name="patrol_session_path_closed"),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in PatrolState]), name="patrol_session_state_known"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(state="over"), name="patrol_session_over_when_ended"
            ),
        ]
        indexes = [models.Index(fields=["user", "started_at"], name="patrol_session_user")]


class DutySpan(models.Model):
    """A stretch of a session without a pause, `[starts_at, ends_at)`: only here points are taken."""

    id = models.BigAutoField(primary_key=True)
    session = models.ForeignKey(PatrolSession, models.CASCADE, related_name="spans")
    user_id = models.BigIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")), name="duty_span_forward"
            ),
            models.UniqueConstraint(
                fields=["user_id"], condition=Q(ends_at__isnull=True), name="duty_span_one_open"
            ),
        ]
        indexes = [models.Index(fields=["user_id", "starts_at"], name="duty_span_user")]


class CheckIn(models.Model):
    """A plate scanned at its door: proof of a place where no satellite is seen."""

    id = models.UUIDField(primary_key=True)  # the command's
    session = models.ForeignKey(PatrolSession, models.CASCADE, related_name="check_ins")
    user_id = models.BigIntegerField()
    at = models.DateTimeField()
    venue_id = models.UUIDField()
    lon = models.FloatField()
    lat = models.FloatField()

    class Meta:
        indexes = [models.Index(fields=["user_id", "at"], name="check_in_user")]


class TrackChunk(models.Model):
    """A batch of points as it came, packed and sealed. Partitioned by month on its UUIDv7 (PA-12)."""

    id = models.UUIDField(primary_key=True)  # the batch's: a batch that comes twice is one row
    user_id = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    received_at = models.DateTimeField()
    count = models.PositiveSmallIntegerField()
    digest = models.BinaryField()  # of what was sent
    points = models.BinaryField()  # packing.py

    class Meta:
        indexes = [models.Index(fields=["user_id", "first_at"], name="track_chunk_user")]


class PatrolDay(models.Model):
    """What one person's patrols of one day come to. Made from points; a recount gives the same (PA-10)."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    on = models.DateField()
    grid_path = models.CharField(max_length=64)
    inside_s = models.PositiveIntegerField(default=0)  # in one's own grids, credited seconds among them
    anywhere_s = models.PositiveIntegerField(default=0)
    credited_s = models.PositiveIntegerField(default=0)
    gap_s = models.PositiveIntegerField(default=0)  # on duty, and nothing is known
    flagged_s = models.PositiveIntegerField(default=0)  # too fast, or made up by the phone
    metres = models.PositiveIntegerField(default=0)
    sessions = models.JSONField(default=list)
    remarks = models.JSONField(default=list)
    duty_code = models.CharField(max_length=32, blank=True)
    pack_version = models.CharField(max_length=64, blank=True)
    attained = models.BooleanField(null=True)  # None: nothing is owed
    missing_s = models.PositiveIntegerField(default=0)
    is_away = models.BooleanField(default=False)  # on leave: nothing is owed
    is_kept = models.BooleanField(default=False)  # the raw points are gone: this stands for ever
    counted_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "on"], name="patrol_day_once"),
            models.CheckConstraint(condition=Q(grid_path__endswith="."), name="patrol_day_path_closed"),
        ]
        indexes = [
            models.Index(fields=["-on", "grid_path", "id"], name="patrol_day_list"),
            models.Index(
                fields=["grid_path", "on"],
                name="patrol_day_grid",
                opclasses=["varchar_pattern_ops", "date_ops"],
            ),
        ]


class CountedUntil(models.Model):
    """Up to when what arrived has been counted; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    until = models.DateTimeField()


class Tracker(models.Model):
    """A device that sends points with a token of its own. The token is shown once; here is its digest."""

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    token_digest = models.BinaryField(unique=True)
    paired_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class GridLog(models.Model):
    """The grid log (网格日志) of one person and day: written from what was done, edited, signed."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    on = models.DateField()
    grid_path = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)  # as they stood when it was last written or signed
    text = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "on"], name="grid_log_once"),
            models.CheckConstraint(condition=Q(grid_path__endswith="."), name="grid_log_path_closed"),
        ]
        indexes = [models.Index(fields=["-on", "grid_path", "id"], name="grid_log_list")]
