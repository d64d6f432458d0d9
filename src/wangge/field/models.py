"""Phones that somebody has signed in with, what each was told last, and photos on their way."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Device(models.Model):
    """A phone of one person. It keeps the digests of the last two slices it was given: the delta's base."""

    id = models.UUIDField(primary_key=True)  # made by the phone
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField("设备", max_length=64)
    key_digest = models.CharField(max_length=64)  # sha256 of the key that only the phone has
    enrolled_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    clock_off_s = models.IntegerField(default=0)  # how far its clock was ahead when it was last heard
    session_key = models.CharField(max_length=40, default="")  # the log-in it was last heard under
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    cursor = models.UUIDField(null=True)
    told = models.BinaryField(default=b"")  # zlib of {key: digest}
    cursor_before = models.UUIDField(null=True)
    told_before = models.BinaryField(default=b"")  # an answer may be lost: the phone asks from here again

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="device_revoked_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["user", "-seen_at"], name="device_of_user")]


class Burden(models.Model):
    """What the app asked of a person on one phone on one day, as the phone counted it (FD-15)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    phone_id = models.UUIDField()
    on = models.DateField()
    active_s = models.PositiveIntegerField()
    fields = models.PositiveIntegerField()
    photos = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "phone_id", "on"], name="burden_of_a_day_once"),
        ]
        indexes = [models.Index(fields=["on", "user"], name="burden_by_day")]


class PhotoOnItsWay(models.Model):
    """The bytes of a photo that have come so far; none any more when it is whole. Rows go after a week."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    received_bytes = models.PositiveIntegerField(default=0)
    content = models.BinaryField(default=b"")
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "sha256"], name="photo_on_its_way_once"),
            models.CheckConstraint(
                condition=Q(received_bytes__lte=F("size_bytes")), name="photo_on_its_way_within_size"
            ),
        ]
