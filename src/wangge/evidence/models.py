"""What the pack says of photos, and exports of evidence with how far they are."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

KEPT = timedelta(days=7)  # a bundle holds personal data: the file goes, the record stays


class State(StrEnum):
    """How far an export is."""

    WAITING = "waiting"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"  # the file is gone, the record stays


class PhotoLimit(models.Model):
    """Up to where a photo fits its claim (EV-1 … EV-4). Installed by a pack."""

    id = models.BigAutoField(primary_key=True)
    pack_version = models.CharField(max_length=64)
    code = models.CharField(max_length=32)  # photo_time, photo_place_after…
    at_most = models.PositiveIntegerField()  # minutes, metres or bits
    is_confirmed = models.BooleanField()
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "pack_version"], name="photo_limit_once_a_version")
        ]


class EvidenceExport(models.Model):
    """One bundle: who asked for it and why, of which cases, how far it is. Never deleted."""

    id = models.UUIDField(primary_key=True)  # made by who asks: a retry is the same row
    asked_by = models.BigIntegerField()
    asked_name = models.CharField(max_length=64)
    asked_role = models.CharField(max_length=32)
    scope = models.CharField(max_length=64)  # of the post in which it was asked for
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    case_ids = ArrayField(models.UUIDField())
    state = models.CharField(max_length=16, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)  # cases
    made_at = models.DateTimeField(null=True)
    size_bytes = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="evidence_export_state_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="evidence_export_has_a_reason"),
            models.CheckConstraint(condition=~Q(case_ids=[]), name="evidence_export_has_cases"),
        ]
        indexes = [models.Index(fields=["asked_by", "-asked_at"], name="evidence_export_mine")]
